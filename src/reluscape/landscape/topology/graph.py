"""Basins, hubs and walls of a whole layer as a graph, and the merges that the elder rule finds in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ...basins.cones import Generators, NetStates, cells_of, generators_of
from ...errors import InputError, ShapeError
from ...numbers.checks import real_number
from ...numbers.exact import to_fraction
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset, check_signs
from ...problem.targets import with_targets
from .edges import births, switch_off, walls
from .measure import Scale, by_floats, by_fractions
from .size import refuse_exact, refuse_too_large


@dataclass(frozen=True)
class Graph:
    """Basins and hubs with their births, walls with their heights, and the merges that the elder rule finds.

    Births and heights are held as places on a scale, where they are compared: losses, or ranks of exact losses.

    Attributes:
        generators: generators of every state.
        nodes: states of networks of m units; node numbers below `nodes.number` are basins.
        hubs: states of networks of m - 1 units; hub h is node `nodes.number + h`.
        allowed: (number of nodes and hubs,) whether the frozen signs and the height cap permit it.
        left, right: ends of the edges.
        into: (number,) the lower node whose component a node's component merged into.
        births, heights, deaths: places of nodes (number,), edges, and merges (number,), infinity for survivors.
        scale: what places stand for.
        noise: losses as floats that differ by less are rounding.
    """

    generators: Generators
    nodes: NetStates
    hubs: NetStates
    allowed: np.ndarray
    left: np.ndarray
    right: np.ndarray
    into: np.ndarray
    births: np.ndarray
    heights: np.ndarray
    deaths: np.ndarray
    scale: Scale
    noise: float

    @cached_property
    def birth(self) -> np.ndarray:
        """(number,) lowest losses of the nodes, as floats."""
        return self.scale.losses(self.births)

    @cached_property
    def height(self) -> np.ndarray:
        """Losses of the edges, as floats."""
        return self.scale.losses(self.heights)

    @cached_property
    def died(self) -> np.ndarray:
        """(number,) loss at which a node's component merged into a lower one; infinity for survivors."""
        return self.scale.losses(self.deaths)

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
        return self._sink(self.died, nodes, levels)

    def lowest_from(self, nodes: np.ndarray) -> np.ndarray:
        """Return the lowest node that each node can sink to from its own lowest loss."""
        return self._sink(self.deaths, nodes, self.births[nodes] + self.scale.noise)

    def _sink(self, ends: np.ndarray, nodes: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """Follow the merges up to a level."""
        at = np.array(nodes, dtype=np.int64)
        while True:
            moving = ends[at] <= levels
            if not moving.any():
                return at
            at = np.where(moving, self.into[at], at)

    def above(self, node: int, other: int) -> bool:
        """Return whether a node's lowest loss is above another's, beyond rounding where there is any."""
        return bool(self.births[node] > self.births[other] + self.scale.noise)

    @cached_property
    def lowest(self) -> int:
        """A node with the lowest loss of all."""
        return int(np.argmin(np.where(self.allowed, self.births, np.inf)))

    def lasting(self) -> list[int]:
        """Return the nodes whose component lasts longer than rounding, all but the lowest, from low to high."""
        lasts = self.allowed & (self.deaths > self.births + self.scale.noise)
        lasts[self.lowest] = False
        return sorted(np.flatnonzero(lasts).tolist(), key=lambda i: (self.births[i], i))

    def open_edges(self, leaf: int) -> np.ndarray:
        """Return the edges that are no higher than a node's merge."""
        return np.flatnonzero(self.heights <= self.deaths[leaf] + self.scale.noise)

    def node_of(self, states: Sequence[int]) -> int:
        """Return the node of a layer, its dead units given as -1.

        A layer with dead units is a hub; further dead units may count as switched off in any state.
        """
        alive = [s for s in states if s >= 0]
        if len(alive) == self.nodes.units:
            return int(self.nodes.rank(np.array([alive]))[0])
        full_row = alive + [0] * (self.hubs.units - len(alive))
        return self.nodes.number + int(self.hubs.rank(np.array([full_row], dtype=np.int64).reshape(1, -1))[0])


def build(
    data: Dataset,
    width: int,
    labelled: bool = False,
    output_bias: bool = False,
    signs: Sequence[int] | None = None,
    height_cap: float | None = None,
    exact: bool = False,
) -> Graph:
    """Relate all basins of a layer: births, walls, hubs, and their merges; by floats, or by exact losses alone."""
    if isinstance(width, bool) or not isinstance(width, int | np.integer) or width < 1:
        raise InputError(f"the width is {width!r}; it is a whole number, at least 1")
    data = with_targets(data)
    if data.n == 0:
        raise ShapeError("the data have no samples")
    size = refuse_too_large(data, width, labelled, capped=height_cap is not None)
    generators = generators_of(cells_of(data), output_bias)
    if exact:
        refuse_exact(size, generators, capped=height_cap is not None)
    measure = by_fractions(generators) if exact else by_floats(generators)
    nodes = NetStates(generators.states, width, labelled)
    hubs = NetStates(generators.states, width - 1 if generators.states else 0, labelled)
    usable = _allowed(nodes, hubs, None if signs is None else np.asarray(check_signs(signs, width)) < 0)
    marks = np.concatenate([births(generators, nodes, measure), births(generators, hubs, measure)])
    cap = None if height_cap is None else _checked_cap(height_cap, exact)
    if cap is not None:
        (places,), scale = measure.places([marks])
        _refuse_low_cap(cap, scale, places[usable])
        usable &= places <= scale.level(cap)
    off = switch_off(nodes, hubs, usable)
    wall = walls(generators, nodes, hubs, usable, marks[nodes.number :], measure)
    (places, tops), scale = measure.places([marks, wall[2]])
    left, right = np.concatenate([off[0], wall[0]]), np.concatenate([off[1], wall[1]])
    height = np.concatenate([np.full(len(off[0]), -np.inf), tops])
    height = np.maximum(height, np.maximum(places[left], places[right]))
    if cap is not None:
        low = height <= scale.level(cap)
        left, right, height = left[low], right[low], height[low]
    deaths, into = _merge(places, left, right, height, np.argsort(height, kind="stable"))
    top = float(np.max(scale.losses(places[usable]), initial=0.0))
    noise = DEFAULT.barrier * max(top, np.finfo(float).tiny)
    if not exact:
        scale = Scale(noise)
    return Graph(generators, nodes, hubs, usable, left, right, into, places, height, deaths, scale, noise)


def _checked_cap(cap: Any, exact: bool) -> float | Fraction:
    """Return the cap as a number, as it was typed where losses are exact."""
    number = real_number("the height cap", cap)
    if np.isnan(number):
        raise InputError("the height cap is not a number")
    return to_fraction(cap) if exact and np.isfinite(number) else number


def _refuse_low_cap(cap: float | Fraction, scale: Scale, places: np.ndarray) -> None:
    """Raise where the cap is below the global minimum."""
    if not (places <= scale.level(cap)).any():
        lowest = float(scale.losses(places.min(keepdims=True))[0])
        raise InputError(
            f"the height cap is {float(cap):.6g}, below the lowest loss of this width, {lowest:.6g}; raise it"
        )


def _allowed(nodes: NetStates, hubs: NetStates, negative: np.ndarray | None) -> np.ndarray:
    """Return which states have the frozen signs, and which hubs have them but for one unit.

    Up to relabelling the number of negative output weights decides. Units with names keep their signs place by place;
    two hubs with the same signs lack units of one sign, whose states can be handed from one to the other.
    """
    if negative is None:
        return np.ones(nodes.number + hubs.number, dtype=bool)
    basins, rest = nodes.table % 2 == 1, hubs.table % 2 == 1
    if nodes.labelled:
        without = [np.delete(negative, j) for j in range(nodes.units)]
        matches = [(rest == signs).all(axis=1) for signs in without if len(signs) == hubs.units]
        off = np.any(matches, axis=0) if matches else np.ones(hubs.number, dtype=bool)
        return np.concatenate([(basins == negative[: nodes.units]).all(axis=1), off])
    number, count = int(negative.sum()), rest.sum(axis=1)
    return np.concatenate([basins.sum(axis=1) == number, (count == number) | (count == number - 1)])


def _merge(
    birth: np.ndarray, left: np.ndarray, right: np.ndarray, height: np.ndarray, order: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Apply the elder rule; return (height of death, the elder that each component joined)."""
    from .elder_kernel import elder_rule

    deaths, into = np.empty(len(birth)), np.empty(len(birth), dtype=np.int64)
    elder_rule(birth, left.astype(np.int64), right.astype(np.int64), height, order.astype(np.int64), deaths, into)
    return deaths, into
