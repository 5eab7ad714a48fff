"""The edges of the landscape's graph: a unit is switched off, or it crosses a facet into the next cell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...basins.cones import Generators, NetStates
from ...errors import TooLarge
from .measure import Measure
from .size import WALL_LIMIT

Edges = tuple[np.ndarray, np.ndarray, np.ndarray]
# rows and programs handed to the kernel at a time
ROWS, PROGRAMS = 100_000, 60_000


def births(generators: Generators, networks: NetStates, measure: Measure) -> np.ndarray:
    """Return the mark of every network state's lowest loss (number,); it depends only on which unit states occur."""
    out = [measure.marks([])]
    of_state = generators.of_state
    for lo in range(0, networks.number, ROWS):
        rows = networks.table[lo : lo + ROWS].tolist()
        out.append(measure.marks([tuple(sorted({g for s in set(row) for g in of_state[s]})) for row in rows]))
    return np.concatenate(out)


def switch_off(nodes: NetStates, hubs: NetStates, usable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the edges basin - hub: a unit's output weight goes to zero; their height is the hub's birth."""
    left, right = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    basins = np.flatnonzero(usable[: nodes.number])
    for j in range(nodes.units if len(basins) else 0):
        hub = nodes.number + hubs.rank(np.delete(nodes.table[basins], j, axis=1))
        open_ = usable[hub]
        left.append(basins[open_])
        right.append(hub[open_])
    return np.concatenate(left), np.concatenate(right)


def walls(
    generators: Generators,
    nodes: NetStates,
    hubs: NetStates,
    usable: np.ndarray,
    hub_birth: np.ndarray,
    measure: Measure,
) -> Edges:
    """Return the edges basin - basin where one unit crosses a facet, those lower than the hub that joins them anyway.

    Their heights and the hubs' births are marks.

    Raises:
        TooLarge: below the height cap there are still too many of them.
    """
    parts: list[Edges] = []
    waiting: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    programs: list[tuple[int, ...]] = []
    total = 0

    def solve() -> None:
        height = measure.marks(programs)
        at = 0
        for a, b, hub in waiting:
            mine = height[at : at + len(a)]
            at += len(a)
            useful = measure.lower(mine, hub)
            parts.append((a[useful], b[useful], mine[useful]))
        waiting.clear()
        programs.clear()

    for a, b, rest, shared in _candidates(generators, nodes, hubs, usable):
        total += len(rest)
        if total > 2 * WALL_LIMIT:
            raise TooLarge("more walls lie below the height cap than can be related; lower it", estimate=total)
        members = hubs.table[rest].tolist()
        programs += [
            tuple(sorted({g for s in set(row) for g in generators.of_state[s]}.union(shared))) for row in members
        ]
        waiting.append((a, b, hub_birth[rest]))
        if len(programs) >= PROGRAMS:
            solve()
    solve()
    if not parts:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), hub_birth[:0]
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))  # type: ignore[return-value]


def _candidates(
    generators: Generators, nodes: NetStates, hubs: NetStates, usable: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, tuple[int, ...]]]:
    """Yield (basins on one side, basins on the other, other units as hubs, shared generators) for every facet."""
    rest = hubs.table
    for s, t, shared in generators.walls:
        if not shared:
            continue
        for j in range(nodes.units if nodes.labelled else 1):
            a, b = nodes.rank(np.insert(rest, j, s, axis=1)), nodes.rank(np.insert(rest, j, t, axis=1))
            open_ = np.flatnonzero(usable[a] & usable[b])
            if len(open_):
                yield a[open_], b[open_], open_, shared
