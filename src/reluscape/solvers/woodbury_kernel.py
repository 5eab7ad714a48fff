"""The Newton system when variables outnumber samples: Woodbury's formula as preconditioner of conjugate gradients."""

from __future__ import annotations

import numba
import numpy as np

from ..numbers.kernelcache import INNER
from .cholesky_kernel import factor, solve_factored
from .small_products_kernel import product_transposed, times_vector, vector_times

SHIFT = 1e-14
ROUNDS = 30
# sums may be taken in any order; infinities stay what they are
ANY_ORDER = {"reassoc", "contract"}


@numba.njit(**INNER, error_model="numpy", fastmath=ANY_ORDER)
def prepare(
    F: np.ndarray,
    blocks: np.ndarray,
    base: float,
    bias: int,
    factors: np.ndarray,
    G: np.ndarray,
    S: np.ndarray,
    column: np.ndarray,
) -> float:
    """Factor I + F_z^T (blocks + shift)^-1 F_z for the units' part F_z of F.

    Args:
        F: (m r + bias, n) features, one row a variable.
        blocks: (m, r, r) lower triangles of the cones' part of the Newton matrix.
        base: diagonal added to every variable.
        bias: 1 where the last row of F is an output bias without cone.
        factors: (m, r, r) receives the factors L of the blocks.
        G: (m r, n) receives the scaled features L^-1 F_z.
        S: (n, n) receives the factor.
        column: (n,) receives S^-1 E for the bias E.

    Returns:
        base + E^T S^-1 E.
    """
    m, r, _ = blocks.shape
    n = F.shape[1]
    turned = np.empty((n, m * r))
    for j in range(m):
        L = factors[j]
        trace = 0.0
        for a in range(r):
            trace += blocks[j, a, a]
        for a in range(r):
            for b in range(a + 1):
                L[a, b] = blocks[j, a, b]
            L[a, a] += base + SHIFT * trace
        factor(L, 0.0)
        for a in range(r):
            row, source = G[j * r + a], F[j * r + a]
            for t in range(n):
                row[t] = source[t]
            for b in range(a):
                value, other = L[a, b], G[j * r + b]
                for t in range(n):
                    row[t] -= value * other[t]
            value = 1.0 / L[a, a]
            for t in range(n):
                row[t] *= value
                turned[t, j * r + a] = row[t]
    product_transposed(turned, turned, S)
    for t in range(n):
        S[t, t] += 1.0
    factor(S, 0.0)
    pivot = 1.0
    if bias:
        for t in range(n):
            column[t] = F[m * r, t]
        solve_factored(S, column)
        pivot = base
        for t in range(n):
            pivot += column[t] * F[m * r, t]
    return pivot


@numba.njit(**INNER, error_model="numpy", fastmath=ANY_ORDER)
def precondition(
    F: np.ndarray,
    factors: np.ndarray,
    G: np.ndarray,
    S: np.ndarray,
    column: np.ndarray,
    pivot: float,
    bias: int,
    right: np.ndarray,
    half: np.ndarray,
    inner: np.ndarray,
    out: np.ndarray,
) -> None:
    """Solve the shifted Newton system for one right-hand side; half (m r,) and inner (n,) are working space."""
    m, r, _ = factors.shape
    n = F.shape[1]
    size = m * r
    for j in range(m):
        for a in range(r):
            value = right[j * r + a]
            for b in range(a):
                value -= factors[j, a, b] * half[j * r + b]
            half[j * r + a] = value / factors[j, a, a]
    vector_times(half[:size], G, inner)
    if bias:
        # the bias row: E^T S^-1 E dc = right_c - E^T S^-1 F^T B^-1 right_z
        value = right[size]
        for t in range(n):
            value -= column[t] * inner[t]
        shift = value / pivot
        out[size] = shift
        for t in range(n):
            inner[t] += shift * F[size, t]
    solve_factored(S, inner)
    times_vector(G, inner, out[:size])
    for i in range(size):
        half[i] -= out[i]
    for j in range(m):
        for a in range(r - 1, -1, -1):
            value = half[j * r + a]
            for b in range(a + 1, r):
                value -= factors[j, b, a] * out[j * r + b]
            out[j * r + a] = value / factors[j, a, a]


@numba.njit(**INNER, error_model="numpy", fastmath=ANY_ORDER)
def multiply(F: np.ndarray, blocks: np.ndarray, base: float, x: np.ndarray, inner: np.ndarray, out: np.ndarray) -> None:
    """Fill out with (F F^T + blocks + base I) x; inner (n,) is working space."""
    m, r, _ = blocks.shape
    vector_times(x, F, inner)
    times_vector(F, inner, out)
    for i in range(len(x)):
        out[i] += base * x[i]
    for j in range(m):
        for a in range(r):
            value = blocks[j, a, a] * x[j * r + a]
            for b in range(a):
                value += blocks[j, a, b] * x[j * r + b]
            for b in range(a + 1, r):
                value += blocks[j, b, a] * x[j * r + b]
            out[j * r + a] += value


@numba.njit(**INNER, error_model="numpy", fastmath=ANY_ORDER)
def solve(
    F: np.ndarray,
    blocks: np.ndarray,
    base: float,
    bias: int,
    factors: np.ndarray,
    G: np.ndarray,
    S: np.ndarray,
    column: np.ndarray,
    pivot: float,
    right: np.ndarray,
    accuracy: float,
) -> None:
    """Solve the Newton system in place, by conjugate gradients, as far as a relative residual of `accuracy`.

    The arguments from `factors` to `pivot` are what `prepare` has found.
    """
    N, n = F.shape
    x, best_x, z = np.zeros(N), np.zeros(N), np.empty(N)
    direction, image = np.zeros(N), np.empty(N)
    half, inner = np.empty(N), np.empty(n)
    goal, best = 0.0, np.inf
    for i in range(N):
        goal = max(goal, abs(right[i]))
    goal *= accuracy
    product = 0.0
    for rounds in range(ROUNDS):
        precondition(F, factors, G, S, column, pivot, bias, right, half, inner, z)
        after = 0.0
        for i in range(N):
            after += right[i] * z[i]
        share = after / product if rounds > 0 else 0.0
        product = after
        for i in range(N):
            direction[i] = z[i] + share * direction[i]
        multiply(F, blocks, base, direction, inner, image)
        curve = 0.0
        for i in range(N):
            curve += direction[i] * image[i]
        if not curve > 0.0:
            break
        along = product / curve
        size, finite = 0.0, True
        for i in range(N):
            x[i] += along * direction[i]
            right[i] -= along * image[i]
            size = max(size, abs(right[i]))
            finite = finite and np.isfinite(right[i])
        if not finite:
            break
        if size < best:
            best = size
            for i in range(N):
                best_x[i] = x[i]
        if size <= goal:
            break
    for i in range(N):
        right[i] = best_x[i]
