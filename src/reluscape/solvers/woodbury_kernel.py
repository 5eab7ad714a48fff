"""The Newton system when variables outnumber samples: Woodbury's formula as preconditioner of conjugate gradients."""

from __future__ import annotations

import numba
import numpy as np

from .cholesky_kernel import factor, solve_factored

SHIFT = 1e-14
ROUNDS = 30


@numba.njit(nogil=True, cache=True, error_model="numpy")
def prepare(F: np.ndarray, blocks: np.ndarray, base: float, bias: int) -> tuple[np.ndarray, ...]:
    """Factor I + F_z^T (blocks + shift)^-1 F_z for the units' part F_z of F.

    Args:
        F: (m r + bias, n) features, one row a variable.
        blocks: (m, r, r) lower triangles of the cones' part of the Newton matrix.
        base: diagonal added to every variable.
        bias: 1 where the last row of F is an output bias without cone.

    Returns:
        factors (m, r, r), scaled features L^-1 F_z (m r, n), factor (n, n), column of the bias S^-1 E (n,), E^T S^-1 E.
    """
    m, r, _ = blocks.shape
    n = F.shape[1]
    factors = blocks.copy()
    G = F[: m * r].copy()
    for j in range(m):
        trace = 0.0
        for a in range(r):
            trace += blocks[j, a, a]
        for a in range(r):
            factors[j, a, a] += base + SHIFT * trace
        factor(factors[j], 0.0)
        for a in range(r):
            row = G[j * r + a]
            for b in range(a):
                value = factors[j, a, b]
                other = G[j * r + b]
                for t in range(n):
                    row[t] -= value * other[t]
            value = 1.0 / factors[j, a, a]
            for t in range(n):
                row[t] *= value
    S = np.dot(G.T, G)
    for t in range(n):
        S[t, t] += 1.0
    factor(S, 0.0)
    column = np.zeros(n)
    pivot = 1.0
    if bias:
        column[:] = F[m * r]
        solve_factored(S, column)
        pivot = base
        for t in range(n):
            pivot += column[t] * F[m * r, t]
    return factors, G, S, column, np.array([pivot])


@numba.njit(nogil=True, cache=True, error_model="numpy")
def precondition(
    F: np.ndarray,
    factors: np.ndarray,
    G: np.ndarray,
    S: np.ndarray,
    column: np.ndarray,
    pivot: float,
    bias: int,
    right: np.ndarray,
    out: np.ndarray,
) -> None:
    """Solve the shifted Newton system for one right-hand side."""
    m, r, _ = factors.shape
    n = F.shape[1]
    size = m * r
    half = right[:size].copy()
    for j in range(m):
        for a in range(r):
            value = half[j * r + a]
            for b in range(a):
                value -= factors[j, a, b] * half[j * r + b]
            half[j * r + a] = value / factors[j, a, a]
    inner = np.dot(half, G)
    shift = 0.0
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
    half -= np.dot(G, inner)
    for j in range(m):
        for a in range(r - 1, -1, -1):
            value = half[j * r + a]
            for b in range(a + 1, r):
                value -= factors[j, b, a] * half[j * r + b]
            half[j * r + a] = value / factors[j, a, a]
    out[:size] = half


@numba.njit(nogil=True, cache=True, error_model="numpy")
def multiply(F: np.ndarray, blocks: np.ndarray, base: float, x: np.ndarray) -> np.ndarray:
    """Return (F F^T + blocks + base I) x."""
    m, r, _ = blocks.shape
    y = np.dot(F, np.dot(x, F))
    for i in range(len(x)):
        y[i] += base * x[i]
    for j in range(m):
        for a in range(r):
            value = blocks[j, a, a] * x[j * r + a]
            for b in range(a):
                value += blocks[j, a, b] * x[j * r + b]
            for b in range(a + 1, r):
                value += blocks[j, b, a] * x[j * r + b]
            y[j * r + a] += value
    return y


@numba.njit(nogil=True, cache=True, error_model="numpy")
def solve(
    F: np.ndarray,
    blocks: np.ndarray,
    base: float,
    bias: int,
    prepared: tuple[np.ndarray, ...],
    right: np.ndarray,
    accuracy: float,
) -> np.ndarray:
    """Solve the Newton system by conjugate gradients to a relative residual of `accuracy`, or as far as they get."""
    factors, G, S, column, pivot = prepared
    N = len(right)
    x = np.zeros(N)
    residual = right.copy()
    z = np.zeros(N)
    precondition(F, factors, G, S, column, pivot[0], bias, residual, z)
    direction = z.copy()
    product = np.dot(residual, z)
    goal = accuracy * np.abs(right).max()
    best, best_x = np.inf, x.copy()
    for _ in range(ROUNDS):
        image = multiply(F, blocks, base, direction)
        curve = np.dot(direction, image)
        if not curve > 0.0:
            break
        along = product / curve
        x += along * direction
        residual -= along * image
        size = np.abs(residual).max()
        if size < best:
            best = size
            best_x[:] = x
        if size <= goal or not np.isfinite(size):
            break
        precondition(F, factors, G, S, column, pivot[0], bias, residual, z)
        after = np.dot(residual, z)
        direction = z + (after / product) * direction
        product = after
    return best_x
