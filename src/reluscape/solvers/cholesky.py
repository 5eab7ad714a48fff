"""Cholesky factors that survive lost rank: the library's where it has no small pivot, else one column at a time."""

from __future__ import annotations

import numpy as np
from scipy.linalg import blas, lapack

# stands for an infinite pivot, which leaves its variable where it is
INFINITE = 1e150


def factor(M: np.ndarray, dependent: float) -> np.ndarray:
    """Return L (N, N) with L L^T = M in its lower triangle, whatever stands above; M is positive semidefinite.

    A pivot of at most `dependent` times its diagonal entry becomes infinite in effect.

    >>> factor(np.array([[4.0, 2.0], [2.0, 5.0]]), 0.0).tolist()
    [[2.0, 2.0], [1.0, 2.0]]
    """
    if not len(M):
        return M
    # a lower triangle in C's order is an upper one in Fortran's
    upper, failure = lapack.dpotrf(np.array(M.T, order="F"), lower=0, clean=0, overwrite_a=1)
    L = np.asarray(upper.T)
    if failure or not (np.square(L.diagonal()) > dependent * M.diagonal()).all():
        return _guarded(M, dependent)
    return L


def solve_factored(L: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return x (N,) with L L^T x = b."""
    if not len(b):
        return b
    half = blas.dtrsv(L.T, b, lower=0, trans=1)
    return np.asarray(blas.dtrsv(L.T, half, lower=0, overwrite_x=1))


def _guarded(M: np.ndarray, dependent: float) -> np.ndarray:
    """Return the factor one column at a time, small pivots replaced."""
    L = np.tril(M)
    scale = L.diagonal().copy()
    for j in range(len(L)):
        L[j:, j] -= L[j:, :j] @ L[j, :j]
        if L[j, j] > dependent * scale[j]:
            L[j:, j] /= np.sqrt(L[j, j])
        else:
            L[j, j], L[j + 1 :, j] = INFINITE, 0.0
    return L
