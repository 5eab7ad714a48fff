"""How far a better basin is, counted in kinks: units that switch on or off for a sample on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..basins import BasinEvaluator
from ..data import Dataset
from ..networks import TwoLayerNet
from ..solvers.linear import Rows

# basins solved one after the other by their distance: at most this many, fewer where each is slow
MOST_TRIED = 3_000
MOST_TRIED_WORK = 5_000_000
# basins solved on a straight line: at most this many, fewer where each is slow
MOST_STEPS = 300
MOST_STEPS_WORK = 10_000_000
BATCH = 25


@dataclass(frozen=True)
class BetterBasin:
    """The nearest better basin found.

    Attributes:
        kinks: switches of a unit for a sample between here and there; rows on one hyperplane switch together and
            count as one.
        value: the lowest loss in that basin.
        at_least: no basin with fewer switches is better (all of them were solved); equal to `kinks` where exact.
        unit, samples: where it is one switch, the unit and the samples that switch; else None and ().
    """

    kinks: int
    value: float
    at_least: int
    unit: int | None = None
    samples: tuple[int, ...] = ()

    @property
    def least(self) -> bool:
        """Whether the count is exact."""
        return self.at_least == self.kinks


def better_basin(
    data: Dataset, net: TwoLayerNet, output_bias: bool, below: float, towards: Iterable[TwoLayerNet]
) -> BetterBasin | None:
    """Return the nearest basin found whose lowest loss is below a value, or None.

    Basins are solved by their distance in kinks as far as they are few; beyond that those along the straight lines
    to better networks are, so the count is then an upper bound.

    Args:
        data: samples with targets, columns as the network expects them.
        net: the network to start from.
        output_bias: whether c is trained.
        below: a basin is better if its value is lower than this.
        towards: networks to walk to, their units matched.
    """
    basins = BasinEvaluator(data, output_bias=output_bias, threads=1)
    search = _Search(data, net, basins, below)
    near, searched = search.run()
    if near is not None:
        return near
    walks = [_walk(data, net, end, basins, below, search.classes) for end in towards]
    found = [walk for walk in walks if walk is not None]
    if not found:
        return None
    kinks, value = min(found)
    return BetterBasin(kinks, value, min(searched + 1, kinks))


class _Search:
    """Basins one kink further at a time, output signs kept."""

    def __init__(self, data: Dataset, net: TwoLayerNet, basins: BasinEvaluator, below: float) -> None:
        self.basins, self.below = basins, below
        self.classes = _classes(data)
        self.first = [group[0] for group in self.classes]
        self.rows = Rows(data.rows[self.first])
        self.start = (data.X @ net.W.T > 0).T
        self.signs = np.where(net.v < 0, -1, 1)
        self.work = max(data.n * net.width * data.d, 1)
        self.known: dict[bytes, list[tuple[np.ndarray, tuple[int, ...]]]] = {}

    def run(self) -> tuple[BetterBasin | None, int]:
        """Return the nearest better basin, or None, and the number of kinks up to which all basins were solved."""
        left = min(MOST_TRIED, MOST_TRIED_WORK // self.work)
        seen = {self.start.tobytes()}
        frontier, level = [self.start], 0
        while frontier:
            if level == 0 and len(self.start) * len(self.classes) > left:
                return None, 0
            reached: list[tuple[np.ndarray, int, tuple[int, ...]]] = []
            for pattern in frontier:
                for other, unit, group in self._neighbours(pattern):
                    if other.tobytes() not in seen:
                        seen.add(other.tobytes())
                        reached.append((other, unit, group))
                if len(reached) > left:
                    return None, level
            if not reached:
                return None, level
            level, left = level + 1, left - len(reached)
            patterns = np.array([pattern for pattern, _, _ in reached])
            values = self.basins.values(patterns, np.tile(self.signs, (len(patterns), 1)))
            best = int(np.argmin(values))
            if values[best] < self.below:
                _, unit, group = reached[best]
                where = (unit, group) if level == 1 else (None, ())
                return BetterBasin(level, float(values[best]), level, *where), level
            frontier = list(patterns)
        return None, level

    def _neighbours(self, pattern: np.ndarray) -> list[tuple[np.ndarray, int, tuple[int, ...]]]:
        """Return the patterns one switch away, with the unit and the samples that switch."""
        found = []
        for j in range(len(pattern)):
            for row, group in self._unit_neighbours(pattern[j]):
                other = np.array(pattern)
                other[j] = row
                found.append((other, j, group))
        return found

    def _unit_neighbours(self, row: np.ndarray) -> list[tuple[np.ndarray, tuple[int, ...]]]:
        """Return the cells beside one unit's cell, decided exactly."""
        key = row.tobytes()
        if key not in self.known:
            sides = np.where(row[self.first], 1.0, -1.0)
            found = []
            for k, group in enumerate(self.classes):
                turned = np.array(sides)
                turned[k] = -turned[k]
                if self.rows.decide(turned).witness is not None:
                    other = np.array(row)
                    other[list(group)] = ~other[list(group)]
                    found.append((other, group))
            self.known[key] = found
        return self.known[key]


def _classes(data: Dataset) -> list[tuple[int, ...]]:
    """Return the groups of non-zero rows that share a hyperplane."""
    grouped = {i for group in data.parallel for i in group}
    alone = [(i,) for i in range(data.n) if i not in grouped and i not in set(data.zero_rows)]
    return [*data.parallel, *alone]


def _walk(
    data: Dataset,
    net: TwoLayerNet,
    end: TwoLayerNet,
    basins: BasinEvaluator,
    below: float,
    classes: list[tuple[int, ...]],
) -> tuple[int, float] | None:
    """Return (switches, value) of the first better basin found on the straight line from one network to another.

    An output weight that changes its sign on the way counts as one switch.
    """
    start, move = data.X @ net.W.T, data.X @ (end.W - net.W).T
    turn = np.append(net.v, start.reshape(-1))
    speed = np.append(end.v - net.v, move.reshape(-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = np.where(speed != 0, -turn / speed, np.inf)
    times = np.unique(crossing[(crossing > 0) & (crossing < 1)])
    if not times.size:
        return None
    middles = (times + np.append(times[1:], 1.0)) / 2
    most = int(np.clip(MOST_STEPS_WORK // max(start.size * data.d, 1), 1, MOST_STEPS))
    if len(middles) > most:  # those left out can only make the count larger than it need be
        middles = middles[np.linspace(len(middles) - 1, 0, most).round().astype(int)[::-1]]
    here, negative_here = start > 0, net.v < 0
    chosen = [group[0] for group in classes]
    for at in range(0, len(middles), BATCH):
        t = middles[at : at + BATCH]
        patterns = (start[None] + t[:, None, None] * move[None] > 0).transpose(0, 2, 1)
        negative = net.v[None] + t[:, None] * (end.v - net.v)[None] < 0
        values = basins.values(patterns, np.where(negative, -1, 1))
        for pattern, sign, value in zip(patterns, negative, values, strict=True):
            if value < below:
                switches = (here != pattern.T)[chosen].sum() + (sign != negative_here).sum()
                return int(switches), float(value)
    return None
