"""Samples and targets of a test in floats: checked, but not turned into rationals, which costs more than the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError, ShapeError
from ..problem.data import Dataset, as_dataset


@dataclass(frozen=True, eq=False)
class FloatSamples:
    """What the test in floats needs of a data set.

    Attributes:
        X: (n, d) floats.
        y: (n,) floats.
    """

    X: np.ndarray
    y: np.ndarray

    @property
    def n(self) -> int:
        """Number of samples."""
        return int(self.X.shape[0])

    @property
    def d(self) -> int:
        """Number of columns."""
        return int(self.X.shape[1])


def read_samples(X: Any, y: Any, exact_mode: bool | None) -> Dataset | FloatSamples:
    """Return the data as they are where floats decide, else as a `Dataset` with its rationals.

    Raises:
        InputError: no targets, or a value that is not finite.
        ShapeError: shapes that do not fit.
    """
    floats = isinstance(X, np.ndarray) and X.dtype.kind == "f" and isinstance(y, np.ndarray) and y.dtype.kind in "fiub"
    if not floats or exact_mode:
        data = as_dataset(X, y)
        if data.y is None:
            raise InputError("there are no targets; give y")
        return data
    if X.ndim != 2 or y.shape != X.shape[:1]:
        as_dataset(X, y)
        raise ShapeError(f"X has shape {X.shape} and y {y.shape}, expected (n, d) and (n,)")
    targets = y.astype(float)
    if not (np.isfinite(X).all() and np.isfinite(targets).all()):
        place = int(np.argmin(np.isfinite(X).all(axis=1) & np.isfinite(targets)))
        raise InputError(f"the data have a value that is not finite at row {place}; remove the row or fill the value")
    return FloatSamples(np.asarray(X, dtype=float), targets)
