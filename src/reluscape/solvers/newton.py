"""Basin programs of any convex differentiable loss: Newton steps, each a weighted program of the squared loss."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ..data import readonly
from ..losses import Loss
from ..tolerances import DEFAULT, Tolerances
from .conic import cone_matrix, feature_matrix, squared_program
from .quadratic import one_program
from .recession import FAR, far_enough, recession_direction, recession_signs, still_falling
from .scaling import Coordinates

STEPS = 200
ENOUGH = 1e-3
FLATTEST = 1e-10
LEAST_DAMPING = 1e-4
MOST_DAMPING = 1e8


@dataclass(frozen=True, eq=False)
class SmoothSolution:
    """A point at or near the infimum of a basin program.

    Attributes:
        total: sum of the losses at the infimum.
        x: the point in the solver's coordinates.
        direction: recession direction, or None where the infimum is attained.
        residual: largest of dual residual and complementarity, relative to the gradient at zero.
    """

    total: float
    x: np.ndarray
    direction: np.ndarray | None
    residual: float


class Problem(Protocol):
    """A convex function of the predictions f = F x over a cone of x, as Newton's method asks for it."""

    F: np.ndarray

    def value(self, f: np.ndarray) -> float:
        """Return the sum of the losses."""
        ...

    def slopes(self, f: np.ndarray) -> np.ndarray:
        """Return the derivatives in f."""
        ...

    def stiffness(self, f: np.ndarray, damping: float) -> np.ndarray:
        """Return the curvatures, each raised by `damping` times the largest."""
        ...

    def bend(self, h: np.ndarray, df: np.ndarray) -> float:
        """Return the curvatures' quadratic form at df."""
        ...

    def model(
        self, x: np.ndarray, f: np.ndarray, g: np.ndarray, h: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the minimiser of the quadratic model over the cone, its multipliers and slacks."""
        ...

    def residual(self, g: np.ndarray, mu: np.ndarray, slack: np.ndarray) -> float:
        """Return the largest entry of gradient minus multipliers, and the complementarity."""
        ...


def descend(problem: Problem, tolerances: Tolerances = DEFAULT) -> tuple[np.ndarray, float, float]:
    """Return a minimiser x, the sum of the losses there, and the residual relative to the gradient at zero.

    The minimiser of the quadratic model is taken where the loss falls by a fair share of what the model promises; else
    the curvatures are raised (Levenberg and Marquardt).
    """
    F = problem.F
    x = np.zeros(F.shape[1])
    f = F @ x
    total = problem.value(f)
    scale = max(1.0, float(np.abs(F.T @ problem.slopes(f)).max(initial=0.0)))
    residual, damping = np.inf, 0.0
    for _ in range(STEPS):
        g, h = problem.slopes(f), problem.stiffness(f, damping)
        target, mu, slack = problem.model(x, f, g, h)
        df = F @ (target - x)
        predicted = float(g @ df) + 0.5 * problem.bend(h, df)
        after = problem.residual(problem.slopes(f + df), mu, slack) / scale
        if not predicted < -tolerances.newton_decrement * max(1.0, total):
            if after < residual:  # too small a step to show in the loss, yet it shows in its slope
                x, f, residual = target, f + df, after
            else:
                break
            if residual <= tolerances.newton_residual:
                break
            continue
        trial = problem.value(f + df)
        gain = (total - trial) / -predicted
        if gain >= ENOUGH:
            x, f, total, residual = target, f + df, trial, after
            damping = damping / 10 if damping > LEAST_DAMPING and gain > 0.5 else damping
            damping = 0.0 if damping <= LEAST_DAMPING else damping
        else:
            damping = max(10 * damping, LEAST_DAMPING * 10)
            if damping > MOST_DAMPING:
                break
    return x, problem.value(f), residual


class OneOutput:
    """Losses of one output per sample; at slopes g and curvatures h the model is a basin program of the squared loss.

    Args:
        space: coordinates with every sample apart.
        patterns: (m, N) bool, the units with a cone first.
        codes: (m,) signs, 0 for a unit without cone.
        y: (N,) targets.
        loss: value(f, y) and gradient(f, y), one number per sample.
        tolerances: of the interior point.
    """

    def __init__(
        self,
        space: Coordinates,
        patterns: np.ndarray,
        codes: np.ndarray,
        y: np.ndarray,
        loss: Loss,
        tolerances: Tolerances,
    ) -> None:
        self.space, self.y, self.loss, self.tolerances = space, y, loss, tolerances
        self.F = feature_matrix(space, patterns)
        p = int((codes != 0).sum())
        self.sides = np.where(patterns[:p][:, space.rows], 1.0, -1.0) * codes[:p, None]
        self.cones = cone_matrix(space, self.sides, self.F.shape[1])
        self.active = patterns.astype(float)
        self.kept = np.ones(len(y), dtype=bool)

    def value(self, f: np.ndarray) -> float:
        """Return the sum of the losses of the samples that are kept."""
        return float(self.loss.value(f, self.y)[self.kept].sum())

    def slopes(self, f: np.ndarray) -> np.ndarray:
        """Return the derivatives, 0 for a sample that is not kept."""
        return np.where(self.kept, self.loss.gradient(f, self.y), 0.0)

    def stiffness(self, f: np.ndarray, damping: float) -> np.ndarray:
        """Return curvatures (N,): differences of the slopes, so that any convex differentiable loss will do."""
        h = curvature(self.loss, f, self.y) * self.kept
        stiff = float(h.max(initial=0.0)) or 1.0
        return np.maximum(h + damping * stiff, FLATTEST * stiff)

    def bend(self, h: np.ndarray, df: np.ndarray) -> float:
        """Return sum_i h_i df_i^2."""
        return float((h * df) @ df)

    def model(
        self, x: np.ndarray, f: np.ndarray, g: np.ndarray, h: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Minimise sum_i h_i (f'_i - f_i + g_i / h_i)^2 / 2, the squared loss on the features sqrt(h) F."""
        return _model_minimiser(self.space, self.active, self.sides, f, g, h, self.tolerances)

    def residual(self, g: np.ndarray, mu: np.ndarray, slack: np.ndarray) -> float:
        """Return the largest entry of gradient minus multipliers, and the complementarity."""
        dual = self.F.T @ g
        if len(self.sides):
            dual[: len(self.sides) * self.space.r] -= ((self.sides * mu) @ self.space.C).reshape(-1)
        return max(float(np.abs(dual).max(initial=0.0)), float((mu * slack).sum()))


def minimise(
    space: Coordinates,
    patterns: np.ndarray,
    codes: np.ndarray,
    y: np.ndarray,
    loss: Loss,
    tolerances: Tolerances = DEFAULT,
) -> SmoothSolution:
    """Minimise sum_i l(F x, y)_i over the cone of a basin.

    Samples that a recession direction carries away contribute their limit, and the others are minimised without them:
    the direction leaves the predictions of the others as they are.

    Args:
        space: coordinates with every sample apart.
        patterns: (m, N) bool, the units with a cone first.
        codes: (m,) signs, 0 for a unit without cone.
        y: (N,) targets.
        loss: value(f, y) and gradient(f, y), one number per sample.
        tolerances: where to stop.
    """
    problem = OneOutput(space, patterns, codes, y, loss, tolerances)
    F = problem.F
    if not F.shape[1] or not F.any():
        return SmoothSolution(problem.value(np.zeros(len(y))), np.zeros(F.shape[1]), None, 0.0)
    direction = recession_direction(F, problem.cones, *recession_signs(loss, y), tolerances)
    if direction is None:
        x, total, residual = descend(problem, tolerances)
        return SmoothSolution(total, x, None, residual)
    moves = F @ direction
    carried = np.abs(moves) > tolerances.recession
    problem.kept = ~carried
    x, total, residual = descend(problem, tolerances) if problem.kept.any() else (np.zeros(F.shape[1]), 0.0, 0.0)
    total += float(loss.value(np.where(moves > 0, FAR, -FAR), y)[carried].sum())
    x = x + (far_enough(moves[carried]) + float(np.abs(F @ x).max())) * direction
    reached = not still_falling(loss, y[carried], moves[carried]).any()
    return SmoothSolution(total, x, None if reached else direction, residual)


def curvature(loss: Loss, f: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return second derivatives by central differences; ones where the loss is flat everywhere."""
    width = 1e-4 * np.maximum(1.0, np.abs(f))
    h = (loss.gradient(f + width, y) - loss.gradient(f - width, y)) / (2 * width)
    top = float(h.max(initial=0.0))
    return np.maximum(h, 0.0) if top > 0 else np.ones_like(f)


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
    root = np.sqrt(h)
    target = root * f - g / root
    size = max(float(np.linalg.norm(root * f)), float(np.linalg.norm(g))) or 1.0  # not of g / root, which may be huge
    # read-only like the coordinates themselves, so that the kernel is compiled once
    U = readonly(root[:, None] * space.U)
    E = readonly(root * space.E) if space.E.size else space.E
    y = readonly(target / size)
    weighted = replace(space, U=U, E=E, y=y)
    codes = np.array([1] * len(sides) + [0] * (len(active) - len(sides)))
    free = np.zeros((len(active) - len(sides), sides.shape[1]), dtype=bool)
    x, mu, slack, stats = one_program(
        weighted, active != 0, np.concatenate([sides > 0, free]), codes, tolerances, STEPS
    )
    if not stats[1:4].max() <= tolerances.kkt:  # unbounded sets of minimisers can lead the interior point far away
        found = squared_program(weighted, active != 0, sides, codes)
        if found is not None and found.residual < stats[1:4].max():
            x, mu, slack = found.x, found.multipliers, found.slacks
    return x * size, mu * size, slack * size
