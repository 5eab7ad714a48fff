"""Lifting a path below a ceiling to one along which the loss never rises: rescale the output weights."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ...numbers.seeds import stream
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet

PIECES = 24
DETOURS = 200
# the lifted levels fall by this share of what they can, so that the samples are strictly ordered
FALL = 0.5


def monotone_path(
    data: Dataset, corners: list[TwoLayerNet], zero_loss: float, trainable_bias: bool
) -> list[TwoLayerNet]:
    """Return networks along a path whose losses never rise, ending at the loss of the last corner.

    Multiplying all output weights by c turns the loss into a parabola in c. Below L(0) the prediction never vanishes on
    the start's component, so the root of L(c f) = level on the start's side can be followed along the corners while the
    level falls. At or above L(0) the prediction is first led to 0 where <f, y> <= 0 can be met, and from there straight
    to the last corner.
    """
    y = np.asarray(data.y, dtype=float)
    first, last = corners[0], corners[-1]
    settle = [first]
    if trainable_bias:
        settle.append(_with_best_bias(data, first, y))
        corners = [settle[-1], *(_with_best_bias(data, net, y) for net in corners[1:])]
        y = y - y.mean()
    start = corners[0]
    level = float(np.mean((_outputs(data, start, trainable_bias) - y) ** 2))
    best = _slide(data, last, y, trainable_bias)
    if level < zero_loss:
        points = [net for a, b in pairwise(corners) for net in _between(a, b)] or [start]
        return _never_rising(data, settle + _lift(data, points, y, level, trainable_bias) + [best])
    for way in _ways_to_zero(data, start, y, level, trainable_bias):
        rise = [_scaled(last, t) for t in np.linspace(0.0, 1.0, PIECES)]
        return _never_rising(data, settle + way + rise + [best])
    return _never_rising(data, settle + corners[1:])


def _outputs(data: Dataset, net: TwoLayerNet, centred: bool) -> np.ndarray:
    """Return the units' part of the prediction, centred where a bias is free."""
    f = np.maximum(data.X @ net.W.T, 0.0) @ net.v
    return f - f.mean() if centred else f


def _with_best_bias(data: Dataset, net: TwoLayerNet, y: np.ndarray) -> TwoLayerNet:
    """Return the network with its best output bias."""
    f = np.maximum(data.X @ net.W.T, 0.0) @ net.v
    return TwoLayerNet(net.W, net.v, float(np.mean(y - f)))


def _scaled(net: TwoLayerNet, factor: float) -> TwoLayerNet:
    """Return the network with its output weights multiplied."""
    return TwoLayerNet(net.W, factor * net.v, net.c)


def _between(a: TwoLayerNet, b: TwoLayerNet) -> list[TwoLayerNet]:
    """Return networks on the segment between two corners, the first left out."""
    return [
        TwoLayerNet(a.W + t * (b.W - a.W), a.v + t * (b.v - a.v), a.c + t * (b.c - a.c))
        for t in np.linspace(0.0, 1.0, PIECES + 1)[1:]
    ]


def _slide(data: Dataset, net: TwoLayerNet, y: np.ndarray, centred: bool) -> TwoLayerNet:
    """Return the network with its outputs scaled to the best factor."""
    f = _outputs(data, net, centred)
    size = float(f @ f)
    factor = float(f @ y) / size if size else 1.0
    return _refit(data, net, factor, centred)


def _refit(data: Dataset, net: TwoLayerNet, factor: float, centred: bool) -> TwoLayerNet:
    """Return the network scaled, its bias set anew where it is free."""
    new_net = _scaled(net, factor)
    return _with_best_bias(data, new_net, np.asarray(data.y, dtype=float)) if centred else new_net


def _lift(data: Dataset, points: list[TwoLayerNet], y: np.ndarray, level: float, centred: bool) -> list[TwoLayerNet]:
    """Return the points rescaled to losses that fall from `level` to what all of them can reach."""
    shapes = [_outputs(data, net, centred) for net in points]
    sizes = np.array([f @ f / len(y) for f in shapes])
    inner = np.array([f @ y / len(y) for f in shapes])
    floor = float(np.mean(y**2)) - np.where(sizes > 0, inner**2 / np.where(sizes > 0, sizes, 1.0), 0.0)
    lowest_level = min(level, float(floor.max()))
    levels = level - FALL * (level - lowest_level) * np.linspace(0.0, 1.0, len(points))
    upper = inner[0] <= sizes[0]  # the start, at c = 1, lies beyond its parabola's lowest point
    nets = []
    for net, a, b, target in zip(points, sizes, inner, levels, strict=True):
        if a == 0:
            continue
        root = np.sqrt(max(b * b - a * (float(np.mean(y**2)) - target), 0.0))
        nets.append(_refit(data, net, (b + root) / a if upper else (b - root) / a, centred))
    return nets


def _ways_to_zero(
    data: Dataset, start: TwoLayerNet, y: np.ndarray, level: float, centred: bool
) -> Iterator[list[TwoLayerNet]]:
    """Yield ways along which the loss falls from the start to the zero network."""
    f = _outputs(data, start, centred)
    if f @ y <= 0:
        yield [_refit(data, start, t, centred) for t in np.linspace(1.0, 0.0, PIECES)]
        return
    rng = stream(0, "detour", data.n, start.width)
    for attempt in range(DETOURS):
        goal = TwoLayerNet(rng.standard_normal(start.W.shape), rng.standard_normal(start.v.shape), start.c)
        corners = [start, goal] if attempt % 2 else [start, _turned(start, goal), goal]
        points = [net for a, b in pairwise(corners) for net in _between(a, b)]
        shapes = np.array([_outputs(data, net, centred) for net in points])
        inner = shapes @ y
        ends = np.flatnonzero(inner <= 0)
        if not len(ends):
            continue
        points, shapes = points[: ends[0] + 1], shapes[: ends[0] + 1]
        if np.linalg.norm(shapes, axis=1).min() <= np.finfo(float).eps * np.abs(y).max():
            continue
        way = _lift_above(data, points, shapes, y, level, centred)
        yield [*way, *(_scale_last(data, way[-1], t, centred) for t in np.linspace(1.0, 0.0, PIECES))]


def _turned(start: TwoLayerNet, goal: TwoLayerNet) -> TwoLayerNet:
    """Return the start with every unit but the first already at its goal."""
    W, v = np.array(goal.W), np.array(goal.v)
    W[0], v[0] = start.W[0], start.v[0]
    return TwoLayerNet(W, v, start.c)


def _scale_last(data: Dataset, net: TwoLayerNet, t: float, centred: bool) -> TwoLayerNet:
    """Return a network scaled towards zero."""
    return _refit(data, net, t, centred)


def _lift_above(
    data: Dataset, points: list[TwoLayerNet], shapes: np.ndarray, y: np.ndarray, level: float, centred: bool
) -> list[TwoLayerNet]:
    """Return the points rescaled to losses between `level` and L(0), falling; each has exactly one such factor."""
    zero = float(np.mean(y**2))
    levels = level - FALL * (level - zero) * np.linspace(0.0, 1.0, len(points))
    nets = []
    for net, f, target in zip(points, shapes, levels, strict=True):
        a, b = float(f @ f) / len(y), float(f @ y) / len(y)
        root = np.sqrt(b * b + a * max(target - zero, 0.0))
        # the larger root, written without cancellation where b < 0
        factor = (b + root) / a if b >= 0 else max(target - zero, 0.0) / (root - b)
        nets.append(_refit(data, net, factor, centred))
    return nets


def _never_rising(data: Dataset, nets: list[TwoLayerNet]) -> list[TwoLayerNet]:
    """Return the networks without those whose computed loss exceeds an earlier one by rounding."""
    descent: list[TwoLayerNet] = []
    lowest = np.inf
    for net in nets:
        loss = net.loss(data)
        if loss <= lowest:
            descent.append(net)
            lowest = loss
    return descent
