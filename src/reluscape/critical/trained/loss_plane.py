"""A plane through weight space: the loss on it, and the straight borders where a unit switches for a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...numbers.seeds import stream
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset
from ...problem.losses import mean_losses
from ...problem.networks import TwoLayerNet
from .loss_line import AT_ONCE

MARGIN = 0.35
MOST_BORDERS = 200
MOST_WORK = 60_000_000
FINEST, COARSEST = 121, 41


@dataclass(frozen=True, eq=False)
class Plane:
    """Weights theta(a, b) = origin + a first + b second, all weights stacked as (W, v, c).

    Attributes:
        origin, first, second: weights as vectors; first and second are orthogonal and equally long once every hidden
            weight is multiplied by the root mean square of its input.
        points: (label, a, b) of the networks that the plane passes through.
        window: (low a, high a, low b, high b).
    """

    origin: np.ndarray
    first: np.ndarray
    second: np.ndarray
    points: tuple[tuple[str, float, float], ...]
    window: tuple[float, float, float, float]


def plane_through(
    net: TwoLayerNet, others: Sequence[tuple[str, TwoLayerNet]], data: Dataset, output_bias: bool, seed: int = 0
) -> Plane:
    """Return the plane through a network and two others; a random direction stands in for what is missing.

    Args:
        net: the network at (0, 0).
        others: (label, network) in order of importance, the first gives the first axis.
        data: the samples, for the scale of a random direction.
        output_bias: whether c may move.
        seed: root of the random stream.
    """
    metric = _metric(net, data)
    origin = _stacked(net) * metric
    floor = DEFAULT.boundary * max(float(np.linalg.norm(origin)), float(np.finfo(float).tiny))
    moves = [(label, _stacked(other) * metric - origin) for label, other in others]
    moves = [(label, move) for label, move in moves if np.linalg.norm(move) > floor]
    rng = stream(seed, "plane")
    axes: list[np.ndarray] = []
    for direction in [*(move for _, move in moves), *(rng.normal(size=len(origin)) for _ in range(2))]:
        left = np.array(direction)
        if not output_bias:
            left[-1] = 0.0
        size = float(np.linalg.norm(left))
        for axis in axes:
            left = left - (left @ axis) * axis
        length = float(np.linalg.norm(left))
        if len(axes) < 2 and length > DEFAULT.clearance * size:
            axes.append(left / length)
    frame = np.array(axes)
    moves = [(label, m) for label, m in moves if _inside(m, frame)]
    unit = max((float(np.linalg.norm(move)) for _, move in moves), default=0.0) or float(np.linalg.norm(origin)) or 1.0
    points = [("this network", 0.0, 0.0)]
    points += [(label, float(frame[0] @ move) / unit, float(frame[1] @ move) / unit) for label, move in moves]
    places = np.array([[a, b] for _, a, b in points])
    low, high = places.min(axis=0), places.max(axis=0)
    middle, half = (low + high) / 2, max(float((high - low).max()) / 2, 0.2)
    half *= 1 + 2 * MARGIN
    window = (middle[0] - half, middle[0] + half, middle[1] - half, middle[1] + half)
    edges = (float(window[0]), float(window[1]), float(window[2]), float(window[3]))
    return Plane(origin / metric, unit * frame[0] / metric, unit * frame[1] / metric, tuple(points), edges)


def _metric(net: TwoLayerNet, data: Dataset) -> np.ndarray:
    """Return how much each weight counts in lengths and angles: hidden weights by the spread of their input."""
    spread = np.sqrt((data.X**2).mean(axis=0)) if data.n else np.ones(data.d)
    spread[spread == 0] = 1.0
    return np.concatenate([np.tile(spread, net.width), np.ones(net.width + 1)])


def _inside(move: np.ndarray, frame: np.ndarray) -> bool:
    """Return whether a move lies in the plane of two orthonormal rows."""
    left = move - (frame @ move) @ frame
    return float(np.linalg.norm(left)) <= DEFAULT.clearance * float(np.linalg.norm(move))


@dataclass(frozen=True, eq=False)
class LossPlane:
    """The loss on a plane.

    Attributes:
        a, b: (k,) the middles of the pixels on both axes.
        values: (k, k) the loss there, one row for each b.
        switches: (unit, sample) of the borders that are drawn, where the unit switches for the sample.
        segments: (r, 4) these borders inside the window, solved.
        crossing: number of borders that cross the window; the nearest to the network are drawn.
        silent: units whose output weight is zero on a border.
        silent_segments: (q, 4) these borders.
    """

    a: np.ndarray
    b: np.ndarray
    values: np.ndarray
    switches: tuple[tuple[int, int], ...]
    segments: np.ndarray
    crossing: int
    silent: tuple[int, ...]
    silent_segments: np.ndarray


def loss_plane(plane: Plane, net: TwoLayerNet, data: Dataset, loss: Any = "squared") -> LossPlane:
    """Return the loss at the middle of every pixel of a plane, and its borders as solved segments.

    Each pre-activation is linear in (a, b), so the border where unit j switches for sample i is a straight line; so is
    the one where v_j = 0. Inside the cells that they bound the predictions are quadratic in (a, b).

    Args:
        plane: the plane.
        net: a network of the shape that the plane's vectors have.
        data: samples with targets.
        loss: name or object.
    """
    parts = [_parts(theta, net) for theta in (plane.origin, plane.first, plane.second)]
    h0, h1, h2 = ((data.X @ W.T).reshape(-1) for W, _, _ in parts)
    segments, borders = _clipped(h0, h1, h2, plane.window)
    crossing = len(borders)
    if crossing > MOST_BORDERS:
        away = np.abs(h0[borders]) / np.hypot(h1[borders], h2[borders])
        near = np.sort(np.argsort(away, kind="stable")[:MOST_BORDERS])
        segments, borders = segments[near], borders[near]
    silent_segments, silent = _clipped(parts[0][1], parts[1][1], parts[2][1], plane.window)
    a, b, values = _values(plane, net, data, loss)
    switches = tuple((int(index % net.width), int(index // net.width)) for index in borders)
    return LossPlane(a, b, values, switches, segments, crossing, tuple(int(j) for j in silent), silent_segments)


def _stacked(net: TwoLayerNet) -> np.ndarray:
    """Return all weights as one vector."""
    return np.concatenate([net.W.reshape(-1), net.v, [net.c]])


def _parts(theta: np.ndarray, net: TwoLayerNet) -> tuple[np.ndarray, np.ndarray, float]:
    """Return W, v, c of a vector."""
    size = net.W.size
    return theta[:size].reshape(net.W.shape), theta[size:-1], float(theta[-1])


def _clipped(
    h0: np.ndarray, h1: np.ndarray, h2: np.ndarray, window: tuple[float, float, float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the segments (k, 4) of the lines h0 + a h1 + b h2 = 0 inside a window, and which lines they are."""
    low_a, high_a, low_b, high_b = window
    size = np.hypot(h1, h2)
    real = np.flatnonzero(size > DEFAULT.boundary * np.maximum(np.abs(h0), np.finfo(float).tiny))
    n1, n2, offset = h1[real] / size[real], h2[real] / size[real], h0[real] / size[real]
    foot_a, foot_b = -offset * n1, -offset * n2
    along_a, along_b = -n2, n1
    enter, leave = np.full(len(real), -np.inf), np.full(len(real), np.inf)
    inside = np.ones(len(real), dtype=bool)
    for foot, along, low, high in ((foot_a, along_a, low_a, high_a), (foot_b, along_b, low_b, high_b)):
        flat = along == 0
        inside &= ~flat | ((foot > low) & (foot < high))
        with np.errstate(divide="ignore", invalid="ignore"):
            one, two = (low - foot) / along, (high - foot) / along
        enter = np.where(flat, enter, np.maximum(enter, np.minimum(one, two)))
        leave = np.where(flat, leave, np.minimum(leave, np.maximum(one, two)))
    inside &= enter < leave
    ends = [foot_a + enter * along_a, foot_b + enter * along_b, foot_a + leave * along_a, foot_b + leave * along_b]
    return np.stack(ends, axis=1)[inside], real[inside]


def _values(plane: Plane, net: TwoLayerNet, data: Dataset, loss: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the middles of the pixels on both axes and the loss there, one row for each b."""
    work = max(data.n * net.width, 1)
    pixels = int(np.clip(np.sqrt(MOST_WORK / work), COARSEST, FINEST))
    low_a, high_a, low_b, high_b = plane.window
    middles = (np.arange(pixels) + 0.5) / pixels
    a, b = low_a + (high_a - low_a) * middles, low_b + (high_b - low_b) * middles
    (W0, v0, c0), (W1, v1, c1), (W2, v2, c2) = (_parts(t, net) for t in (plane.origin, plane.first, plane.second))
    H0, H1, H2 = data.X @ W0.T, data.X @ W1.T, data.X @ W2.T
    values, many = np.empty((pixels, pixels)), max(AT_ONCE // work, 1)
    for row, t in enumerate(b):
        row_H, row_v, row_c = H0 + t * H2, v0 + t * v2, c0 + t * c2
        for begin in range(0, pixels, many):
            s = a[begin : begin + many, None]
            outputs = np.maximum(row_H + s[:, :, None] * H1, 0.0) @ (row_v + s * v1)[:, :, None]
            values[row, begin : begin + many] = mean_losses(loss, outputs[:, :, 0] + row_c + s * c1, data.y)
    return a, b, values
