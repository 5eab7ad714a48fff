"""Minimising a sum of convex losses of linear predictions without constraints; infima not attained are told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..losses import Loss
from ..tolerances import DEFAULT, MACHINE_PRECISION, Tolerances
from .newton import FAR, curvature, recession_direction, recession_signs

STEPS = 200
POLISH = 4


@dataclass(frozen=True, eq=False)
class FreeMinimum:
    """The infimum of sum_i l((F p)_i, y_i) over all p.

    Attributes:
        total: the infimum; with a recession direction the limit along it.
        p: (k,) a minimiser of small norm, or a point that only the carried samples keep from being one.
        attained: whether some point attains the infimum.
        direction: (k,) direction along which no loss rises and some falls for ever, or None.
        residual: largest entry of the gradient, relative to the gradient at zero.
    """

    total: float
    p: np.ndarray
    attained: bool
    direction: np.ndarray | None
    residual: float


def minimise_free(F: np.ndarray, y: np.ndarray, loss: Loss, tolerances: Tolerances = DEFAULT) -> FreeMinimum:
    """Minimise sum_i l((F p)_i, y_i) by damped Newton steps, after the directions that carry samples away.

    Args:
        F: (n, k) features.
        y: (n,) targets.
        loss: convex and differentiable, value(f, y) and gradient(f, y).
        tolerances: where to stop.

    Example:
        >>> from reluscape.losses import get_loss
        >>> minimise_free(np.array([[1.0], [-1.0]]), np.array([1.0, -1.0]), get_loss("logistic")).attained
        False
    """
    import scipy.sparse as sp

    k = F.shape[1]
    p, everything = np.zeros(k), np.ones(len(y), dtype=bool)
    if not F.any():
        return FreeMinimum(float(loss.value(np.zeros(len(y)), y).sum()), p, True, None, 0.0)
    size = float(np.abs(F).max())
    G = F / size
    up, down = recession_signs(loss, y)
    direction = recession_direction(G, sp.csr_matrix((0, k)), up, down, tolerances)
    carried = ~everything if direction is None else np.abs(G @ direction) > tolerances.recession
    M, targets = G[~carried], y[~carried]
    # samples carried away leave the rest to be minimised by themselves, for the direction does not move the others
    p, residual = _newton(M, targets, loss)
    total = float(loss.value(M @ p, targets).sum())
    if direction is not None:
        far = np.where(G[carried] @ direction > 0, FAR, -FAR)
        total += float(loss.value(far, y[carried]).sum())
        direction = direction / size
    return FreeMinimum(total, p / size, direction is None, direction, residual)


def _newton(M: np.ndarray, y: np.ndarray, loss: Loss) -> tuple[np.ndarray, float]:
    """Return a minimiser with its residual."""
    p = np.zeros(M.shape[1])
    if not M.size:
        return p, 0.0
    rcond = DEFAULT.rank * MACHINE_PRECISION * max(M.shape)
    gradient = loss.gradient(np.zeros(len(y)), y)
    scale = max(float(np.abs(M.T @ gradient).max()), np.finfo(float).tiny)
    value, damping = float(loss.value(M @ p, y).sum()), 0.0
    residual = float(np.abs(M.T @ gradient).max()) / scale
    polish = POLISH
    for _ in range(STEPS):
        if residual <= DEFAULT.newton_residual:
            polish -= 1  # a few more steps bring a settled point to the last digits
        if residual == 0.0 or polish < 0:
            break
        h = curvature(loss, M @ p, y)
        stiff = float(h.max()) or 1.0
        weight = np.sqrt(h + (damping + DEFAULT.interior_ridge) * stiff)
        step = np.linalg.lstsq(weight[:, None] * M, -gradient / weight, rcond=rcond)[0]
        new = float(loss.value(M @ (p + step), y).sum())
        slope = loss.gradient(M @ (p + step), y)
        after = float(np.abs(M.T @ slope).max()) / scale
        level = new <= value + abs(value) * MACHINE_PRECISION * len(y)
        if (new < value and polish == POLISH) or (level and after < residual):
            p, value, gradient, residual = p + step, new, slope, after
            damping /= 10
        else:
            damping = max(10 * damping, DEFAULT.clearance)
            if damping > 1 / DEFAULT.boundary:
                break
    return p, residual
