"""What a valley looks like from inside: a network at its bottom, its dimension, its share of the starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...basins.cones import project
from ...basins.cones.generators import Generators
from ...numbers.estimates import Probability
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset
from .starts import Starts

if TYPE_CHECKING:
    from .graph import Graph


def dimension_of(generators: Generators, members: tuple[int, ...], width: int) -> int:
    """Return the dimension of the set of minimisers Z of a layer's closed basin.

    A ray counts where some minimiser uses it; the dimension is that of the used directions less the rank of what they
    add to the predictions. Directions that no sample sees, d - rank X for each unit, are counted in.
    """
    from scipy.optimize import linprog

    data = generators.cells.data
    blind = (data.d - data.rank) * width
    variables = [(j, ray) for j, s in enumerate(members) for ray in generators.rays_of_state[s]]
    if not variables:
        return blind
    F = np.zeros((data.n, len(variables)))
    for k, (_, ray) in enumerate(variables):
        if generators.of_ray[ray] >= 0:
            F[:, k] = generators.column(int(generators.of_ray[ray])).astype(float)
    together = generators.of_rays(ray for _, ray in variables)
    columns = [generators.column(g) for g in together]
    weights = project(columns, generators.targets)
    prediction = sum((float(w) * c.astype(float) for w, c in zip(weights, columns, strict=True)), np.zeros(data.n))
    k = len(variables)
    scale = np.abs(F).max() or 1.0
    # maximise sum t with F lambda = tau p, lambda >= t, 0 <= t <= 1, tau >= 1: t = 1 marks the rays that can be used
    equal = np.hstack([F / scale, np.zeros_like(F), -prediction[:, None] / scale])
    above = np.hstack([-np.eye(k), np.eye(k), np.zeros((k, 1))])
    bounds = [(0, None)] * k + [(0, 1)] * k + [(1, None)]
    cost = np.concatenate([np.zeros(k), -np.ones(k), [0.0]])
    answer = linprog(cost, A_ub=above, b_ub=np.zeros(k), A_eq=equal, b_eq=np.zeros(data.n), bounds=bounds)
    in_use = answer.x[k : 2 * k] > 0.5 if answer.success else np.zeros(k, dtype=bool)
    span = 0
    for j in range(len(members)):
        mine = [
            generators.direction(ray) for (unit, ray), on in zip(variables, in_use, strict=True) if on and unit == j
        ]
        span += np.linalg.matrix_rank(np.array(mine, dtype=float)) if mine else 0
    image_rank = np.linalg.matrix_rank(F[:, in_use]) if in_use.any() else 0
    return int(span - image_rank) + blind


def shares(graph: Graph, leaves: list[int], data: Dataset, starts: Starts) -> tuple[Probability, ...]:
    """Return for each leaf the share of initialisations whose first basin can sink no lower without climbing.

    Under a height cap, starts whose first basin lies above it belong to no leaf.
    """
    W, v, _ = starts.raw
    nodes = np.array([first_node(graph, data.X, W[t], v[t]) for t in range(len(W))])
    nodes = nodes[graph.allowed[nodes]]
    ends = graph.lowest_from(nodes)
    counts = dict.fromkeys(leaves, 0)
    for end in ends.tolist():
        if end in counts:
            counts[end] += 1
    law = starts.law.name
    return tuple(Probability.sampled(counts[leaf], len(W), "initialization", law) for leaf in leaves)


def first_node(graph: Graph, X: np.ndarray, W: np.ndarray, v: np.ndarray) -> int:
    """Return the node of a layer's first basin."""
    return graph.node_of(states_of(graph, X, W, v))


def states_of(graph: Graph, X: np.ndarray, W: np.ndarray, v: np.ndarray) -> list[int]:
    """Return the state of every unit, -1 for one with v_j = 0 or no active sample.

    A unit on a wall is given one of the cells that share it.
    """
    states = []
    patterns = graph.generators.cells.patterns
    for w, out in zip(W, v, strict=True):
        if out == 0:
            states.append(-1)
            continue
        products = X @ w
        scale = np.abs(X) @ np.abs(w)
        certain = np.abs(products) > DEFAULT.boundary * scale
        fits = (patterns[:, certain] == (products > 0)[certain]).all(axis=1)
        cell = int(np.argmax(fits))
        states.append(graph.generators.state(cell, 1 if out > 0 else -1))
    return states
