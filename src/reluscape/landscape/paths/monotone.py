"""Safran and Shamir's Theorem 1, made: a path from a start above the zero network to any lower loss, always falling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...errors import AssumptionError, InputError
from ...numbers.checks import readonly
from ...numbers.overflow import refuses_overflow
from ...numbers.tolerances import MACHINE_PRECISION
from ...problem.problem import as_problem
from .objective import Objective
from .result import Net, Path, as_net, between, scaled
from .segments import cut_of, largest_rise, rounding_of

REFINEMENTS = 80
# pieces are halved down to this length of the whole, and up to this many points
SHORTEST = 2.0**-40
MOST_POINTS = 5_000


@refuses_overflow
def monotone_path(
    start: Any,
    end: Any,
    X: Any,
    y: Any = None,
    loss: Any = "squared",
    steps: int = 64,
) -> Path:
    """Return a path from `start` to a network with the loss of `end` along which the loss falls strictly.

    The straight line between the two networks (or a path that is given) is followed while the last layer is multiplied
    by c(t) > 0, so that the loss is v(t) = (1 - t/3) L(start) + (t/3) max(L(0), L(end)); at the end c goes back until
    the loss is L(end). For the squared loss c(t) = (B + sqrt(B^2 - A (C - v)))/A with A = mean p^2, B = mean p y,
    C = mean y^2; for other losses c(t) is found by bisection. Points are added until the loss also falls along the
    straight pieces between them (`segments.largest_rise` says what is proved there and what is looked at), up to
    rounding.

    Args:
        start: network: TwoLayerNet, DeepNet, (W, v), (W, v, c), (weights, biases) or a torch Sequential; or a function
            t -> network on [0, 1], then `end` is None.
        end: network of the same shape.
        X: (n, d) samples or a `Dataset`.
        y: (n,) or (n, k) targets; labels 0 to k - 1 for "cross_entropy".
        loss: "squared", "cross_entropy", "logistic", "bce" or an object with value and gradient.
        steps: least number of pieces of the line.

    Returns:
        `Path`: the first point is `start`, the last has the loss of `end`; only the last layer (bias included) is
        rescaled.

    Raises:
        AssumptionError: L(start) <= L(0); or L(end) >= L(start); or at some t the prediction vanishes (squared loss) or
            no sample is predicted wrongly (cross-entropy), so that rescaling cannot raise the loss; or the factor
            changes too fast for straight pieces; it names t.

    Source: Safran and Shamir, Theorem 1; conditions as in its footnote 3.

    Example:
        >>> from reluscape import TwoLayerNet
        >>> X = [[1.0, 0.0], [0.0, 1.0]]
        >>> start, end = TwoLayerNet([[0, 2.0], [1.0, 0]], [1, -1]), TwoLayerNet([[1.0, 1.0], [1.0, 0]], [1, 0])
        >>> path = monotone_path(start, end, X, [1, 1])
        >>> bool((np.diff(path.losses) < 0).all()), round(float(path.losses[0]), 6), round(float(path.losses[-1]), 6)
        (True, 2.5, 0.0)
    """
    problem = as_problem(X, y, loss=loss)
    points, objective = problem.data.X, Objective(problem)
    line = _line(start, end)
    first, last = line(0.0), line(1.0)
    L0, L1 = objective(first.predict(points)), objective(last.predict(points))
    zero = objective(0 * first.predict(points))
    if not zero < L0:
        raise AssumptionError(
            f"hypothesis violated at t = 0: L(start) > L(0); the start has loss {L0:.6g}, the zero network {zero:.6g}"
        )
    if not L1 < L0:
        raise AssumptionError(
            f"hypothesis violated at t = 1: L(end) < L(start); the end has loss {L1:.6g}, the start {L0:.6g}"
        )
    grid = np.linspace(0.0, 1.0, max(int(steps), 1) + 1)
    _check_line(line, points, objective, grid)
    goal = max(zero, L1)

    def at(t: float) -> _Point:
        net = line(t)
        c = objective.upper_root(net.predict(points), (1 - t / 3) * L0 + (t / 3) * goal)
        return _Point(t, c, scaled(net, c))

    trail = _refined([_Point(0.0, 1.0, first), *(at(t) for t in grid[1:].tolist())], at, points, objective)
    nets = [point.net for point in trail]
    scales, parameters = [point.scale for point in trail], [point.t for point in trail]
    c = scales[-1]
    final = objective.upper_root(last.predict(points), L1, 1.0 if not objective.squared else 0.0)
    final = min(max(final, 1.0), c)
    for share in np.linspace(0.0, 1.0, max(int(steps) // 4, 2) + 1)[1:].tolist():
        factor = c + share * (final - c)
        nets.append(scaled(last, factor))
        scales.append(factor)
        parameters.append(1.0)
    losses = np.array([objective(net.predict(points)) for net in nets])
    picks = _falling(losses)
    return Path(
        tuple(nets[i] for i in picks),
        readonly(losses[picks]),
        readonly(np.array(scales)[picks]),
        readonly(np.array(parameters)[picks]),
        problem,
    )


class _Point(NamedTuple):
    """A place on the line, the factor on its last layer, and the network there."""

    t: float
    scale: float
    net: Net


def _refined(corners: list[_Point], at: Callable[[float], _Point], X: np.ndarray, objective: Objective) -> list[_Point]:
    """Return the points with others between them, so that the loss falls along every straight piece.

    Raises:
        AssumptionError: near some t no finer pieces help, or they become too many.
    """
    margin = max(rounding_of(objective, corners[0].net.predict(X)), rounding_of(objective, corners[-1].net.predict(X)))
    trail, ahead = [corners[0]], list(reversed(corners[1:]))
    while ahead:
        low, high = trail[-1], ahead[-1]
        rise = largest_rise(low.net, high.net, X, objective)
        if rise <= margin:
            trail.append(ahead.pop())
            continue
        middle = low.t + cut_of(low.net, high.net, X) * (high.t - low.t)
        if high.t - low.t < SHORTEST or len(trail) + len(ahead) > MOST_POINTS:
            raise AssumptionError(
                f"near t = {middle:.6g} the loss rises by {rise:.3g} between points {high.t - low.t:.3g} apart: the "
                "factor that holds it down changes too fast there; take another path between the two networks"
            )
        ahead.append(at(middle))
    return trail


def _line(start: Any, end: Any) -> Callable[[float], Net]:
    """Return the path of networks to follow."""
    if end is None:
        if not callable(start) or hasattr(start, "children"):
            raise InputError("give two networks, or a function t -> network and end=None")
        return lambda t: as_net(start(t))
    a, b = as_net(start), as_net(end)
    return lambda t: a if t == 0 else b if t == 1 else between(a, b, t)


def _check_line(line: Callable[[float], Net], X: np.ndarray, objective: Objective, grid: np.ndarray) -> None:
    """Raise where rescaling cannot raise the loss; between grid points the prediction's size is followed to its dips.

    The dips of |P(t)| are searched from the grid, so that a zero narrower than a grid step away from every dip of the
    sampled sizes could be missed; the path itself is checked by its losses in any case.
    """
    size = np.array([float(np.linalg.norm(line(t).predict(X))) for t in grid])
    top = float(size.max(initial=0.0))
    for i in range(len(grid)):
        around = range(max(i - 1, 0), min(i + 2, len(grid)))
        if size[i] > min(size[j] for j in around):
            continue
        t, least = _dip(line, X, float(grid[around[0]]), float(grid[around[-1]]))
        if least <= 64 * MACHINE_PRECISION * top:
            raise AssumptionError(f"hypothesis violated at t = {t:.6g}: the prediction vanishes on all samples")
    for t in grid.tolist():
        if not objective.grows(line(t).predict(X)):
            why = "no sample is predicted wrongly" if objective.cross_entropy else "rescaling does not raise the loss"
            raise AssumptionError(f"hypothesis violated at t = {t:.6g}: {why}")


def _dip(line: Callable[[float], Net], X: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """Return where |P(t)| is least on an interval, by thirds."""

    def size(t: float) -> float:
        return float(np.linalg.norm(line(t).predict(X)))

    best = min((size(t), t) for t in (low, high))
    for _ in range(REFINEMENTS):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        sa, sb = size(a), size(b)
        best = min(best, (sa, a), (sb, b))
        low, high = (low, b) if sa <= sb else (a, high)
    return best[1], best[0]


def _falling(losses: np.ndarray) -> list[int]:
    """Return the indices of a strictly falling subsequence with both ends; rounding can make neighbours equal."""
    picks = [0]
    for i in range(1, len(losses) - 1):
        if losses[-1] < losses[i] < losses[picks[-1]]:
            picks.append(i)
    return [*picks, len(losses) - 1]
