"""The barrier tree of an objective with weight decay."""

from __future__ import annotations

from functools import partial
from typing import NoReturn

import numpy as np

from ....basins.decay.programs import programs_of
from ....critical import Verdict, certify
from ....errors import UnsupportedError
from ....problem.networks import TwoLayerNet
from ....problem.problem import Problem
from ..result import BarrierTree, Valley
from ..valleys import shares
from .chances import decayed_chances
from .enclosure import enclosure
from .graph import DecayedGraph, build_decayed
from .route import balanced_net, route, sampled
from .symmetry import symmetric_leaves


def decayed_tree(problem: Problem, width: int, labelled: bool = False, height_cap: float | None = None) -> BarrierTree:
    """Return the barrier tree of J = mean loss + weight decay, up to relabelling of units unless they are labelled.

    Closed basins have connected sublevel sets and the unit at zero is a hub, as without decay; births and passes are
    cone programs. Values are floats between proved ends; what differs by less than `noise` counts as tied.
    """
    graph = build_decayed(problem, width, labelled, height_cap)
    leaves = [graph.lowest, *graph.lasting()]
    places = {leaf: k for k, leaf in enumerate(leaves)}
    basins = _touching(graph, leaves)
    valleys, pairs = [], []
    for leaf in leaves:
        birth, top = float(graph.births[leaf]), float(graph.deaths[leaf]) if leaf != graph.lowest else np.inf
        members = list(graph.members(leaf))
        if leaf != graph.lowest:
            pairs.append((birth, top))
        net = partial(_net, graph, members, width)
        valleys.append(
            Valley(
                birth,
                None,
                top - birth,
                top,
                graph.above(leaf, graph.lowest),
                tuple((graph.states.cells.patterns[c], s) for c, s in map(graph.states.describe, members)),
                basins[leaf],
                places[int(graph.into[leaf])] if np.isfinite(graph.deaths[leaf]) else None,
                net,
                _no_fractions,
                partial(_certified, problem, net),
                partial(_dimension, graph, members),
                partial(enclosure, graph.states, graph.program(members)),
                partial(_pass_bounds, graph, leaf),
            )
        )
    return BarrierTree(
        float(graph.births[graph.lowest]),
        tuple(valleys),
        sorted(pairs),
        int(graph.allowed.sum()),
        len(graph.heights),
        width,
        labelled,
        problem.output_bias,
        height_cap,
        "numerical",
        None,
        graph.scale.noise,
        problem.data,
        partial(shares, graph, leaves, problem.data),
        partial(decayed_chances, graph, problem),
        lambda valley: _passage(graph, problem, leaves[valley]),
        problem,
        partial(symmetric_leaves, graph, problem, leaves),
    )


def _net(graph: DecayedGraph, members: list[int], width: int) -> TwoLayerNet:
    """Return a balanced network at the lowest point of a layer, with all the digits that floats have."""
    states = graph.states
    U, signs = np.zeros((width, states.problem.data.d)), np.ones(width)
    point = programs_of(states.problem).solve(
        np.array([states.cells.patterns[states.describe(s)[0]] for s in members], dtype=bool).reshape(
            -1, states.problem.n
        ),
        np.array([states.describe(s)[1] for s in members], dtype=int),
        sharp=True,
    )
    U[: len(members)], signs[: len(members)] = point.u, [states.describe(s)[1] for s in members]
    sharp = balanced_net(U, signs, point.c, states.decay)
    plain = balanced_net(*graph.lowest_point([*members, *[-1] * (width - len(members))]), states.decay)
    room = graph.noise  # the sharp one has more digits where it has found the point at all
    return sharp if states.problem.value(sharp) <= states.problem.value(plain) + room else plain


def _no_fractions() -> NoReturn:
    """Refuse exact weights."""
    raise UnsupportedError(
        "with weight decay the bottom of a valley has no rational weights; .net has floats, .verdict proves a minimum "
        "beside them"
    )


def _certified(problem: Problem, net: partial[TwoLayerNet]) -> Verdict:
    """Return the certified test of a valley's bottom."""
    bottom = net()
    return certify(problem, None, bottom.W, bottom.v, bottom.c if problem.output_bias else None)


def _dimension(graph: DecayedGraph, members: list[int]) -> int:
    """Return the dimension of the minimisers of a layer: live directions less the rank of what they add."""
    U, signs, _ = graph.lowest_point(members)
    live = graph.states.decay.norms(U) > 0
    F = (np.maximum(graph.states.problem.data.X @ U[live].T, 0.0) * signs[live]).T
    if graph.states.decay.constant == "free":
        F = F - F.mean(axis=1, keepdims=True)
    return int(live.sum() - np.linalg.matrix_rank(F)) if live.any() else 0


def _pass_bounds(graph: DecayedGraph, leaf: int) -> tuple[object, object]:
    """Return both ends around the merge height of a leaf, infinite where it never merges."""
    if not np.isfinite(graph.deaths[leaf]):
        return np.inf, np.inf
    at = np.flatnonzero(graph.heights == graph.deaths[leaf])
    edge = int(at[0])
    a, b = int(graph.left[edge]), int(graph.right[edge])
    ends = [enclosure(graph.states, graph.program(list(graph.members(x)))) for x in (a, b)]
    if max(a, b) >= graph.nodes.number:  # the hub is the higher end
        return ends[1]
    mine, other = list(graph.members(a)), list(graph.members(b))
    rest = list(mine)
    for s in other:
        if s in rest:
            rest.remove(s)
    gone = rest[0]
    remainder = list(mine)
    remainder.remove(gone)
    came = next(s for s in other if s not in remainder or other.count(s) > remainder.count(s))
    wall = enclosure(graph.states, graph.program([*remainder, graph.states.wall(gone, came)]))
    lower = max(wall[0], *(end[0] for end in ends))
    return lower, max(wall[1], *(end[1] for end in ends))


def _passage(graph: DecayedGraph, problem: Problem, leaf: int) -> tuple[TwoLayerNet, ...]:
    """Return networks along the way from a leaf over its pass to the leaf that it merges with."""
    members = list(graph.members(leaf))
    states = [*members, *[-1] * (graph.nodes.units - len(members))]
    start = graph.lowest_point(states)
    corners = route(graph, start, states, int(graph.into[leaf]), graph.open_edges(leaf))
    return tuple(balanced_net(*point, graph.states.decay) for point in sampled(corners))


def _touching(graph: DecayedGraph, leaves: list[int]) -> dict[int, int]:
    """Return for every leaf how many basins have their minimum in its flat bottom."""
    basins = np.flatnonzero(graph.allowed[: graph.nodes.number])
    at = graph.lowest_from(basins)
    bottom = graph.births[basins] <= graph.births[at] + graph.scale.noise
    return {leaf: int(((at == leaf) & bottom).sum()) for leaf in leaves}
