"""Products with the constraint normals: plain loops where the matrices are small, the linear algebra library beyond."""

from __future__ import annotations

import numba
import numpy as np

SMALL = 20_000


@numba.njit(nogil=True, cache=True, error_model="numpy", fastmath=True)
def times_normals(Z: np.ndarray, normals: np.ndarray, out: np.ndarray) -> None:
    """Fill out (p, k) with Z (p, r) times normals (r, k)."""
    (p, r), k = Z.shape, normals.shape[1]
    if p * r * k > SMALL:
        out[:] = np.dot(Z, normals)
        return
    for j in range(p):
        for t in range(k):
            out[j, t] = Z[j, 0] * normals[0, t]
        for a in range(1, r):
            value = Z[j, a]
            for t in range(k):
                out[j, t] += value * normals[a, t]


@numba.njit(nogil=True, cache=True, error_model="numpy", fastmath=True)
def pulled(work: np.ndarray, normals: np.ndarray, C: np.ndarray, out: np.ndarray) -> None:
    """Fill out (p, r) with work (p, k) times C (k, r), normals being C's transpose."""
    (p, k), r = work.shape, normals.shape[0]
    if p * r * k > SMALL:
        out[:] = np.dot(work, C)
        return
    for j in range(p):
        for a in range(r):
            total = 0.0
            for t in range(k):
                total += work[j, t] * normals[a, t]
            out[j, a] = total


@numba.njit(nogil=True, cache=True, error_model="numpy", fastmath=True)
def cone_blocks(weights: np.ndarray, products: np.ndarray, columns: np.ndarray, out: np.ndarray) -> None:
    """Fill out (p, e) with weights (p, k) times products (k, e); columns is the transpose, or (0, 0) beyond SMALL."""
    (p, k), e = weights.shape, products.shape[1]
    if columns.shape[0] == 0:
        out[:] = np.dot(weights, products)
        return
    for j in range(p):
        for c in range(e):
            total = 0.0
            for t in range(k):
                total += weights[j, t] * columns[c, t]
            out[j, c] = total
