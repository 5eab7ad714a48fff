"""How far a better basin is, counted in kinks: units that switch on or off for a sample on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from ..numbers.seeds import stream
from ..numbers.tolerances import DEFAULT
from ..problem.data import Dataset
from ..problem.networks import TwoLayerNet
from ..solvers.linear import Rows
from . import BasinEvaluator

# basins solved one after the other by their distance: at most this many, fewer where each is slow
MOST_TRIED = 3_000
MOST_TRIED_WORK = 5_000_000
FEWEST_TRIED = 10
# basins solved on a straight line: at most this many, fewer where each is slow
MOST_STEPS = 300
MOST_STEPS_WORK = 5_000_000
BATCH = 25


@dataclass(frozen=True)
class BetterBasin:
    """The nearest better basin found.

    Attributes:
        kinks: switches of a unit for a sample between here and there; rows on one hyperplane switch together and
            count as one. An output weight that changes its sign crosses no kink, and a sample that lies on a unit's
            hyperplane may go either way, so 0 is possible.
        value: the lowest loss in that basin; where the count is exact, in all basins that are so near.
        at_least: no basin with fewer switches is better (all of them were solved, with all output signs); equal to
            `kinks` where exact.
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

    Basins are solved by their distance in kinks, with all output signs, as far as they are few; beyond that those with
    the network's own signs, and those along the straight lines to better networks, so the count is then an upper bound.

    Args:
        data: samples with targets, columns as the network expects them.
        net: the network to start from.
        output_bias: whether c is trained.
        below: a basin is better if its value is lower than this.
        towards: networks to walk to, their units matched.
    """
    basins = BasinEvaluator(data, output_bias=output_bias, threads=1)
    search = _Search(data, net, basins, below)
    near, depth = search.run()
    if near is not None and near.least:
        return near
    walks = [_walk(data, net, end, basins, below, search.classes) for end in towards]
    ends = [walk for walk in walks if walk is not None]
    if not ends:
        return near
    kinks, value = min(ends)
    if near is not None and near.kinks <= kinks:
        return near
    return BetterBasin(kinks, value, min(depth + 1, kinks))


class _Search:
    """Basins one kink further at a time, with every choice of output signs as far as they are few."""

    def __init__(self, data: Dataset, net: TwoLayerNet, basins: BasinEvaluator, below: float) -> None:
        self.basins, self.below = basins, below
        self.classes = _classes(data)
        self.first = [group[0] for group in self.classes]
        self.rows = Rows(data.rows[self.first])
        self.start, self.tied = cell_beside(data, net)
        self.signs = np.where(net.v < 0, -1, 1)
        self.work = max(data.n * net.width * data.d, 1)
        self.neighbours: dict[bytes, list[tuple[np.ndarray, int]]] = {}

    def run(self) -> tuple[BetterBasin | None, int]:
        """Return the nearest better basin, or None, and the number of kinks up to which all basins were solved.

        That number is -1 where not even the choices of output signs were. Beyond it the signs of the network are kept.
        """
        budget = min(MOST_TRIED, MOST_TRIED_WORK // self.work)
        if budget < FEWEST_TRIED:
            return None, -1
        nearest, depth = self._levels(budget, self._all_signs)
        if nearest is None:
            same, _ = self._levels(budget, self._same_signs)
            nearest = None if same is None else replace(same, at_least=min(depth + 1, same.kinks))
        return nearest, depth

    def _levels(
        self, left: int, with_signs: Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray] | None]
    ) -> tuple[BetterBasin | None, int]:
        """Return the nearest better basin over patterns at their distances, and the last distance that was solved."""
        reach = {self.start.tobytes()}
        level, frontier = 0, self._beside([self.start], reach, free=True)
        while frontier:
            pair = with_signs(np.array(frontier), left)
            if pair is None:
                return None, level - 1
            patterns, signs = pair
            left -= len(patterns)
            if len(patterns):
                values = self.basins.values(patterns, signs)
                best = int(np.argmin(values))
                if values[best] < self.below:
                    value = float(values[best])
                    return BetterBasin(level, value, level, *self._single(patterns[best], signs[best])), level
            if len(self.start) * len(self.classes) > left:
                return None, level
            further = self._beside(frontier, reach, free=False, most=left)
            if len(further) > left:
                return None, level
            level, frontier = level + 1, self._beside(further, reach, free=True, most=left)
            if len(frontier) > left:
                return None, level - 1
        return None, level

    def _all_signs(self, patterns: np.ndarray, left: int) -> tuple[np.ndarray, np.ndarray] | None:
        """Return patterns with all signs of their units that may be better, or None where they are too many.

        A unit that stands with both signs can do all that it can with either, so what is no better then is left out.
        """
        alive = np.asarray(patterns.any(axis=2))
        if len(patterns) > left:
            return None
        both = np.concatenate([patterns, patterns], axis=1)
        opposite = np.concatenate([self.signs, -self.signs])
        is_better = self.basins.values(both, np.tile(opposite, (len(both), 1))) < self.below
        patterns, alive = patterns[is_better], alive[is_better]
        if int((2.0 ** alive.sum(axis=1)).sum()) > left:
            return None
        choices = [
            (pattern, np.where(on, choice, self.signs))
            for pattern, on in zip(patterns, alive, strict=True)
            for choice in _choices(on, self.signs)
        ]
        return np.array([p for p, _ in choices]), np.array([s for _, s in choices])

    def _same_signs(self, patterns: np.ndarray, left: int) -> tuple[np.ndarray, np.ndarray] | None:
        """Return patterns with the signs of the network, or None where they are too many."""
        return (patterns, np.tile(self.signs, (len(patterns), 1))) if len(patterns) <= left else None

    def _beside(
        self, frontier: list[np.ndarray], reach: set[bytes], free: bool, most: int = MOST_TRIED
    ) -> list[np.ndarray]:
        """Return the new patterns one switch away; or, for switches that are free, with all that these lead to.

        A sample that lies on a unit's hyperplane switches it for nothing.
        """
        patterns = list(frontier) if free else []
        waiting = list(frontier)
        while waiting and len(patterns) <= most:
            pattern = waiting.pop()
            for j, row in enumerate(pattern):
                if free and not self.tied[j].any():
                    continue  # what lies beside such a unit's cell costs a kink
                for other_row, k in self._unit_neighbours(row):
                    other = np.array(pattern)
                    other[j] = other_row
                    if self.tied[j, k] == free and other.tobytes() not in reach:
                        reach.add(other.tobytes())
                        patterns.append(other)
                        if free:
                            waiting.append(other)
        return patterns

    def _single(self, pattern: np.ndarray, signs: np.ndarray) -> tuple[int | None, tuple[int, ...]]:
        """Return the unit and the samples where a basin is one switch from the network's, else (None, ())."""
        places = np.argwhere((pattern[:, self.first] != self.start[:, self.first]) & ~self.tied)
        flips = (signs != self.signs) & pattern.any(axis=1) & self.start.any(axis=1)
        if len(places) != 1 or np.any(flips):
            return None, ()
        return int(places[0][0]), tuple(self.classes[places[0][1]])

    def _unit_neighbours(self, row: np.ndarray) -> list[tuple[np.ndarray, int]]:
        """Return the cells beside one unit's cell, decided exactly, with the number of the hyperplane between."""
        key = row.tobytes()
        if key not in self.neighbours:
            sides = np.where(row[self.first], 1.0, -1.0)
            cells = []
            for k, group in enumerate(self.classes):
                other_sides = np.array(sides)
                other_sides[k] = -other_sides[k]
                if self.rows.decide(other_sides).witness is not None:
                    other = np.array(row)
                    other[list(group)] = ~other[list(group)]
                    cells.append((other, k))
            self.neighbours[key] = cells
        return self.neighbours[key]


def _choices(alive: np.ndarray, signs: np.ndarray) -> Iterator[np.ndarray]:
    """Yield all signs of the units that are alive, the given ones for the others."""
    for choice in product((1, -1), repeat=int(alive.sum())):
        whole = np.array(signs)
        whole[alive] = choice
        yield whole


def cell_beside(data: Dataset, net: TwoLayerNet) -> tuple[np.ndarray, np.ndarray]:
    """Return the pattern of a cell that touches the network (m, n), and which hyperplanes each unit lies on.

    Samples on a hyperplane go to the side of one direction in general position.
    """
    classes = _classes(data)
    X = data.X[[group[0] for group in classes]]
    heights = (X @ net.W.T).T
    aside = X @ stream(0, "side of a hyperplane").normal(size=data.d)
    on = np.abs(heights) <= DEFAULT.boundary * np.outer(np.linalg.norm(net.W, axis=1), np.linalg.norm(X, axis=1))
    return _patterns(data, classes, np.where(on, aside > 0, heights > 0)), on


def _classes(data: Dataset) -> list[tuple[int, ...]]:
    """Return the groups of non-zero rows that share a hyperplane."""
    members = {i for group in data.parallel for i in group}
    alone = [(i,) for i in range(data.n) if i not in members and i not in set(data.zero_rows)]
    return [*data.parallel, *alone]


def _patterns(data: Dataset, classes: list[tuple[int, ...]], sides: np.ndarray) -> np.ndarray:
    """Return patterns (..., n) of samples, zero ones off, from the sides (..., classes) of the first row of each class.

    Rows of a class are multiples of each other, which floats need not show: each takes the side that its sign gives.
    """
    patterns = np.zeros((*sides.shape[:-1], data.n), dtype=bool)
    for k, group in enumerate(classes):
        for i in group:
            same = (data.rows[i] == data.rows[group[0]]).all()
            patterns[..., i] = sides[..., k] if same else ~sides[..., k]
    return patterns


def _walk(
    data: Dataset,
    net: TwoLayerNet,
    end: TwoLayerNet,
    basins: BasinEvaluator,
    below: float,
    classes: list[tuple[int, ...]],
) -> tuple[int, float] | None:
    """Return (switches, value) of the first better basin found on the straight line from one network to another."""
    X = data.X[[group[0] for group in classes]]
    start, move = X @ net.W.T, X @ (end.W - net.W).T
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
    here = (start > 0).T
    for at in range(0, len(middles), BATCH):
        t = middles[at : at + BATCH]
        sides = (start[None] + t[:, None, None] * move[None] > 0).transpose(0, 2, 1)
        negative = net.v[None] + t[:, None] * (end.v - net.v)[None] < 0
        values = basins.values(_patterns(data, classes, sides), np.where(negative, -1, 1))
        for side, value in zip(sides, values, strict=True):
            if value < below:
                return int((here != side).sum()), float(value)
    return None
