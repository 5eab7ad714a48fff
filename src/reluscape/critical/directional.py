"""The loss along a short ray from a point: f_i moves by a_i t + b_i t^2 until the first unit switches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..problem.losses import able
from .point import Point


@dataclass(frozen=True, eq=False)
class Ray:
    """Predictions along theta + t * (dW, dv, dc).

    Attributes:
        point: where the ray starts.
        a, b: (n,) floats.
        reach: largest t up to which the formula holds.
    """

    point: Point
    a: np.ndarray
    b: np.ndarray
    reach: float

    def change(self, t: float) -> float:
        """Return the change of the mean loss at t, without cancellation for the squared loss."""
        moves = t * (self.a + t * self.b)
        if able(self.point.loss, "quadratic"):
            errors = np.asarray(self.point.errors, dtype=float)
            return float(np.mean(moves * (errors + moves)))
        f, y = np.asarray(self.point.prediction, dtype=float), np.asarray(self.point.data.y, dtype=float)
        return float(np.mean(self.point.loss.value(f + moves, y) - self.point.loss.value(f, y)))


def ray(point: Point, dW: np.ndarray, dv: np.ndarray, dc: float) -> Ray:
    """Return the ray in a direction of floats."""
    slope = float(point.slope)
    moves = point.data.X @ dW.T
    heights, v = point.heights, np.asarray(point.v, dtype=float)
    kink = np.where(moves > 0, moves, slope * moves)
    inner = np.where(point.signs > 0, moves, np.where(point.signs < 0, slope * moves, kink))
    outputs = np.where(point.signs > 0, heights, np.where(point.signs < 0, slope * heights, 0.0))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # a crossing beyond doubles is none
        crossing = np.where(point.signs * moves < 0, -heights / moves, np.inf)
    positive = crossing[crossing > 0]
    return Ray(point, inner @ v + outputs @ dv + dc, inner @ dv, float(positive.min(initial=np.inf)))


def useful_step(path: Ray) -> float | None:
    """Return a power of two T with falling loss at 2T, T, T/2, ..., or None where none was found."""
    step = 1.0
    while step > path.reach:
        step /= 2
    for _ in range(400):
        changes = [path.change(step / 2**k) for k in range(12)]
        if all(change < 0 for change in changes):
            return step / 2
        step /= 2
    return None
