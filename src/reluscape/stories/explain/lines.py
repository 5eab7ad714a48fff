"""The exact loss along straight lines through weight space, as data for the page."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ...critical.slices import LossSlice, loss_slice
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset
from ...problem.losses import able, get_loss, mean_loss
from ...problem.networks import TwoLayerNet

MOST_MARKS = 400
MOST_POINTS = 2_000
FINE = 120
BEFORE, AFTER = -0.25, 1.25


def line_block(
    title: str, a: TwoLayerNet, b: TwoLayerNet, data: Dataset, loss: Any = "squared", ends: str = "the other end"
) -> dict[str, Any]:
    """Return the loss along the line from one network through another: solved breakpoints, exact values.

    Between two breakpoints the prediction is a quadratic in t. For the squared loss the curve is a polynomial of
    degree four on each piece; it is given at the ends of each piece, at its solved minima, and between them finely
    enough to draw. For other losses the values at these places are the loss itself.

    Args:
        title: what the line is.
        a: the network at 0.
        b: the network at 1, of the same width.
        data: samples with targets.
        loss: name or object.
        ends: what lies at 1.
    """
    line = loss_slice(a, b, data, interval=(BEFORE, AFTER))
    chosen = get_loss(loss)
    squared = able(chosen, "quadratic")
    t, solved = _places(line, squared)
    values = line(t) if squared else np.array([_loss_at(a, b, data, s, loss) for s in t])
    if able(chosen, "known"):  # the package's own losses are never negative; below 0 is rounding
        values = np.maximum(values, 0.0)
    low = int(np.argmin(values))
    marks = line.breakpoints
    if len(marks) > MOST_MARKS:
        marks = marks[np.linspace(0, len(marks) - 1, MOST_MARKS).round().astype(int)]
    heights = line(marks) if squared else np.array([_loss_at(a, b, data, s, loss) for s in marks])
    if able(chosen, "known"):
        heights = np.maximum(heights, 0.0)
    note = f"{len(line.breakpoints)} breakpoint{'' if len(line.breakpoints) == 1 else 's'}, solved; "
    note += f"lowest loss on the line {values[low]:.6g} at {t[low]:.4g}"
    if len(marks) < len(line.breakpoints):
        note += f"; {len(marks)} of them are drawn"
    return {
        "title": title,
        "ends": ends,
        "breakpoints": marks.tolist(),
        "loss": np.asarray(heights).tolist() if len(marks) else [],
        "samples": np.stack([t, values], axis=1).tolist(),
        "minima": [[float(s), max(float(line(s)), 0.0)] for s in solved] if squared else [],
        "note": note,
    }


def same_point(a: TwoLayerNet, b: TwoLayerNet) -> bool:
    """Return whether two networks of one shape differ by rounding only, so that nothing is to be seen between them."""
    size = max(float(np.abs(a.W).max(initial=0.0)), float(np.abs(a.v).max(initial=0.0)), abs(a.c))
    moved = max(float(np.abs(a.W - b.W).max(initial=0.0)), float(np.abs(a.v - b.v).max(initial=0.0)), abs(a.c - b.c))
    return moved <= DEFAULT.same_point * size


def _places(line: LossSlice, squared: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return where the curve is given, and its solved local minima inside pieces or at breakpoints."""
    edges = line.edges
    if len(edges) > MOST_POINTS:
        edges = edges[np.linspace(0, len(edges) - 1, MOST_POINTS).round().astype(int)]
    width = (AFTER - BEFORE) / FINE
    parts = [edges, np.array([0.0, 1.0])]
    for low, high in pairwise(edges):
        steps = int(np.ceil((high - low) / width))
        parts.append(np.linspace(low, high, max(steps, 2) + 1)[1:-1])
    minima = _minima(line) if squared else np.zeros(0)
    return np.unique(np.concatenate([*parts, minima])), minima


def _minima(line: LossSlice) -> np.ndarray:
    """Return the local minima of a piecewise polynomial inside its interval, from the roots of the derivatives."""
    found = []
    slopes = line.coefficients[:, 1:] * np.arange(1, 5)
    for piece in np.flatnonzero(_turns_up(slopes, line.edges)):
        low, high = line.edges[piece], line.edges[piece + 1]
        trimmed = np.trim_zeros(slopes[piece][::-1], "f")
        roots, bends = np.roots(trimmed), np.polyder(trimmed)
        found += [float(r.real) for r in roots if r.imag == 0 and low < r.real < high and np.polyval(bends, r) > 0]
    inner = line.edges[1:-1]
    powers = inner[:, None] ** np.arange(4)
    before, after = (slopes[:-1] * powers).sum(axis=1), (slopes[1:] * powers).sum(axis=1)
    return np.unique(np.concatenate([np.array(found), inner[(before <= 0) & (after >= 0)]]))


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


def _loss_at(a: TwoLayerNet, b: TwoLayerNet, data: Dataset, t: float, loss: Any) -> float:
    """Return the loss of (1 - t) a + t b."""
    W, v, c = a.W + t * (b.W - a.W), a.v + t * (b.v - a.v), a.c + t * (b.c - a.c)
    return mean_loss(loss, np.maximum(data.X @ W.T, 0.0) @ v + c, np.asarray(data.y))
