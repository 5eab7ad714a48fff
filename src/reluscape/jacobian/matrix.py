"""The Jacobian of the predictions with respect to the weights, and its Gram matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InputError, ShapeError, TieError
from ..numbers.entries import entries
from ..numbers.exact import fraction_array, fraction_matrix, sign, signs_of_products
from ..problem.data import Dataset, as_dataset, check_pattern

__all__ = ["activation_pattern", "jacobian", "jacobian_gram"]


def activation_pattern(W: Any, data: Dataset) -> np.ndarray:
    """Return the activation pattern (m, n) of weights W, its signs exact; False on rows of zeros.

    Raises:
        TieError: a non-zero sample lies exactly on a unit's hyperplane.
    """
    weights = entries(W, "W")
    if weights.ndim != 2 or weights.shape[1] != data.d:
        raise ShapeError(f"W has shape {weights.shape}, expected (m, {data.d}): one row per unit")
    if weights.dtype.kind in "OUS":
        F = fraction_matrix(weights)
        products = [[sum(a * b for a, b in zip(row, x, strict=True)) for x in data.rows] for row in F]
        signs = np.array([[sign(p) for p in row] for row in products], dtype=np.int8).reshape(len(F), data.n)
    else:
        floats = np.ascontiguousarray(weights, dtype=float)
        if not np.isfinite(floats).all():
            raise InputError("W has an entry that is not finite")
        signs = signs_of_products(data.rows, floats)
    on_kink = signs == 0
    on_kink[:, list(data.zero_rows)] = False
    if on_kink.any():
        j, i = np.argwhere(on_kink)[0]
        raise TieError(
            f"sample {i} lies exactly on the hyperplane of unit {j}, where the network has no derivative; "
            "move the weight, or ask for the rank of each neighbouring pattern with jacobian_rank"
        )
    return signs > 0


def jacobian(W: Any, v: Any, X: Any, trainable: str = "W") -> np.ndarray:
    """Return the derivative of the predictions f(x_i) = sum_j v_j relu(<w_j, x_i>) with respect to the weights.

    Column (j, k) holds v_j 1[<w_j, x_i> > 0] x_ik, unit by unit; ``trainable="Wv"`` appends relu(<w_j, x_i>).

    Args:
        W: hidden weights (m, d).
        v: output weights (m,).
        X: samples (n, d) or a Dataset. A row of zeros gives a row of zeros and is never a tie.
        trainable: "W" or "Wv".

    Returns:
        (n, m*d) or (n, m*d + m) floats.

    Raises:
        TieError: a non-zero sample lies exactly on a unit's hyperplane (no derivative there).
        ShapeError, InputError: shapes that do not match; another value of `trainable`.

    Source: Karhadkar and Montufar, the Jacobian of an activation region (a transpose is missing in the slides).

    Example:
        >>> jacobian([[1.0, 0.0], [0.0, -1.0]], [2.0, 1.0], [[1.0, 1.0], [3.0, -1.0]])
        array([[ 2.,  2.,  0.,  0.],
               [ 6., -2.,  3., -1.]])
    """
    data = as_dataset(X)
    pattern = activation_pattern(W, data)
    out = _floats(v).reshape(-1)
    if len(out) != len(pattern):
        raise ShapeError(f"v has {len(out)} entries for {len(pattern)} units")
    if trainable not in ("W", "Wv"):
        raise InputError(f"trainable is {trainable!r}; it is 'W' or 'Wv'")
    block = ((pattern * out[:, None]).T[:, :, None] * data.X[:, None, :]).reshape(data.n, pattern.shape[0] * data.d)
    if trainable == "W":
        return block
    hidden = np.where(pattern.T, data.X @ _floats(W).T, 0.0)
    return np.concatenate([block, hidden], axis=1)


def jacobian_gram(pattern: Any, v: Any, X: Any) -> np.ndarray:
    """Return J J^T on an activation region, where J is the derivative with respect to W.

    J J^T = ((diag(v) A)^T (diag(v) A)) o (X X^T), the entrywise product. The rank is never read off this matrix:
    squaring halves the digits (use `jacobian_rank`).

    Args:
        pattern: activations A (m, n).
        v: output weights (m,).
        X: samples (n, d) or a Dataset.

    Returns:
        (n, n) floats.

    Example:
        >>> jacobian_gram([[1, 1], [0, 1]], [1.0, 2.0], [[1.0, 0.0], [1.0, 1.0]])
        array([[ 1.,  1.],
               [ 1., 10.]])
    """
    data = as_dataset(X)
    A = check_pattern(pattern, data.n)
    out = _floats(v).reshape(-1)
    if len(out) != len(A):
        raise ShapeError(f"v has {len(out)} entries for {len(A)} units")
    factors = A * out[:, None]
    return (factors.T @ factors) * (data.X @ data.X.T)


def _floats(values: Any) -> np.ndarray:
    """Return numbers, given as floats, fractions or text, as finite floats."""
    array = entries(values, "v")
    if array.dtype.kind in "OUS":
        return fraction_array(array).astype(float)
    floats: np.ndarray = np.asarray(array, dtype=float)
    if not np.isfinite(floats).all():
        raise InputError("a weight is not a finite number")
    return floats
