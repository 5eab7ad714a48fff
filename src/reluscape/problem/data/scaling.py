"""Standardised inputs: the scale on which networks are initialised and programs are well conditioned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...numbers.checks import readonly
from .dataset import Dataset


@dataclass(frozen=True)
class Standardized:
    """Inputs on a common scale and the way back.

    Attributes:
        X: (n, d) standardised inputs; with a bias the last column stays one.
        transform: (d, d) matrix T with X = original @ T, so weights w on X are T w on the original inputs.
    """

    X: np.ndarray
    transform: np.ndarray


def standardize(data: Dataset) -> Standardized:
    """Return centred and scaled inputs where a column of ones makes centring an invertible map, else only scaled ones.

    With the column of ones the map is linear and invertible on (x, 1), so no pattern, rank or basin value changes.

    >>> standardize(Dataset([[0], [2]], bias=True)).X
    array([[-1.,  1.],
           [ 1.,  1.]])
    """
    X, d = data.X, data.d
    transform = np.eye(d)
    for j in range(d - 1 if data.bias else d):
        column = X[:, j]
        centre = column.mean() if data.bias and len(column) else 0.0
        spread = np.sqrt(np.mean((column - centre) ** 2)) if len(column) else 0.0
        if spread <= np.finfo(float).eps * np.abs(column).max(initial=0.0):
            continue
        transform[j, j] = 1.0 / spread
        if data.bias:
            transform[d - 1, j] = -centre / spread
    inputs = X @ transform
    if data.bias:
        inputs[:, -1] = 1.0
    return Standardized(readonly(inputs), readonly(transform))
