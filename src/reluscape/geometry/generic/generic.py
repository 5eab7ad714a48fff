"""The engine for general position: one region per vertex, in an order of its own with random access."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np

from ...errors import AssumptionError, InputError, TooLarge
from ...numbers.checks import readonly, whole_number
from ...numbers.exact import signs_of_products
from ...numbers.seeds import stream
from ...problem.data import Dataset, as_dataset
from ...problem.data.position import general_position
from ...solvers.linear import Rows
from ..arrangement import Arrangement
from .flag import Flag, generic_flag
from .generic_points import interior_points
from .sweep import exact_signs, region_signs

BYTES_LIMIT = 2 * 2**30
# regions that one batch of linear algebra takes
RUN = 2_000
NOT_GENERIC = "the distinct hyperplanes are not in general position ({}); use enumerate_regions, which takes any data"


@dataclass(frozen=True, eq=False)
class GenericRegions:
    """All regions of data in general position, indexed without a table.

    Region k of the first half has the last distinct hyperplane on its positive side; its antipode is region
    len / 2 + k. Inside the half the levels D, D - 1, ..., 0 follow each other, and inside a level the subsets of
    hyperplanes in lexicographic order, each subset being the lowest vertex of one region.

    Attributes:
        arrangement: the distinct hyperplanes of the data.
        flag: the generic directions of the sweep (fixed, so that indices mean the same in every run).
    """

    arrangement: Arrangement
    flag: Flag

    def __len__(self) -> int:
        """Return the number of regions, where it is below 2^63; see `count`."""
        return self.count

    @property
    def count(self) -> int:
        """Number of regions, 2 sum_{i<r} C(k-1, i), of any size."""
        return 2 * self.half

    @property
    def half(self) -> int:
        """Half of the number of regions."""
        return sum(self.flag.level_sizes)

    def pattern(self, k: int) -> np.ndarray:
        """Return the pattern (n,) of region k, found from k alone in O(r^3 + n r)."""
        return self._expand(self._sides(k)[None])[0]

    def witness(self, k: int) -> np.ndarray:
        """Return a weight (d,) strictly inside region k; doubles, or fractions where no double vector fits."""
        signs = np.where(self._sides(k), 1.0, -1.0)
        point = Rows(self.arrangement.normals).decide(signs).witness
        if point is None:
            raise AssumptionError(NOT_GENERIC.format("a vertex is not simple"))
        return point

    def patterns(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Return the patterns (stop - start, n) of a range of regions.

        Raises:
            TooLarge: the range needs more than 2 GiB.
        """
        stop = self._stop(start, stop, len(self.arrangement.row_class))
        parts = [self._expand(sides) for _, _, sides in self._runs(start, stop)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.arrangement.row_class)), dtype=bool)

    def witnesses(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Return weights (stop - start, d) strictly inside a range of regions, signs proven exactly.

        Floats propose the weights of many regions at once; where one of them is not strictly inside it is found as
        `witness` finds it. The array holds objects only where doubles are too coarse for a region.

        Raises:
            TooLarge: the range needs more than 2 GiB.
        """
        stop = self._stop(start, stop, 8 * self.arrangement.d)
        pivot_normals = np.asarray(self.arrangement.reduced)
        parts: list[np.ndarray] = []
        for level, subsets, sides in self._runs(start, stop):
            meant = np.where(sides, 1, -1).astype(np.int8)
            antipode = ~sides[:, -1]
            points = interior_points(self.flag, level, subsets, sides[:, :-1] ^ antipode[:, None])
            points[antipode] *= -1.0
            outside = np.flatnonzero((signs_of_products(pivot_normals, points) != meant).any(axis=1))
            weights = [Rows(pivot_normals).decide(meant[row].astype(float)).witness for row in outside]
            if any(point is None for point in weights):
                raise AssumptionError(NOT_GENERIC.format("a vertex is not simple"))
            if any(point.dtype == object for point in weights if point is not None):
                points = points.astype(object)
            for row, point in zip(outside, weights, strict=True):
                points[row] = point
            parts.append(self.arrangement.lift(points))
        return np.concatenate(parts) if parts else np.zeros((0, self.arrangement.d))

    def _stop(self, start: int, stop: int | None, each: int) -> int:
        """Return the end of a range, having checked that it exists and that its table fits."""
        stop = self.count if stop is None else stop
        if not 0 <= start <= stop <= self.count:
            raise InputError(f"regions {start} to {stop} do not exist; indices run from 0 to {self.count - 1}")
        if (stop - start) * each > BYTES_LIMIT:
            raise TooLarge(
                f"a table of {stop - start:,} regions takes {(stop - start) * each / 2**30:.1f} GiB; "
                f"ask for at most {BYTES_LIMIT // max(1, each):,} at a time",
                estimate=stop - start,
            )
        return stop

    def _runs(self, start: int, stop: int) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Yield (level, subsets (B, level), sides (B, m + 1)) of a range of regions, in order."""
        while start < stop:
            index, antipode = start % self.half, start >= self.half
            level = self.flag.D
            while index >= self.flag.level_sizes[level]:
                index -= self.flag.level_sizes[level]
                level -= 1
            left = self.half - start % self.half
            count = min(stop - start, left, self.flag.level_sizes[level] - index, RUN)
            subsets = _subsets(index, count, self.flag.m, level)
            sides, unsure = region_signs(self.flag, level, subsets)
            for row in np.flatnonzero(unsure.any(axis=1)):
                sides[row] = self._vertex_sides(level, subsets[row])
            sides = np.concatenate([sides, np.ones((count, 1), dtype=bool)], axis=1)
            yield level, subsets, sides ^ antipode
            start += count

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield all regions of the first half as packed words, in order.

        Each block is (B, words) uint64, bit j of a row the side of distinct hyperplane j (the last one always 1); the
        antipodes are the complements. Every side is certified by a running error bound or decided exactly.
        """
        for level in range(self.flag.D, -1, -1):
            if level == 0:
                yield self._packed(0, np.zeros(0, dtype=np.int64))[None]
                continue
            columns, offsets = self._padded(level)
            for first in range(self.flag.m - level + 1):
                yield self._block(level, first, columns, offsets)

    def _padded(self, level: int) -> tuple[np.ndarray, np.ndarray]:
        """Return a level's floats by coordinate, filled up to whole words; the last hyperplane's bit comes out as 1."""
        a, b = self.flag.level(level)
        m = self.flag.m
        width = 32 if m < 32 else 64 * (m // 64 + 1)
        columns, offsets = np.zeros((level, width)), np.full(width, -1.0)
        columns[:, :m], offsets[:m], offsets[m] = a.T, b, 1.0
        return columns, offsets

    def _block(self, level: int, first: int, columns: np.ndarray, offsets: np.ndarray) -> np.ndarray:
        """Return the packed regions of one level whose vertex has a given least hyperplane."""
        from .generic_kernel import sweep_level

        m, words = self.flag.m, self.flag.m // 64 + 1
        count = comb(m - 1 - first, level - 1)
        if 8 * count * words > BYTES_LIMIT:
            raise TooLarge(
                f"one block holds {count:,} regions, {8 * count * words / 2**30:.1f} GiB; "
                "use fewer samples, or pattern(k) for the regions wanted",
                estimate=count,
            )
        out = np.empty((count, words), dtype=np.uint64)
        doubtful = np.zeros(count, dtype=np.bool_)
        sweep_level(columns, offsets, m, first, out, doubtful)
        for place in np.flatnonzero(doubtful):
            rest = _unrank(int(place), m - 1 - first, level - 1) + first + 1
            out[place] = self._packed(level, np.concatenate([[first], rest]))
        return out

    def _packed(self, level: int, subset: np.ndarray) -> np.ndarray:
        """Return the packed sides (words,) of the region born at a vertex."""
        sides = np.append(self._vertex_sides(level, subset), True)
        out = np.zeros(self.flag.m // 64 + 1, dtype=np.uint64)
        for j in np.flatnonzero(sides):
            out[j >> 6] |= np.uint64(1) << np.uint64(j & 63)
        return out

    def _sides(self, k: int) -> np.ndarray:
        """Return the sides (k_total,) of region k."""
        if not 0 <= k < self.count:
            raise InputError(f"region {k} does not exist; indices run from 0 to {self.count - 1}")
        index, antipode = k % self.half, k >= self.half
        for level in range(self.flag.D, -1, -1):
            if index < self.flag.level_sizes[level]:
                break
            index -= self.flag.level_sizes[level]
        sides = np.append(self._vertex_sides(level, _unrank(index, self.flag.m, level)), True)
        return ~sides if antipode else sides

    def _vertex_sides(self, level: int, subset: np.ndarray) -> np.ndarray:
        """Return the certain sides (m,) of the region born at a vertex."""
        sides, unsure = region_signs(self.flag, level, subset[None])
        where = np.flatnonzero(unsure[0])
        if where.size:
            signs = exact_signs(self.flag, level, subset, self.flag.rows, where)
            if signs is None or not signs.all():
                raise AssumptionError(NOT_GENERIC.format("too many of them meet in one place"))
            sides[0, where] = signs > 0
        return sides[0]

    def _expand(self, sides: np.ndarray) -> np.ndarray:
        """Return patterns of all n samples from sides of distinct hyperplanes."""
        return np.asarray(self.arrangement.expand(np.where(sides, 1, -1).astype(np.int8)), dtype=bool)


def generic_regions(X: Any) -> GenericRegions:
    """Return all regions of data whose distinct hyperplanes are in general position, for random access.

    Args:
        X: (n, d) samples or a `Dataset`; zero rows are dropped, repeated and parallel rows count once.

    Returns:
        `GenericRegions`.

    Raises:
        AssumptionError: general position is refuted. Where there are too many subsets to check beforehand, a region at
            which it fails raises when it is asked for.

    Source: one region per vertex of a generic sweep, behind Zaslavsky's count (1975) and Cover's (1965).
    """
    data = as_dataset(X)
    arrangement = Arrangement.of(data)
    status = _status(data, arrangement)
    if status.status == "refuted":
        raise AssumptionError(NOT_GENERIC.format(str(status)))
    if arrangement.rank == 0:
        raise AssumptionError(NOT_GENERIC.format("there is no row that is not zero"))
    return GenericRegions(arrangement, generic_flag(arrangement.reduced, stream(0, "generic sweep")))


def generic_region(X: Any, k: int) -> np.ndarray:
    """Return the pattern of the k-th region of data in general position, without looking at any other region.

    Args:
        X: (n, d) samples or a `Dataset`.
        k: index between 0 and 2 sum_{i<r} C(k-1, i) - 1, in the engine's own order.

    Returns:
        (n,) read-only bool.

    Raises:
        AssumptionError: the data are not in general position.
        InputError: there is no such index.

    Example:
        >>> X = [[1, 0], [0, 1], [1, 1]]
        >>> len({tuple(generic_region(X, k)) for k in range(6)})
        6
    """
    return readonly(generic_regions(X).pattern(whole_number("k", k)))


def _status(data: Dataset, arrangement: Arrangement) -> Any:
    """Return the certified answer about the distinct hyperplanes, taken from the data set where it is the same."""
    if not data.zero_rows and not data.parallel:
        return data.general_position
    return general_position(np.asarray(arrangement.reduced), int(arrangement.rank), (), ())


def _unrank(index: int, m: int, k: int) -> np.ndarray:
    """Return the k-subset of range(m) with a given lexicographic rank."""
    out = np.zeros(k, dtype=np.int64)
    candidate = 0
    for place in range(k):
        while index >= (block := comb(m - 1 - candidate, k - 1 - place)):
            index -= block
            candidate += 1
        out[place] = candidate
        candidate += 1
    return out


def _subsets(index: int, count: int, m: int, k: int) -> np.ndarray:
    """Return some k-subsets of range(m) that follow each other in lexicographic order, from a given rank on."""
    out = np.zeros((count, k), dtype=np.int64)
    subset = _unrank(index, m, k).tolist()
    for row in range(count):
        out[row] = subset
        place = k - 1
        while place >= 0 and subset[place] == m - k + place:
            place -= 1
        if place >= 0:
            subset[place:] = range(subset[place] + 1, subset[place] + 1 + k - place)
    return out
