"""Basin programs of any convex differentiable loss: Newton steps, each a weighted program of the squared loss."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..data import readonly
from ..losses import Loss
from ..tolerances import DEFAULT, Tolerances
from .conic import cone_matrix, feature_matrix, squared_program
from .scaling import Coordinates

STEPS = 200
FAR = 1e6
ENOUGH = 1e-3
FLATTEST = 1e-10
LEAST_DAMPING = 1e-4
MOST_DAMPING = 1e8


@dataclass(frozen=True, eq=False)
class SmoothSolution:
    """A point at or near the infimum of a basin program.

    Attributes:
        total: sum of the losses there (with the limit for samples that a recession direction carries away).
        x: (m r + bias,) the point in the solver's coordinates.
        direction: recession direction (m r + bias,), or None where the infimum is attained.
        residual: largest of dual residual and complementarity, relative to the gradient at zero.
    """

    total: float
    x: np.ndarray
    direction: np.ndarray | None
    residual: float


def minimise(
    space: Coordinates,
    patterns: np.ndarray,
    codes: np.ndarray,
    y: np.ndarray,
    loss: Loss,
    tolerances: Tolerances = DEFAULT,
) -> SmoothSolution:
    """Minimise sum_i l(F x, y)_i over the cone of a basin.

    At f = F x with slopes g and curvatures h the model sum_i h_i (f'_i - f_i + g_i / h_i)^2 / 2 is a basin program of
    the squared loss on the features sqrt(h) F. Its minimiser is taken where the loss falls by a fair share of what the
    model promises; else the curvatures are raised (Levenberg and Marquardt). Curvatures are differences of the slopes,
    so that any convex differentiable l will do.

    Args:
        space: coordinates with every sample apart.
        patterns: (m, N) bool, the units with a cone first.
        codes: (m,) signs, 0 for a unit without cone.
        y: (N,) targets.
        loss: value(f, y) and gradient(f, y), one number per sample.
        tolerances: where to stop.
    """
    F = feature_matrix(space, patterns)
    p = int((codes != 0).sum())
    sides = np.where(patterns[:p][:, space.rows], 1.0, -1.0) * codes[:p, None]
    x = np.zeros(F.shape[1])
    if not F.shape[1] or not F.any():
        return SmoothSolution(float(loss.value(np.zeros(len(y)), y).sum()), x, None, 0.0)
    up, down = recession_signs(loss, y)
    direction = recession_direction(F, cone_matrix(space, sides, F.shape[1]), up, down, tolerances)
    scale = max(1.0, float(np.abs(F.T @ loss.gradient(np.zeros(len(y)), y)).max()))
    active = patterns.astype(float)
    f = F @ x
    total = float(loss.value(f, y).sum())
    residual, damping = np.inf, 0.0
    for _ in range(STEPS):
        g = loss.gradient(f, y)
        h = curvature(loss, f, y)
        stiff = float(h.max())
        h = np.maximum(h + damping * stiff, FLATTEST * stiff)
        target, mu, slack = _model_minimiser(space, active, sides, f, g, h, tolerances)
        df = F @ (target - x)
        predicted = float(g @ df + 0.5 * (h * df) @ df)
        after = _residual(F, space, sides, loss.gradient(f + df, y), mu, slack) / scale
        if not predicted < -tolerances.newton_decrement * max(1.0, total):
            if after < residual:  # too small a step to show in the loss, yet it shows in its slope
                x, f, residual = target, f + df, after
            else:
                break
            if residual <= tolerances.newton_residual:
                break
            continue
        trial = float(loss.value(f + df, y).sum())
        gain = (total - trial) / -predicted
        if gain >= ENOUGH:
            x, f, total, residual = target, f + df, trial, after
            damping = damping / 10 if damping > LEAST_DAMPING and gain > 0.5 else damping
            damping = 0.0 if damping <= LEAST_DAMPING else damping
        else:
            damping = max(10 * damping, LEAST_DAMPING * 10)
            if damping > MOST_DAMPING:
                break
    if direction is not None:
        carried = np.abs(F @ direction) > tolerances.recession
        limit = loss.value(np.where(F @ direction > 0, FAR, -FAR), y)
        total = float(np.where(carried, limit, loss.value(f, y)).sum())
    return SmoothSolution(total, x, direction, residual)


def curvature(loss: Loss, f: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return second derivatives by central differences; ones where the loss is flat everywhere."""
    width = 1e-4 * np.maximum(1.0, np.abs(f))
    h = (loss.gradient(f + width, y) - loss.gradient(f - width, y)) / (2 * width)
    top = float(h.max(initial=0.0))
    return np.maximum(h, 0.0) if top > 0 else np.ones_like(f)


def recession_signs(loss: Loss, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for which samples the loss never rises as the prediction goes to plus, to minus infinity."""
    far = np.full(len(y), FAR)
    base = np.abs(loss.gradient(np.zeros(len(y)), y)) + np.finfo(float).tiny
    up = loss.gradient(far, y) <= 1e-12 * base
    down = loss.gradient(-far, y) >= -1e-12 * base
    return up, down


def recession_direction(
    F: np.ndarray, cones: Any, up: np.ndarray, down: np.ndarray, tolerances: Tolerances = DEFAULT
) -> np.ndarray | None:
    """Return a direction of the cone along which no loss rises and some prediction moves, of largest support, or None.

    A linear program: maximise the sum of the moves, each at most 1.
    """
    import scipy.sparse as sp
    from scipy.optimize import linprog

    if not (up | down).any():
        return None
    N = len(F)
    gain = up.astype(float) - down.astype(float)
    upper, lower = up.astype(float), -down.astype(float)
    A = sp.vstack([sp.csr_matrix(F), sp.csr_matrix(-F), -cones.tocsr()], format="csr")
    b = np.concatenate([upper, -lower, np.zeros(cones.shape[0])])
    found = linprog(-(gain @ F), A_ub=A, b_ub=b, bounds=(None, None), method="highs")
    if found.x is None or -found.fun <= tolerances.recession * N:
        return None
    return np.asarray(found.x)


def _model_minimiser(
    space: Coordinates,
    active: np.ndarray,
    sides: np.ndarray,
    f: np.ndarray,
    g: np.ndarray,
    h: np.ndarray,
    tolerances: Tolerances,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the minimiser of the quadratic model, its multipliers and slacks."""
    from .quadratic_kernel import interior_point

    root = np.sqrt(h)
    target = root * f - g / root
    size = max(float(np.linalg.norm(root * f)), float(np.linalg.norm(g))) or 1.0  # not of g / root, which may be huge
    # read-only like the coordinates themselves, so that the kernel is compiled once
    U = readonly(root[:, None] * space.U)
    E = readonly(root * space.E) if space.E.size else space.E
    y = readonly(target / size)
    x, mu, slack, stats = interior_point(
        U,
        E,
        y,
        space.C,
        space.products,
        active,
        np.ascontiguousarray(sides),
        tolerances.interior_gap,
        tolerances.interior_ridge,
        tolerances.interior_pivot,
        STEPS,
    )
    if not stats[1:4].max() <= tolerances.kkt:  # unbounded sets of minimisers can lead the interior point far away
        weighted = replace(space, U=U, E=E, y=y)
        codes = np.array([1] * len(sides) + [0] * (len(active) - len(sides)))
        found = squared_program(weighted, active != 0, sides, codes)
        if found is not None and found.residual < stats[1:4].max():
            x, mu, slack = found.x, found.multipliers, found.slacks
    return x * size, mu * size, slack * size


def _residual(
    F: np.ndarray, space: Coordinates, sides: np.ndarray, g: np.ndarray, mu: np.ndarray, slack: np.ndarray
) -> float:
    """Return the largest entry of gradient minus multipliers, and the complementarity."""
    dual = F.T @ g
    if len(sides):
        dual[: len(sides) * space.r] -= ((sides * mu) @ space.C).reshape(-1)
    return max(float(np.abs(dual).max()), float((mu * slack).sum()))
