"""Lower bounds of layers: vectors that point away from many states' cones, found in floats, proved in integers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from ...basins.cones import unit_generators
from ...basins.cones.generators import rounded_row
from ...numbers.tolerances import DEFAULT
from ...solvers.exact_cone import Cone, primitive
from ...solvers.nonnegative_kernel import project

FIRST_STEP, MOST_FAILURES = 32, 6
# rounds of a projection, and generators that enter in one
MOST_ROUNDS, ENTERING = 200, 10


@dataclass(frozen=True)
class Bound:
    """A vector q (n integers) that proves loss >= value for every layer of the states in `covers`."""

    q: list[int]
    value: Fraction
    covers: np.ndarray


class LowerBounds:
    """Finds bounds for sets of states on the rows seen: floats propose, integers decide.

    Args:
        y: (n,) fractions, the targets of these rows.
        columns: (g, n) integers, what the signed rays add to the predictions.
        of_state: for every state the columns of its rays.
        free_constant: a constant is added.
    """

    def __init__(
        self, y: np.ndarray, columns: np.ndarray, of_state: Sequence[Sequence[int]], free_constant: bool
    ) -> None:
        self.n = len(y)
        self.scale = lcm(1, *(v.denominator for v in y))
        self.cone = Cone([int(v * self.scale) for v in y])
        place = [self.cone.add(column) for column in columns.tolist()]
        self.columns = np.array(self.cone.generators, dtype=object).reshape(-1, self.n)
        self.constants = [self.cone.add([s] * self.n) for s in (1, -1)] if free_constant else []
        A = np.array([rounded_row(row) for row in self.columns.tolist()], dtype=float).reshape(-1, self.n)
        self.y = np.array(y, dtype=float)
        idle = (self.columns == (self.columns[:, :1] if free_constant else 0)).all(axis=1)
        if free_constant:
            self.y = self.y - self.y.mean()
        self.noise = DEFAULT.kkt * float(self.y @ self.y)
        self.units = unit_generators(A, free_constant, idle)
        self.members = [np.unique([place[g] for g in of]).astype(np.int64) for of in of_state]
        self.filled = np.array([s for s, of in enumerate(self.members) if len(of)], dtype=np.int64)
        self.flat = np.concatenate([np.zeros(0, dtype=np.int64), *self.members])
        self.starts = np.cumsum([0, *(len(self.members[s]) for s in self.filled)])[:-1]

    def of(self, states: Iterable[int]) -> list[int]:
        """Return the generators of states."""
        return sorted({int(g) for s in states for g in self.members[s]})

    def rough(self, states: Iterable[int]) -> tuple[float, np.ndarray, list[int]]:
        """Return the value of a set of states in floats, its residual and the generators it uses.

        The steepest generators enter a few at a time; the value is that of a point of the cone, never below the least.
        """
        members = np.array(self.of(states), dtype=np.int64)
        residual, picks = self.y, np.zeros(0, dtype=np.int64)
        A, stop = self.units[members], DEFAULT.proposal * float(np.linalg.norm(self.y))
        value = float(self.y @ self.y)
        for _ in range(MOST_ROUNDS):
            slopes = A @ residual
            slopes[np.searchsorted(members, picks)] = -np.inf
            new = np.argsort(-slopes)[:ENTERING]
            new = members[new[slopes[new] > stop]]
            if not len(new):
                break
            trial = np.concatenate([picks, new])
            B = self.units[trial]
            weights, k = np.zeros(len(trial)), len(trial)
            project(B @ B.T, B @ self.y, k, DEFAULT.cone_stationarity, np.empty((k + 3, k)), weights)
            rest = self.y - weights @ B
            if rest @ rest >= value:
                break
            value, residual, picks = float(rest @ rest), rest, trial[weights > 0]
        return value / self.n, residual, picks.tolist()

    def exact(self, states: Iterable[int]) -> Bound:
        """Return the exact residual of a set of states, what it proves and for which states."""
        start = self.rough(states)[2]
        nearest_point = self.cone.nearest([*start, *self.constants[:1]], [*self.of(states), *self.constants])
        square = sum(v * v for v in nearest_point.residual)
        value = Fraction(square, nearest_point.denominator**2 * self.scale**2 * self.n)
        q = primitive(nearest_point.residual)
        rising = (self.columns.dot(np.array(q, dtype=object)) > 0).astype(float)
        return Bound(q, value, self._steepest(rising) <= 0)

    def extended(self, layer: tuple[int, ...], floor: float, extra: np.ndarray) -> tuple[int, ...]:
        """Return the layer with as many wanted states more as leave its value above a floor, the mildest first."""
        floor = floor + self.noise / self.n
        states, failures, step, usable = list(layer), 0, FIRST_STEP, extra.copy()
        value, residual, _ = self.rough(states)
        if value <= floor:
            return layer
        usable[states] = False
        left = self._mildest(residual, usable)
        while left and failures < MOST_FAILURES:
            more = left[:step]
            value, rest, _ = self.rough([*states, *more])
            if value > floor:
                states, residual, step = [*states, *more], rest, 2 * step
            elif len(more) > 1:
                step = len(more) // 2
                continue
            else:
                failures += 1
            usable[more] = False
            left = self._mildest(residual, usable)
        return tuple(states)

    def _mildest(self, residual: np.ndarray, usable: np.ndarray) -> list[int]:
        """Return the usable states, those first whose rays the residual rises along least."""
        candidates = np.flatnonzero(usable)
        return candidates[np.argsort(self._steepest(self.units @ residual)[candidates], kind="stable")].tolist()

    def _steepest(self, slopes: np.ndarray) -> np.ndarray:
        """Return for every state the largest slope along its generators, below every slope where it has none."""
        out = np.full(len(self.members), -np.inf)
        if len(self.flat):
            out[self.filled] = np.maximum.reduceat(slopes[self.flat], self.starts)
        return out
