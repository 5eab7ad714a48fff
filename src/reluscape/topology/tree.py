"""The barrier tree: persistent components of the sublevel sets of the loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from ..cones import exact_network, network_of
from ..critical import Verdict, certify
from ..data import as_dataset
from ..networks import TwoLayerNet
from .chances import chances_of
from .graph import Graph, build
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
        exact: values of births and merges as fractions.
        height_cap: leave out basins and walls above this loss; valleys whose way out leads above it merge nowhere and
            have an infinite barrier. Larger problems fit under a low cap.

    Returns:
        A `BarrierTree`; intervals are [birth, merge).

    Raises:
        TooLarge: too many basins or walls; the message names the nearest width that is feasible.
        InputError: an impossible width, signs that do not fit, a height cap below the global minimum.

    Source: follows from the basin partition of Safran and Shamir (Definition 2 and the part of Lemma 1 that holds);
    the tree itself is in none of the papers.

    Example:
        >>> tree = barrier_tree([[1], [-1]], [1, 2], width=1)
        >>> round(tree.global_minimum, 12), tree.pairs
        (0.5, [(2.0, 2.5)])
    """
    data = as_dataset(X, y)
    graph = build(data, width, labelled, output_bias, signs, height_cap)
    noise = graph.noise
    lowest = int(np.argmin(np.where(graph.allowed, graph.birth, np.inf)))
    lasting = np.flatnonzero(graph.allowed & (graph.died > graph.birth + noise) & np.isfinite(graph.died)).tolist()
    lasting += np.flatnonzero(graph.allowed & np.isinf(graph.died)).tolist()
    leaves: list[int] = sorted((i for i in lasting if i != lowest), key=lambda i: (graph.birth[i], i))
    heights = [float(graph.died[i]) for i in leaves]
    values = _exact_values(graph, leaves, heights, lowest) if exact else None
    basins = _touching(graph, [lowest, *leaves])
    places = {leaf: k for k, leaf in enumerate([lowest, *leaves])}
    valleys = []
    for place, (leaf, top) in enumerate(zip([lowest, *leaves], [np.inf, *heights], strict=True)):
        value = float(graph.birth[leaf])
        members = graph.members(leaf)
        valleys.append(
            Valley(
                value,
                values[place][0] if values else None,
                top - value,
                top,
                bool(value > graph.birth[lowest] + noise),
                tuple((graph.generators.cells.patterns[c], s) for c, s in map(graph.generators.describe, members)),
                basins[leaf],
                places[int(graph.into[leaf])] if np.isfinite(top) else None,
                partial(network_of, graph.generators, members, width),
                partial(exact_network, graph.generators, members, width),
                partial(_certified, graph, members, width),
                partial(dimension_of, graph.generators, members, width),
            )
        )
    pairs: list[tuple[Any, Any]]
    if values:
        pairs = [(birth, top) for birth, top in values[1:]]
    else:
        pairs = [(float(graph.birth[i]), h) for i, h in zip(leaves, heights, strict=True)]
    return BarrierTree(
        values[0][0] if values else float(graph.birth[lowest]),
        tuple(valleys),
        sorted(pairs),
        int(graph.allowed.sum()),
        len(graph.height),
        width,
        labelled,
        output_bias,
        height_cap,
        "exact" if exact else "numerical",
        None if signs is None else tuple(int(s) for s in signs),
        data,
        partial(shares, graph, [lowest, *leaves], data),
        partial(chances_of, graph, data),
        lambda valley: _passage(graph, [lowest, *leaves][valley], width),
    )


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
    ceiling = float(graph.died[leaf]) + graph.noise
    c = start.c if graph.generators.free_constant else None
    return tuple(polyline(graph, start, states, int(graph.into[leaf]), ceiling, c))


def _touching(graph: Graph, leaves: list[int]) -> dict[int, int]:
    """Return for every leaf how many basins have their minimum in its flat bottom."""
    basins = np.flatnonzero(graph.allowed[: graph.nodes.number])
    at = graph.lowest_below(basins, graph.birth[basins] + graph.noise)
    bottom = graph.birth[basins] <= graph.birth[at] + graph.noise
    return {leaf: int(((at == leaf) & bottom).sum()) for leaf in leaves}


def _exact_values(
    graph: Graph, leaves: list[int], heights: list[float], lowest: int
) -> list[tuple[Fraction, Fraction | float]]:
    """Return (birth, merge height) of the lowest node and of every leaf as fractions."""
    generators = graph.generators

    def birth(node: int) -> Fraction:
        return generators.exact_value(tuple(sorted({g for s in graph.members(node) for g in generators.of_state[s]})))

    by_height = {float(h): e for e, h in enumerate(graph.height)}
    shared = {(s, t): g for s, t, g in generators.walls} | {(t, s): g for s, t, g in generators.walls}
    out: list[tuple[Fraction, Fraction | float]] = [(birth(lowest), np.inf)]
    for leaf, top in zip(leaves, heights, strict=True):
        if not np.isfinite(top):
            out.append((birth(leaf), top))
            continue
        edge = by_height[top]
        a, b = int(graph.left[edge]), int(graph.right[edge])
        if b >= graph.nodes.number or a >= graph.nodes.number:
            out.append((birth(leaf), birth(max(a, b))))
            continue
        one, two = Counter(graph.members(a)), Counter(graph.members(b))
        common = one & two
        (s,), (t,) = (one - common).elements(), (two - common).elements()
        wall = {g for u in common.elements() for g in generators.of_state[u]} | set(shared[s, t])
        out.append((birth(leaf), max(birth(a), birth(b), generators.exact_value(tuple(sorted(wall))))))
    return out
