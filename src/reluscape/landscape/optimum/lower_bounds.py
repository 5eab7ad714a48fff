"""Lower bounds of layers: vectors that point away from many states' cones, found in floats, proved in integers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from ...basins.cones import unit_generators
from ...basins.cones.generators import rounded_row
from ...numbers.exact import UNIT_ROUNDOFF
from ...numbers.tolerances import DEFAULT
from ...solvers.exact_cone import Cone, primitive

FIRST_STEP, MOST_FAILURES = 32, 3
LIMITS = (DEFAULT.cone_stationarity, UNIT_ROUNDOFF, DEFAULT.barrier)


@dataclass(frozen=True)
class Bound:
    """A vector q (n integers) that proves loss >= value for every layer of the states in `covers`."""

    q: list[int]
    value: Fraction
    covers: np.ndarray


@dataclass(frozen=True, eq=False)
class Point:
    """A point of a cone: its mean squared error, the errors that count, what it is made of, and the sign of c."""

    value: float
    residual: np.ndarray
    picks: np.ndarray
    constant: int = 1


class LowerBounds:
    """Finds bounds for sets of states on some rows: floats propose, integers decide.

    Args:
        y: (n,) fractions, the targets of these rows.
        columns: (g, n) integers, what the signed rays add to the predictions.
        of_state: for every state the columns of its rays.
        free_constant: a constant is added.
        loose: (S, n) 1 where a state's outputs may be less than those of its rays, 2 where they may be more, else 0.
    """

    def __init__(
        self,
        y: np.ndarray,
        columns: np.ndarray,
        of_state: Sequence[Sequence[int]],
        free_constant: bool,
        loose: np.ndarray | None = None,
    ) -> None:
        self.n, self.free, self.middle = len(y), free_constant, 0.0
        self.loose = loose if loose is not None and loose.any() else None
        self.scale = lcm(1, *(v.denominator for v in y))
        self.target = [int(v * self.scale) for v in y]
        self.cone = Cone(self.target)
        if self.loose is None:
            place = [self.cone.add(column) for column in columns.tolist()]
            columns = np.array(self.cone.generators, dtype=object).reshape(-1, self.n)
        else:
            place = list(range(len(columns)))
        self.columns = columns
        self.constants = [self.cone.add([s] * self.n) for s in (1, -1)] if free_constant else []
        A = np.array([rounded_row(row) for row in self.columns.tolist()], dtype=float).reshape(-1, self.n)
        self.rounded = unit_generators(A, False)
        self.y = np.array(y, dtype=float)
        idle = (self.columns == (self.columns[:, :1] if free_constant else 0)).all(axis=1)
        if free_constant:
            self.middle = float(self.y.mean())
            self.y = self.y - self.middle
        self.noise = DEFAULT.kkt * float(self.y @ self.y)
        self.stop = DEFAULT.proposal * float(np.linalg.norm(self.y))
        self.units = unit_generators(A, free_constant and self.loose is None, idle)
        # what a point near the nearest one is sought with: y of length one, and a constant where rays may give more
        self.length = float(np.linalg.norm(self.y)) or 1.0
        self.target_direction = self.y / self.length
        constants = np.outer([1.0, -1.0], np.ones(self.n)) / max(self.n, 1) ** 0.5
        with_constants = free_constant and self.loose is not None
        self.table = np.concatenate([self.units, constants]) if with_constants else self.units
        self.members = [np.unique([place[g] for g in of]).astype(np.int64) for of in of_state]
        self.first = np.cumsum([0, *map(len, self.members)])
        self.inside = np.concatenate([np.zeros(0, dtype=np.int64), *self.members])
        walls = self.members if self.loose is None else self._with_loose(self.members, self.loose)
        self.filled = np.array([s for s, of in enumerate(walls) if len(of)], dtype=np.int64)
        self.flat = np.concatenate([np.zeros(0, dtype=np.int64), *walls])
        self.starts = np.cumsum([0, *(len(walls[s]) for s in self.filled)])[:-1]

    def of(self, states: Iterable[int]) -> np.ndarray:
        """Return the generators of states, ascending."""
        has_it = np.zeros(len(self.units), dtype=bool)
        has_it[np.concatenate([np.zeros(0, dtype=np.int64), *(self.members[s] for s in states)])] = True
        return np.flatnonzero(has_it)

    def rough(self, states: Sequence[int], start: Point | None = None, floor: float = -np.inf) -> Point:
        """Return a point near the nearest one of the cone of a set of states, in floats.

        The steepest generators enter a few at a time; the value is that of a point of the cone, never below the least.

        Args:
            states: the set.
            start: the point of a part of the set.
            floor: a value at which the search stops.
        """
        from .near_kernel import near_point

        side = np.zeros(self.n, dtype=np.uint8)
        if self.loose is not None:
            side = np.bitwise_or.reduce(self.loose[list(states)], axis=0)
        picks = start.picks if start is not None else np.zeros(0, dtype=np.int64)
        residual, constants = np.empty(self.n), len(self.table) - len(self.units)
        share = self.n / self.length**2
        picks, square, constant = near_point(
            self.table,
            self.target_direction,
            side,
            np.array(states, dtype=np.int64),
            self.first,
            self.inside,
            picks,
            constants,
            floor * share,
            self.stop / self.length,
            LIMITS,
            residual,
        )
        middle = constant * self.length / self.n**0.5 + self.middle
        return Point(square / share, residual * self.length, picks, 1 if middle > 0 else -1)

    def exact(self, states: Sequence[int], near: Point | None = None) -> Bound:
        """Return an exact vector for a set of states, what it proves and for which states.

        Where outputs may be other than those of rays, the rows that count are those with an error in floats; whether
        the vector bounds the states is for the caller to see.

        Args:
            states: the set.
            near: a point near the nearest one.
        """
        near = near or self.rough(states)
        start, rows = near.picks.tolist(), np.arange(self.n)
        if self.loose is None:
            among = [*self.of(states).tolist(), *self.constants]
            nearest_point = self.cone.nearest([*start, *self.constants[:1]], among)
        else:
            rows = np.flatnonzero(near.residual)
            cone = Cone([self.target[i] for i in rows.tolist()])
            support = [cone.add(column) for column in self.columns[start][:, rows].tolist()]
            support += [cone.add([near.constant] * len(rows))] if self.free else []
            nearest_point = cone.on_span(list(dict.fromkeys(support)))
        square = sum(v * v for v in nearest_point.residual)
        value = Fraction(square, nearest_point.denominator**2 * self.scale**2 * self.n)
        q = [0] * self.n
        for i, v in zip(rows.tolist(), primitive(nearest_point.residual), strict=True):
            q[i] = v
        if self.free and sum(q) != 0:
            return Bound(q, Fraction(0), np.zeros(len(self.members), dtype=bool))
        rises = self._rises(q)
        if self.loose is not None:
            signs = np.array([(v > 0) - (v < 0) for v in q])
            rises = np.concatenate([rises, signs < 0, signs > 0])
        return Bound(q, value, self._steepest(rises.astype(float)) <= 0)

    def _rises(self, q: list[int]) -> np.ndarray:
        """Return whether each generator's product with a vector is positive, by floats where they are sure."""
        direction = np.array(rounded_row(q))
        slopes = self.rounded @ (direction / (np.linalg.norm(direction) or 1.0))
        close = np.abs(slopes) <= DEFAULT.cosine_rounding
        rises = slopes > 0
        rises[close] = self.columns[close].astype(object).dot(np.array(q, dtype=object)) > 0
        return np.asarray(rises)

    def extended(self, layer: tuple[int, ...], floor: float, extra: np.ndarray) -> tuple[list[int], Point]:
        """Return the layer with as many wanted states more as leave its value above a floor, and its nearest point.

        The mildest states enter first. A state along whose rays the residual does not rise leaves it as it is.
        """
        floor = floor + self.noise / self.n
        states, failures, step, usable = list(layer), 0, FIRST_STEP, extra.copy()
        point = self.rough(states)
        if point.value <= floor:
            return states, point
        usable[states] = False
        left = self._ordered(states, point, usable)
        while len(left) and failures < MOST_FAILURES:
            more = left[:step].tolist()
            wider = self.rough([*states, *more], point, floor)
            if wider.value > floor:
                states, point, step = [*states, *more], wider, 2 * step
            elif len(more) > 1:
                step = len(more) // 2
                continue
            else:
                failures += 1
            usable[more] = False
            left = self._ordered(states, point, usable)
        return states, point

    def _ordered(self, states: list[int], point: Point, usable: np.ndarray) -> np.ndarray:
        """Return the usable states, the mildest first; those that do not move a point enter the states at once."""
        candidates, slopes = np.flatnonzero(usable), self.units @ point.residual
        if self.loose is not None:
            slopes = np.concatenate([slopes, -point.residual, point.residual])
        slopes = self._steepest(slopes)[candidates]
        free = candidates[slopes <= self.stop]
        states.extend(free.tolist())
        usable[free] = False
        steep = slopes > self.stop
        return candidates[steep][np.argsort(slopes[steep], kind="stable")]

    def _steepest(self, slopes: np.ndarray) -> np.ndarray:
        """Return for every state the largest slope along its generators, below every slope where it has none."""
        out = np.full(len(self.members), -np.inf)
        if len(self.flat):
            out[self.filled] = np.maximum.reduceat(slopes[self.flat], self.starts)
        return out

    def _with_loose(self, members: list[np.ndarray], loose: np.ndarray) -> list[np.ndarray]:
        """Return the generators of states with a unit of minus and plus every row where outputs may be less or more."""
        g, n = len(self.units), self.n
        return [
            np.concatenate([of, g + np.flatnonzero(row & 1), g + n + np.flatnonzero(row & 2)])
            for of, row in zip(members, loose, strict=True)
        ]
