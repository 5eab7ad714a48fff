"""The barrier tree: persistent components of the sublevel sets of the loss."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from ...basins.cones import exact_network, network_of
from ...critical import Verdict, certify
from ...errors import InputError
from ...problem.networks import TwoLayerNet
from ...problem.problem import as_problem
from .chances import chances_of
from .decay.tree import decayed_tree
from .graph import Graph, build
from .measure import rounded
from .polyline import polyline
from .result import BarrierTree, Valley
from .valleys import dimension_of, shares


def barrier_tree(
    X: Any,
    y: Any = None,
    width: int = 1,
    labelled: bool = False,
    output_bias: bool = False,
    signs: Sequence[int] | None = None,
    exact: bool = False,
    height_cap: float | None = None,
    weight_decay: Any = None,
) -> BarrierTree:
    """Return the barrier tree of the squared loss of a two-layer network, up to relabelling of units.

    Every closed basin has connected sublevel sets, so the components of {L <= a} are those of a finite graph: basins
    (one per multiset of unit states) joined where they share a wall or where a unit is switched off.

    Args:
        X: (n, d) samples or a Dataset; degenerate data are fine.
        y: (n,) targets.
        width: number of hidden units m.
        labelled: keep the units' names (tiny problems only).
        output_bias: a free constant is added to the predictions.
        signs: output signs frozen to these (m,).
        exact: births and merges as fractions, and everything decided by them: no two values count as equal unless
            they are. Slower; leave it out where this is too large.
        height_cap: leave out basins and walls above this loss; valleys whose way out leads above it merge nowhere and
            have an infinite barrier. Larger problems fit under a low cap.
        weight_decay: None, a number, or a `WeightDecay`: the tree is that of mean loss plus penalty then, of the
            squared or the logistic loss (give a `Problem` for the latter); its values are floats between proved ends
            (`Valley.bounds`, `.pass_bounds`), and `.noise` says up to where they count as tied.

    Returns:
        A `BarrierTree`; intervals are [birth, merge).

    Raises:
        TooLarge: too many basins or walls, or too many for exact values; the message names the nearest width that is
            feasible.
        InputError: an impossible width, signs that do not fit, a height cap below the global minimum.

    Source: follows from the basin partition of Safran and Shamir (Definition 2 and the part of Lemma 1 that holds);
    the tree itself is in none of the papers.

    Example:
        >>> tree = barrier_tree([[1], [-1]], [1, 2], width=1)
        >>> round(tree.global_minimum, 12), tree.pairs
        (0.5, [(2.0, 2.5)])
    """
    problem = as_problem(X, y, weight_decay=weight_decay, output_bias=output_bias, signs=signs)
    if problem.penalty.strength:
        if exact:
            raise InputError("with weight decay values are not rational; leave out exact=True, valleys have `.bounds`")
        return decayed_tree(problem, width, labelled, height_cap)
    data, output_bias = problem.only(output_bias=True, signs=True), problem.output_bias
    signs = None if problem.signs is None else problem.signs.tolist()
    graph = build(data, width, labelled, output_bias, signs, height_cap, exact)
    leaves = [graph.lowest, *graph.lasting()]
    basins, places = _touching(graph, leaves), {leaf: k for k, leaf in enumerate(leaves)}
    valleys, pairs = [], []
    for leaf in leaves:
        birth, top = _birth_and_merge(graph, leaf)
        members = graph.members(leaf)
        if leaf != graph.lowest:
            pairs.append((birth, top))
        valleys.append(
            Valley(
                float(graph.birth[leaf]),
                birth if isinstance(birth, Fraction) else None,
                rounded(top - birth),
                float(graph.died[leaf]) if leaf != graph.lowest else np.inf,
                graph.above(leaf, graph.lowest),
                tuple((graph.generators.cells.patterns[c], s) for c, s in map(graph.generators.describe, members)),
                basins[leaf],
                places[int(graph.into[leaf])] if np.isfinite(graph.deaths[leaf]) else None,
                partial(network_of, graph.generators, members, width),
                partial(exact_network, graph.generators, members, width),
                partial(_certified, graph, members, width),
                partial(dimension_of, graph.generators, members, width),
            )
        )
    return BarrierTree(
        _birth_and_merge(graph, graph.lowest)[0],
        tuple(valleys),
        sorted(pairs),
        int(graph.allowed.sum()),
        len(graph.heights),
        width,
        labelled,
        output_bias,
        height_cap,
        "exact" if exact else "numerical",
        None if signs is None else tuple(int(s) for s in signs),
        graph.scale.noise,
        data,
        partial(shares, graph, leaves, data),
        partial(chances_of, graph, data),
        lambda valley: _passage(graph, leaves[valley], width),
        problem,
    )


def _birth_and_merge(graph: Graph, leaf: int) -> tuple[float | Fraction, float | Fraction]:
    """Return a node's lowest loss and its merge height: fractions on the scale of ranks, floats otherwise."""
    return graph.scale.told(graph.births[leaf]), graph.scale.told(graph.deaths[leaf])


def _certified(graph: Graph, members: tuple[int, ...], width: int) -> Verdict:
    """Return the exact test of a valley's bottom."""
    generators = graph.generators
    W, v, c = exact_network(generators, members, width)
    return certify(generators.cells.data, None, W, v, c if generators.free_constant else None, exact=True)


def _passage(graph: Graph, leaf: int, width: int) -> tuple[TwoLayerNet, ...]:
    """Return the corners of the way from a leaf over its pass to the leaf that it merges with."""
    members = graph.members(leaf)
    start = network_of(graph.generators, members, width)
    states = [*members, *[-1] * (width - len(members))]
    c = start.c if graph.generators.free_constant else None
    return tuple(polyline(graph, start, states, int(graph.into[leaf]), graph.open_edges(leaf), c))


def _touching(graph: Graph, leaves: list[int]) -> dict[int, int]:
    """Return for every leaf how many basins have their minimum in its flat bottom."""
    basins = np.flatnonzero(graph.allowed[: graph.nodes.number])
    at = graph.lowest_from(basins)
    bottom = graph.births[basins] <= graph.births[at] + graph.scale.noise
    return {leaf: int(((at == leaf) & bottom).sum()) for leaf in leaves}
