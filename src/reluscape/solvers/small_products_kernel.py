"""Products of the interior point: plain loops where the matrices are small, the linear algebra library beyond.

Everything is written into arrays that stand ready, and the library is reached in two places only: assignments to
slices and products of many layouts are what takes the compiler long.
"""

from __future__ import annotations

import numba
import numpy as np

from ..numbers.kernelcache import INNER

SMALL = 20_000
SMALL_MATRIX = 20_000


@numba.njit(**INNER)
def product(A: np.ndarray, B: np.ndarray, out: np.ndarray) -> None:
    """Fill out (p, q) with A (p, r) times B (r, q)."""
    np.dot(A, B, out)


@numba.njit(**INNER)
def product_transposed(A: np.ndarray, B: np.ndarray, out: np.ndarray) -> None:
    """Fill out (p, q) with A (p, r) times the transpose of B (q, r)."""
    np.dot(A, B.T, out)


@numba.njit(**INNER, fastmath=True)
def times_vector(A: np.ndarray, x: np.ndarray, out: np.ndarray) -> None:
    """Fill out (p,) with A (p, q) times x (q,)."""
    if A.size > SMALL_MATRIX:
        np.dot(A, x, out)
        return
    for i in range(A.shape[0]):
        total = 0.0
        for c in range(A.shape[1]):
            total += A[i, c] * x[c]
        out[i] = total


@numba.njit(**INNER, fastmath=True)
def vector_times(x: np.ndarray, A: np.ndarray, out: np.ndarray) -> None:
    """Fill out (q,) with x (p,) times A (p, q)."""
    if A.size > SMALL_MATRIX:
        np.dot(x, A, out)
        return
    for c in range(A.shape[1]):
        out[c] = 0.0
    for i in range(A.shape[0]):
        value = x[i]
        for c in range(A.shape[1]):
            out[c] += value * A[i, c]


@numba.njit(**INNER, fastmath=True)
def times_normals(Z: np.ndarray, normals: np.ndarray, out: np.ndarray) -> None:
    """Fill out (p, k) with Z (p, r) times normals (r, k)."""
    (p, r), k = Z.shape, normals.shape[1]
    if p * r * k > SMALL:
        product(Z, normals, out)
        return
    for j in range(p):
        for t in range(k):
            out[j, t] = Z[j, 0] * normals[0, t]
        for a in range(1, r):
            value = Z[j, a]
            for t in range(k):
                out[j, t] += value * normals[a, t]


@numba.njit(**INNER, fastmath=True)
def times_rows(weights: np.ndarray, rows: np.ndarray, out: np.ndarray) -> None:
    """Fill out (p, e) with the products of weights (p, k) and rows (e, k)."""
    (p, k), e = weights.shape, rows.shape[0]
    if p * k * e > SMALL:
        product_transposed(weights, rows, out)
        return
    for j in range(p):
        for c in range(e):
            total = 0.0
            for t in range(k):
                total += weights[j, t] * rows[c, t]
            out[j, c] = total
