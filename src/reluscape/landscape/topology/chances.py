"""How often random starts reach the global minimum: without climbing, in their first basin, by gradient descent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...numbers.checks import readonly
from ...numbers.estimates import Probability
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from ...problem.problem import as_problem
from .decay.chances import decayed_chances
from .decay.graph import build_decayed
from .gradient import STEPS, gradient_descent
from .graph import Graph, build
from .reachable import reached
from .result import ReachChances
from .starts import Starts, draw_starts
from .valleys import first_node

# gradient descent counts as there when it has gone this far from the loss of the zero network to the global minimum
ARRIVED = 0.99


def reachable_probability(
    X: Any,
    y: Any = None,
    width: int = 1,
    law: Any = "normal",
    trials: int = 1000,
    rng: Any = None,
    output_bias: bool = False,
    scale: float = 1.0,
    steps: int = STEPS,
    weight_decay: Any = None,
) -> ReachChances:
    """Return how often a random start can reach the global minimum without climbing, and how often it does.

    Beside that chance stand the chance that the first basin already holds the global minimum, and the share of the
    same starts from which plain gradient descent gets there. All are sampled, with 95 % intervals.

    Args:
        X: (n, d) samples or a Dataset.
        y: (n,) targets.
        width: number of hidden units m.
        law: law of initialisation; an output bias starts at 0.
        trials: random starts.
        rng: seed or generator.
        output_bias: the output bias is trained.
        scale: factor on the output weights; below 1 the starts lie lower.
        steps: steps of gradient descent.
        weight_decay: None, a number, or a `WeightDecay`: losses are then those of the objective, and instead of plain
            gradient descent full-batch Adam with a falling step trains the starts.

    Raises:
        TooLarge: too many basins to relate.
        InputError: trials below 1.

    Example:
        >>> chances = reachable_probability([[1], [-1]], [1, 2], width=2, trials=50, rng=0)
        >>> bool(chances.first_basin <= chances.without_climbing)
        True
    """
    problem = as_problem(X, y, weight_decay=weight_decay, output_bias=output_bias)
    starts = draw_starts(law, trials, width, problem.data.d, rng, factor=scale)
    if problem.penalty.strength:
        return decayed_chances(build_decayed(problem, width), problem, starts, steps)
    data = problem.only(output_bias=True)
    graph = build(data, width, output_bias=problem.output_bias)
    return replace(chances_of(graph, data, starts, steps), problem=problem)


def chances_of(graph: Graph, data: Dataset, starts: Starts, steps: int = STEPS) -> ReachChances:
    """Return what drawn starts can reach in a landscape that is already related."""
    output_bias, trials = graph.generators.free_constant, len(starts.W)
    lowest, zero = float(graph.birth[graph.lowest]), graph.zero_loss
    W, v, c = starts.raw
    counts = np.zeros(3, dtype=int)
    for t in range(trials):
        net = TwoLayerNet(W[t], v[t], c)
        start = first_node(graph, data.X, net.W, net.v)
        level = net.loss(data)
        end, _ = reached(graph, data, net, start, level, c if output_bias else None)
        counts += [not graph.above(end, graph.lowest), not graph.above(start, graph.lowest), level >= zero]
    scale = starts.coordinates
    ends = gradient_descent(
        scale.samples(data.X), scale.targets(np.asarray(data.y)), starts.W, starts.v, output_bias, steps
    )
    ends = np.sort(ends) * scale.scale**2
    arrivals = int((ends <= zero - ARRIVED * (zero - lowest)).sum())
    shares = [
        Probability.sampled(int(k), trials, "initialization", starts.law.name)
        for k in (counts[0], counts[1], arrivals, counts[2])
    ]
    return ReachChances(shares[0], shares[1], shares[2], shares[3], lowest, zero, readonly(ends), steps)
