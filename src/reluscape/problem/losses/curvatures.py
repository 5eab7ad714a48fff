"""The second derivative of a loss: what it says itself, else differences of its slope."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...numbers.tolerances import DEFAULT, Tolerances


def curvature(loss: Any, f: np.ndarray, y: np.ndarray, tolerances: Tolerances = DEFAULT) -> np.ndarray:
    """Return the second derivatives (n,) of a loss in the predictions, never negative.

    A loss without a method `curvature(f, y)` is differenced: (l'(f + h) - l'(f - h)) / 2h with h relative to 1 + |f|.

    Args:
        loss: value(f, y) and gradient(f, y), and perhaps curvature(f, y).
        f: (n,) predictions.
        y: (n,) targets.
        tolerances: the step of the differences.

    >>> from reluscape.problem.losses import LogisticLoss, SquaredLoss
    >>> curvature(SquaredLoss(), np.array([3.0]), np.array([1.0]))
    array([2.])
    >>> curvature(LogisticLoss(), np.array([0.0]), np.array([1.0]))
    array([0.25])
    """
    if callable(getattr(loss, "curvature", None)):
        return np.maximum(np.asarray(loss.curvature(f, y), dtype=float), 0.0)
    h = tolerances.difference_step * (1 + np.abs(f))
    return np.maximum((loss.gradient(f + h, y) - loss.gradient(f - h, y)) / (2 * h), 0.0)
