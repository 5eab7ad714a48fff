"""The entries of whatever holds numbers, read once and by position: lists, iterators, tables, tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

import numpy as np

from ..errors import InputError, ShapeError

# text is a number where a number is expected, never a list of its characters
_TEXT = (str, bytes, bytearray, memoryview)


def entries(values: Any, name: str = "the array") -> np.ndarray:
    """Return the entries of an array, table, tensor, nested list or iterator as an array, by position.

    Labels of rows and columns play no role, an iterator is read once, and no entry is converted: a list becomes an
    object array of the very entries it holds, so that nothing is lost before somebody reads them as numbers.

    Args:
        values: array, nested sequences or iterators, table of pandas or polars, sparse matrix, tensor, or one number.
        name: what the caller calls it, for messages.

    Raises:
        InputError: text, a set or a mapping, which have no positions, or masked entries.
        ShapeError: rows of different lengths.

    Example:
        >>> entries(zip([1, 2], [3, 4])).tolist()
        [[1, 3], [2, 4]]
    """
    if isinstance(values, _TEXT):
        raise InputError(f"{name} is the text {str(values)[:40]!r}; give a list of numbers")
    array = _entries(values, name)
    return array if isinstance(array, np.ndarray) else _scalar(array)


def _scalar(value: Any) -> np.ndarray:
    """Return one entry as an array without dimensions."""
    out = np.empty((), dtype=object)
    out[()] = value
    return out


def _entries(values: Any, name: str) -> Any:
    """Return an array, or the value itself where it is one entry."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise InputError(f"{name} has masked entries; fill them or remove their rows")
    if isinstance(values, np.ndarray):
        return _untangled(values, name)
    if isinstance(values, Set | Mapping):
        raise InputError(f"{name} is of type {type(values).__name__}, which has no order of entries; give a list")
    if isinstance(values, (*_TEXT, np.generic)):
        return values
    for method in ("toarray", "to_numpy"):  # sparse matrices; tables
        if hasattr(values, method):
            return _untangled(np.asarray(getattr(values, method)()), name)
    if hasattr(values, "detach"):
        return _tensor(values)
    if not isinstance(values, Iterable):
        return np.asarray(values) if hasattr(values, "__array__") else values
    return _stacked([_entries(value, name) for value in values], name)


def _untangled(array: np.ndarray, name: str) -> np.ndarray:
    """Return an array, an object array of rows as a table."""
    if array.dtype != object or not any(isinstance(v, list | tuple | np.ndarray) for v in array.flat):
        return np.asarray(array)
    return _stacked([_entries(row, name) for row in array], name)


def _tensor(tensor: Any) -> np.ndarray:
    """Return a tensor's numbers; formats that NumPy lacks are widened, which changes no number."""
    plain = tensor.detach().cpu()
    try:
        return np.asarray(plain.numpy())
    except TypeError:
        return np.asarray(plain.to_dense().float().numpy())


def _stacked(rows: list[Any], name: str) -> np.ndarray:
    """Return entries or rows of entries as one array of objects."""
    shapes: list[tuple[int, ...]] = [row.shape if isinstance(row, np.ndarray) else () for row in rows]
    odd = next((i for i, shape in enumerate(shapes) if shape != shapes[0]), None)
    if odd is not None:
        first, other = shapes[0], shapes[odd]
        if len(first) == len(other) == 1:
            lengths = f"row 0 has {first[0]} entries, row {odd} has {other[0]}"
            raise ShapeError(f"rows have different lengths: {lengths}")
        raise ShapeError(f"{name} has entries of different shapes: {first} at 0, {other} at {odd}")
    tail: tuple[int, ...] = shapes[0] if shapes else ()
    out = np.empty((len(rows), *tail), dtype=object)
    for i, row in enumerate(rows):
        if isinstance(row, np.ndarray) and row.ndim == 0:
            out[i] = row[()]
        elif isinstance(row, np.ndarray):
            out[i] = row if row.dtype == object else _kept(row)
        else:
            out[i] = row
    return out


def _kept(row: np.ndarray) -> np.ndarray:
    """Return a row of numbers as objects that remember their precision: single floats stay single."""
    if row.dtype.kind != "f" or row.dtype == np.float64:
        return row.astype(object)
    out = np.empty(row.shape, dtype=object)
    flat = out.reshape(-1)
    for i, value in enumerate(row.reshape(-1)):
        flat[i] = value
    return out
