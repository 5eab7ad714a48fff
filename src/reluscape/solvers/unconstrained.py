"""Minimising a sum of convex losses of linear predictions without constraints; infima not attained are told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION, Tolerances
from ..problem.losses import Loss
from .separable import as_problem
from .smooth import minimise


@dataclass(frozen=True, eq=False)
class FreeMinimum:
    """The infimum of sum_i l((F p)_i, y_i) over all p.

    Attributes:
        total: the infimum; with a recession direction the limit along it.
        lower: a lower bound on it.
        p: (k,) a minimiser of small norm, or a point far out along the direction.
        attained: whether some point attains the infimum.
        direction: (k,) direction along which no loss rises and some falls for ever, or None.
        residual: dual residual relative to the terms of the gradient.
    """

    total: float
    lower: float
    p: np.ndarray
    attained: bool
    direction: np.ndarray | None
    residual: float


def minimise_free(F: np.ndarray, y: np.ndarray, loss: Loss, tolerances: Tolerances = DEFAULT) -> FreeMinimum:
    """Minimise sum_i l((F p)_i, y_i), in coordinates in which the columns of F are orthonormal.

    Args:
        F: (n, k) features.
        y: (n,) targets.
        loss: convex and differentiable, value(f, y) and gradient(f, y).
        tolerances: where to stop.

    Raises:
        SolverError: the lower bound stays away from the value.

    Example:
        >>> from reluscape.problem.losses import get_loss
        >>> minimise_free(np.array([[1.0], [-1.0]]), np.array([1.0, -1.0]), get_loss("logistic")).attained
        False
    """
    size = np.linalg.norm(F, axis=0)
    size[size == 0] = 1.0
    left, singular, right = np.linalg.svd(F / size, full_matrices=False)
    cutoff = tolerances.rank * MACHINE_PRECISION * max(F.shape, default=1)
    rank = int((singular > cutoff * singular.max(initial=0.0)).sum())
    back = (right[:rank].T / singular[:rank]) / size[:, None]
    minimum = minimise(as_problem(left[:, :rank], y, loss, tolerances), tolerances)
    direction = None if minimum.direction is None else back @ minimum.direction
    return FreeMinimum(minimum.total, minimum.lower, back @ minimum.x, direction is None, direction, minimum.residual)
