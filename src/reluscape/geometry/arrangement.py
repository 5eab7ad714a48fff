"""The central arrangement of a data set: one hyperplane for each class of parallel samples, in full rank."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from ..numbers import exact
from ..numbers.checks import readonly
from ..numbers.once import once_for_each
from ..problem.data import Dataset
from .listing.balance import column_units, divided


@dataclass(frozen=True, eq=False)
class Arrangement:
    """The hyperplanes {w : <a, w> = 0} that the samples cut weight space with.

    Attributes:
        normals: (k, d) object integers, one per class of parallel non-zero rows, with the sign of the first of them.
        row_class: (n,) the class of each row, -1 for a zero row.
        row_sign: (n,) int8, +1 for a positive multiple of its class's normal, -1 for a negative one, 0 for zero.
        rank: dimension of the span of the rows.
        pivots: indices of rank-many columns in which the rows have the same dependences.
        reduced: (k, rank) object integers: the normals restricted to the pivots, primitive.
        d: number of columns.
        fractions: (n, d) the rows as given.
    """

    normals: np.ndarray
    row_class: np.ndarray
    row_sign: np.ndarray
    rank: int
    pivots: tuple[int, ...]
    reduced: np.ndarray
    d: int
    fractions: np.ndarray

    @classmethod
    def of(cls, data: Dataset) -> Arrangement:
        """Return the arrangement of a data set.

        >>> a = Arrangement.of(Dataset([[1, 0], [0, 0], [-2, 0], [1, 1]]))
        >>> a.normals.tolist(), a.row_class.tolist(), a.row_sign.tolist()
        ([[1, 0], [1, 1]], [0, -1, 0, 1], [1, 0, -1, 1])
        """
        return _arrangement(data)

    @cached_property
    def units(self) -> list[Fraction]:
        """The greatest rational that divides each pivot column of the rows as given."""
        return column_units(self.fractions[:, list(self.pivots)])

    @cached_property
    def balanced(self) -> np.ndarray:
        """(k, rank) object integers: the reduced normals with their columns divided by the units, primitive."""
        return readonly(divided(self.reduced, self.units), object)

    @property
    def zero_rows(self) -> tuple[int, ...]:
        """Rows that are zero."""
        return tuple(int(i) for i in np.flatnonzero(self.row_sign == 0))

    def lift(self, w: np.ndarray) -> np.ndarray:
        """Return weights (R, d) for weights (R, rank) in reduced coordinates: zeros outside the pivots."""
        out = np.zeros((len(w), self.d), dtype=w.dtype)
        out[:, list(self.pivots)] = w
        return out

    def expand(self, class_signs: np.ndarray) -> np.ndarray:
        """Return patterns (R, n) for sides of the classes (R, k), booleans or -1/+1; zero rows are never active."""
        sides = np.asarray(class_signs)
        positive = sides if sides.dtype == bool else sides > 0
        out = np.zeros((len(positive), len(self.row_class)), dtype=bool)
        there = self.row_class >= 0
        out[:, there] = positive[:, self.row_class[there]] == (self.row_sign[there] > 0)
        return out


@once_for_each
def _arrangement(data: Dataset) -> Arrangement:
    """Return the arrangement of a data set."""
    rows = data.rows
    place: dict[tuple[int, ...], tuple[int, int]] = {}
    row_class = np.full(data.n, -1, dtype=np.int64)
    row_sign = np.zeros(data.n, dtype=np.int8)
    first: list[int] = []
    for i in range(data.n):
        line, along = exact.line_of(tuple(rows[i].tolist()))
        if line is None:
            continue
        if line not in place:
            place[line] = len(first), along
            first.append(i)
        row_class[i], row_sign[i] = place[line][0], along * place[line][1]
    normals = rows[first] if first else np.empty((0, data.d), dtype=object)
    pivots = tuple(range(data.d)) if data.rank == data.d else exact.pivot_columns(normals)
    pivot_normals = normals if len(pivots) == data.d else normals[:, list(pivots)]
    if len(pivots) not in (0, data.d):
        pivot_normals = exact.primitive_rows(pivot_normals)
    return Arrangement(
        readonly(normals, object),
        readonly(row_class),
        readonly(row_sign),
        len(pivots),
        pivots,
        readonly(pivot_normals, object),
        data.d,
        data.fractions,
    )
