"""Exact values of many cones: floats propose the face that holds the nearest point, integers prove it."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from functools import cmp_to_key
from itertools import groupby
from math import gcd, lcm

import flint
import numpy as np

from ...numbers.exact import UNIT_ROUNDOFF
from ...solvers.exact_cone import Cone, Nearest
from .generators import Generators, flattened, rounded_row


class Faces:
    """Faces of cones of generators, each with the exact distance of the targets from it.

    Many cones share the face that holds their nearest point. On the span of a face the nearest point is one rational
    system, solved once. It is the nearest point of a cone when its weights are not negative, the cone has all
    generators of the face, and none of its generators has a positive product with the residual. The products of
    rounded vectors decide where they exceed their rounding error, integers where they do not. A cone that fails is
    searched over the rationals, from the proposed face on.

    Args:
        generators: the generators of every state.

    Attributes:
        values: mean squared loss on each face, exact.
        rounded: the same as floats, each correctly rounded, in the first places of an array that grows.
        searched: how many cones had to be searched over the rationals.
    """

    def __init__(self, generators: Generators) -> None:
        y = generators.targets
        scale = lcm(*(v.denominator for v in y))
        self.values: list[flint.fmpq] = []
        self.searched = 0
        self._generators = generators
        self._unit = len(y) * scale * scale
        self._cone = Cone([int(v * scale) for v in y])
        rows = [_centred(row) if generators.free_constant else row for row in generators.columns.tolist()]
        self._place = np.array([self._cone.add(row) for row in rows], dtype=np.int64)
        self._rows = np.array([rounded_row(row) for row in self._cone.generators]).reshape(-1, len(y))
        self._supports: list[tuple[int, ...]] = []
        self._residuals, self.rounded = np.zeros((64, len(y))), np.zeros(64)
        self._first, self._inside = np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64)
        self._number: dict[tuple[int, ...], int] = {}
        self._proposed: dict[bytes, int] = {}
        self._rising: dict[int, bool] = {}
        self._last: tuple[int, list[int]] = (-1, [])

    def of(self, sets: list[tuple[int, ...]]) -> np.ndarray:
        """Return for each cone, given by generator indices, the number of the face that holds its nearest point."""
        starts, members = flattened(sets)
        in_use = self._generators.proposals(starts, members)[1]
        members = self._place[members]
        face = self._propose(starts, members, in_use)
        for b in self._refuted(starts, members, face).tolist():
            mine = members[starts[b] : starts[b + 1]]
            self.searched += 1
            face[b] = self._enter(self._cone.nearest(self._supports[face[b]], mine.tolist()))
        return face

    def lower(self, faces: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return where the loss on one face is below that on another, exactly."""
        a, b = self.rounded[faces], self.rounded[others]
        below = a < b
        for at in np.flatnonzero((a == b) & (faces != others)).tolist():
            below[at] = self.values[faces[at]] < self.values[others[at]]
        return below

    def ranks(self, faces: np.ndarray) -> tuple[np.ndarray, tuple[Fraction, ...]]:
        """Return the place of each face's loss among the distinct ones, and these from the lowest to the highest."""
        numbers = np.unique(faces)
        numbers = numbers[np.argsort(self.rounded[numbers])]
        place, distinct = np.zeros(len(self.values), dtype=np.int64), list[flint.fmpq]()
        for _, run in groupby(numbers.tolist(), key=self.rounded.item):
            for number in sorted(run, key=cmp_to_key(self._compare)):
                if not distinct or distinct[-1] != self.values[number]:
                    distinct.append(self.values[number])
                place[number] = len(distinct) - 1
        return place[faces], tuple(Fraction(int(v.p), int(v.q)) for v in distinct)

    def _compare(self, a: int, b: int) -> int:
        """Return the sign of a difference of values."""
        return int(self.values[a] > self.values[b]) - int(self.values[a] < self.values[b])

    def _propose(self, starts: np.ndarray, members: np.ndarray, used: np.ndarray) -> np.ndarray:
        """Return the face on which floats see each cone's nearest point."""
        ends = 8 * np.concatenate([[0], np.cumsum(used)])[starts]
        keys = members[used].tobytes()
        face = np.empty(len(starts) - 1, dtype=np.int64)
        for b, (lo, hi) in enumerate(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)):
            key = keys[lo:hi]
            number = self._proposed.get(key)
            if number is None:
                support = dict.fromkeys(np.frombuffer(key, dtype=np.int64).tolist())
                number = self._proposed[key] = self._enter(self._cone.on_span(support))
            face[b] = number
        return face

    def _enter(self, point: Nearest) -> int:
        """Return the number of a point's face, new or known."""
        support = tuple(sorted(point.weights))
        number = self._number.get(support)
        if number is not None:
            return number
        number = self._number[support] = len(self._supports)
        value = flint.fmpq(sum(v * v for v in point.residual), point.denominator**2 * self._unit)
        if number == len(self._residuals):
            self._residuals = np.concatenate([self._residuals, np.zeros_like(self._residuals)])
            self.rounded = np.concatenate([self.rounded, np.zeros_like(self.rounded)])
        self._residuals[number], self.rounded[number] = rounded_row(point.residual), _nearest_float(value)
        self._supports.append(support)
        self.values.append(value)
        return number

    def _refuted(self, starts: np.ndarray, members: np.ndarray, face: np.ndarray) -> np.ndarray:
        """Return the cones with a generator that leads closer to the targets than the proposed face."""
        from .face_kernel import doubts

        self._lay_out()
        residuals = self._residuals[: len(self._supports)]
        zero = ~residuals.any(axis=1)
        doubt = np.zeros(len(members), dtype=np.int8)
        doubts(self._rows, residuals, zero, self._first, self._inside, starts, members, face, UNIT_ROUNDOFF, doubt)
        cone = np.repeat(np.arange(len(face)), np.diff(starts))
        unclear = np.flatnonzero(doubt == 1)
        pairs, back = np.unique(face[cone[unclear]] * len(self._rows) + members[unclear], return_inverse=True)
        rising = np.array([self._rises(pair) for pair in pairs.tolist()], dtype=bool)
        doubt[unclear[rising[back]]] = 2
        return np.unique(cone[doubt == 2])

    def _lay_out(self) -> None:
        """Put the supports of new faces behind those of the others."""
        new = self._supports[len(self._first) - 1 :]
        ends = self._first[-1] + np.cumsum([len(support) for support in new], dtype=np.int64)
        members = np.fromiter((g for support in new for g in support), dtype=np.int64)
        self._first, self._inside = np.concatenate([self._first, ends]), np.concatenate([self._inside, members])

    def _rises(self, pair: int) -> bool:
        """Return whether a generator has a positive product with a face's residual, in integers."""
        if pair not in self._rising:
            number, generator = divmod(pair, len(self._rows))
            if self._last[0] != number:
                self._last = (number, self._cone.on_span(self._supports[number]).residual)
            row = self._cone.generators[generator]
            self._rising[pair] = sum(map(int.__mul__, self._last[1], row)) > 0
        return self._rising[pair]


def threshold(values: tuple[Fraction, ...], level: Fraction | float) -> int:
    """Return how many of the sorted values are at most a level."""
    at = bisect_left(values, level)
    return at + (at < len(values) and values[at] == level)


def _centred(row: list[int]) -> list[int]:
    """Return the shortest integer multiple of a vector less its mean."""
    total = sum(row)
    deviations = [len(row) * v - total for v in row]
    divisor = gcd(*deviations) or 1
    return [v // divisor for v in deviations]


def _nearest_float(value: flint.fmpq) -> float:
    """Return the double nearest to a rational, infinity above all doubles."""
    try:
        return int(value.p) / int(value.q)
    except OverflowError:
        return float("inf")
