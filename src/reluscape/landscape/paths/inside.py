"""Connecting two networks of one basin without rising above them: Safran and Shamir's Lemmas 4 and 5."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...bounds.safran.basins import common_signs
from ...bounds.safran.moves import safran_lemma_4
from ...errors import ShapeError
from ...numbers.checks import readonly
from ...problem.networks import TwoLayerNet
from ...problem.problem import as_problem
from .objective import Objective
from .result import Path, as_net


def connect(start: Any, end: Any, X: Any, y: Any = None, loss: Any = "squared", steps: int = 32) -> Path:
    """Return a path between two networks of one closed basin whose loss never exceeds the larger of theirs.

    Each end is first moved, with constant predictions, to |v_j| = 1: where v_j differs from 0 by w_j a, v_j / a with
    a = 1 - t + t |v_j|; where v_j = 0 by shrinking w_j to 0 and then turning v_j to its sign. Between two such points
    the straight line changes only W, the predictions are linear along it and the loss is convex.

    Args:
        start: TwoLayerNet or (W, v) or (W, v, c).
        end: network of the same shape in the same basin.
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        loss: a convex loss.
        steps: number of pieces of each leg.

    Returns:
        `Path` with its losses; `scales` are ones.

    Raises:
        AssumptionError: the ends lie in no common basin; the message names the unit.

    Source: Safran and Shamir, Lemmas 1, 4 and 5. The second half of Lemma 1 is false at v_j = 0: such a point can be a
    local minimum above the basin's value, yet a non-increasing path leads away from it.

    Example:
        >>> path = connect(([[1.0, 2.0]], [3.0]), ([[2.0, 1.0]], [0.5]), [[1, 0], [0, 1]], [1, 1])
        >>> bool(path.losses.max() <= max(path.losses[0], path.losses[-1]) + 1e-12)
        True
    """
    problem = as_problem(X, y, loss=loss)
    data, objective = problem.data, Objective(problem)
    a, b = as_net(start), as_net(end)
    if not (isinstance(a, TwoLayerNet) and isinstance(b, TwoLayerNet)):
        raise ShapeError("basins are of networks with one hidden layer; give TwoLayerNet or (W, v)")
    signs = common_signs(data, a, b)
    shares = np.linspace(0.0, 1.0, 2 * steps + 1)[1:].tolist()
    there = [a, *(safran_lemma_4(a, t, signs) for t in shares)]
    back = [b, *(safran_lemma_4(b, t, signs) for t in shares)]
    p, q = there[-1], back[-1]
    middle = [
        TwoLayerNet((1 - t) * p.W + t * q.W, signs, (1 - t) * p.c + t * q.c) for t in np.linspace(0, 1, steps + 1)[1:-1]
    ]
    nets = [*there, *middle, *reversed(back)]
    losses = np.array([objective(net.predict(data.X)) for net in nets])
    parameters = np.linspace(0.0, 1.0, len(nets))
    return Path(tuple(nets), readonly(losses), readonly(np.ones(len(nets))), readonly(parameters), problem)
