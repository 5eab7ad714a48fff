"""Slopes and curvatures of the losses at the outputs, in any arithmetic; exponentials are enclosed with many digits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np

from ...problem.losses.softmax import softmax
from .arithmetic import FLOATS, Arithmetic
from .objective import BCE, SQUARED, Objective


def slopes(objective: Objective, F: Any, using: Arithmetic) -> Any:
    """Return the derivatives (n, k) of the mean loss in the outputs F (n, k)."""
    n = len(objective.Y)
    Y = objective.float_targets if using.kind == FLOATS else using.numbers(objective.Y)
    share = using.number(_over(n))
    if objective.loss == SQUARED:
        return (F - Y) * (share * using.doubles(np.full((1, 1), 2.0))[0, 0])
    if using.kind == FLOATS:
        return (_float_shares(objective, F) - Y) / n
    return (using.back(_shares(objective, using.as_arb(F))) - Y) * share


def curvatures(objective: Objective, F: Any, using: Arithmetic) -> Any:
    """Return the second derivatives (n, k, k) of the mean loss in the outputs F (n, k)."""
    n, k = objective.Y.shape
    if objective.loss == SQUARED and using.kind == FLOATS:
        return np.broadcast_to(2.0 / max(n, 1) * np.eye(k), (n, k, k))
    if objective.loss == SQUARED:
        return using.numbers(np.broadcast_to(2 * _over(n) * np.eye(k, dtype=int).astype(object), (n, k, k)))
    floats = using.kind == FLOATS
    s = _float_shares(objective, F) if floats else _shares(objective, using.as_arb(F))
    one = 1.0 if floats else flint.arb(1)
    out = -s[:, :, None] * s[:, None, :]
    if objective.loss == BCE:
        out = out * np.eye(k, dtype=int)
    for o in range(k):
        out[:, o, o] = s[:, o] * (one - s[:, o])
    share = using.number(_over(n))
    return out * share if floats else using.back(out) * share


def _over(n: int) -> Any:
    """Return 1 / n."""
    return Fraction(1, max(n, 1))


def _float_shares(objective: Objective, F: np.ndarray) -> np.ndarray:
    """Return the sigmoid of every output, or the softmax of every row, in doubles."""
    if objective.loss == BCE:
        return np.exp(-np.logaddexp(0.0, -F))
    return softmax(F)


def _shares(objective: Objective, F: np.ndarray) -> np.ndarray:
    """Return the same as intervals."""
    n, k = F.shape
    out = np.empty((n, k), dtype=object)
    one = flint.arb(1)
    for i in range(n):
        for o in range(k):
            if objective.loss == BCE:
                out[i, o] = one / (one + (-F[i, o]).exp())
            else:
                out[i, o] = one / sum(((F[i, q] - F[i, o]).exp() for q in range(k) if q != o), one)
    return out


def float_losses(objective: Objective, F: np.ndarray) -> float:
    """Return the sum of the losses over the samples at the outputs F (n, k), in doubles."""
    Y = objective.float_targets
    if objective.loss == SQUARED:
        return float(((F - Y) ** 2).sum())
    if objective.loss == BCE:
        return float((np.logaddexp(0.0, F) - F * Y).sum())
    top = F.max(axis=1, keepdims=True)
    return float((np.log(np.exp(F - top).sum(axis=1)) + top[:, 0] - (F * Y).sum(axis=1)).sum())
