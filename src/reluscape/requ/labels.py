"""Two-class data as the designed networks take them: checked once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import AssumptionError, InputError, ShapeError
from ..numbers.checks import real_numbers
from ..numbers.entries import entries
from ..problem.data import Dataset, as_dataset

__all__ = ["labelled", "labelled_dataset", "two_classes", "with_labels"]


def labelled(X: Any, y: Any = None) -> tuple[Dataset, np.ndarray]:
    """Return the samples (without a column of ones) and their labels as floats -1 and +1, free of contradictions.

    Raises:
        InputError: NaN, no sample, a label other than -1 and +1.
        ShapeError: not one label per sample.
        AssumptionError: equal points with different labels.
    """
    data, labels = with_labels(X, y)
    for group in data.duplicates:
        if len({labels[i] for i in group}) > 1:
            first = group[0]
            other = next(i for i in group if labels[i] != labels[first])
            raise AssumptionError(
                f"hypothesis violated (Assumption 2): samples {first} and {other} are the same point with different "
                "labels, and no network can give both; leave one of them out"
            )
    return data, labels


def labelled_dataset(X: Any, y: Any = None) -> Dataset:
    """Return samples and labels as one data set; equal points with different labels are let through.

    Raises:
        InputError, ShapeError: as in `with_labels`.
    """
    data, labels = with_labels(X, y)
    return data if data.y is not None and np.array_equal(data.y, labels) else as_dataset(data, labels)


def with_labels(X: Any, y: Any = None) -> tuple[Dataset, np.ndarray]:
    """Return the samples (without a column of ones) and their labels as floats -1 and +1.

    Raises:
        InputError: NaN, no sample, a label other than -1 and +1.
        ShapeError: not one label per sample.
    """
    data = X if isinstance(X, Dataset) else Dataset(X)
    if data.bias:
        raise InputError("the data carry a column of ones; here the network has its own bias, so give X without it")
    values = data.y if y is None else y
    if values is None:
        raise InputError("there are no labels; give y with -1 and +1")
    array = entries(values, "y")
    try:
        labels = real_numbers("y", array).reshape(-1).copy()
    except InputError:
        raise InputError("the labels are not numbers; give -1 and +1, one per sample") from None
    if len(labels) != data.n:
        raise ShapeError(f"{len(labels)} labels for {data.n} samples; give one each")
    if not data.n:
        raise InputError("there are no samples; give one or more")
    strange = np.flatnonzero(np.abs(labels) != 1)
    if len(strange):
        kinds = np.unique(labels)
        advice = "two classes are needed"
        if len(kinds) == 2 and np.isfinite(kinds).all():
            advice = f"with {kinds[0]:g} and {kinds[1]:g} use numpy.where(y == {kinds[1]:g}, 1, -1)"
        place = int(strange[0])
        raise InputError(f"label {labels[place]:g} of sample {place} is neither -1 nor +1; {advice}")
    labels.setflags(write=False)
    return data, labels


def two_classes(labels: np.ndarray) -> None:
    """Refuse several samples of a single class, where there is nothing to separate.

    Raises:
        InputError: all labels are equal (one sample alone is let through).
    """
    if len(labels) > 1 and len(np.unique(labels)) == 1:
        raise InputError(f"all {len(labels)} labels are {labels[0]:+.0f}; two classes are needed")
