"""What a valley looks like from inside: a network at its bottom, its dimension, its share of the starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..cones import Generators, project
from ..data import Dataset
from ..estimates import Probability
from ..initialization import get_law
from ..networks import TwoLayerNet
from ..seeds import as_generator
from ..tolerances import DEFAULT

if TYPE_CHECKING:
    from .tree import Graph

BATCH = 256


def network_of(generators: Generators, members: tuple[int, ...], width: int) -> TwoLayerNet:
    """Return a balanced network, |v_j| = |w_j|, at the lowest point of a layer's basin."""
    units = [generators.of_state[s] for s in members]
    Z, c = generators.minimiser(units)
    signs = [generators.describe(s)[1] for s in members] + [1] * (width - len(members))
    return balanced(np.array(Z, dtype=float), np.array(signs), float(c))


def balanced(Z: np.ndarray, signs: np.ndarray, c: float) -> TwoLayerNet:
    """Return the network with v_j w_j = Z_j, |v_j| = |w_j| and the given output signs."""
    Z = np.concatenate([Z, np.zeros((len(signs) - len(Z), Z.shape[1]))])
    size = np.sqrt(np.linalg.norm(Z, axis=1))
    W = signs[:, None] * Z / np.where(size > 0, size, 1.0)[:, None]
    return TwoLayerNet(W, signs * size, c)


def dimension_of(generators: Generators, members: tuple[int, ...], width: int) -> int:
    """Return the dimension of the set of minimisers Z of a layer's closed basin.

    A ray counts where some minimiser uses it; the dimension is that of the used directions less the rank of what they
    add to the predictions. Directions that no sample sees, d - rank X for each unit, are counted in.
    """
    from scipy.optimize import linprog

    data = generators.cells.data
    blind = (data.d - data.rank) * width
    units = [generators.of_state[s] for s in members]
    variables = [(j, g) for j, unit in enumerate(units) for g in unit]
    if not variables:
        return blind
    F = np.array([generators.column(g) for _, g in variables], dtype=float).T
    y = np.array(generators.targets, dtype=float)
    weights = dict(zip(sorted({g for _, g in variables}), _float_projection(generators, units), strict=True))
    prediction = sum((w * np.array(generators.column(g), dtype=float) for g, w in weights.items()), np.zeros(len(y)))
    k = len(variables)
    scale = np.abs(F).max() or 1.0
    # maximise sum t with F lambda = tau p, lambda >= t, 0 <= t <= 1, tau >= 1: t = 1 marks the rays that can be used
    equal = np.hstack([F / scale, np.zeros_like(F), -prediction[:, None] / scale])
    above = np.hstack([-np.eye(k), np.eye(k), np.zeros((k, 1))])
    bounds = [(0, None)] * k + [(0, 1)] * k + [(1, None)]
    cost = np.concatenate([np.zeros(k), -np.ones(k), [0.0]])
    answer = linprog(cost, A_ub=above, b_ub=np.zeros(k), A_eq=equal, b_eq=np.zeros(len(y)), bounds=bounds)
    used = answer.x[k : 2 * k] > 0.5 if answer.success else np.zeros(k, dtype=bool)
    span = 0
    for j in range(len(units)):
        rays = [generators.rays[g] for (unit, g), on in zip(variables, used, strict=True) if on and unit == j]
        span += np.linalg.matrix_rank(np.array(rays, dtype=float)) if rays else 0
    seen = np.linalg.matrix_rank(F[:, used]) if used.any() else 0
    return int(span - seen) + blind


def _float_projection(generators: Generators, units: list[tuple[int, ...]]) -> list[float]:
    """Return the weights of the exact projection as floats."""
    used = sorted({g for unit in units for g in unit})
    return [float(w) for w in project([generators.column(g) for g in used], generators.targets)]


def shares(
    graph: Graph, leaves: list[int], data: Dataset, width: int, law: Any, trials: int, rng: Any
) -> tuple[Probability, ...]:
    """Return for each leaf the share of initialisations whose first basin can sink no lower without climbing."""
    generator, drawn = as_generator(rng), get_law(law)
    found = dict.fromkeys(leaves, 0)
    done = 0
    while done < trials:
        size = min(BATCH, trials - done)
        W, v = drawn.sample_many(generator, size, width, data.d)
        nodes = np.array([first_node(graph, data.X, W[t], v[t]) for t in range(size)])
        ends = graph.lowest_below(nodes, graph.birth[nodes] * (1 + DEFAULT.barrier))
        for end in ends.tolist():
            if end in found:
                found[end] += 1
        done += size
    return tuple(Probability.sampled(found[leaf], trials, "initialization", drawn.name) for leaf in leaves)


def first_node(graph: Graph, X: np.ndarray, W: np.ndarray, v: np.ndarray) -> int:
    """Return the node of a layer's first basin; a unit with v_j = 0 or no active sample counts as switched off."""
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
    return graph.node_of(states)
