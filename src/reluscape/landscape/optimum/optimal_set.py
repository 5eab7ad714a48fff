"""The set of global minima of one width with weight decay: how many connected pieces it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

MOST_PLACEMENTS = 6_000


@dataclass(frozen=True)
class Pieces:
    """The connected pieces of a width's set of global minima.

    Attributes:
        placements: how many ways there are to hand the directions of the polytope's vertices to the units.
        components: connected components of the set, units with names.
        classes: components up to the order of the units.
        isolated: components that are a single network.
    """

    placements: int
    components: int
    classes: int
    isolated: int


def pieces(
    supports: tuple[tuple[int, ...], ...], pairs: tuple[tuple[int, int], ...], width: int, most: int = MOST_PLACEMENTS
) -> Pieces | None:
    """Return the connected pieces of the global minima of a width, None where they are too many to count.

    A global minimum hands the multiples t_k of a point of the polytope {t >= 0, sum_k t_k s_k relu(X u_k) = f} to m
    units, each of which has one direction u_k (or lies between the two of a pair) or stands at zero. For a fixed choice
    of directions these networks are a polytope, whose vertices are placements: a vertex of the polytope of multiples
    with a unit for each of its directions. Two of these polytopes meet exactly where they have a placement in common,
    so that the components are those of the graph in which two placements are joined where no unit would have to have
    two directions at once.

    Args:
        supports: the directions of each vertex of the polytope of multiples.
        pairs: pairs of directions between which one unit may lie.
        width: number of units m.
        most: number of placements up to which they are compared.

    Example:
        >>> [pieces(((0,), (1, 2)), (), m).components for m in (1, 2, 3)]  # the staircase of m* = 1 and M* = 2
        [1, 3, 1]
    """
    table, contents = _placements(supports, pairs, width, most)
    if table is None:
        return None
    links = _joined(contents, pairs)
    number, component = len(table), np.full(len(table), -1)
    sizes: list[int] = []
    for start in range(number):
        if component[start] >= 0:
            continue
        component[start] = len(sizes)
        queue, size = [start], 0
        while queue:
            row = queue.pop()
            size += 1
            open_ = np.flatnonzero(component < 0)
            near = open_[links[table[row][None, :], table[open_]].all(axis=1)]
            component[near] = len(sizes)
            queue += near.tolist()
        sizes.append(size)
    full = (table != 0).all(axis=1)
    singletons = sum(size == 1 and bool(full[component == k].all()) for k, size in enumerate(sizes))
    return Pieces(number, len(sizes), _up_to_order(table, component, len(sizes)), singletons)


def _placements(
    supports: tuple[tuple[int, ...], ...], pairs: tuple[tuple[int, int], ...], width: int, most: int
) -> tuple[np.ndarray | None, list[frozenset[int]]]:
    """Return the contents (N, m) of the units in every placement, None where there are more than `most`."""
    names: dict[frozenset[int], int] = {frozenset(): 0}
    together = {frozenset(pair) for pair in pairs}
    rows = []
    for support in supports:
        for units in _handed(support, width, together):
            rows.append([names.setdefault(unit, len(names)) for unit in units])
            if len(rows) > most:
                return None, []
    return np.array(rows, dtype=np.int64).reshape(-1, width), list(names)


def _handed(support: tuple[int, ...], width: int, together: set[frozenset[int]]) -> Iterator[list[frozenset[int]]]:
    """Yield every way to hand the directions of a vertex to the units, one each, or two that are a pair."""
    if not support:
        yield [frozenset()] * width
        return
    for rest in _handed(support[1:], width, together):
        for j, unit in enumerate(rest):
            more = unit | {support[0]}
            if not unit or more in together:
                yield [*rest[:j], more, *rest[j + 1 :]]


def _joined(contents: list[frozenset[int]], pairs: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Return (k, k) bool: whether one unit may have two contents, one after the other, without a change of place."""
    together = {frozenset(pair) for pair in pairs}
    out = np.zeros((len(contents), len(contents)), dtype=bool)
    for a, first in enumerate(contents):
        for b, second in enumerate(contents):
            out[a, b] = len(first | second) <= 1 or (first | second) in together
    return out


def _up_to_order(table: np.ndarray, component: np.ndarray, number: int) -> int:
    """Return the number of components once those that differ in the order of the units count once."""
    place = {row.tobytes(): k for k, row in enumerate(table)}
    parent = list(range(number))

    def root(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    for a, b in pairwise(range(table.shape[1])):
        order = np.arange(table.shape[1])
        order[[a, b]] = b, a
        for k, row in enumerate(np.ascontiguousarray(table[:, order])):
            parent[root(int(component[k]))] = root(int(component[place[row.tobytes()]]))
    return sum(parent[k] == k for k in range(number))
