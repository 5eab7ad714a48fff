"""How high two networks must climb to each other at most: the lowest of three kinds of path."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...critical.match import balanced, matched
from ...critical.slices import loss_slice
from ...numbers.checks import readonly, whole_number
from ...numbers.tolerances import MACHINE_PRECISION
from ...problem.losses import able
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem, as_problem
from .bent import bent, has_output_bias
from .objective import Objective
from .result import Net, Path, as_net, between

# places on every leg where a loss without a formula is looked at
SAMPLES = 129


@dataclass(frozen=True, eq=False)
class Barrier:
    """An upper bound on the loss that has to be passed between two networks.

    Attributes:
        height: largest mean loss on the path.
        above: that minus the larger loss of the two ends, at least 0.
        straight: largest loss on the straight line between the ends as they were given.
        kind: "exact" where the largest loss on each leg is solved for, as for the squared loss and one hidden layer,
            else "sampled".
        way: "straight" (its units matched), "bent" or "through a constant".
        path: the corners of the path, with their losses; straight lines lie between them.
    """

    height: float
    above: float
    straight: float
    kind: str
    way: str
    path: Path

    def __str__(self) -> str:
        """Return the bound and the way."""
        return (
            f"at most {self.above:.6g} above the higher end, at loss {self.height:.6g} ({self.way}, {self.kind}); the "
            f"straight line between the two as given climbs to {self.straight:.6g}"
        )

    __repr__ = __str__


def path_barrier(
    start: Any, end: Any, X: Any, y: Any = None, *, loss: Any = "squared", bends: int = 3, seed: int = 0
) -> Barrier:
    """Return a path between two networks and the largest loss on it, an upper bound on the barrier between them.

    The units of `end` may be relabelled, and factors moved between a unit's two layers, which changes no prediction.
    Three paths are tried: the straight line after the units are matched; a line with corners, which are moved so that
    the highest places sink; and the way through the best constant: shrinking the last layer to it, moving the hidden
    layers while they do not matter, and growing the other last layer. Along its first and last leg the loss is convex,
    so this bound holds for every two networks: no barrier is above the best constant's loss and the ends'.

    Args:
        start: a TwoLayerNet, DeepNet, (W, v), (W, v, c) or torch Sequential.
        end: a network of the same shape.
        X: (n, d) samples or a `Dataset`.
        y: (n,) or (n, k) targets.
        loss: a convex loss.
        bends: corners of the bent path; 0 leaves it out.
        seed: of the corners' first places, a little beside the straight line.

    Raises:
        ShapeError: the networks differ in shape.
        InputError: no targets.

    Source: for bent paths Garipov and others (2018), Loss surfaces, mode connectivity; true barriers of small problems
    are `barrier_tree`'s.

    Example:
        >>> from reluscape import TwoLayerNet
        >>> a, b = TwoLayerNet([[1.0], [-1.0]], [1.0, 0.5]), TwoLayerNet([[-2.0], [1.0]], [0.25, 1.0])
        >>> told = path_barrier(a, b, [[1], [-1]], [1, 0.5])
        >>> told.way, round(told.above, 9), round(told.straight, 3)
        ('straight', 0.0, 0.539)
    """
    bends = whole_number("bends", bends)
    problem = as_problem(X, y, loss=loss)
    first, other = as_net(start), as_net(end)
    between(first, other, 0.0)  # refuses other shapes
    data = problem.data
    X = np.asarray(data.X)
    straight = _highest([first, other], problem)
    here, there = first, other
    if isinstance(first, TwoLayerNet) and isinstance(other, TwoLayerNet):
        here = balanced(first)
        there = matched(here, balanced(other), X)
    ways = {"straight": [here, there], "through a constant": _through_constant(here, there, problem)}
    if bends:
        lines = bent(here, there, problem, bends, seed)
        ways["bent"] = min(lines, key=lambda corners: _highest(corners, problem)[0])
    heights = {way: _highest(corners, problem) for way, corners in ways.items()}
    ends = max(heights["straight"][1])
    # the simplest way whose bound is the lowest, up to rounding
    low = min(height for height, _ in heights.values())
    order = ("straight", "through a constant", "bent")
    margin = 4 * MACHINE_PRECISION * max(abs(low), 1.0)
    way = next(name for name in order if name in ways and heights[name][0] <= low + margin)
    height = max(heights[way][0], ends)
    path = Path(
        tuple(ways[way]), readonly(np.array(heights[way][1])), readonly(np.ones(len(ways[way]))),
        readonly(np.linspace(0.0, 1.0, len(ways[way]))), problem,
    )  # fmt: skip
    return Barrier(height, height - ends, straight[0], _kind(ways[way], problem), way, path)


def _kind(corners: list[Net], problem: Problem) -> str:
    """Return "exact" where the loss on each leg has a formula."""
    has_formula = able(problem.loss, "quadratic") and all(isinstance(net, TwoLayerNet) for net in corners)
    return "exact" if has_formula else "sampled"


def _highest(corners: list[Net], problem: Problem) -> tuple[float, list[float]]:
    """Return the largest loss on the straight lines between corners, and the losses of the corners."""
    objective = Objective(problem)
    X = np.asarray(problem.data.X)
    losses = [float(objective(net.predict(X))) for net in corners]
    height = max(losses)
    for a, b in zip(corners[:-1], corners[1:], strict=True):  # noqa: RUF007
        if _kind([a, b], problem) == "exact" and isinstance(a, TwoLayerNet) and isinstance(b, TwoLayerNet):
            line = loss_slice(a, b, problem.data)
            mirror = replace(line, coefficients=-line.coefficients)
            height = max(height, -mirror.minimum()[1])
        else:
            shares = np.linspace(0.0, 1.0, SAMPLES)[1:-1]
            height = max([height, *(float(objective(between(a, b, float(t)).predict(X))) for t in shares)])
    return height, losses


def _through_constant(a: Net, b: Net, problem: Problem) -> list[Net]:
    """Return the corners of the way on which the network is a constant in the middle."""
    objective = Objective(problem)
    f = np.asarray(a.predict(np.asarray(problem.data.X)))
    has_bias = has_output_bias(a) and has_output_bias(b)
    level = _best_constant(objective, f.shape) if has_bias else np.zeros(f.shape[1:] or (1,))
    return [a, _silenced(a, level), _silenced(b, level), b]


def _best_constant(objective: Objective, shape: tuple[int, ...]) -> np.ndarray:
    """Return the constant outputs (k,) of lowest loss, by a convex minimisation."""
    from scipy.optimize import minimize

    k = shape[1] if len(shape) == 2 else 1
    end = minimize(lambda c: objective(np.broadcast_to(c, (shape[0], k)) if k > 1 else np.full(shape[0], c[0])),
                   np.zeros(k), method="Nelder-Mead" if k > 1 else "Powell")  # fmt: skip
    return np.atleast_1d(np.asarray(end.x, dtype=float))


def _silenced(net: Net, level: np.ndarray) -> Net:
    """Return the network with the last layer a constant."""
    if isinstance(net, TwoLayerNet):
        return TwoLayerNet(net.W, np.zeros(len(net.v)), float(level[0]), net.output_bias)
    weights, biases = list(net.weights), list(net.biases)
    weights[-1], biases[-1] = np.zeros_like(weights[-1]), level
    return replace(net, weights=weights, biases=biases)
