"""Products, cones and factors of basin programs with weight decay: the small linear algebra of their kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..numbers.kernels import inner, kernel
from ..numbers.tolerances import DEFAULT, HUGE_PIVOT, SPECK

# kernels that only kernels call; sums may be taken in any order, so that they are computed some numbers at a time
INSIDE: dict[str, Any] = {"error_model": "numpy"}
SUMS: dict[str, Any] = {**INSIDE, "fastmath": {"reassoc", "contract"}}
# rows of a factor that are subtracted together
BLOCK = 4
# numbers of the policy as the compiled code reads them
PIVOT, RIDGE = DEFAULT.decayed_pivot, DEFAULT.decayed_ridge


@inner(**INSIDE)
def factor(A: np.ndarray, n: int) -> None:
    """Replace the upper triangle of a positive definite matrix by U with U^T U = A; tiny pivots become huge."""
    top = np.zeros(n)
    for i in range(n):
        top[i] = abs(A[i, i])
        A[i, i] *= 1.0 + RIDGE
    for first in range(0, n, BLOCK):
        last = min(first + BLOCK, n)
        for k in range(first, last):
            for p in range(first, k):
                share = A[p, k]
                for b in range(k, n):
                    A[k, b] -= share * A[p, b]
            pivot = A[k, k]
            root = np.sqrt(pivot) if pivot > PIVOT * top[k] and pivot > SPECK else HUGE_PIVOT
            A[k, k] = root
            for b in range(k + 1, n):
                A[k, b] /= root
        if last - first == BLOCK:
            for i in range(last, n):
                w0, w1, w2, w3 = A[first, i], A[first + 1, i], A[first + 2, i], A[first + 3, i]
                for b in range(i, n):
                    A[i, b] -= w0 * A[first, b] + w1 * A[first + 1, b] + w2 * A[first + 2, b] + w3 * A[first + 3, b]


@inner(**SUMS)
def solve(A: np.ndarray, n: int, b: np.ndarray) -> None:
    """Replace b by the solution for a factor."""
    for i in range(n):
        b[i] /= A[i, i]
        share = b[i]
        for j in range(i + 1, n):
            b[j] -= share * A[i, j]
    for i in range(n - 1, -1, -1):
        total = 0.0
        for j in range(i + 1, n):
            total += A[i, j] * b[j]
        b[i] = (b[i] - total) / A[i, i]


@inner(**INSIDE)
def copy(source: np.ndarray, target: np.ndarray) -> None:
    """Fill a matrix with another one; an assignment of slices would compile the wording of its errors for seconds."""
    for j in range(source.shape[0]):
        for a in range(source.shape[1]):
            target[j, a] = source[j, a]


@inner(**SUMS)
def times(F: np.ndarray, x: np.ndarray, out: np.ndarray) -> None:
    """Fill out with F x."""
    for i in range(F.shape[0]):
        total = 0.0
        for a in range(F.shape[1]):
            total += F[i, a] * x[a]
        out[i] = total


@inner(**INSIDE)
def back(F: np.ndarray, e: np.ndarray, out: np.ndarray) -> None:
    """Fill out with F^T e."""
    for a in range(F.shape[1]):
        out[a] = 0.0
    for i in range(F.shape[0]):
        share = e[i]
        for a in range(F.shape[1]):
            out[a] += share * F[i, a]


@inner(**INSIDE)
def heights(C: np.ndarray, K: np.ndarray, states: np.ndarray, off: np.ndarray, x: np.ndarray, out: np.ndarray) -> None:
    """Fill out (m, k) with C_j x_j."""
    for j in range(len(states)):
        st = states[j]
        for r in range(K[st]):
            out[j, r] = 0.0
        for a in range(off[j + 1] - off[j]):
            share = x[off[j] + a]
            for r in range(K[st]):
                out[j, r] += share * C[st, a, r]


@inner(**SUMS)
def pushes(C: np.ndarray, K: np.ndarray, states: np.ndarray, off: np.ndarray, z: np.ndarray, out: np.ndarray) -> None:
    """Fill out with C_j^T z_j, one unit after another."""
    for j in range(len(states)):
        st = states[j]
        for a in range(off[j + 1] - off[j]):
            total = 0.0
            for r in range(K[st]):
                total += C[st, a, r] * z[j, r]
            out[off[j] + a] = total


@inner(**SUMS)
def blocks(
    C: np.ndarray, K: np.ndarray, states: np.ndarray, off: np.ndarray, s: np.ndarray, z: np.ndarray, H: np.ndarray
) -> None:
    """Add C_j^T diag(z_j / s_j) C_j to the blocks of H."""
    wide = np.zeros(s.shape[1])
    for j in range(len(states)):
        st, a0 = states[j], off[j]
        for a in range(off[j + 1] - a0):
            for r in range(K[st]):
                wide[r] = C[st, a, r] * z[j, r] / s[j, r]
            for c in range(a, off[j + 1] - a0):
                value = 0.0
                for r in range(K[st]):
                    value += wide[r] * C[st, c, r]
                H[a0 + a, a0 + c] += value


@kernel(lambda F, h, H: F.size * F.shape[1] / 2, seconds=0.5, **INSIDE)
def products(F: np.ndarray, h: np.ndarray, H: np.ndarray) -> None:
    """Fill the upper triangle of H with F^T diag(h) F."""
    N = F.shape[1]
    H[:] = 0.0
    for i in range(F.shape[0]):
        for a in range(N):
            share = h[i] * F[i, a]
            if share != 0.0:
                for c in range(a, N):
                    H[a, c] += share * F[i, c]
