"""The exact loss along a straight line through weight space: breakpoints and minima solved, values as fine as drawn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset
from ...problem.losses import able, get_loss, mean_losses
from ...problem.networks import TwoLayerNet
from ..slices import LossSlice, loss_slice

MOST_MARKS = 400
MOST_POINTS = 2_000
FINE = 120
BEFORE, AFTER = -0.25, 1.25
# heights that are computed at once
AT_ONCE = 100_000


@dataclass(frozen=True, eq=False)
class LossLine:
    """The loss on the line (1 - t) a + t b for t from `BEFORE` to `AFTER`.

    Attributes:
        t: (k,) places, among them 0, 1 and all that follow.
        values: (k,) the loss there.
        breakpoints: places where a unit switches for a sample, thinned where there are very many.
        heights: the loss at them.
        switches: number of breakpoints in all.
        minima: (place, loss) of the local minima, solved; of the squared loss only.
    """

    t: np.ndarray
    values: np.ndarray
    breakpoints: np.ndarray
    heights: np.ndarray
    switches: int
    minima: tuple[tuple[float, float], ...]

    @property
    def lowest(self) -> tuple[float, float]:
        """The place with the lowest loss, and that loss."""
        low = int(np.argmin(self.values))
        return float(self.t[low]), float(self.values[low])


def loss_line(a: TwoLayerNet, b: TwoLayerNet, data: Dataset, loss: Any = "squared") -> LossLine:
    """Return the loss along the line from one network through another.

    Between two breakpoints the prediction is a quadratic in t. For the squared loss the curve is a polynomial of
    degree four on each piece; it is given at the ends of each piece, at its solved minima, and between them finely
    enough to draw. For other losses the values at these places are the loss itself.

    Args:
        a: the network at 0.
        b: the network at 1, of the same width.
        data: samples with targets.
        loss: name or object.
    """
    line, loss_object = loss_slice(a, b, data, interval=(BEFORE, AFTER)), get_loss(loss)
    quadratic, floor = able(loss_object, "quadratic"), 0.0 if able(loss_object, "known") else -np.inf

    def at(places: np.ndarray) -> np.ndarray:
        """Return the loss; the package's own losses are never negative, so what is below 0 is rounding."""
        values = line(places) if quadratic else _losses_at(a, b, data, places, loss_object)
        return np.maximum(np.asarray(values, dtype=float), floor)

    t, valleys = _places(line, quadratic)
    marks = line.breakpoints
    if len(marks) > MOST_MARKS:
        marks = marks[np.linspace(0, len(marks) - 1, MOST_MARKS).round().astype(int)]
    minima = [(float(s), max(float(line(s)), 0.0)) for s in valleys] if quadratic else []
    return LossLine(t, at(t), marks, at(marks), len(line.breakpoints), tuple(minima))


def same_point(a: TwoLayerNet, b: TwoLayerNet) -> bool:
    """Return whether two networks of one shape differ by rounding only, so that nothing is to be seen between them."""
    size = max(float(np.abs(a.W).max(initial=0.0)), float(np.abs(a.v).max(initial=0.0)), abs(a.c))
    move = max(float(np.abs(a.W - b.W).max(initial=0.0)), float(np.abs(a.v - b.v).max(initial=0.0)), abs(a.c - b.c))
    return move <= DEFAULT.same_point * size


def _places(line: LossSlice, quadratic: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return where the curve is given, and its solved local minima inside pieces or at breakpoints."""
    edges = line.edges
    if len(edges) > MOST_POINTS:
        edges = edges[np.linspace(0, len(edges) - 1, MOST_POINTS).round().astype(int)]
    width = (AFTER - BEFORE) / FINE
    parts = [edges, np.array([0.0, 1.0])]
    for low, high in pairwise(edges):
        steps = int(np.ceil((high - low) / width))
        parts.append(np.linspace(low, high, max(steps, 2) + 1)[1:-1])
    minima = _minima(line) if quadratic else np.zeros(0)
    return np.unique(np.concatenate([*parts, minima])), minima


def _minima(line: LossSlice) -> np.ndarray:
    """Return the local minima of a piecewise polynomial inside its interval, from the roots of the derivatives."""
    minima = []
    slopes = line.coefficients[:, 1:] * np.arange(1, 5)
    for piece in np.flatnonzero(_turns_up(slopes, line.edges)):
        low, high = line.edges[piece], line.edges[piece + 1]
        polynomial = np.trim_zeros(slopes[piece][::-1], "f")
        roots, bends = np.roots(polynomial), np.polyder(polynomial)
        minima += [float(r.real) for r in roots if r.imag == 0 and low < r.real < high and np.polyval(bends, r) > 0]
    inner = line.edges[1:-1]
    powers = inner[:, None] ** np.arange(4)
    before, after = (slopes[:-1] * powers).sum(axis=1), (slopes[1:] * powers).sum(axis=1)
    return np.unique(np.concatenate([np.array(minima), inner[(before <= 0) & (after >= 0)]]))


def _turns_up(slopes: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return the pieces on which a cubic slope goes from below 0 to above it: at its ends or its own turning points."""
    low, high = edges[:-1], edges[1:]
    c, b, a = slopes[:, 1], 2 * slopes[:, 2], 3 * slopes[:, 3]
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(np.maximum(b * b - 4 * a * c, 0.0))
        turns = [np.where(a != 0, (-b + s * root) / (2 * a), np.where(b != 0, -c / b, low)) for s in (-1.0, 1.0)]
    inside = [np.clip(np.where(np.isfinite(t), t, low), low, high) for t in turns]
    t = np.sort(np.stack([low, *inside, high], axis=1), axis=1)
    values = (slopes[:, None, :] * t[:, :, None] ** np.arange(4)).sum(axis=2)
    return np.asarray(((values[:, :-1] < 0) & (values[:, 1:] > 0)).any(axis=1))


def _losses_at(a: TwoLayerNet, b: TwoLayerNet, data: Dataset, places: np.ndarray, loss: Any) -> np.ndarray:
    """Return the losses (k,) of (1 - t) a + t b at places t (k,)."""
    start, move = data.X @ a.W.T, data.X @ (b.W - a.W).T
    losses = np.empty(len(places))
    many = max(AT_ONCE // max(start.size, 1), 1)
    for begin in range(0, len(places), many):
        t = places[begin : begin + many, None]
        outputs = np.maximum(start + t[:, :, None] * move, 0.0) @ (a.v + t * (b.v - a.v))[:, :, None]
        f = outputs[:, :, 0] + a.c + t * (b.c - a.c)
        losses[begin : begin + many] = mean_losses(loss, f, data.y)
    return losses
