"""How often a random start can reach the global minimum: without climbing, and inside its first basin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data import as_dataset
from ..errors import InputError
from ..estimates import Probability
from ..initialization import get_law
from ..networks import TwoLayerNet
from ..seeds import as_generator
from .graph import build
from .reachable import reached
from .valleys import first_node


@dataclass(frozen=True)
class ReachChances:
    """What random starts can reach.

    Attributes:
        without_climbing: some path along which the loss never rises leads to the global minimum.
        first_basin: the start's own basin holds the global minimum.
        above_zero: L(start) >= L(0), where width 2 and more always reach it.
        global_minimum: the lowest loss of the width.
        zero_loss: L(0), the loss of the zero network (with an output bias: of the best constant).
    """

    without_climbing: Probability
    first_basin: Probability
    above_zero: Probability
    global_minimum: float
    zero_loss: float


def reachable_probability(
    X: Any,
    y: Any = None,
    width: int = 1,
    law: Any = "normal",
    trials: int = 1000,
    rng: Any = None,
    output_bias: bool = False,
    scale: float = 1.0,
) -> ReachChances:
    """Return the chance that a random start can reach the global minimum without climbing, beside its first basin's.

    Args:
        X: (n, d) samples or a Dataset.
        y: (n,) targets.
        width: number of hidden units m.
        law: law of initialisation; an output bias starts at 0.
        trials: random starts.
        rng: seed or generator.
        output_bias: the output bias is trained.
        scale: factor on the output weights; below 1 the starts lie lower.

    Raises:
        TooLarge: too many basins to relate.
        InputError: trials below 1.

    Example:
        >>> chances = reachable_probability([[1], [-1]], [1, 2], width=2, trials=50, rng=0)
        >>> bool(chances.first_basin <= chances.without_climbing)
        True
    """
    if isinstance(trials, bool) or int(trials) != trials or trials < 1:
        raise InputError(f"trials is {trials!r}; it is a whole number, at least 1")
    data = as_dataset(X, y)
    graph = build(data, width, output_bias=output_bias)
    generator, drawn = as_generator(rng), get_law(law)
    lowest, zero = float(graph.birth.min()), graph.zero_loss
    W, v = drawn.sample_many(generator, trials, width, data.d)
    counts = np.zeros(3, dtype=int)
    for t in range(trials):
        net = TwoLayerNet(W[t], scale * v[t], 0.0)
        start = first_node(graph, data.X, net.W, net.v)
        level = net.loss(data)
        end, _ = reached(graph, data, net, start, level, 0.0 if output_bias else None)
        counts += [graph.birth[end] <= lowest + graph.noise, graph.birth[start] <= lowest + graph.noise, level >= zero]
    found = [Probability.sampled(int(k), trials, "initialization", drawn.name) for k in counts]
    return ReachChances(found[0], found[1], found[2], lowest, zero)
