"""Losses l(z) of the negative margin z = -y f(x), and the epsilon of Assumption 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ..errors import AssumptionError, InputError
from ..numbers.tolerances import DEFAULT, Tolerances

__all__ = ["ExponentialLoss", "LogisticLoss", "MarginLoss", "SmoothHingeLoss", "epsilon", "margin_loss", "second"]

# where a user's loss is looked at: densely around 0, further out more coarsely
GRID = np.concatenate([-np.geomspace(64, 8, 40), np.linspace(-8, 8, 1601)[1:-1], np.geomspace(8, 64, 40)])
HALVINGS = 30


@runtime_checkable
class MarginLoss(Protocol):
    """A loss of one number z = -y f(x): value and derivative, elementwise."""

    def value(self, z: np.ndarray) -> np.ndarray:
        """Return l(z)."""
        ...

    def derivative(self, z: np.ndarray) -> np.ndarray:
        """Return l'(z)."""
        ...


@dataclass(frozen=True)
class LogisticLoss:
    """l(z) = log_base(1 + e^z); epsilon = 1 / (2 ln base). Print writes base 2.

    >>> round(LogisticLoss().epsilon, 5), LogisticLoss(math.e).epsilon
    (0.72135, 0.5)
    """

    base: float = 2.0

    def __post_init__(self) -> None:
        """Check the base."""
        if isinstance(self.base, str) or not (math.isfinite(self.base) and self.base > 1):
            raise InputError(f"the logarithm's base is {self.base!r}; give a number above 1, for instance 2 or math.e")

    @property
    def epsilon(self) -> float:
        """The inf over z >= 0 of l'(z), attained at 0."""
        return 0.5 / math.log(self.base)

    def value(self, z: np.ndarray) -> np.ndarray:
        """Return l(z) without overflow."""
        return np.logaddexp(0.0, z) / math.log(self.base)

    def derivative(self, z: np.ndarray) -> np.ndarray:
        """Return l'(z)."""
        return np.exp(-np.logaddexp(0.0, -np.asarray(z, dtype=float))) / math.log(self.base)

    def second(self, z: np.ndarray) -> np.ndarray:
        """Return l''(z)."""
        z = np.asarray(z, dtype=float)
        return np.exp(-np.logaddexp(0.0, -z) - np.logaddexp(0.0, z)) / math.log(self.base)


@dataclass(frozen=True)
class ExponentialLoss:
    """l(z) = e^z; epsilon = 1. Beyond z = 700 the value is infinite in doubles, which a line search steps back from."""

    epsilon: float = 1.0

    def value(self, z: np.ndarray) -> np.ndarray:
        """Return l(z)."""
        with np.errstate(over="ignore"):
            return np.exp(z)

    derivative = value
    second = value


@dataclass(frozen=True)
class SmoothHingeLoss:
    """l(z) = max(1 + z, 0)^p; epsilon = p. Print asks for p >= 3; p >= 2 is enough, since only l' must be continuous.

    >>> SmoothHingeLoss().epsilon
    3.0
    """

    p: float = 3.0

    def __post_init__(self) -> None:
        """Check the power."""
        if not (math.isfinite(self.p) and self.p >= 2):
            raise AssumptionError(f"hypothesis violated (Assumption 1): l' is continuous, so p >= 2; got {self.p!r}")

    @property
    def epsilon(self) -> float:
        """The inf over z >= 0 of l'(z), attained at 0."""
        return float(self.p)

    def value(self, z: np.ndarray) -> np.ndarray:
        """Return l(z)."""
        return np.maximum(1.0 + np.asarray(z, dtype=float), 0.0) ** self.p

    def derivative(self, z: np.ndarray) -> np.ndarray:
        """Return l'(z)."""
        return self.p * np.maximum(1.0 + np.asarray(z, dtype=float), 0.0) ** (self.p - 1)

    def second(self, z: np.ndarray) -> np.ndarray:
        """Return l''(z), at the kink of p = 2 that of the right."""
        t = 1.0 + np.asarray(z, dtype=float)
        return np.where(t >= 0, self.p * (self.p - 1) * np.maximum(t, 0.0) ** (self.p - 2), 0.0)


_BY_NAME = {"logistic": LogisticLoss, "exponential": ExponentialLoss, "smooth_hinge": SmoothHingeLoss}


def margin_loss(loss: Any = "logistic", base: float = 2) -> MarginLoss:
    """Return the loss with this name, or the user's own object with `value(z)` and `derivative(z)`.

    Args:
        loss: "logistic", "exponential", "smooth_hinge" (p = 3), or an object.
        base: of the logarithm in the logistic loss.

    Raises:
        InputError: an unknown name, or an object without the two methods.
    """
    if isinstance(loss, str):
        if loss not in _BY_NAME:
            raise InputError(f"unknown loss {loss!r}; choose {', '.join(map(repr, _BY_NAME))} or give an object")
        return LogisticLoss(base) if loss == "logistic" else _BY_NAME[loss]()  # type: ignore[return-value]
    if not (callable(getattr(loss, "value", None)) and callable(getattr(loss, "derivative", None))):
        raise InputError(
            "a loss object needs the methods value(z) and derivative(z) of z = -y f, one number per sample"
        )
    return loss


def second(loss: MarginLoss, z: np.ndarray, tolerances: Tolerances = DEFAULT) -> np.ndarray:
    """Return l''(z): the loss's own `second` where it has one, else the differenced derivative."""
    own = getattr(loss, "second", None)
    if own is not None:
        return np.asarray(own(z), dtype=float)
    step = tolerances.difference_step * (1 + np.abs(z))
    return (loss.derivative(z + step) - loss.derivative(z - step)) / (2 * step)


def epsilon(loss: Any = "logistic", base: float = 2) -> float:
    """Return epsilon = inf over z >= 0 of l'(z), the largest constant of Assumption 1: l'(z) < epsilon implies z < 0.

    For a convex loss it is l'(0). The built-in losses know it in closed form. A user's loss is checked on a grid of
    [-64, 64] (numerical): not negative, not decreasing, `derivative` the derivative of `value` and continuous, and
    epsilon > 0, the least derivative found. An attribute `epsilon` of the object that is not above it is believed; it
    is needed where l' falls towards the far end, since beyond the grid nothing is known.

    Raises:
        AssumptionError: a hypothesis of Assumption 1 that fails, with the place.
        InputError: not a loss.

    Source: Liang, Sun and Srikant, Assumption 1 (Assumption 3 in the appendix). Print asks for a second derivative;
    the proof of Theorem 1 uses the first alone.

    Example:
        >>> epsilon("exponential"), epsilon("smooth_hinge")
        (1.0, 3.0)
    """
    criterion = margin_loss(loss, base)
    if isinstance(criterion, LogisticLoss | ExponentialLoss | SmoothHingeLoss):
        return criterion.epsilon
    return _checked(criterion)


def _checked(loss: MarginLoss) -> float:
    """Return epsilon of a user's loss after looking at Assumption 1 on the grid."""
    value, slope = _on_grid(loss, "value"), _on_grid(loss, "derivative")
    for what, numbers in (("l(z) >= 0", value), ("l is non-decreasing, l'(z) >= 0", slope)):
        if (numbers < 0).any():
            i = int(np.argmin(numbers))
            raise AssumptionError(
                f"hypothesis violated (Assumption 1): {what}; it is {numbers[i]:.4g} at z = {GRID[i]:.4g}"
            )
    _check_slope(loss, slope)
    right = GRID >= 0
    at_zero = float(np.asarray(loss.derivative(np.zeros(1)), dtype=float)[0])
    least = min(at_zero, float(slope[right].min()))
    if not least > 0:
        i = int(np.flatnonzero(right)[np.argmin(slope[right])])
        place = 0.0 if at_zero <= 0 else GRID[i]
        raise AssumptionError(
            f"hypothesis violated (Assumption 1): some epsilon > 0 bounds l'(z) from below for z >= 0; "
            f"it is {least:.4g} at z = {place:.4g}"
        )
    eps = getattr(loss, "epsilon", None)
    if eps is None and slope[-1] < slope[-2] and slope[-1] == least:
        raise AssumptionError(
            f"hypothesis violated (Assumption 1): l'(z) still falls at z = {GRID[-1]:.4g}, so no epsilon > 0 is seen; "
            "give the loss an attribute epsilon where there is one"
        )
    if eps is None:
        return least
    if not 0 < float(eps) <= least * (1 + DEFAULT.stationarity):
        raise AssumptionError(
            f"hypothesis violated (Assumption 1): the loss says epsilon = {eps!r}, but l' = {least:.6g} at some z >= 0"
        )
    return float(eps)


def _on_grid(loss: MarginLoss, method: str) -> np.ndarray:
    """Return the loss or its derivative on the grid, checked for shape and size."""
    with np.errstate(over="ignore"):
        numbers = np.asarray(getattr(loss, method)(GRID.copy()), dtype=float)
    if numbers.shape != GRID.shape:
        raise InputError(
            f"the loss's {method}(z) has shape {numbers.shape} for {len(GRID)} numbers; one each is needed"
        )
    if np.isnan(numbers).any():
        raise InputError(f"the loss's {method}(z) is NaN at z = {GRID[np.isnan(numbers)][0]:.4g}")
    return numbers


def _check_slope(loss: MarginLoss, slope: np.ndarray) -> None:
    """Refuse a derivative that is not the value's, or that jumps."""
    usual = 1 + np.abs(slope)
    for side, other in zip(("left", "right"), _sides(loss), strict=True):
        with np.errstate(invalid="ignore"):
            off = np.abs(other - slope) / usual
        off[~np.isfinite(off)] = 0.0
        k = int(np.argmax(off))
        if off[k] > DEFAULT.clearance:
            raise AssumptionError(
                f"hypothesis violated (Assumption 1): l is differentiable and l' is `derivative`; at z = {GRID[k]:.4g} "
                f"that gives {slope[k]:.6g}, but differences of l from the {side} give {other[k]:.6g}"
            )
    place = _jump(loss, slope)
    if place is not None:
        raise AssumptionError(f"hypothesis violated (Assumption 1): l' is continuous; it jumps at z = {place:.4g}")


def _sides(loss: MarginLoss) -> tuple[np.ndarray, np.ndarray]:
    """Return one-sided difference quotients of the value, of second order, on the grid."""
    h = DEFAULT.difference_step * (1 + np.abs(GRID))
    with np.errstate(over="ignore", invalid="ignore"):
        at = [np.asarray(loss.value(GRID + k * h), dtype=float) for k in (-2, -1, 0, 1, 2)]
        return (3 * at[2] - 4 * at[1] + at[0]) / (2 * h), (-3 * at[2] + 4 * at[3] - at[4]) / (2 * h)


def _jump(loss: MarginLoss, slope: np.ndarray) -> float | None:
    """Return a place between grid points where the derivative jumps: steps that do not shrink when halved."""
    low, high = GRID[:-1].copy(), GRID[1:].copy()
    below, above = slope[:-1].copy(), slope[1:].copy()
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            here = np.asarray(loss.derivative(middle), dtype=float)
            left = np.abs(here - below) >= np.abs(above - here)
            high, above = np.where(left, middle, high), np.where(left, here, above)
            low, below = np.where(left, low, middle), np.where(left, below, here)
        step = np.abs(above - below) / (1 + np.abs(below))
    step[~np.isfinite(step)] = 0.0
    k = int(np.argmax(step))
    return float(low[k]) if step[k] > DEFAULT.clearance else None
