"""Bounds of sums over the rows of 1 - A M B for matrices A and B of doubles and a matrix M of balls.

Krawczyk's test and the test of a Hessian need such sums only. The products are taken in doubles: a sum of n products in
any order is off by at most 2 n u times the sum of their absolute values (u = 2^-53; Higham, Accuracy and Stability of
Numerical Algorithms, section 3.1); of all radii only products with vectors are needed.
"""

from __future__ import annotations

import numpy as np

from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION, SPECK

ROUNDING = MACHINE_PRECISION / 2


def middles(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return middles in doubles, and radii around them that hold the balls."""
    flat = values.reshape(-1)
    middle = np.array([float(v.mid()) for v in flat]).reshape(values.shape)
    radius = np.array([float(v.rad()) for v in flat]).reshape(values.shape)
    return middle, radius * (1 + DEFAULT.ball_radius) + np.abs(middle) * 4 * ROUNDING + SPECK


def sums_from_one(A: np.ndarray, M: np.ndarray, weights: np.ndarray, B: np.ndarray | None = None) -> np.ndarray:
    """Return upper bounds (n,) of sum_j |1 - A M B|_ij weights_j, with B = 1 for None.

    Args:
        A: (n, n) doubles.
        M: (n, n) balls.
        weights: (n,) doubles, not negative.
        B: (n, n) doubles.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # what leaves the range of doubles is no bound below 1
        return _sums(A, M, weights, B)


def _sums(A: np.ndarray, M: np.ndarray, weights: np.ndarray, B: np.ndarray | None) -> np.ndarray:
    n = len(A)
    F, widths = middles(M)
    first = A @ F
    right = weights if B is None else np.abs(B) @ weights
    product = first if B is None else first @ B
    off = np.abs(A) @ (widths @ right + 2 * n * ROUNDING * (np.abs(F) @ right))
    if B is not None:
        off += 2 * n * ROUNDING * (np.abs(first) @ right)
    underflow = n * SPECK * (n + right.sum() + weights.sum())
    rows = np.abs(product - np.eye(n)) @ weights + ROUNDING * weights + off + underflow
    return np.asarray(rows * (1 + (16 * n + 64) * ROUNDING))
