"""Branch and bound on the activations of more and more rows: a layer is refined only while it can still be best."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ...errors import InputError
from ...numbers.checks import real_number
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from ...problem.references import spread
from .growth import descended
from .known_bounds import KnownBounds
from .relaxation import Relaxation, multisets, row_counts

# layers of which the next rows are asked
SAMPLE = 40
# layers that are refined in one step, at first and at most, and pairs of rays in them
DIVE, CHUNK, EFFORT = 500, 20_000, 1e8
MOST_INSIDE = 2_000_000
OPEN_LIMIT = 20_000_000


@dataclass
class Chunk:
    """Layers of the first rows that may still hold the global minimum, bounds (sums of squares) lowest first."""

    seen: int
    states: np.ndarray
    bounds: np.ndarray


@dataclass
class Search:
    """What a branch and bound found.

    Attributes:
        upper: lowest sum of squares of a layer, that of the best network known at first included.
        best: a network with it, where a layer beat that first network, else None.
        states: the states (pattern of all rows, sign) of that layer.
        lower: no layer has a lower sum of squares.
        looked_at: how many layers, of all levels, were solved.
        finished: nothing is left open.
        order: (n,) rows as they were seen.
        relaxation: the cells of these rows.
        known: the bounds of the layers that were solved.
    """

    upper: float
    best: TwoLayerNet | None
    lower: float
    looked_at: int
    finished: bool
    states: tuple[tuple[np.ndarray, int], ...] | None = None
    order: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    open: list[Chunk] = field(default_factory=list, repr=False)
    relaxation: Relaxation | None = field(default=None, repr=False)
    known: KnownBounds = field(default_factory=KnownBounds, repr=False)


def branch_and_bound(
    data: Dataset,
    width: int,
    output_bias: bool,
    upper: float,
    order: np.ndarray,
    deadline: float = np.inf,
    polish: Callable[[TwoLayerNet], float] | None = None,
    enough: float = -np.inf,
    steps: float = np.inf,
) -> Search:
    """Search all layers of a width for one that fits better than `upper`, a sum of squares.

    A layer whose states are known on the first k rows is bounded by its best fit of these rows and of what the others
    are sure to add. Layers are multisets of states, so units are not told apart.
    The open layers with the lowest bound are refined first. The search begins with dives, each of twice as many layers
    as the one before: what a step leaves open is refined next, until nothing is, so that good networks come up early.
    What is left open when the time is up, or has too many layers inside it, keeps its bounds.

    Args:
        data: with targets.
        width: number of units.
        output_bias: a free constant is added.
        upper: sum of squares of a network.
        order: (n,) rows, those that decide most first.
        deadline: on the monotonic clock.
        polish: given the most promising network of a level when the level is first reached, the cells pointed, returns
            the sum of squares of a network (of its descent).
        enough: a sum of squares at which the search stops.
        steps: number of layers looked at after which no refinement begins; the same on every machine.
    """
    relaxation = Relaxation(data, output_bias, order.tolist())
    sizes = row_counts(data.n, width)
    tolerance = DEFAULT.kkt * data.n * spread(data, output_bias)
    search = Search(upper, None, 0.0, 0, False, relaxation=relaxation)
    _solve(search, relaxation, 0, multisets(2, width), tolerance)
    depth, most, dives = 0, DIVE, True
    while search.open and search.upper > enough and search.looked_at < steps and time.monotonic() < deadline:
        chunk = search.open.pop(-1 if dives else _next(search.open))
        later = sizes[bisect_right(sizes, chunk.seen)]
        if later > depth:
            rows, promising = _telling(relaxation, chunk, search.upper, later - depth)
            if polish is not None and depth >= relaxation.tree.rank:
                search.upper = min(search.upper, polish(promising))
            relaxation.see(rows)
            depth = later
        first = chunk.states[:most]
        take = max(1, min(most, int(EFFORT / max(relaxation.weight(chunk.seen, first), 1.0))))
        inside = relaxation.children(chunk.seen, later, first[:take], most, deadline)
        if inside is None:
            inside = relaxation.children(chunk.seen, later, first[:1], MOST_INSIDE, deadline)
        if inside is None:
            search.open.append(chunk)
            break
        states, take = inside
        if take < len(chunk.states):
            search.open.append(Chunk(chunk.seen, chunk.states[take:], chunk.bounds[take:]))
        _solve(search, relaxation, later, states, tolerance)
        search.open = [c for c in (_pruned(c, search.upper - tolerance) for c in search.open) if c is not None]
        dives = most < CHUNK and bool(search.open) and search.open[-1].seen == later
        if not dives:
            most = min(2 * most, CHUNK)
    search.finished = not search.open
    bounds = [float(c.bounds[0]) for c in search.open]
    search.lower = max(min([search.upper, *bounds]) - tolerance, 0.0)
    search.order = np.array([*relaxation.tree.order, *relaxation.unseen().tolist()])
    return search


def reaches(
    data: Dataset, width: int, output_bias: bool, value: float, deadline: float = np.inf
) -> TwoLayerNet | Literal[False] | None:
    """Return a network of a width with at most this loss, False where there is none, None where it takes too long."""
    noise, nets = DEFAULT.kkt * data.n * spread(data, output_bias), []
    ceiling = data.n * value + 4 * noise
    order = np.argsort(-np.abs(np.asarray(data.y, dtype=float)), kind="stable")

    def polish(net: TwoLayerNet) -> float:
        nets.append(descended(data, output_bias, net, deadline))
        return data.n * nets[-1].loss(data)

    search = branch_and_bound(data, width, output_bias, ceiling + 2 * noise, order, deadline, polish, ceiling)
    if search.upper > ceiling:
        return False if search.finished else None
    return search.best or min(nets, key=lambda net: net.loss(data))


def seconds_allowed(time_limit: Any) -> float | None:
    """Return a time limit in seconds, None for none.

    Raises:
        InputError: it is no number of seconds.
    """
    if time_limit is None:
        return None
    seconds = real_number("the time limit", time_limit)
    if not seconds >= 0:
        raise InputError(f"the time limit is {time_limit!r} seconds; it is 0 or more")
    return seconds


def _telling(relaxation: Relaxation, chunk: Chunk, upper: float, number: int) -> tuple[list[int], TwoLayerNet]:
    """Return the rows to see next, those that would raise the bounds of some of a chunk's layers most, and a network.

    The network is that of the layers' fits which errs least on all rows.

    What would lift a layer above the best network counts no more than what lifts it there. The first rows are those of
    the basis.
    """
    rest = relaxation.unseen()
    basis = [i for i in relaxation.basis if i not in set(relaxation.tree.order)]
    gains, least, best = np.zeros(len(relaxation.y)), np.inf, None
    for place in np.unique(np.linspace(0, len(chunk.states) - 1, SAMPLE).astype(int)).tolist():
        fit = relaxation.fit(chunk.seen, chunk.states[place])
        gains += np.minimum(fit.gains, max(upper - chunk.bounds[place], 0.0))
        error = float(np.sum((relaxation.y - fit.prediction) ** 2))
        if best is None or error < least:
            least, best = error, fit
    rest = rest[len(basis) :]
    assert best is not None
    return [*basis, *rest[np.argsort(-gains[rest], kind="stable")].tolist()][:number], best.net


def _next(chunks: list[Chunk]) -> int:
    """Return the place of the chunk to refine: the lowest bound, or the deepest where too much is open."""
    if sum(len(c.states) for c in chunks) > OPEN_LIMIT:
        return max(range(len(chunks)), key=lambda k: (chunks[k].seen, -chunks[k].bounds[0]))
    return min(range(len(chunks)), key=lambda k: chunks[k].bounds[0])


def _solve(search: Search, relaxation: Relaxation, depth: int, states: np.ndarray, tolerance: float) -> None:
    """Bound layers of the rows seen and keep those that can still beat the best."""
    bounds = relaxation.bounds(depth, states)
    search.known.keep(depth, states, bounds)
    search.looked_at += len(states)
    if depth == len(relaxation.y):
        best = int(np.argmin(bounds))
        if bounds[best] < search.upper - tolerance:
            search.upper = float(bounds[best])
            search.best = relaxation.fit(depth, states[best]).net
            search.states = relaxation.states(states[best])
        return
    keep = np.flatnonzero(bounds < search.upper - tolerance)
    keep = keep[np.argsort(bounds[keep], kind="stable")]
    if len(keep):
        search.open.append(Chunk(depth, states[keep], bounds[keep]))


def _pruned(chunk: Chunk, limit: float) -> Chunk | None:
    """Return a chunk without the layers that can no longer be best, None where nothing is left."""
    end = int(np.searchsorted(chunk.bounds, limit))
    if not end:
        return None
    return chunk if end == len(chunk.bounds) else Chunk(chunk.seen, chunk.states[:end], chunk.bounds[:end])
