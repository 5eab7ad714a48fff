"""Safran and Shamir's Theorem 1 point by point: by how much the last layer is multiplied."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from ...errors import InputError, ShapeError
from ...numbers.checks import real_number, real_numbers
from ..arguments import require

__all__ = ["safran_theorem_1"]


def safran_theorem_1(prediction: Any, y: Any, t: float, start: float, end: float) -> float:
    """Return the c > 0 that gives the prediction p(t) of a path the loss v(t), mean squared error.

    v(t) = (1 - t/3) L(start) + (t/3) max(L(0), L(end)) and c = (B + sqrt(B^2 - A (C - v)))/A with A = mean p^2,
    B = mean p y, C = mean y^2 = L(0). v falls from L(start) and stays above L(0), so the root is the only one above 0;
    the whole path is `monotone_path`.

    Args:
        prediction: (n,) predictions at t.
        y: (n,) targets.
        t: place on the path, 0 to 1.
        start: loss at its start, above L(0).
        end: loss at its end, below the start's.

    Raises:
        AssumptionError: L(start) <= L(0), L(end) >= L(start), t outside [0, 1], or the prediction vanishes.
        ShapeError: not one prediction per target.
        InputError: a value that is NaN or infinite.

    Source: Safran and Shamir, Theorem 1 and its footnote 3.

    Example:
        >>> round(safran_theorem_1([0.0, 1.5], [1, 1], 0.5, 2.5, 0), 6)
        1.913886
    """
    p, targets = real_numbers("prediction", prediction), real_numbers("y", y)
    if p.ndim != 1 or p.shape != targets.shape or not p.size:
        raise ShapeError(f"the predictions have shape {p.shape}, the targets {targets.shape}; expected (n,) both")
    if not (np.isfinite(p).all() and np.isfinite(targets).all()):
        raise InputError("a prediction or a target is NaN or infinite")
    place, high, low = real_number("t", t), real_number("start", start), real_number("end", end)
    a, b, c = float(np.mean(p * p)), float(np.mean(p * targets)), float(np.mean(targets * targets))
    require(0 <= place <= 1, f"0 <= t <= 1, got {place:g}")
    require(high > c, f"L(start) > L(0) = {c:g}, got {high:g}")
    require(low < high, f"L(end) < L(start) = {high:g}, got {low:g}")
    require(a > 0, f"the prediction never vanishes; it does at t = {place:g}")
    level = (1 - place / 3) * high + place / 3 * max(c, low)
    return (b + sqrt(b * b - a * (c - level))) / a
