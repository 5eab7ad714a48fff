"""The rows that a model's first layer takes, and whether the model computes on them what was read of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ShapeError
from ..data import Dataset, as_dataset
from ..networks.agreement import check_agreement
from .opening import Opened
from .sizes import check_sizes


@dataclass(frozen=True, eq=False)
class Rows:
    """Samples and targets as the network itself takes them.

    Attributes:
        data: the samples; without a column of ones, but for a `TwoLayerNet`, which meets them as they are.
        y: the targets as they were given, or as the model transforms them.
        notes: sentences on how model and data were read.
    """

    data: Dataset
    y: Any
    notes: tuple[str, ...]


def rows_for(opened: Opened, X: Any, y: Any, build: Callable[[Any, Any], Dataset]) -> Rows:
    """Return the rows of a model, after a look at the number of columns and at what the model computes on them.

    Args:
        opened: the model.
        X: (n, d) samples or a `Dataset`; d is the model's number of inputs. One column more is taken where it is the
            column of ones: that of a `Dataset` with bias, or a last column that is exactly 1.
        y: the targets.
        build: makes a data set of (X, y).

    Raises:
        ShapeError: another number of columns, or columns in another order than the model was fitted with.
        ModelError: the model computes something else than what was read of it, or what doubles cannot hold.
    """
    reading = opened.reading
    if reading.target_transform is not None:
        y = reading.target_transform(as_dataset(X).y if y is None else y)
    if reading.transform is not None:
        X = _transformed(reading, X, y)
    elif reading.features is not None and (isinstance(X, Dataset) or hasattr(X, "columns")):
        _check_names(reading, X.features if isinstance(X, Dataset) else tuple(map(str, X.columns)))
    data = build(X, y)
    if opened.given is not None:
        if data.d == opened.given.W.shape[1]:
            check_sizes(opened.net, np.asarray(data.X))
        return Rows(data, y, reading.notes)
    data = _plain(data, reading.inputs)
    check_sizes(opened.net, np.asarray(data.X))
    check_agreement(reading, np.asarray(data.X))
    return Rows(data, y, reading.notes)


def with_ones(data: Dataset) -> Dataset:
    """Return the samples with a column of ones."""
    if data.bias:
        return data
    return Dataset(data.fractions, data.y_fractions, bias=True, features=data.features, target=data.target)


def _plain(data: Dataset, inputs: int) -> Dataset:
    """Return the samples without column of ones, as many columns as the model has inputs."""
    if data.bias:
        return _checked(
            Dataset(data.fractions[:, :-1], data.y_fractions, features=data.features, target=data.target), inputs
        )
    if data.d == inputs + 1 and data.n and all(value == 1 for value in data.fractions[:, -1]):
        features = data.features[:-1]
        return Dataset(data.fractions[:, :-1], data.y_fractions, features=features, target=data.target)
    return _checked(data, inputs)


def _checked(data: Dataset, inputs: int) -> Dataset:
    """Refuse another number of columns than the model's."""
    if data.d != inputs:
        raise ShapeError(
            f"the model takes {inputs} inputs, the data have {data.d}; choose the model's columns, in its order"
        )
    return data


def _transformed(reading: Any, X: Any, y: Any) -> Dataset:
    """Return what the model's earlier steps make of the rows."""
    target = X.target if isinstance(X, Dataset) else None
    y = X.y_fractions if y is None and isinstance(X, Dataset) else None
    if isinstance(X, Dataset):
        X = X.X[:, :-1] if X.bias else X.X
    try:
        rows = reading.transform(X)
    except Exception as problem:  # the user's transformers raise what they like
        words = (str(problem).strip().splitlines() or [type(problem).__name__])[0]
        raise ShapeError(f"{reading.kind}: the earlier steps do not take these rows ({words[:160]})") from None
    features = reading.features if reading.features is not None and len(reading.features) == rows.shape[1] else None
    return Dataset(rows, y, features=features, target=target)


def _check_names(reading: Any, names: tuple[str, ...]) -> None:
    """Refuse a table that has the model's columns in another order."""
    if names != reading.features and sorted(names) == sorted(reading.features):
        raise ShapeError(
            f"{reading.kind} was fitted with the columns {', '.join(reading.features)}; give them in this order"
        )
