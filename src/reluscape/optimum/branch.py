"""Branch and bound on the activations of more and more rows: a layer is refined only while it can still be best."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import comb

import numpy as np

from ..cones import Cells, Generators, cells_of, generators_of, network_of
from ..data import Dataset
from ..errors import TooLarge
from ..networks import TwoLayerNet
from ..tolerances import DEFAULT

GROWTH = 1.2
# beyond this width levels see one more row each, so that a unit's state has at most two inside it
WIDE = 4
CHUNK = 200_000
MOST_INSIDE = 2_000_000
OPEN_LIMIT = 20_000_000
MOST_SUBSETS = 20_000


@dataclass(frozen=True)
class Level:
    """The states of one unit as the first k rows see them.

    Attributes:
        rows: k.
        generators: of these rows.
        members: for every state 2 * cell + (sign < 0) its generators, none for a dead cell.
    """

    rows: int
    generators: Generators
    members: tuple[tuple[int, ...], ...]


@dataclass
class Chunk:
    """Layers of one level that may still hold the global minimum, with their bounds (sums of squares), lowest first."""

    level: int
    states: np.ndarray
    bounds: np.ndarray


@dataclass
class Search:
    """What a branch and bound found.

    Attributes:
        upper: lowest sum of squares of a layer, that of the best network known at first included.
        best: its states (pattern of all rows, sign) where a layer beat that network, else None.
        lower: no layer has a lower sum of squares.
        looked_at: how many layers, of all levels, were solved.
        finished: nothing is left open.
    """

    upper: float
    best: tuple[tuple[np.ndarray, int], ...] | None
    lower: float
    looked_at: int
    finished: bool
    open: list[Chunk] = field(default_factory=list, repr=False)


def branch_and_bound(
    data: Dataset,
    width: int,
    output_bias: bool,
    upper: float,
    order: np.ndarray,
    deadline: float = np.inf,
    polish: Callable[[TwoLayerNet], float] | None = None,
) -> Search:
    """Search all layers of a width for one that fits better than `upper`, a sum of squares.

    The loss on some of the rows is never above the loss on all of them, so a layer whose states are known on the first
    k rows is bounded by its best fit of these rows alone. Layers are multisets of states, so units are not told apart.
    The open layers with the lowest bound are refined first; where a level cannot be listed, its layers stay open and
    their bounds count.

    Args:
        data: with targets.
        width: number of units.
        output_bias: a free constant is added.
        upper: sum of squares of a network.
        order: (n,) rows, those that decide most first.
        deadline: on the monotonic clock.
        polish: given the most promising network of a level when the level is first reached, returns the sum of squares
            of a network (of its descent).
    """
    levels = _Levels(data, order, output_bias, width)
    tolerance = DEFAULT.kkt * data.n * spread(data, output_bias)
    search = Search(upper, None, 0.0, 0, False)
    if levels.get(0) is None:
        return search
    _solve(search, levels, 0, _multisets(len(levels.at(0).members), width), tolerance)
    deepest = 0
    while search.open and time.monotonic() < deadline:
        chunk = search.open.pop(_next(search.open))
        step = _step(levels, chunk)
        if step is None:
            search.open.append(chunk)
            break
        level, states, rest = step
        if rest is not None:
            search.open.append(rest)
        _solve(search, levels, level, states, tolerance)
        if level > deepest and polish is not None and search.open:
            deepest = level
            search.upper = min(search.upper, polish(_promising(search, levels, width)))
        search.open = [c for c in (_pruned(c, search.upper - tolerance) for c in search.open) if c is not None]
    search.finished = not search.open
    bounds = [float(c.bounds[0]) for c in search.open]
    search.lower = max(min([search.upper, *bounds]) - tolerance, 0.0)
    return search


def spread(data: Dataset, output_bias: bool) -> float:
    """Return the loss of the zero network, with the best constant where one is free."""
    y = np.asarray(data.y, dtype=float)
    return float(np.mean((y - y.mean() if output_bias else y) ** 2))


def _promising(search: Search, levels: _Levels, width: int) -> TwoLayerNet:
    """Return the network that fits the rows of the deepest open level best."""
    chunk = max(search.open, key=lambda c: (c.level, -c.bounds[0]))
    generators = levels.at(chunk.level).generators
    states = {generators.state(s // 2, -1 if s % 2 else 1) for s in chunk.states[0].tolist()} - {-1}
    return network_of(generators, tuple(sorted(states)), width)


class _Levels:
    """The levels of a row order, made when they are first asked for."""

    def __init__(self, data: Dataset, order: np.ndarray, output_bias: bool, width: int) -> None:
        self.data, self.order, self.output_bias, self.width = data, order, output_bias, width
        self.sizes = self._sizes()
        self.known: dict[int, Level | None] = {}
        self.links: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def _sizes(self) -> list[int]:
        """Return how many rows each level sees."""
        n, sizes = self.data.n, [1]
        growth = GROWTH if self.width <= WIDE else 1.0
        while sizes[-1] < n:
            sizes.append(min(n, max(sizes[-1] + 1, int(growth * sizes[-1]))))
        return sizes

    def get(self, level: int) -> Level | None:
        """Return a level, None where it cannot be listed."""
        if level >= len(self.sizes):
            return None
        if level not in self.known:
            rows = self.order[: self.sizes[level]]
            part = Dataset(self.data.fractions[rows], self.data.y_fractions[rows])
            self.known[level] = None
            if comb(len(rows), max(part.rank - 1, 0)) <= MOST_SUBSETS:
                try:
                    generators = generators_of(cells_of(part), self.output_bias)
                    self.known[level] = Level(len(rows), generators, _members(generators))
                except TooLarge:
                    pass
        return self.known[level]

    def at(self, level: int) -> Level:
        """Return a level that is known to exist."""
        found = self.get(level)
        assert found is not None
        return found

    def children(self, level: int) -> tuple[np.ndarray, np.ndarray]:
        """Return (first, children): the next level's states inside state s are children[first[s] : first[s + 1]]."""
        if level not in self.links:
            here, there = self.at(level), self.at(level + 1)
            place = {row.tobytes(): c for c, row in enumerate(np.packbits(here.generators.cells.patterns, axis=1))}
            inside = np.packbits(there.generators.cells.patterns[:, : here.rows], axis=1)
            parent = np.array([place[row.tobytes()] for row in inside], dtype=np.int64)
            of_state = np.stack([2 * parent, 2 * parent + 1], axis=1).ravel()
            order = np.argsort(of_state, kind="stable")
            first = np.searchsorted(of_state[order], np.arange(len(here.members) + 1))
            self.links[level] = first, order
        return self.links[level]


def _members(generators: Generators) -> tuple[tuple[int, ...], ...]:
    """Return the generators of every state, dead cells included."""
    cells: Cells = generators.cells
    out: list[tuple[int, ...]] = [()] * (2 * cells.number)
    for place, cell in enumerate(cells.alive.tolist()):
        for turn in (0, 1):
            out[2 * cell + turn] = generators.of_state[2 * place + turn]
    return tuple(out)


def _multisets(states: int, width: int) -> np.ndarray:
    """Return all sorted rows of `width` states."""
    from itertools import combinations_with_replacement

    flat = [s for row in combinations_with_replacement(range(states), width) for s in row]
    return np.array(flat, dtype=np.int32).reshape(-1, width)


def _next(chunks: list[Chunk]) -> int:
    """Return the place of the chunk to refine: the lowest bound, or the deepest where too much is open."""
    if sum(len(c.states) for c in chunks) > OPEN_LIMIT:
        return max(range(len(chunks)), key=lambda k: (chunks[k].level, -chunks[k].bounds[0]))
    return min(range(len(chunks)), key=lambda k: chunks[k].bounds[0])


def _step(levels: _Levels, chunk: Chunk) -> tuple[int, np.ndarray, Chunk | None] | None:
    """Return (next level, refined layers, what of the chunk is left for later), or None where it cannot be refined."""
    if levels.get(chunk.level + 1) is None:
        return None
    first, children = levels.children(chunk.level)
    counts = np.diff(first)[chunk.states].astype(np.int64)
    total = np.cumsum(counts.prod(axis=1, dtype=float))
    if total[0] > MOST_INSIDE:
        return None
    take = max(1, int(np.searchsorted(total, CHUNK, side="right")))
    rest = None
    if take < len(chunk.states):
        rest = Chunk(chunk.level, chunk.states[take:], chunk.bounds[take:])
    return chunk.level + 1, _refined(chunk.states[:take], counts[:take], first, children), rest


def _refined(states: np.ndarray, counts: np.ndarray, first: np.ndarray, children: np.ndarray) -> np.ndarray:
    """Return every choice of one child for each unit, as sorted rows, each once."""
    each = counts.prod(axis=1)
    owner = np.repeat(np.arange(len(states)), each)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(each) - each, each)
    out = np.empty((len(owner), states.shape[1]), dtype=np.int32)
    for j in range(states.shape[1] - 1, -1, -1):
        number, digit = np.divmod(number, counts[owner, j])
        out[:, j] = children[first[states[owner, j]] + digit]
    out.sort(axis=1)
    repeated = (states[:, 1:] == states[:, :-1]).any(axis=1)[owner]
    if not repeated.any():
        return out
    return np.concatenate([out[~repeated], np.unique(out[repeated], axis=0)])


def _solve(search: Search, levels: _Levels, level: int, states: np.ndarray, tolerance: float) -> None:
    """Bound layers of a level and keep those that can still beat the best."""
    here = levels.at(level)
    members, rows = here.members, here.rows
    values = here.generators.values(
        [tuple(sorted({g for s in set(row) for g in members[s]})) for row in states.tolist()]
    )
    bounds = values * rows
    search.looked_at += len(states)
    if rows == levels.data.n:
        best = int(np.argmin(bounds))
        if bounds[best] < search.upper - tolerance:
            search.upper = float(bounds[best])
            patterns = here.generators.cells.patterns
            back = np.argsort(levels.order)
            search.best = tuple((patterns[s // 2][back], -1 if s % 2 else 1) for s in states[best].tolist())
        return
    keep = np.flatnonzero(bounds < search.upper - tolerance)
    keep = keep[np.argsort(bounds[keep], kind="stable")]
    if len(keep):
        search.open.append(Chunk(level, states[keep], bounds[keep]))


def _pruned(chunk: Chunk, limit: float) -> Chunk | None:
    """Return a chunk without the layers that can no longer be best, None where nothing is left."""
    end = int(np.searchsorted(chunk.bounds, limit))
    if not end:
        return None
    return chunk if end == len(chunk.bounds) else Chunk(chunk.level, chunk.states[:end], chunk.bounds[:end])
