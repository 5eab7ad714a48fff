"""A network of doubles beside a given one whose objective is certainly lower, along a direction that falls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg

from ...numbers.tolerances import DEFAULT, SPECK
from .exact_value import exact_objective, is_lower
from .lagrangian import Lagrangian
from .newton import FLOAT, Candidate
from .objective import Objective

UNFINISHED, SECOND, WAKING, SPLITTING = "not at rest", "second order", "a unit at zero wakes", "a unit splits"
HALVINGS = 16
# least part of the fall that the curvature foretells
SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Fall:
    """Two networks, the second one lower.

    Attributes:
        start: (p,) doubles.
        end: (p,) doubles.
        order: how it falls: "not at rest", "second order", "a unit at zero wakes" or "a unit splits".
        values: J of both, fractions or intervals.
    """

    start: np.ndarray
    end: np.ndarray
    order: str
    values: tuple[Any, Any]


def fall_along(
    objective: Objective,
    start: np.ndarray,
    step: np.ndarray,
    bend: np.ndarray | None,
    curvature: float,
    order: str,
    longest: float,
) -> Fall | None:
    """Return the lower network on start + t step + t^2 bend, t = longest, longest / 2, ..., or None where none is.

    It has to be lower by a share of curvature / 2 t^2, so that it is not the start's distance from a critical point
    that makes it so.
    """
    before = exact_objective(objective, start)
    t = longest
    for _ in range(HALVINGS):
        end = start + t * step + (t * t * bend if bend is not None else 0.0)
        after = exact_objective(objective, end)
        if is_lower(after, before) and float(before - after) >= -SHARE * curvature / 2 * t * t:
            return Fall(start, end, order, (before, after))
        t /= 2
    return None


def curved_fall(candidate: Candidate) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Return a tangent direction of negative curvature, the bend that keeps it on the kinks, and the curvature."""
    equations = candidate.equations
    theta, mu, _ = equations.split(candidate.unknowns)
    lagrangian = Lagrangian(equations.objective, equations.kinks, FLOAT)
    here = lagrangian.passed(theta, mu)
    H, C = lagrangian.hessian(here), lagrangian.constraints(here)
    if not len(H):
        return None
    rows = np.concatenate([C, equations.slices])
    tangent = scipy.linalg.null_space(rows, rcond=DEFAULT.tangent_rank) if len(rows) else np.eye(len(theta))
    if not tangent.shape[1]:
        return None
    values, vectors = np.linalg.eigh(tangent.T @ H @ tangent)
    if values[0] >= -DEFAULT.flat_curvature * max(float(np.abs(H).max()), SPECK):
        return None
    v = tangent @ vectors[:, 0]
    return v, bend_along(lagrangian, theta, mu, v, C), float(values[0])


def bend_along(lagrangian: Lagrangian, theta: np.ndarray, mu: np.ndarray, v: np.ndarray, C: np.ndarray) -> np.ndarray:
    """Return w with C w = - (1/2) second derivatives of the kink functions along v: theta + t v + t^2 w stays there."""
    if not len(C):
        return np.zeros_like(v)
    t = 1e-4
    ahead, back, now = (lagrangian.values(lagrangian.passed(theta + s * v, mu)) for s in (t, -t, 0.0))
    return np.asarray(np.linalg.lstsq(C, -(ahead + back - 2 * now) / (2 * t * t), rcond=None)[0])
