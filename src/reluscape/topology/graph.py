"""Basins, hubs and walls of a whole layer as a graph, and the merges that the elder rule finds in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..cones import Generators, Layers, cells_of, generators_of
from ..data import Dataset, check_signs, real_number
from ..errors import InputError, ShapeError
from ..tolerances import DEFAULT
from .edges import births, switch_off, walls
from .size import refuse_too_large


@dataclass(frozen=True)
class Graph:
    """Basins and hubs with their births, walls with their heights, and the merges that the elder rule finds.

    Attributes:
        generators: generators of every state.
        nodes: layers of m units; node numbers below `nodes.number` are basins.
        hubs: layers of m - 1 units; hub h is node `nodes.number + h`.
        allowed: (number of nodes and hubs,) whether the frozen signs and the height cap permit it.
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
    refuse_too_large(data, width, labelled, capped=height_cap is not None)
    generators = generators_of(cells_of(data), output_bias)
    nodes = Layers(generators.states, width, labelled)
    hubs = Layers(generators.states, width - 1 if generators.states else 0, labelled)
    negative = None if signs is None else int((check_signs(signs, width) < 0).sum())
    allowed = _allowed(nodes, hubs, negative)
    birth = np.concatenate([births(generators, nodes), births(generators, hubs)])
    if height_cap is not None:
        allowed &= birth <= _checked_cap(height_cap, birth[allowed])
    off = switch_off(nodes, hubs, allowed)
    wall = walls(generators, nodes, hubs, allowed, birth[nodes.number :])
    left, right = np.concatenate([off[0], wall[0]]), np.concatenate([off[1], wall[1]])
    height = np.maximum(np.concatenate([off[2], wall[2]]), np.maximum(birth[left], birth[right]))
    if height_cap is not None:
        low = height <= height_cap
        left, right, height = left[low], right[low], height[low]
    died, into = _merge(birth, left, right, height, np.argsort(height, kind="stable"))
    noise = DEFAULT.barrier * max(float(np.max(birth[allowed], initial=0.0)), np.finfo(float).tiny)
    return Graph(generators, nodes, hubs, allowed, birth, left, right, height, died, into, noise)


def _checked_cap(cap: float, birth: np.ndarray) -> float:
    """Return the cap, which must be a number at least as high as the global minimum."""
    lowest, cap = float(birth.min()), real_number("the height cap", cap)
    if not cap >= lowest:
        raise InputError(f"the height cap is {cap:.6g}, below the lowest loss of this width, {lowest:.6g}; raise it")
    return cap


def _allowed(nodes: Layers, hubs: Layers, negative: int | None) -> np.ndarray:
    """Return which layers have as many negative output weights as the frozen signs."""
    if negative is None:
        return np.ones(nodes.number + hubs.number, dtype=bool)
    count = (hubs.table % 2).sum(axis=1)
    basins = (nodes.table % 2).sum(axis=1) == negative
    return np.concatenate([basins, (count == negative) | (count == negative - 1)])


def _merge(
    birth: np.ndarray, left: np.ndarray, right: np.ndarray, height: np.ndarray, order: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Apply the elder rule; return (height of death, the elder that each component joined)."""
    from .elder_kernel import elder_rule

    died, into = np.empty(len(birth)), np.empty(len(birth), dtype=np.int64)
    elder_rule(birth, left.astype(np.int64), right.astype(np.int64), height, order.astype(np.int64), died, into)
    return died, into
