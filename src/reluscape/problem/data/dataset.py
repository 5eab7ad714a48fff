"""The data set: samples and targets as floats and as exact rationals, and what was found in them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ...errors import InputError, ShapeError
from ...numbers import exact
from ...numbers.checks import doubles, nearest_doubles, readonly, refuse_below_doubles, refuse_large_squares
from ...numbers.entries import entries
from ...numbers.overflow import constant
from .labels import coded_classes
from .position import GeneralPosition, general_position
from .table import Table, read_table

# what a Dataset knows of its targets, not of its samples
OF_TARGETS = {"y", "y_fractions", "classes", "target", "conflicts"}


@constant
class Dataset:
    """Samples X (n, d) with optional targets y (n,), immutable and checked once.

    Integers, `Fraction` and text such as "1/3" or "0.1" are exact; floats are the dyadic rationals they store.

    Args:
        X: (n, d) rows are samples; array, nested lists, or another Dataset's values.
        y: (n,) targets, or None. Text with two different values becomes -1 and 1, in the order of letters, and
            `classes` keeps their names.
        bias: True appends a column of ones (never added silently).
        features: names of the d columns before the bias; left out, those of a DataFrame.
        target: name of y; left out, that of a Series.

    Raises:
        ShapeError: ragged rows, wrong number of dimensions, y of another length.
        InputError: NaN, infinity, text that is no number.

    Example:
        >>> data = Dataset([[1, 2], [2, 4], [0, 0]], [1, 0, 1])
        >>> data.n, data.d, data.rank, data.zero_rows, data.parallel
        (3, 2, 1, (2,), ((0, 1),))
    """

    def __init__(
        self,
        X: Any,
        y: Any = None,
        bias: bool = False,
        features: Iterable[str] | None = None,
        target: str | None = None,
    ) -> None:
        if features is None and hasattr(X, "columns"):
            features = _names(X)
        if target is None and isinstance(getattr(y, "name", None), str):
            target = y.name
        table = _table(X)
        state = self.__dict__
        if _are_doubles(table):  # each is the rational that it stores, which is written out when it is first needed
            floats, inexact = np.asarray(table, dtype=float) + 0.0, True
            if bias:
                floats = np.concatenate([floats, np.ones((len(floats), 1))], axis=1)
        else:
            F = exact.fraction_matrix(table)
            inexact = table.dtype.kind == "f" or any(isinstance(v, float | np.floating) for v in table.flat)
            if bias:
                F = np.concatenate([F, np.full((F.shape[0], 1), exact.to_fraction(1), dtype=object)], axis=1)
            floats = nearest_doubles(F, "X")
            state["fractions"] = readonly(F)
        state["_doubles"] = "fractions" not in state
        state["_floats"] = readonly(floats)
        state["n"], state["d"] = floats.shape
        state["bias"] = bool(bias)
        state["exact_input"] = not inexact
        y, state["classes"] = coded_classes(None if y is None else entries(y, "y"))  # an iterator is read once
        state |= _targets(y, len(floats))
        inputs = floats.shape[1] - bool(bias)
        names = tuple(features) if features is not None else tuple(f"x{i + 1}" for i in range(inputs))
        if len(names) != inputs:
            raise ShapeError(f"{len(names)} feature names for {inputs} columns")
        state["features"] = names
        state["target"] = target

    # Values set in __init__ (declared for readers and type checkers).
    y: Any  # (n,) floats, or None without targets
    n: int
    d: int
    bias: bool
    exact_input: bool
    features: tuple[str, ...]
    target: str | None
    classes: dict[int, str] | None  # names of two classes given as text, by their number

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse any change."""
        raise AttributeError(f"a Dataset cannot be changed; build a new one instead of setting {name!r}")

    def __repr__(self) -> str:
        """Describe the data in one line."""
        ending = f", target {self.target!r}" if self.target else ""
        return f"Dataset(n={self.n}, d={self.d}{', bias' if self.bias else ''}{ending})"

    @cached_property
    def fractions(self) -> np.ndarray:
        """(n, d) object array of `Fraction`, the samples as exact numbers."""
        return readonly(exact.fraction_matrix(self.__dict__["_floats"]))

    @property
    def stores_doubles(self) -> bool:
        """Whether the samples are exactly the doubles of `X`, as given; else they may be rationals between doubles."""
        return bool(self.__dict__["_doubles"])

    @cached_property
    def y_fractions(self) -> Any:
        """(n,) object array of `Fraction`, the targets as exact numbers; None without targets."""
        return None if self.y is None else readonly(exact.fraction_array(self.y))

    @cached_property
    def X(self) -> np.ndarray:
        """(n, d) samples as doubles, each with its full precision.

        Raises:
            InputError: a sample that is not zero is below the range of doubles; what needs no floats still works.
        """
        floats: np.ndarray = self.__dict__["_floats"]
        refuse_below_doubles(self.__dict__.get("fractions", floats), floats, "X")
        return floats

    @cached_property
    def _integer(self) -> tuple[np.ndarray, np.ndarray]:
        if self.stores_doubles:
            rows, scales = exact.integer_rows_of_doubles(self.__dict__["_floats"])
        else:
            rows, scales = exact.integer_rows(self.fractions)
        return readonly(rows), readonly(scales)

    @property
    def rows(self) -> np.ndarray:
        """(n, d) primitive integer rows, each a positive multiple of the sample (same hyperplane, same signs)."""
        return self._integer[0]

    @property
    def row_scale(self) -> np.ndarray:
        """(n,) positive fractions with fractions[i] = row_scale[i] * rows[i]."""
        return self._integer[1]

    @cached_property
    def rank(self) -> int:
        """Exact rank of X."""
        return exact.rank(self.rows)

    @cached_property
    def zero_rows(self) -> tuple[int, ...]:
        """Rows that are zero: no unit can ever be active on them."""
        samples: np.ndarray = self.__dict__.get("fractions", self.__dict__["_floats"])
        return tuple(np.flatnonzero(~(samples != 0).any(axis=1)).tolist())

    @cached_property
    def duplicates(self) -> tuple[tuple[int, ...], ...]:
        """Groups of rows that are equal."""
        near = _groups(tuple(map(tuple, self.__dict__["_floats"].tolist())))  # equal rows have equal floats
        if self.stores_doubles:
            return near
        equal = [(group, _groups(tuple(tuple(self.fractions[i]) for i in group))) for group in near]
        return tuple(sorted(tuple(group[k] for k in part) for group, parts in equal for part in parts))

    @cached_property
    def parallel(self) -> tuple[tuple[int, ...], ...]:
        """Groups of non-zero rows on one line through the origin (repeated, rescaled and antipodal ones)."""
        return _groups(tuple(exact.line_of(tuple(row))[0] for row in self.rows.tolist()))

    @cached_property
    def conflicts(self) -> tuple[tuple[int, ...], ...]:
        """Groups of equal rows whose targets differ: no network fits them all."""
        if self.y_fractions is None:
            return ()
        return tuple(g for g in self.duplicates if len({self.y_fractions[i] for i in g}) > 1)

    @cached_property
    def general_position(self) -> GeneralPosition:
        """Whether every choice of rank-many rows is independent: certified, refuted, or not checked with the cost."""
        return general_position(self.rows, self.rank, self.zero_rows, self.parallel)

    @classmethod
    def from_csv(
        cls,
        path: str | Path,
        target: str,
        bias: bool = False,
        features: Iterable[str] | None = None,
        drop: Iterable[str] | None = None,
    ) -> Dataset:
        """Read a table with its numbers as exact decimals, by the rules of `reluscape.problem.data.read_table`."""
        return cls.from_table(read_table(path, target, features=features, drop=drop), bias)

    @classmethod
    def from_table(cls, table: Table, bias: bool = False) -> Dataset:
        """Return a table that was read as a Dataset, with a column of ones where asked."""
        return cls(table.X, table.y, bias=bias, features=table.features, target=table.target)


@runtime_checkable
class _PlainData(Protocol):
    """What holds data and knows whether they are all that it asks for: a `Problem`."""

    def plain_data(self) -> Dataset:
        """Return the data, or raise InputError."""
        ...


def as_dataset(X: Any, y: Any = None) -> Dataset:
    """Return a Dataset as it is, or build one from (X, y); of a `Problem` its data, where it asks for nothing more.

    Raises:
        InputError: a `Problem` beside targets, or one of another loss than the squared, with a penalty, an output bias
            or frozen signs: a function that reads only data does not cover it.
    """
    if isinstance(X, Dataset):
        return X if y is None else _with_targets(X, y)
    if isinstance(X, _PlainData):
        if y is not None:
            raise InputError("the problem holds its targets; give y only beside X")
        return X.plain_data()
    return Dataset(X, y)


def _with_targets(data: Dataset, y: Any) -> Dataset:
    """Return the same samples with other targets."""
    other = object.__new__(Dataset)
    state = vars(other)
    state |= {name: value for name, value in vars(data).items() if name not in OF_TARGETS}
    state["target"] = y.name if isinstance(getattr(y, "name", None), str) else data.target
    y, state["classes"] = coded_classes(entries(y, "y"))
    state |= _targets(y, data.n)
    return other


def _names(frame: Any) -> tuple[str, ...] | None:
    """Return the column names of a DataFrame where they are different texts."""
    names = tuple(frame.columns)
    return names if all(isinstance(name, str) for name in names) and len(set(names)) == len(names) else None


def _table(X: Any) -> np.ndarray:
    """Return the samples as they were given, rows by columns."""
    array = entries(X, "X")
    if array.ndim == 0:
        raise InputError(f"X is of type {type(X).__name__}; give a table with one row per sample")
    if array.shape == (0,):
        array = array.reshape(0, 0)
    if array.ndim != 2:
        raise ShapeError(f"X has {array.ndim} dimension(s), expected 2: rows are samples, columns are inputs")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        place = np.argwhere(~np.isfinite(array))[0]
        raise InputError(f"X has a value that is not finite at row {place[0]}; remove the row or fill the value")
    return array


def _are_doubles(array: np.ndarray) -> bool:
    """Return whether every entry is a float no longer than a double."""
    return array.dtype.kind == "f" and array.dtype.itemsize <= np.dtype(float).itemsize


def _targets(y: Any, n: int) -> dict[str, Any]:
    """Return the targets as floats, and as fractions where they are more than the floats."""
    if y is None:
        return {"y": None}
    array = entries(y, "y")
    if array.ndim != 1:
        raise ShapeError(f"y has shape {array.shape}, expected ({n},): one number per sample")
    if len(array) != n:
        raise ShapeError(f"y has {len(array)} values for {n} samples")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InputError(
            f"y has a value that is not finite at row {int(np.argmin(np.isfinite(array)))}; remove the row"
        )
    if _are_doubles(array):
        floats = np.asarray(array, dtype=float) + 0.0
        refuse_large_squares(floats, "y")
        refuse_below_doubles(floats, floats, "y")
        return {"y": readonly(floats)}
    fractions = exact.fraction_array(array)
    return {"y_fractions": readonly(fractions), "y": readonly(doubles(fractions, "y", squared=True))}


def _groups(keys: tuple[Any, ...]) -> tuple[tuple[int, ...], ...]:
    """Return the groups of two or more positions with equal keys, None keys left out."""
    groups: dict[Any, list[int]] = {}
    for i, key in enumerate(keys):
        if key is not None:
            groups.setdefault(key, []).append(i)
    return tuple(tuple(g) for g in groups.values() if len(g) > 1)
