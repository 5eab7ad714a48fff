"""The closed cells of one unit: their extreme rays, what each adds to the predictions, and who shares a facet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import comb, gcd, lcm

import numpy as np

from ...errors import TooLarge
from ...geometry.arrangement import Arrangement
from ...geometry.regions import enumerate_regions
from ...numbers import exact
from ...numbers.checks import readonly
from ...problem.data import Dataset

SUBSET_LIMIT = 2_000_000
# cells times rays, each a byte, and times hyperplanes, each a comparison
PAIR_LIMIT, INCIDENCE_LIMIT = 400_000_000, 10_000_000_000
MACHINE_INTEGER = 2**62


@dataclass(frozen=True)
class Cells:
    """All closed cells of the data's arrangement, with their rays.

    Attributes:
        data: the data set.
        sides: (C, k) int8, -1 or +1: the side of each distinct hyperplane.
        patterns: (C, n) boolean activation patterns.
        rays: (q, d) object integers, the extreme rays.
        on_ray: (C, q) boolean: the closed cell contains the ray.
        features: (q, n) integers, unit * max(0, <x_i, ray>).
        unit: the common denominator of the samples.
    """

    data: Dataset
    sides: np.ndarray
    patterns: np.ndarray
    rays: np.ndarray
    on_ray: np.ndarray
    features: np.ndarray
    unit: int

    @property
    def number(self) -> int:
        """Number of cells, the dead one included."""
        return len(self.sides)

    @cached_property
    def alive(self) -> np.ndarray:
        """Indices of the cells in which a unit is active on some sample."""
        return readonly(np.flatnonzero(self.patterns.any(axis=1)))

    def state(self, cell: int, sign: int) -> int:
        """Return the number of a unit's state, an alive cell with an output sign, or -1 for a dead cell."""
        place = int(np.searchsorted(self.alive, cell))
        if place == len(self.alive) or self.alive[place] != cell:
            return -1
        return 2 * place + (sign < 0)

    def describe(self, state: int) -> tuple[int, int]:
        """Return (cell, sign) of a state."""
        return int(self.alive[state // 2]), -1 if state % 2 else 1

    @cached_property
    def facets(self) -> tuple[tuple[int, int], ...]:
        """Pairs of cells that share a facet: their sides differ at exactly one hyperplane."""
        place = {row.tobytes(): c for c, row in enumerate(self.sides)}
        pairs = []
        for c, row in enumerate(self.sides):
            for j in np.flatnonzero(row > 0):
                other = row.copy()
                other[j] = -1
                partner = place.get(other.tobytes())
                if partner is not None:
                    pairs.append((min(c, partner), max(c, partner)))
        return tuple(sorted(pairs))

    def locate(self, pattern: np.ndarray) -> int:
        """Return the index of the cell with this activation pattern (n,), or -1."""
        places = np.flatnonzero((self.patterns == pattern).all(axis=1))
        return int(places[0]) if len(places) else -1


def relatable(cells: int, hyperplanes: int, rank: int) -> bool:
    """Return whether the cells and rays of an arrangement are surely few enough for `cells_of`."""
    subsets = comb(hyperplanes, max(rank - 1, 0))
    return subsets <= SUBSET_LIMIT and _within(cells, 2 * subsets, hyperplanes)


def _within(cells: int, rays: int, hyperplanes: int) -> bool:
    """Return whether the table of cells and rays is small enough."""
    pairs = cells * max(rays, 1)
    return pairs <= PAIR_LIMIT and pairs * max(hyperplanes, 1) <= INCIDENCE_LIMIT


def cells_of(data: Dataset) -> Cells:
    """Return all closed cells of a data set with their extreme rays, exactly.

    A ray's product with a hyperplane on which it lies is zero by construction, never a small float.

    Raises:
        TooLarge: more than two million candidate rays.
    """
    arrangement = Arrangement.of(data)
    k, r = len(arrangement.normals), arrangement.rank
    if comb(k, max(r - 1, 0)) > SUBSET_LIMIT:
        raise TooLarge(
            f"{k} hyperplanes in rank {r} have up to {2 * comb(k, r - 1):,} rays; use fewer rows or columns",
            estimate=2 * comb(k, r - 1),
        )
    patterns = np.asarray(enumerate_regions(data, witnesses=False).patterns, dtype=bool)
    first = _first_rows(arrangement, k)
    sides = np.where(patterns[:, first], 1, -1).astype(np.int8)
    sides *= np.asarray(arrangement.row_sign)[first].astype(np.int8)
    rays, ray_sides = _rays(arrangement, r)
    if not _within(len(sides), len(rays), k):
        raise TooLarge(
            f"{len(sides):,} cells and {len(rays):,} rays are too many to relate; use fewer rows or columns",
            estimate=len(sides) * len(rays),
        )
    on_ray = np.ones((len(sides), len(rays)), dtype=bool)
    for j in range(k):
        on_ray &= (ray_sides[:, j] == 0) | (ray_sides[:, j] == sides[:, j, None])
    full_rays = np.zeros((len(rays), data.d), dtype=object)
    if len(rays):
        full_rays[:, list(arrangement.pivots)] = rays
    unit = lcm(*(v.denominator for v in data.fractions.flat))
    samples = np.array([int(v * unit) for v in data.fractions.flat], dtype=object).reshape(data.fractions.shape)
    features = np.maximum(_products(full_rays, samples), 0)
    return Cells(
        data,
        readonly(sides),
        readonly(patterns),
        readonly(full_rays, object),
        readonly(on_ray),
        readonly(features, None),
        unit,
    )


def _products(rays: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """Return the products (q, n) of integer vectors, in machine integers where none can overflow."""
    if not rays.size or not samples.size:
        return np.zeros((len(rays), len(samples)), dtype=np.int64)
    if max(map(abs, rays.flat)) * max(map(abs, samples.flat)) * rays.shape[1] < MACHINE_INTEGER:
        return np.asarray(rays.astype(np.int64) @ samples.astype(np.int64).T)
    return np.asarray(rays.dot(samples.T))


def _first_rows(arrangement: Arrangement, k: int) -> np.ndarray:
    """Return for each class of parallel rows one row of it."""
    row_class = np.asarray(arrangement.row_class)
    return np.array([int(np.flatnonzero(row_class == j)[0]) for j in range(k)], dtype=int)


def _rays(arrangement: Arrangement, r: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rays (both directions) in reduced coordinates and their sides of every hyperplane."""
    normals = np.asarray(arrangement.reduced, dtype=object)
    if r == 0:
        return np.zeros((0, 0), dtype=object), np.zeros((0, 0), dtype=np.int8)
    lines: dict[tuple[int, ...], None] = {}
    for subset in combinations(range(len(normals)), r - 1):
        basis = exact.nullspace(normals[list(subset)]) if subset else np.array([[exact.to_fraction(1)]], dtype=object)
        if len(basis) == 1:
            lines[_primitive(basis[0])] = None
    rays = np.array([v for ray in lines for v in (ray, tuple(-u for u in ray))], dtype=object).reshape(-1, r)
    products = rays.dot(normals.T)
    return rays, ((products > 0).astype(np.int8) - (products < 0).astype(np.int8))


def _primitive(vector: np.ndarray) -> tuple[int, ...]:
    """Return the primitive integer multiple whose first non-zero entry is positive."""
    common = lcm(*(v.denominator for v in vector))
    integers = [int(v * common) for v in vector]
    divisor = gcd(*integers)
    lead = next(v for v in integers if v)
    divisor = divisor if lead > 0 else -divisor
    return tuple(v // divisor for v in integers)
