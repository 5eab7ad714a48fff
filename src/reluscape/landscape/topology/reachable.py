"""What a network can reach without climbing: the sharp form of Safran and Shamir's Theorem 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ShapeError
from ...numbers.overflow import refuses_overflow
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from ...problem.problem import as_problem
from .decay.reach import decayed_reach
from .graph import Graph, build
from .lift import monotone_path
from .polyline import polyline
from .result import Reach
from .valleys import states_of


@refuses_overflow
def reachable_minimum(
    X: Any, y: Any = None, W: Any = None, v: Any = None, c: float | None = None, weight_decay: Any = None
) -> Reach:
    """Return the lowest loss that a path which never rises can reach from a network, with the paths.

    For the squared loss that is the lowest birth in the start's component of {L <= L(start)}, with one exception: a
    single unit without output bias on data of one line through 0 with rows on both sides, started at or above L(0)
    with a prediction f that is not zero and has <f, y> > 0, can reach no more than its own basin's value. So for width
    2 and more every start with a loss of at least L(0) can reach a global minimum without climbing.

    Args:
        X: (n, d) samples or a Dataset.
        y: (n,) targets.
        W: (m, d) hidden weights of the start.
        v: (m,) output weights of the start.
        c: output bias of the start where it is trainable, None for none.
        weight_decay: None, a number, or a `WeightDecay`: "loss" is the objective J then, and `zero_loss` that of the
            zero network. There is no exception with decay: at every width a start with J of at least that of the best
            constant can reach a global minimum. The paths are sampled: `.path` holds networks on lines of |v_j| w_j.

    Returns:
        A `Reach` with the values and the paths.

    Raises:
        TooLarge: too many basins to relate.
        ShapeError: the network does not fit the data.

    Example:
        >>> start = reachable_minimum([[1], [-1]], [1, 2], [[10.0]], [1.0])
        >>> start.value, round(start.component_minimum, 12), start.zero_loss
        (2.0, 0.5, 2.5)
    """
    problem = as_problem(X, y, weight_decay=weight_decay, output_bias=c is not None)
    if problem.penalty.strength:
        return decayed_reach(problem, TwoLayerNet(W, v, 0.0 if c is None else c))
    data = problem.only(output_bias=True)
    c = 0.0 if c is None and problem.output_bias else c
    net = TwoLayerNet(W, v, 0.0 if c is None else c)
    if net.d != data.d:
        raise ShapeError(f"W has {net.d} columns, the data have {data.d}")
    graph = build(data, net.width, output_bias=c is not None)
    level = net.loss(data)
    states = states_of(graph, data.X, net.W, net.v)
    start = graph.node_of(states)
    end, ceiling = reached(graph, data, net, start, level, c)
    path = polyline(graph, net, states, end, np.flatnonzero(graph.height <= ceiling), c)
    smooth = monotone_path(data, path, graph.zero_loss, trainable_bias=c is not None)
    value, component = float(graph.birth[end]), float(graph.birth[_lowest(graph, start, ceiling)])
    zero = float(np.mean(np.asarray(data.y, dtype=float) ** 2))
    return Reach(value, component, zero, level, float(graph.birth.min()), tuple(path), tuple(smooth), problem)


def reached(
    graph: Graph, data: Dataset, net: TwoLayerNet, start: int, level: float, c: float | None
) -> tuple[int, float]:
    """Return (node that a path which never rises can reach, height up to which walls are open)."""
    ceiling = max(level, float(graph.birth[start])) + graph.noise
    if _stays_in_its_basin(data, net, level, graph.zero_loss, c):
        return start, ceiling
    return _lowest(graph, start, ceiling), ceiling


def _lowest(graph: Graph, start: int, ceiling: float) -> int:
    """Return the lowest node in the component of {L <= ceiling} that holds a node."""
    return int(graph.lowest_below(np.array([start]), np.array([ceiling]))[0])


def _stays_in_its_basin(data: Dataset, net: TwoLayerNet, level: float, zero: float, c: float | None) -> bool:
    """Return whether the start is the one exception of the theorem."""
    if net.width != 1 or c is not None or data.rank != 1 or level < zero or data.y is None:
        return False
    f = net.predict(data)
    along = data.X[:, int(np.argmax(np.abs(data.X).sum(axis=0)))]
    return bool((along > 0).any() and (along < 0).any() and np.any(f != 0) and f @ data.y > 0)
