"""Basins, hubs and walls of a whole layer as a graph, and the merges that the elder rule finds in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from ..cones import Generators, Layers, cells_of, generators_of
from ..data import Dataset, check_signs
from ..errors import InputError, ShapeError, TooLarge
from ..regions import count_regions
from ..tolerances import DEFAULT

NODE_LIMIT = 1_500_000
WALL_LIMIT = 12_000_000


@dataclass(frozen=True)
class Graph:
    """Basins and hubs with their births, walls with their heights, and the merges that the elder rule finds.

    Attributes:
        generators: generators of every state.
        nodes: layers of m units; node numbers below `nodes.number` are basins.
        hubs: layers of m - 1 units; hub h is node `nodes.number + h`.
        allowed: (number of nodes and hubs,) whether the frozen signs permit it.
        birth: (number,) values.
        left, right, height: edges.
        died: (number,) height at which a node's component merged into a lower one; infinity for survivors.
        into: (number,) the lower node whose component it merged into.
        noise: differences below this are rounding.
    """

    generators: Generators
    nodes: Layers
    hubs: Layers
    allowed: np.ndarray
    birth: np.ndarray
    left: np.ndarray
    right: np.ndarray
    height: np.ndarray
    died: np.ndarray
    into: np.ndarray
    noise: float

    @property
    def zero_loss(self) -> float:
        """L(0), the loss of the zero network; with a free output bias the loss of the best constant."""
        y = np.array(self.generators.targets, dtype=float)
        return float(y @ y) / len(y)

    def members(self, node: int) -> tuple[int, ...]:
        """Return the states of a basin's or a hub's units."""
        if node < self.nodes.number:
            return tuple(int(s) for s in self.nodes.table[node])
        return tuple(int(s) for s in self.hubs.table[node - self.nodes.number])

    def lowest_below(self, nodes: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """Return the lowest node in the component of {L <= level} of each node, whose birth is at most its level."""
        at = np.array(nodes, dtype=np.int64)
        while True:
            moving = self.died[at] <= levels
            if not moving.any():
                return at
            at = np.where(moving, self.into[at], at)

    def node_of(self, states: Sequence[int]) -> int:
        """Return the node of a layer, its dead units given as -1.

        A layer with dead units is a hub; further dead units may count as switched off in any state.
        """
        alive = [s for s in states if s >= 0]
        if len(alive) == self.nodes.units:
            return int(self.nodes.rank(np.array([alive]))[0])
        padded = alive + [0] * (self.hubs.units - len(alive))
        return self.nodes.number + int(self.hubs.rank(np.array([padded], dtype=np.int64).reshape(1, -1))[0])


def build(
    data: Dataset,
    width: int,
    labelled: bool = False,
    output_bias: bool = False,
    signs: Sequence[int] | None = None,
    height_cap: float | None = None,
) -> Graph:
    """Relate all basins of a layer: births, walls, hubs, and their merges."""
    if isinstance(width, bool) or not isinstance(width, int | np.integer) or width < 1:
        raise InputError(f"the width is {width!r}; it is a whole number, at least 1")
    if data.y_fractions is None:
        raise ShapeError("the data have no targets; give y")
    if data.n == 0:
        raise ShapeError("the data have no samples")
    refuse_too_large(data, width, labelled)
    generators = generators_of(cells_of(data), output_bias)
    nodes = Layers(generators.states, width, labelled)
    hubs = Layers(generators.states, width - 1 if generators.states else 0, labelled)
    negative = None if signs is None else int((check_signs(signs, width) < 0).sum())
    allowed = _allowed(nodes, hubs, negative)
    birth = np.concatenate([_values(generators, nodes), _values(generators, hubs)])
    parts = [_switch_off(nodes, hubs, width, labelled)]
    parts += _walls(generators, nodes, hubs, width, labelled, birth[nodes.number :])
    left = np.concatenate([p[0] for p in parts])
    right = np.concatenate([p[1] for p in parts])
    height = np.maximum(np.concatenate([p[2] for p in parts]), np.maximum(birth[left], birth[right]))
    keep = allowed[left] & allowed[right]
    if height_cap is not None:
        keep &= height <= height_cap
    left, right, height = left[keep], right[keep], height[keep]
    died, into = _merge(birth, left, right, height, np.argsort(height, kind="stable"))
    noise = DEFAULT.barrier * max(float(np.max(birth[allowed], initial=0.0)), np.finfo(float).tiny)
    return Graph(generators, nodes, hubs, allowed, birth, left, right, height, died, into, noise)


def refuse_too_large(data: Dataset, width: int, labelled: bool = False) -> None:
    """Raise TooLarge before any work, naming the widths that fit."""
    cells = count_regions(data, zero_rows="drop")
    for limit, count in ((NODE_LIMIT, _node_count), (WALL_LIMIT, _wall_count)):
        if count(cells, data.rank, width, labelled) > limit:
            feasible = max((w for w in range(1, width) if _fits(cells, data.rank, w, labelled)), default=0)
            advice = f"width {feasible} fits" if feasible else "use fewer rows or columns"
            raise TooLarge(
                f"{cells:,} cells give {_node_count(cells, data.rank, width, labelled):,} basins at width {width}, "
                f"more than can be related; {advice}",
                estimate=_node_count(cells, data.rank, width, labelled),
            )


def _fits(cells: int, rank: int, width: int, labelled: bool) -> bool:
    """Return whether a width is within both limits."""
    return (
        _node_count(cells, rank, width, labelled) <= NODE_LIMIT
        and _wall_count(cells, rank, width, labelled) <= WALL_LIMIT
    )


def _node_count(cells: int, rank: int, width: int, labelled: bool) -> int:
    """Return the number of layers of `width` units over all cells and both signs."""
    return (2 * cells) ** width if labelled else comb(2 * cells + width - 1, width)


def _wall_count(cells: int, rank: int, width: int, labelled: bool) -> int:
    """Return about how many walls there are: in rank r a cell has about 2 (r - 1) facets."""
    return 2 * cells * max(rank - 1, 1) * _node_count(cells, rank, width - 1, labelled) * (width if labelled else 1)


def _values(generators: Generators, layers: Layers) -> np.ndarray:
    """Return the value of every layer; it depends only on the set of states."""
    sets = [tuple(sorted({g for s in set(row) for g in generators.of_state[s]})) for row in layers.table.tolist()]
    return generators.values(sets)


def _allowed(nodes: Layers, hubs: Layers, negative: int | None) -> np.ndarray:
    """Return which layers have as many negative output weights as the frozen signs."""
    if negative is None:
        return np.ones(nodes.number + hubs.number, dtype=bool)
    count = (hubs.table % 2).sum(axis=1)
    basins = (nodes.table % 2).sum(axis=1) == negative
    return np.concatenate([basins, (count == negative) | (count == negative - 1)])


def _switch_off(nodes: Layers, hubs: Layers, width: int, labelled: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the edges basin - hub: a unit's output weight goes to zero; their height is the hub's birth."""
    left, right = [], []
    for j in range(width if nodes.number else 0):
        rest = np.delete(nodes.table, j, axis=1)
        left.append(np.arange(nodes.number))
        right.append(nodes.number + hubs.rank(rest))
    a = np.concatenate([np.zeros(0, dtype=np.int64), *left])
    b = np.concatenate([np.zeros(0, dtype=np.int64), *right])
    return a, b, np.full(len(a), -np.inf)


def _walls(
    generators: Generators, nodes: Layers, hubs: Layers, width: int, labelled: bool, hub_birth: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return the edges basin - basin where one unit crosses a facet, lower than the hub that joins them anyway."""
    parts = []
    rest = hubs.table
    rest_generators = [{g for s in set(row) for g in generators.of_state[s]} for row in rest.tolist()]
    for s, t, shared in generators.walls:
        if not shared:
            continue
        height = generators.values([tuple(sorted(r.union(shared))) for r in rest_generators])
        useful = np.flatnonzero(height < hub_birth)
        for j in range(width if labelled else 1):
            a = nodes.rank(np.insert(rest[useful], j, s, axis=1))
            b = nodes.rank(np.insert(rest[useful], j, t, axis=1))
            parts.append((a, b, height[useful]))
    return parts


def _merge(
    birth: np.ndarray, left: np.ndarray, right: np.ndarray, height: np.ndarray, order: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Apply the elder rule; return (height of death, the elder that each component joined)."""
    from .elder_kernel import elder_rule

    died, into = np.empty(len(birth)), np.empty(len(birth), dtype=np.int64)
    elder_rule(birth, left.astype(np.int64), right.astype(np.int64), height, order.astype(np.int64), died, into)
    return died, into
