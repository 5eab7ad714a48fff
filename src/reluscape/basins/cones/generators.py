"""Basin programs as projections onto cones of rays: generators merged, inner products once, values in batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from ...errors import SolverError
from ...numbers import exact
from ...numbers.checks import readonly
from .cells import Cells
from .distances import MOST_PRODUCTS, squared_distances, unit_generators


@dataclass(frozen=True)
class Generators:
    """What one unit can add to the predictions, ray by ray.

    A state is a pair (alive cell, output sign), numbered 2 * (place of the cell among the alive ones) + (sign < 0). A
    signed ray is numbered 2 * (ray) + (sign < 0). Different rays can add the same to the predictions; they share a
    generator, but each stays in its own cells.

    Attributes:
        cells: the cells.
        columns: (g, n) integers without a common divisor, the features of a ray times a number, none zero or repeated.
        of_ray: (2 q,) the generator of each signed ray, -1 where it adds nothing, or a constant beside an output bias.
        of_state: for every state the indices of its generators.
        rays_of_state: for every state all signed rays of its closed cell.
        free_constant: an output bias adds the line of constants to every cone.
    """

    cells: Cells
    columns: np.ndarray
    of_ray: np.ndarray
    of_state: tuple[tuple[int, ...], ...]
    rays_of_state: tuple[tuple[int, ...], ...]
    free_constant: bool

    @property
    def states(self) -> int:
        """Number of states of one unit that is not dead."""
        return len(self.of_state)

    def state(self, cell: int, sign: int) -> int:
        """Return the number of a state, or -1 for a dead cell."""
        return self.cells.state(cell, sign)

    def describe(self, state: int) -> tuple[int, int]:
        """Return (cell, sign) of a state."""
        return self.cells.describe(state)

    def shared_rays(self, state: int, other: int) -> tuple[int, ...]:
        """Return the signed rays that two closed states have in common."""
        there = set(self.rays_of_state[other])
        return tuple(ray for ray in self.rays_of_state[state] if ray in there)

    def of_rays(self, rays: Iterable[int]) -> tuple[int, ...]:
        """Return the generators of signed rays, sorted, each once."""
        return tuple(sorted({int(self.of_ray[ray]) for ray in rays} - {-1}))

    @cached_property
    def walls(self) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
        """Return (state, neighbouring state, generators of the shared facet) for facets between alive cells."""
        facets = []
        for a, b in self.cells.facets:
            for sign in (1, -1):
                s, t = self.state(a, sign), self.state(b, sign)
                if s >= 0 and t >= 0:
                    facets.append((s, t, self.of_rays(self.shared_rays(s, t))))
        return tuple(facets)

    @cached_property
    def targets(self) -> np.ndarray:
        """(n,) exact targets, centred where a constant is free."""
        y = self.cells.data.y_fractions
        return y - sum(y, Fraction(0)) / len(y) if self.free_constant and len(y) else y

    @cached_property
    def units(self) -> tuple[np.ndarray, np.ndarray]:
        """Return unit generators (g, n) and the targets (n,) in floats, centred where a constant is free."""
        y = np.array(self.targets, dtype=float)
        A = np.array([rounded_row(row) for row in self.columns.tolist()], dtype=float).reshape(-1, len(y))
        return unit_generators(A, self.free_constant), y

    @cached_property
    def _products(self) -> np.ndarray:
        """(g, g) inner products of unit generators."""
        A = self.units[0]
        return np.ascontiguousarray(A @ A.T)

    def values(self, sets: Iterable[tuple[int, ...]]) -> np.ndarray:
        """Return the mean squared loss of the best prediction in each cone, given by generator indices.

        Floats give it where they are sure of it, exact arithmetic elsewhere.
        """
        sets = list(sets)
        values, _, sure = self.proposals(*flattened(sets))
        for b in np.flatnonzero(~sure).tolist():
            values[b] = float(self.exact_value(sets[b]))
        return values

    def proposals(self, starts: np.ndarray, members: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the same values, which members have a weight in the best prediction, and which values are sure.

        All by floats; a value is sure where its residual meets the conditions of optimality up to rounding.

        Args:
            starts: (sets + 1,) where each set begins among the members.
            members: generator indices.
        """
        inner = self._products if len(self.columns) <= MOST_PRODUCTS else None
        out, in_use, sure = squared_distances(*self.units, starts, members, inner)
        return out / max(len(self.targets), 1), in_use, sure

    def exact_value(self, generators: tuple[int, ...]) -> Fraction:
        """Return the same value as an exact fraction, by Lawson and Hanson's method over the rationals."""
        y = self.targets
        if not len(y):
            return Fraction(0)
        columns = [self.column(g) for g in generators]
        residual = y - _combine(columns, project(columns, y), len(y))
        return sum((v * v for v in residual), Fraction(0)) / len(y)

    def column(self, generator: int) -> np.ndarray:
        """Return a generator (n,), centred where a constant is free."""
        column = self._raw(generator)
        return column - sum(column, Fraction(0)) / len(column) if self.free_constant else column

    def _raw(self, generator: int) -> np.ndarray:
        """Return a generator (n,) as fractions, scaled so that its largest entry is 1 or -1."""
        column = self.columns[generator].tolist()
        top = max(map(abs, column))
        return np.array([Fraction(v, top) for v in column], dtype=object)

    def direction(self, ray: int) -> np.ndarray:
        """Return the exact z (d,) of a signed ray, scaled so that its largest feature is 1 where it has one."""
        q = ray // 2
        top = int(max(self.cells.features[q], default=0)) or self.cells.unit
        return self.cells.rays[q] * Fraction((-1 if ray % 2 else 1) * self.cells.unit, top)

    def minimiser(self, units: Sequence[Iterable[int]]) -> tuple[np.ndarray, Fraction]:
        """Return exact Z (m, d) with Z_j = v_j w_j, and the output bias, of a lowest point.

        Args:
            units: for each unit the signed rays it may use.
        """
        user: dict[int, tuple[int, int]] = {}
        for j, unit in enumerate(units):
            for ray in unit:
                if self.of_ray[ray] >= 0:
                    user.setdefault(int(self.of_ray[ray]), (j, ray))
        indices = sorted(user)
        weights = project([self.column(g) for g in indices], self.targets)
        data = self.cells.data
        Z = np.full((len(units), data.d), Fraction(0), dtype=object)
        for g, weight in zip(indices, weights, strict=True):
            j, ray = user[g]
            Z[j] = Z[j] + weight * self.direction(ray)
        if not self.free_constant:
            return Z, Fraction(0)
        raw = _combine([self._raw(g) for g in indices], weights, data.n)
        return Z, sum(data.y_fractions - raw, Fraction(0)) / data.n


def rounded_row(row: list[int]) -> list[float]:
    """Return integers of any length divided by the largest of them, each quotient correctly rounded."""
    top = max(map(abs, row), default=0) or 1
    return [v / top for v in row]


def flattened(sets: Iterable[tuple[int, ...]]) -> tuple[np.ndarray, np.ndarray]:
    """Return sets of generators one behind the other: (where each begins, and the end of the last; the members)."""
    sets = list(sets)
    lengths = np.fromiter((len(s) for s in sets), dtype=np.int64, count=len(sets))
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return starts, np.fromiter((g for s in sets for g in s), dtype=np.int64, count=int(starts[-1]))


def project(columns: list[np.ndarray], y: np.ndarray) -> list[Fraction]:
    """Return weights >= 0 whose combination of the columns is the projection of y onto their cone, exactly."""
    k = len(columns)
    gram = [[exact.dot(a, b) for b in columns] for a in columns]
    right = [exact.dot(a, y) for a in columns]
    x = [Fraction(0)] * k
    passive: list[int] = []
    while True:
        slack = [right[i] - sum((gram[i][j] * x[j] for j in passive), Fraction(0)) for i in range(k)]
        best = max((i for i in range(k) if i not in passive), key=lambda i: slack[i], default=-1)
        if best < 0 or slack[best] <= 0:
            return x
        passive.append(best)
        while passive:
            z = exact.solve([[gram[i][j] for j in passive] for i in passive], [right[i] for i in passive])
            if z is None:
                raise SolverError("the exact projection met an inconsistent system")
            step = min((x[i] / (x[i] - v) for i, v in zip(passive, z, strict=True) if v <= 0), default=Fraction(1))
            for i, v in zip(passive, z, strict=True):
                x[i] += step * (v - x[i])
            passive = [i for i in passive if x[i] > 0]  # also one that the whole step leaves at zero
            if step == 1:
                break


def _combine(columns: list[np.ndarray], weights: list[Fraction], n: int) -> np.ndarray:
    """Return the weighted sum of columns."""
    total = np.full(n, Fraction(0), dtype=object)
    for column, weight in zip(columns, weights, strict=True):
        if weight:
            total = total + weight * column
    return total


def generators_of(cells: Cells, output_bias: bool = False) -> Generators:
    """Return the generators of every state: equal ones merged, zero ones left out."""
    n = cells.data.n
    place: dict[tuple[int, ...], int] = {}
    of_ray = np.full(2 * len(cells.rays), -1, dtype=np.int64)
    divisors = np.gcd.reduce(cells.features, axis=1) if n else np.zeros(len(cells.rays), dtype=np.int64)
    for q, divisor in enumerate(divisors.tolist()):
        if divisor == 0:
            continue
        feature = cells.features[q] // divisor
        if output_bias and feature.min() == feature.max():
            continue
        of_ray[2 * q] = place.setdefault(tuple(feature.tolist()), len(place))
        of_ray[2 * q + 1] = place.setdefault(tuple((-feature).tolist()), len(place))
    rays_of_state = tuple(
        tuple(2 * q + turn for q in np.flatnonzero(cells.on_ray[cell]).tolist())
        for cell in cells.alive
        for turn in (0, 1)
    )
    table = np.array(list(place), dtype=object).reshape(len(place), n)
    generators = Generators(cells, readonly(table, object), readonly(of_ray), (), rays_of_state, output_bias)
    return replace(generators, of_state=tuple(generators.of_rays(rays) for rays in rays_of_state))
