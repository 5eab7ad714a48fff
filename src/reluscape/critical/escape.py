"""An escape from a point that is no local minimum: a short ray along which the loss falls, checked step by step."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..numbers import exact
from ..numbers.checks import readonly
from ..numbers.tolerances import MACHINE_PRECISION
from ..problem.losses import able
from .point import Point
from .units import UnitForm

# samples that are moved at once
BLOCK = 512


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
    slope, v = float(point.slope), np.asarray(point.v, dtype=float)
    turn, grow = np.flatnonzero(dW.any(axis=1)), np.flatnonzero(dv)
    n = point.data.n
    a, b, nearest = np.full(n, float(dc)), np.zeros(n), 0.0
    for first in range(0, n, BLOCK):
        rows = slice(first, first + BLOCK)
        moves, heights, signs = point.data.X[rows] @ dW[turn].T, point.heights[rows, turn], point.signs[rows, turn]
        on = (signs > 0) | ((signs == 0) & (moves > 0))
        inner = moves * on if slope == 0 else np.where(on, moves, slope * moves)
        a[rows] += inner @ v[turn]
        b[rows] = inner @ dv[turn]
        with np.errstate(over="ignore"):  # a crossing beyond doubles is none
            falls = np.divide(moves, heights, out=np.zeros_like(moves), where=signs != 0)
        nearest = max(nearest, -float(falls.min(initial=0.0)))
        signs = point.signs[rows, grow]
        a[rows] += point.heights[rows, grow] * np.where(signs > 0, 1.0, slope * (signs < 0)) @ dv[grow]
    return Ray(point, a, b, 1.0 / nearest if nearest > 0 else np.inf)


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


@dataclass(frozen=True)
class Violation:
    """One failed condition.

    Attributes:
        unit: number of the unit, -1 for the output bias.
        first_order: whether a direction falls to first order.
        direction: u for the unit's weights, or None where the output weight or bias alone moves.
        descent: float, the relative first-order descent (0 for a second-order one).
    """

    unit: int
    first_order: bool
    direction: Any
    descent: float


def build_escape(point: Point, forms: list[UnitForm], violations: list[Violation]) -> tuple[Any, ...] | None:
    """Return (dW, dv) or (dW, dv, dc) with the loss falling at t = 1, 1/2, 1/4, ..., or None.

    All first-order violations move together, each along its own direction with the length of its own descent; without
    any, the strongest second-order one moves its weights and its output weight.
    """
    dW, dv, dc = np.zeros((len(point.W), point.data.d)), np.zeros(len(point.W)), 0.0
    first = [violation for violation in violations if violation.first_order]
    for violation in first:
        j = violation.unit
        if j < 0:
            dc = -float(sum(point.errors))
        elif violation.direction is None:
            dv[j] = -float(forms[j].pull / forms[j].scale)
        else:
            unit = _rounded(forms[j], violation.direction, 1 if point.v[j] > 0 else -1)
            if unit is None:
                continue
            fall = abs(float(forms[j].psi.value(_as_given(forms[j], unit)) / forms[j].scale))
            dW[j] = unit * _power_of_two(abs(float(point.v[j])) * fall)
    if not first:
        j, u = violations[0].unit, violations[0].direction
        unit = _rounded(forms[j], u, 0)
        if unit is None:
            return None
        pull = float(forms[j].psi.value(_as_given(forms[j], unit)) / forms[j].scale)
        outputs = np.maximum(point.heights[:, j], float(point.slope) * point.heights[:, j])
        curvature = float(outputs @ outputs)
        dW[j] = unit
        dv[j] = -np.sign(pull) * _power_of_two(abs(pull) / (4 * curvature) if curvature > 0 else 1.0)
    return _scaled(point, dW, dv, dc) or _proven(point, forms, dW, dv, dc)


def _proven(point: Point, forms: list[UnitForm], dW: np.ndarray, dv: np.ndarray, dc: float) -> tuple[Any, ...] | None:
    """Return a short step along a direction whose first-order fall is too small for floats but proved exactly."""
    if not (point.rational and able(point.loss, "quadratic")):
        return None
    fall = sum((exact.to_fraction(dc) * e for e in point.errors), Fraction(0))
    for j, form in enumerate(forms):
        if dW[j].any():
            fall += point.v[j] * form.psi.value(exact.fraction_array(dW[j])) / form.scale
        fall += exact.to_fraction(dv[j]) * form.pull / form.scale
    path = ray(point, dW, dv, dc)
    size = float(path.a @ path.a + path.b @ path.b)
    if fall >= 0 or size == 0.0:
        return None
    factor = _power_of_two(min(float(-fall) / (8 * size), path.reach / 2, 1.0))
    parts: list[Any] = [readonly(factor * dW), readonly(factor * dv)]
    return (*parts, factor * dc) if point.c is not None else tuple(parts)


def _scaled(point: Point, dW: np.ndarray, dv: np.ndarray, dc: float) -> tuple[Any, ...] | None:
    """Shorten the direction by a power of two until the loss falls all the way to its end."""
    largest = max(np.abs(dW).max(initial=0.0), np.abs(dv).max(initial=0.0), abs(dc))
    if largest == 0.0:
        return None
    size = max(1.0, float(np.abs(np.asarray(point.W, dtype=float)).max(initial=0.0)))
    second_order = dW.any() and dv.any() and not point_falls(point, dW, dv, dc)
    for _ in range(40 if second_order else 1):
        factor = _power_of_two(size / largest)
        step = useful_step(ray(point, factor * dW, factor * dv, factor * dc))
        if step is not None:
            factor *= step
            parts: list[Any] = [readonly(factor * dW), readonly(factor * dv)]
            return (*parts, factor * dc) if point.c is not None else tuple(parts)
        dv = dv / 2
    return None


def point_falls(point: Point, dW: np.ndarray, dv: np.ndarray, dc: float) -> bool:
    """Return whether the loss falls to first order along a direction, in floats."""
    path = ray(point, dW, dv, dc)
    errors = np.asarray(point.errors, dtype=float)
    rounding = 1024 * MACHINE_PRECISION * float(np.abs(errors) @ np.abs(path.a))
    return bool(float(errors @ path.a) < -rounding)


def _rounded(form: UnitForm, u: np.ndarray, sign: int) -> np.ndarray | None:
    """Return u as doubles of length about one, with sign * psi(u) still negative (sign 0: psi(u) still not 0)."""
    floats = _unit(u)
    value = form.psi.value(_as_given(form, floats))
    good = (value != 0) if sign == 0 else (sign * value < 0)
    return floats if good else None


def _as_given(form: UnitForm, u: np.ndarray) -> np.ndarray:
    """Return floats in the arithmetic of the form."""
    return exact.fraction_array(u) if isinstance(form.scale, Fraction) else u


def _unit(u: np.ndarray) -> np.ndarray:
    """Return a vector of any numbers as floats with largest entry about one."""
    if u.dtype == object:
        top = max(abs(Fraction(value)) for value in u)
        return np.array([float(Fraction(value) / top) for value in u])
    return u / np.abs(u).max()


def _power_of_two(value: float) -> float:
    """Return the power of two at or below a positive number."""
    return float(2.0 ** np.floor(np.log2(value))) if value > 0 else 0.0
