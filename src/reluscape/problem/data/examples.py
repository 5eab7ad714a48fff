"""Small data sets: real ones by name, their numbers taken as exact decimals, and curves for teaching."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import InputError
from ...numbers.exact import exact_decimals
from . import Dataset
from .teaching import circles, moons, spirals

__all__ = ["NAMES", "circles", "load", "moons", "names", "spirals"]

_LOADERS = {
    "iris": "load_iris",
    "wine": "load_wine",
    "breast_cancer": "load_breast_cancer",
    "digits": "load_digits",
    "diabetes": "load_diabetes",
    "linnerud": "load_linnerud",
}
NAMES = (*_LOADERS, "iris_petals", "xor")


def names() -> tuple[str, ...]:
    """Return the names that `load` takes; `moons`, `circles` and `spirals` are drawn by functions of their own.

    Example:
        >>> "linnerud" in names()
        True
    """
    return NAMES


def load(name: str, classes: Sequence[Any] | None = None, bias: bool = False) -> Dataset:
    """Return a data set that ships with scikit-learn, or "xor", or "iris_petals" (the two petal columns).

    Args:
        name: "iris", "wine", "breast_cancer", "digits", "diabetes", "linnerud", "iris_petals" or "xor".
        classes: two class names or numbers; the first becomes -1, the second +1, other rows are left out.
        bias: append a column of ones.

    Returns:
        Dataset; regression targets raw (diabetes in its original units, linnerud's first target, weight), class
        numbers 0, 1, ... where `classes` is not given and there are more than two.

    Raises:
        InputError: unknown name or classes.

    Example:
        >>> load("iris", classes=("versicolor", "virginica")).n
        100
    """
    if name == "xor":
        return Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], bias=bias, features=("a", "b"), target="xor")
    if name not in NAMES:
        raise InputError(f"unknown data set {name!r}; choose one of {', '.join(NAMES)}")
    from sklearn import datasets

    base = "iris" if name == "iris_petals" else name
    extra = {"scaled": False} if base == "diabetes" else {}
    bunch = getattr(datasets, _LOADERS[base])(**extra)
    X, y = np.asarray(bunch.data, dtype=float), np.asarray(bunch.target)
    features, target = [str(f) for f in bunch.feature_names], "target"
    if base == "linnerud":
        y, target = y[:, 0], str(bunch.target_names[0]).lower()
    if name == "iris_petals":
        X, features = X[:, 2:], features[2:]
    class_names = [] if base in ("diabetes", "linnerud") else [str(c) for c in bunch.target_names]
    if classes is not None or len(class_names) == 2:
        keep, y = _two_classes(y, class_names, classes or (0, 1), name)
        X = X[keep]
    return Dataset(exact_decimals(X), exact_decimals(y.astype(float)), bias=bias, features=features, target=target)


def _two_classes(y: np.ndarray, names: list[str], classes: Sequence[Any], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of two classes and their labels -1 and +1."""
    if not names:
        raise InputError(f"{name} has a numeric target, no classes; leave classes out")
    if len(classes) != 2:
        raise InputError(f"give two classes of {name}, for instance {tuple(names[:2])}")
    codes = []
    for c in classes:
        text = str(c)
        if text in names:
            codes.append(names.index(text))
        elif text.isdigit() and int(text) < len(names):
            codes.append(int(text))
        else:
            raise InputError(f"{name} has no class {c!r}; it has {', '.join(names)}")
    keep = np.isin(y, codes)
    return keep, np.where(y[keep] == codes[1], 1, -1)
