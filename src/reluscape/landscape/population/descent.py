"""Descent on the population loss to where it ends: at the teacher, at a strict minimum above it, or undecided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from ...numbers.checks import readonly
from ...numbers.tolerances import DEFAULT, MACHINE_PRECISION
from .angles import angles_of
from .derivatives import first, kernel_sum, second
from .loss import DOUBLES, layers, refuse_zero

REACHED, STUCK, UNDECIDED = "reached", "stuck", "undecided"
STEPS, POLISHING = 20_000, 12


@dataclass(frozen=True, eq=False)
class Descent:
    """Where a descent ended.

    Attributes:
        W: (n, d) weights.
        loss: F there.
        gradient_norm: Euclidean length of the gradient.
        curvature: least eigenvalue of the Hessian.
        end: "reached" (F is 0 up to a share of 1e-9 of that of no units), "stuck" (a strict local minimum above that,
            by floats; `prove` decides), or "undecided".
        teacher: (k, d).
        steps: of L-BFGS.
    """

    W: np.ndarray
    loss: float
    gradient_norm: float
    curvature: float
    end: str
    teacher: np.ndarray
    steps: int


def descend(W: Any, teacher: Any = None) -> Descent:
    """Return where L-BFGS from given weights ends, polished by Newton's method.

    Args:
        W: (n, d) weights to start from, no unit zero.
        teacher: (k, d) weights of the teacher's units; None stands for the d unit vectors.

    Raises:
        InputError: a unit is zero.

    Example:
        >>> descend([[1.0, 0.2], [-0.1, 0.8]]).end
        'reached'
    """
    W, V = layers(W, teacher)
    refuse_zero(W)
    whole = kernel_sum(angles_of(V, V), DOUBLES) / 2

    def objective(x: np.ndarray) -> tuple[float, np.ndarray]:
        here = x.reshape(W.shape)
        own, other = angles_of(here, here), angles_of(here, V)
        return kernel_sum(own, DOUBLES) / 2 - kernel_sum(other, DOUBLES) + whole, first(own, other, DOUBLES).reshape(-1)

    options = {"maxiter": STEPS, "maxfun": 2 * STEPS, "maxcor": 20, "ftol": 0.0, "gtol": 1e-11}
    result = minimize(objective, W.reshape(-1), jac=True, method="L-BFGS-B", options=options) if W.size else None
    x = W if result is None else result.x.reshape(W.shape)
    value = 0.0 + whole if result is None else float(result.fun)
    at_zero = value <= DEFAULT.zero_loss * max(whole, np.finfo(float).tiny)
    if not at_zero:
        x = polished(x, V)
    own, other = angles_of(x, x), angles_of(x, V)
    value = max(kernel_sum(own, DOUBLES) / 2 - kernel_sum(other, DOUBLES) + whole, 0.0)
    slope = float(np.linalg.norm(first(own, other, DOUBLES))) if x.size else 0.0
    bend = np.linalg.eigvalsh(second(own, other, DOUBLES)) if x.size else np.zeros(1)
    end = UNDECIDED
    if at_zero:
        end = REACHED
    elif bend[0] > DEFAULT.curvature * abs(bend[-1]) and slope <= DEFAULT.stationarity * bend[0]:
        end = STUCK
    steps = 0 if result is None else int(result.nit)
    return Descent(readonly(x), value, slope, float(bend[0]), end, readonly(V), steps)


def polished(x: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Return weights after a few steps of Newton's method, as long as they shorten the gradient."""
    slope = np.inf
    best = x
    for _ in range(POLISHING):
        own, other = angles_of(x, x), angles_of(x, V)
        g = first(own, other, DOUBLES).reshape(-1)
        size = float(np.linalg.norm(g))
        if not size < slope:
            break
        best, slope = x, size
        values, vectors = np.linalg.eigh(second(own, other, DOUBLES))
        if size == 0.0 or values[0] <= MACHINE_PRECISION * len(g) * abs(values[-1]):
            break
        x = x - (vectors @ ((vectors.T @ g) / values)).reshape(x.shape)
        if not x.any(axis=1).all():
            break
    return best
