"""What a network can reach without climbing where its weights decay, with the paths."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ....errors import ShapeError
from ....problem.networks import TwoLayerNet
from ....problem.problem import Problem
from ....solvers.decayed import Decay
from ..result import Reach
from ..valleys import states_of
from .chances import decayed_reached
from .graph import DecayedGraph, build_decayed
from .route import PIECES, Point, balanced_net, route, sampled

# levels along the way fall by this share of what they can, so that the samples are strictly ordered
FALL = 0.5
# exponent of the last point beside the best constant
CLOSE = -9.0
# a move, relative to the weights, from which more networks are put between two, and how often
JUMP, DEEPEST = 0.02, 12
HALVINGS = 80


def decayed_reach(problem: Problem, net: TwoLayerNet) -> Reach:
    """Return the lowest objective that a path which never rises can reach from a network, with the paths.

    It is the lowest birth in the start's component of {J <= J(start)}, at every width and without exception: the
    product |v_j| w_j can stay where it is while |w_j| and |v_j| move apart, which raises J to any level, so that a path
    below a level is lifted to the level itself.

    Raises:
        ShapeError: the network does not fit the data.
        TooLarge: too many basins to relate.
    """
    if net.d != problem.data.d:
        raise ShapeError(f"W has {net.d} columns, the data have {problem.data.d}")
    graph = build_decayed(problem, net.width)
    level = problem.value(net)
    states = states_of(graph, problem.data.X, net.W, net.v)
    start = graph.node_of(states)
    end, ceiling = decayed_reached(graph, start, level)
    first = _point(graph, net, states)
    corners = route(graph, first, states, end, np.flatnonzero(graph.height <= ceiling))
    path = [net, *(balanced_net(*p, graph.states.decay) for p in sampled(corners))]
    smooth = _smooth(graph, problem, net, level, corners)
    component = value = float(graph.birth[end])
    return Reach(
        value, component, problem.zero_value, level, float(graph.birth.min()), tuple(path), tuple(smooth), problem
    )


def _point(graph: DecayedGraph, net: TwoLayerNet, states: list[int]) -> Point:
    """Return the balanced point below a network: u_j = |v_j| w_j, what adds nothing or a constant only at zero."""
    decay, c = graph.states.decay, net.c
    U = np.abs(net.v)[:, None] * net.W
    signs = np.where(net.v < 0, -1.0, 1.0)
    for j, s in enumerate(states):
        if s >= 0 and decay.norms(U[j]) == 0 and U[j].any():  # a constant that costs nothing to move into c
            c += signs[j] * max(float(U[j, -1]), 0.0)
        if s < 0 or decay.norms(U[j]) == 0:
            U[j] = 0.0
    return U, signs, c


def _smooth(
    graph: DecayedGraph, problem: Problem, net: TwoLayerNet, level: float, corners: list[Point]
) -> list[TwoLayerNet]:
    """Return networks from the start to the last corner whose objectives never rise.

    At or above the objective of the best constant the way leads straight to that constant and from there down; below
    it along the corners. Both are lifted to a level that falls, by moving |w_j| and |v_j| apart.
    """
    decay, last = graph.states.decay, corners[-1]
    constant: Point = (np.zeros_like(corners[0][0]), corners[0][1], graph.lowest_point([-1] * net.width)[2])
    over = level >= graph.constant_value
    points = [corners[0], constant] if over else sampled(corners)
    floor = max(float(problem.value(balanced_net(*p, decay))) for p in points)
    drop, side = FALL * max(level - floor, 0.0), _turned(net, corners[0], decay)

    def lifted(point: Point, share: float) -> TwoLayerNet:
        return balanced_net(*point, decay, side * _stretch(problem, point, level - share * drop, decay))

    nets = [net, *_even(problem, net, corners[0], level, decay)]
    if over:
        nets += _fine(lambda q: lifted(_towards(corners[0], constant, q), q))
    else:
        nets += [lifted(p, share) for p, share in zip(points, np.linspace(0.0, 1.0, len(points)), strict=True)]
    if over:
        nets += _from_constant(constant, nets[-1])
        nets += [balanced_net(*p, decay) for p in sampled([constant, last])]
    nets.append(balanced_net(*last, decay))
    return [nets[0], *_never_rising(problem, nets)]


def _towards(start: Point, constant: Point, share: float) -> Point:
    """Return a point on the line to the best constant, ever closer to it, for the lifted weights turn fast there."""
    U, signs, c = start
    t = 10.0 ** (CLOSE * share)
    return t * U, signs, constant[2] + t * (c - constant[2])


def _fine(curve: Callable[[float], TwoLayerNet]) -> list[TwoLayerNet]:
    """Return networks along a curve over [0, 1], more of them where it turns fast."""
    waiting = [(float(q), 0) for q in np.linspace(0.0, 1.0, PIECES + 1)[::-1]]
    ends = [(q, curve(q), depth) for q, depth in waiting]
    out = [ends.pop()]
    while ends:
        (p, a, depth), (q, b, other) = out[-1], ends[-1]
        size = 1.0 + max(float(np.abs(a.W).max(initial=0.0)), float(np.abs(a.v).max(initial=0.0)))
        jump = max(float(np.abs(a.W - b.W).max(initial=0.0)), float(np.abs(a.v - b.v).max(initial=0.0)))
        if jump > JUMP * size and other < DEEPEST:
            middle = (p + q) / 2
            ends[-1] = (q, b, max(depth, other) + 1)
            ends.append((middle, curve(middle), max(depth, other) + 1))
        else:
            out.append(ends.pop())
    return [net for _, net, _ in out]


def _never_rising(problem: Problem, nets: list[TwoLayerNet]) -> list[TwoLayerNet]:
    """Return the networks after the first whose objective is not above an earlier one by rounding."""
    descent, lowest = [], problem.value(nets[0])
    for net in nets[1:]:
        value = problem.value(net)
        if value <= lowest:
            descent.append(net)
            lowest = value
    return descent


def _stretch(problem: Problem, point: Point, level: float, decay: Decay) -> float:
    """Return t >= 0 with J = level once |w_j| is multiplied by e^t and |v_j| divided by it.

    The penalty is then strength (sum_j |P u_j|) cosh(2 t); at no weight at all it is 0.
    """
    norms = _weight(decay, point[0])
    if norms == 0.0:
        return 0.0
    low = float(problem.value(balanced_net(*point, decay)))
    strength = float(problem.penalty.strength)
    return float(np.arccosh(max(1.0 + (level - low) / (strength * norms), 1.0)) / 2)


def _weight(decay: Decay, U: np.ndarray) -> float:
    """Return sum_j |P u_j|."""
    return float(decay.norms(U).sum())


def _imbalance(net: TwoLayerNet, point: Point, decay: Decay) -> np.ndarray:
    """Return for each live unit t_j with |P w_j| = e^(2 t_j) |v_j|; 0 for the others."""
    norms = decay.norms(net.W)
    live = decay.norms(point[0]) > 0
    out = np.zeros(len(norms))
    out[live] = np.log(norms[live] / np.abs(net.v[live])) / 2
    return out


def _turned(net: TwoLayerNet, point: Point, decay: Decay) -> float:
    """Return the side on which the weights are moved apart: that of the start where all its units are on the other."""
    t = _imbalance(net, point, decay)[_live(point, decay)]
    return -1.0 if len(t) and (t < 0).all() else 1.0


def _live(point: Point, decay: Decay) -> np.ndarray:
    """Return which units are not at zero."""
    return np.asarray(decay.norms(point[0]) > 0)


def _even(problem: Problem, net: TwoLayerNet, point: Point, level: float, decay: Decay) -> list[TwoLayerNet]:
    """Return networks from the start to evenly stretched units, all with the start's products and its level.

    Units that add nothing shrink to zero meanwhile; what their penalty loses the others take on.
    """
    live = _live(point, decay)
    if not live.any():
        return []
    begin = _imbalance(net, point, decay)
    even = np.where(live, _turned(net, point, decay) * _stretch(problem, point, level, decay), 0.0)
    strength = float(problem.penalty.strength)
    norms = decay.norms(point[0])
    goal = (level - float(problem.value(balanced_net(*point, decay)))) / strength + float(norms.sum())
    idle_W, idle_v = np.where(live[:, None], 0.0, net.W), np.where(live, 0.0, net.v)
    idle = (decay.norms(idle_W) ** 2 + idle_v**2).sum() / 2

    def at(q: float) -> TwoLayerNet:
        shape, left = begin + q * (even - begin), (1 - q) ** 2
        low, high = 0.0, 1.0
        while float((norms * np.cosh(2 * high * shape)).sum()) + left * idle < goal and high < 1e6:
            high *= 2
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            above = float((norms * np.cosh(2 * middle * shape)).sum()) + left * idle > goal
            low, high = (low, middle) if above else (middle, high)
        factor, plain = np.exp(low * shape), balanced_net(*point, decay)
        W, v = plain.W * factor[:, None] + (1 - q) * idle_W, plain.v / factor + (1 - q) * idle_v
        return TwoLayerNet(W, v, point[2])

    return _fine(at)[1:]


def _from_constant(constant: Point, near: TwoLayerNet) -> list[TwoLayerNet]:
    """Return networks that compute the best constant, with weights that shrink to zero from those beside it."""
    heavy = bool((near.W**2).sum() >= (near.v**2).sum())
    W, v = (near.W, 0.0 * near.v) if heavy else (0.0 * near.W, near.v)
    return [TwoLayerNet(q * W, q * v, constant[2]) for q in np.linspace(1.0, 0.0, PIECES + 1)]
