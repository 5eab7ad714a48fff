"""Samples and targets as a model means them: numbers, a classifier's classes, one column or several."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import InputError, NoTargetsError, ShapeError
from ..data import Dataset, as_dataset
from ..data.labels import text_classes
from ..losses import codes_of, labels_of


def single_target(X: Any, y: Any, classes: tuple[Any, ...] | None, loss: Any) -> Dataset:
    """Return the samples with one column of targets.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) or (n, 1) targets, or None where X brings them.
        classes: a classifier's two classes: where y holds them and they are no numbers, or the loss asks for codes,
            they become the codes of the loss (0 and 1 where it has none). None takes the classes of y
            where they are text.
        loss: name or object.

    Raises:
        InputError: no targets, or targets that are no classes of the model.
    """
    if y is None:
        data = as_dataset(X)
        if data.y is None:
            raise NoTargetsError()
        return data
    values = _column(y)
    names = text_classes(values) if classes is None else None
    if names is not None and len(names) == 2:
        classes = tuple(names)
    if classes is not None and len(classes) == 2:
        are_classes = set(values.tolist()) <= set(classes)
        as_numbers = all(isinstance(c, int | float) for c in classes)
        if are_classes and (not as_numbers or labels_of(loss) is not None):
            low, high = codes_of(loss)
            values = np.where(values == classes[1], high, low)
        elif not as_numbers:
            raise InputError(f"the targets are not the model's classes {classes[0]!r} and {classes[1]!r}")
    return as_dataset(X, values)


def label_notes(y: Any, outputs: int, classes: tuple[Any, ...] | None, loss: Any) -> tuple[str, ...]:
    """Return the sentence on how classes given as text became numbers; none for numbers.

    Args:
        y: the targets as given.
        outputs: number of the model's outputs.
        classes: the model's classes in the order of its outputs, or None.
        loss: name or object.
    """
    if y is None or (np.ndim(y) > 1 and np.shape(y)[1] > 1):
        return ()
    labels = text_classes(_column(y))
    names = labels if labels is None or classes is None else list(classes)
    if names is None:
        return ()
    if outputs == 1:
        low, high = codes_of(loss)
        return (f"The classes {names[0]!r} and {names[-1]!r} are read as {low} and {high}.",)
    listing = ", ".join(f"{k} {name!r}" for k, name in enumerate(names[:8]))
    return (f"The classes are the outputs in this order: {listing}.",)


def _classes_of(values: np.ndarray, outputs: int, classes: tuple[Any, ...] | None) -> list[Any]:
    """Return the classes in the order of the outputs: the model's, else 0 to k - 1 where y holds such, else sorted."""
    if classes is not None:
        return list(classes)
    labels = set(values.tolist())
    if all(not isinstance(v, str | bool) and v in range(outputs) for v in labels):
        return list(range(outputs))
    return sorted(labels)


def _column(y: Any) -> np.ndarray:
    """Return targets as a vector; an (n, 1) table counts as one."""
    if hasattr(y, "to_numpy"):
        y = y.to_numpy()
    values = y if isinstance(y, np.ndarray) else np.array(list(y), dtype=object)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    return values


def several_targets(data: Dataset, y: Any, outputs: int, classes: tuple[Any, ...] | None) -> np.ndarray:
    """Return targets (n, k) for a model of k outputs.

    Args:
        data: the samples, with targets where y is None.
        y: (n, k) numbers; (n,) classes, as many as outputs, become columns of 0 and 1, one for each class in order.
        outputs: k.
        classes: the classes in the order of the outputs, None to sort those of y.

    Raises:
        InputError: a value that is no finite number, or classes that do not fit the outputs.
        ShapeError: a shape that does not fit.
    """
    if y is None and data.y is None:
        raise NoTargetsError()
    values = np.asarray(data.y if y is None else _column(y))
    if outputs > 1 and values.ndim == 1:
        names = _classes_of(values, outputs, classes)
        if len(names) != outputs or not set(values.tolist()) <= set(names):
            different = len(set(values.tolist()))
            raise InputError(
                f"the model has {outputs} outputs and the target {different} different values; give (n, {outputs}) "
                "targets"
            )
        values = np.array([[float(v == name) for name in names] for v in values.tolist()]).reshape(-1, outputs)
    if values.ndim == 1:
        values = values[:, None]
    if values.shape != (data.n, outputs):
        raise ShapeError(f"the targets have shape {values.shape}, expected ({data.n}, {outputs}): one row per sample")
    try:
        values = values.astype(float)
    except (TypeError, ValueError):
        raise InputError("a target is no number; code the classes as numbers") from None
    if not np.isfinite(values).all():
        place = int(np.argmin(np.isfinite(values).all(axis=1)))
        raise InputError(f"a target is not finite at row {place}; remove the row")
    return values
