"""Which samples lie at the minimum of their own loss, up to rounding."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...numbers.tolerances import DEFAULT

# how far from the minimum of its own loss a sample may lie and count as there, relative to prediction and target
FARTHEST = 1.0 / 64.0
# Newton's method on a power p of the error stops where slope times way is p - 1 times the decrement that it looks for
POWERS = 8.0
HALVINGS = 60


def fitted(loss: Any, f: np.ndarray, y: Any, share: float = POWERS * DEFAULT.newton_decrement) -> np.ndarray:
    """Return (n,) bool, the samples that would gain no more than rounding at the minimum of their own loss, beside f.

    A convex loss gains at most its slope times the way to its minimum; rounding is relative to the largest loss here or
    at prediction 0. A power of the error needs this: near its minimum the slope is tiny, yet its digits say nothing. A
    loss that flattens out far away has no minimum there, and its samples are not fitted.

    Args:
        loss: value(f, y) and gradient(f, y).
        f: (n,) predictions.
        y: (n,) targets.
        share: of the largest loss that counts as rounding.

    >>> from reluscape.problem.losses import LogisticLoss, SquaredLoss
    >>> fitted(SquaredLoss(), np.array([1.0, 1.0 + 1e-12, 1.001]), np.ones(3)).tolist()
    [True, True, False]
    >>> fitted(LogisticLoss(), np.array([60.0]), np.ones(1)).tolist()
    [False]
    """
    return np.isfinite(own_minima(loss, f, y, share))


def own_minima(loss: Any, f: np.ndarray, y: Any, share: float) -> np.ndarray:
    """Return (n,) predictions at the minimum of each sample's own loss, NaN where `fitted` does not hold.

    >>> from reluscape.problem.losses import SquaredLoss
    >>> own_minima(SquaredLoss(), np.array([1.0 + 1e-9, 2.0]), np.ones(2), 1e-6).tolist()
    [1.0, nan]
    """
    y, near = np.asarray(y, dtype=float), np.array(f, dtype=float)
    with np.errstate(all="ignore"):
        slopes = np.asarray(loss.gradient(near, y), dtype=float)
        largest = [np.abs(loss.value(at, y)).max(initial=0.0) for at in (near, np.zeros(len(near)))]
        way = np.nan_to_num(share * max(largest) / np.abs(slopes))
        way = np.minimum(way, FARTHEST * (1.0 + np.abs(near) + np.abs(y)))
        far = near - np.sign(slopes) * way
        has_minimum = (slopes == 0) | (np.asarray(loss.gradient(far, y), dtype=float) * slopes <= 0)
        for _ in range(HALVINGS):
            middle = (near + far) / 2
            beyond = np.asarray(loss.gradient(middle, y), dtype=float) * slopes <= 0
            near, far = np.where(beyond, near, middle), np.where(beyond, middle, far)
    return np.where(has_minimum, np.where(slopes == 0, f, far), np.nan)
