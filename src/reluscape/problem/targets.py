"""Samples and targets (n, k) from what is given: one column, several, labels, or rows of shares."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InputError, NoTargetsError, ShapeError
from ..numbers import exact
from ..numbers.checks import doubles, readonly
from ..numbers.entries import entries
from .data import Dataset, as_dataset


def with_targets(X: Any, y: Any = None) -> Dataset:
    """Return the data, which have one column of targets.

    Raises:
        InputError: there are none.
    """
    data = as_dataset(X, y)
    if data.y is None:
        raise NoTargetsError()
    return data


def samples_and_targets(X: Any, y: Any, joint: bool) -> tuple[Dataset, np.ndarray]:
    """Return samples and targets (n, k); a table of one column of targets is one output."""
    several = None if y is None else entries(y, "y")
    if several is not None and several.ndim == 2 and several.shape[1:] == (1,) and not joint:
        several = y = several[:, 0]
    if joint:
        return _classified(X, several)
    if several is None or several.ndim == 1:
        data = with_targets(X, y if hasattr(y, "name") else several)  # a Series has a name, an iterator ends
        return data, readonly(data.y[:, None])
    data = as_dataset(X)
    if several.ndim != 2 or len(several) != data.n or several.shape[1] == 0:
        raise ShapeError(f"y has shape {several.shape}, expected ({data.n}, k): samples by outputs")
    if several.dtype.kind == "f" and not np.isfinite(several).all():
        raise InputError(f"y has a value that is not finite at row {int(np.argwhere(~np.isfinite(several))[0, 0])}")
    fractions = exact.fraction_array(several)
    doubles(fractions, "y", squared=True)
    return data, readonly(fractions, dtype=object)


def _classified(X: Any, y: np.ndarray | None) -> tuple[Dataset, np.ndarray]:
    """Return samples and shares (n, k) of classes, from shares or from labels 0, ..., k - 1."""
    data = as_dataset(X)
    y = data.y if y is None else y
    if y is None:
        raise NoTargetsError()
    if y.ndim == 1:
        labels = np.asarray(y)
        if len(labels) != data.n:
            raise ShapeError(f"y has {len(labels)} values for {data.n} samples")
        if not all(
            isinstance(label, int | float | np.number) and label >= 0 and label == int(label) for label in labels
        ):
            raise InputError("cross_entropy needs labels 0 to k - 1, one whole number per sample, or rows of shares")
        return data, readonly(np.eye(max(int(labels.max(initial=0)) + 1, 2))[labels.astype(int)])
    if y.ndim != 2 or len(y) != data.n:
        raise ShapeError(f"y has shape {y.shape}, expected ({data.n}, k): samples by classes")
    return data, readonly(y, dtype=float)


def ends_in_ones(data: Dataset) -> bool:
    """Return whether the last column of the samples is the column of ones."""
    return data.d > 0 and all(value == 1 for value in data.fractions[:, -1])


def check_subject(data: Dataset) -> None:
    """Refuse samples and targets of which there is nothing to tell.

    Raises:
        InputError: no targets, fewer than two samples, a constant target, or inputs that are all zero.
    """
    with_targets(data)
    if data.n < 2:
        raise InputError(f"the data have {data.n} row{'' if data.n == 1 else 's'}; at least 2 are needed")
    if len(set(data.y_fractions)) == 1:
        raise InputError("the target has the same value in every row; there is nothing to learn")
    if data.rank == 0:
        raise InputError("every input is zero in every row; there is nothing to learn from")
