"""Cholesky factorisation that survives lost rank: compiled, blocked, in place."""

from __future__ import annotations

import numba
import numpy as np

from ..numbers.kernelcache import INNER, KERNEL
from .small_products_kernel import product, product_transposed

BLOCK = 32


@numba.njit(**INNER, error_model="numpy")
def factor_small(M: np.ndarray, start: int, stop: int, scale: np.ndarray, dependent: float) -> None:
    """Factor the diagonal block [start, stop) of M in place (lower triangle).

    A pivot below dependent * scale[i] gets the value infinity in effect (1e150), which leaves its variable where it is.
    """
    for j in range(start, stop):
        pivot = M[j, j]
        for c in range(start, j):
            pivot -= M[j, c] * M[j, c]
        if not pivot > dependent * scale[j]:
            M[j, j] = 1e150
            for i in range(j + 1, stop):
                M[i, j] = 0.0
            continue
        root = np.sqrt(pivot)
        M[j, j] = root
        inverse = 1.0 / root
        for i in range(j + 1, stop):
            value = M[i, j]
            for c in range(start, j):
                value -= M[i, c] * M[j, c]
            M[i, j] = value * inverse


@numba.njit(**INNER, error_model="numpy")
def eliminate(M: np.ndarray, start: int, stop: int) -> None:
    """Finish the rows below a factored diagonal block [start, stop) and take their products from the rest."""
    N, b = M.shape[0], stop - start
    inverse = np.zeros((b, b))  # transposed inverse of the diagonal block
    for j in range(b):
        inverse[j, j] = 1.0 / M[start + j, start + j]
        for i in range(j + 1, b):
            value = 0.0
            for c in range(j, i):
                value += M[start + i, start + c] * inverse[j, c]
            inverse[j, i] = -value / M[start + i, start + i]
    below, panel = np.empty((N - stop, b)), np.empty((N - stop, b))
    for i in range(N - stop):
        for c in range(b):
            below[i, c] = M[stop + i, start + c]
    product(below, inverse, panel)
    for i in range(N - stop):
        for c in range(b):
            M[stop + i, start + c] = panel[i, c]
    # update only the lower triangle, in strips
    strip = 4 * BLOCK
    for first in range(0, N - stop, strip):
        last = min(first + strip, N - stop)
        change = np.empty((last - first, last))
        product_transposed(panel[first:last], panel[:last], change)
        for i in range(last - first):
            row, less = M[stop + first + i, stop : stop + last], change[i]
            for c in range(last):
                row[c] -= less[c]


@numba.njit(**KERNEL, error_model="numpy")
def factor(M: np.ndarray, dependent: float) -> None:
    """Replace the lower triangle of a positive semidefinite M (N, N) by its Cholesky factor; rows C-contiguous."""
    N = M.shape[0]
    scale = np.empty(N)
    for i in range(N):
        scale[i] = M[i, i]
    block = N if N <= 2 * BLOCK else BLOCK
    for start in range(0, N, max(block, 1)):
        stop = min(start + block, N)
        factor_small(M, start, stop, scale, dependent)
        if stop < N:
            eliminate(M, start, stop)


@numba.njit(**KERNEL, error_model="numpy")
def solve_factored(L: np.ndarray, x: np.ndarray) -> None:
    """Solve L L^T x = b in place for one right-hand side."""
    N = L.shape[0]
    for i in range(N):
        value = x[i]
        for c in range(i):
            value -= L[i, c] * x[c]
        x[i] = value / L[i, i]
    for i in range(N - 1, -1, -1):
        x[i] /= L[i, i]
        value = x[i]
        for c in range(i):
            x[c] -= L[i, c] * value
