"""Small checks on arrays that every room shares: read-only copies, patterns and signs of the right shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import InputError, ShapeError
from ...numbers.entries import entries


def check_pattern(pattern: Any, n: int, m: int | None = None) -> np.ndarray:
    """Return an activation pattern as a boolean (m, n) array, one row per unit.

    Raises:
        ShapeError: the number of columns is not the number of samples, or of rows not the width.
        InputError: an entry is neither 0/1 nor boolean.
    """
    try:
        array = entries(pattern, "the activation pattern")
    except ShapeError:
        raise ShapeError("the rows of the activation pattern have different lengths; one per unit, n each") from None
    if array.ndim == 1 and (m in (None, 1)) and array.size == n:
        array = array.reshape(1, n)
    if array.ndim != 2 or array.shape[1] != n or (m is not None and array.shape[0] != m):
        shape = f"({m if m is not None else 'm'}, {n})"
        raise ShapeError(f"the activation pattern has shape {array.shape}, expected {shape}: units by samples")
    if array.dtype != bool:
        if array.size and not np.isin(array, (0, 1)).all():
            raise InputError("an activation pattern holds only 0/1 or False/True")
        array = array.astype(bool)
    return np.ascontiguousarray(array)


def check_signs(signs: Any, m: int) -> np.ndarray:
    """Return output signs as an int8 array (m,) of -1 and +1."""
    array = np.atleast_1d(entries(signs, "the output signs"))
    if array.shape != (m,):
        raise ShapeError(f"the output signs have shape {array.shape}, expected ({m},): one per unit")
    if array.size and not np.isin(array, (-1, 1)).all():
        raise InputError("output signs are -1 or +1")
    return array.astype(np.int8)
