"""A ReQU network that classifies given points of a line: Appendix I's construction, and one that interpolates."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import AssumptionError, InputError, ShapeError
from ..numbers.checks import readonly, real_numbers
from ..numbers.entries import entries
from ..numbers.exact import fraction_array, to_fraction

__all__ = ["Interpolation", "interpolate", "interpolate_exactly"]


@dataclass(frozen=True, eq=False)
class Interpolation:
    """q(z) = sum_k c_k relu(z - t_k)^2.

    Attributes:
        knots: (n,) t_k, increasing.
        coefficients: (n,) c_k.
        exact_knots, exact_coefficients: the same as `Fraction`.
        margins: (n,) y_i q(z_i), exact, in increasing order of z.
    """

    knots: np.ndarray
    coefficients: np.ndarray
    exact_knots: np.ndarray
    exact_coefficients: np.ndarray
    margins: np.ndarray

    def predict(self, z: Any) -> np.ndarray:
        """Return q at each z, in floats."""
        heights = np.maximum(real_numbers("z", z)[..., None] - self.knots, 0.0)
        return heights**2 @ self.coefficients

    def weights(self, direction: Any = (1.0,)) -> tuple[np.ndarray, np.ndarray]:
        """Return (a, U) of the ReQU network x -> q(<direction, x>); rows of U are (direction, -t_k)."""
        w = np.atleast_1d(real_numbers("the direction", direction))
        U = np.concatenate([np.tile(w, (len(self.knots), 1)), -self.knots[:, None]], axis=1)
        return self.coefficients.copy(), U

    def margin_ratio(self, direction: Any = (1.0,)) -> float:
        """Return min_i y_i q(z_i) / sum_k |c_k| |u_k|^2, a lower bound of gamma* for data projected to these z."""
        a, U = self.weights(direction)
        return float(min(self.margins)) / float(np.abs(a) @ (U**2).sum(axis=1))


def interpolate(z: Any, y: Any, z0: Any) -> Interpolation:
    """Return Appendix I's network on a line, as printed: right signs on all points, one unit per point.

    q_1 = y_1 relu(z - z0)^2, then q_{k+1} = q_k + 2 y_{k+1} (|q_k(z_{k+1})| + 1) / (z_{k+1} - z_k)^2 relu(z - z_k)^2.

    Args:
        z: (n,) distinct points; sorted here.
        y: (n,) labels -1 or 1.
        z0: a number below all of them.

    Raises:
        AssumptionError: repeated points, or z0 not below them.
        InputError: another label, or no point.

    Source: Liang, Sun and Srikant, Claim 2 in Appendix I (called "Lemma 8 in Appendix J" in the proof of Theorem 1).
    Print asks for n + 1 units; n suffice. Its coefficients grow doubly; `interpolate_exactly` needs smaller ones.

    Example:
        >>> q = interpolate([0, 1], [1, -1], -1)
        >>> q.knots.tolist(), q.coefficients.tolist(), q.predict([0, 1]).tolist()
        ([-1.0, 0.0], [1.0, -10.0], [1.0, -6.0])
    """
    return _built(z, y, z0, exactly=False)


def interpolate_exactly(z: Any, y: Any, z0: Any) -> Interpolation:
    """Return the network on the same knots with q(z_i) = y_i for all i.

    Each step adds y_{k+1} - q_k(z_{k+1}) instead of print's 2 y_{k+1} (|q_k(z_{k+1})| + 1).

    Args:
        z: (n,) distinct points; sorted here.
        y: (n,) labels -1 or 1.
        z0: a number below all of them.

    Raises:
        AssumptionError: repeated points, or z0 not below them.
        InputError: another label, or no point.

    Example:
        >>> q = interpolate_exactly([0, 1, 2], [1, -1, 1], -1)
        >>> q.coefficients.tolist(), round(1 / q.margin_ratio(), 9)
        ([1.0, -5.0, 12.0], 31.0)
    """
    return _built(z, y, z0, exactly=True)


def _built(z: Any, y: Any, z0: Any, exactly: bool) -> Interpolation:
    """Add one unit per point, from left to right."""
    points = fraction_array(entries(z, "z")).reshape(-1)
    labels = real_numbers("y", y).reshape(-1)
    if len(points) != len(labels):
        raise ShapeError(f"{len(points)} points and {len(labels)} labels")
    if not len(points):
        raise InputError("there are no points; give one or more")
    wrong = [i for i, label in enumerate(labels) if label not in (-1, 1)]
    if wrong:
        raise InputError(f"label {labels[wrong[0]]:g} of point {wrong[0]} is neither -1 nor 1; map the two classes")
    order = sorted(range(len(points)), key=lambda i: points[i])
    line = [points[i] for i in order]
    signs = [int(labels[i]) for i in order]
    same = [k for k in range(len(line) - 1) if line[k] == line[k + 1]]
    if same:
        raise AssumptionError(
            f"hypothesis violated (Assumption 2): points {order[same[0]]} and {order[same[0] + 1]} are equal"
        )
    left = to_fraction(z0)
    if left >= line[0]:
        raise AssumptionError(
            f"hypothesis violated: z0 is below all points; it is {float(left):g}, the smallest point {float(line[0]):g}"
        )
    knots = [left, *line[:-1]]
    coefficients = [Fraction(signs[0]) / ((line[0] - left) ** 2 if exactly else 1)]
    for k in range(1, len(line)):
        value = _value(knots, coefficients, line[k])
        jump = signs[k] - value if exactly else 2 * signs[k] * (abs(value) + 1)
        coefficients.append(jump / (line[k] - line[k - 1]) ** 2)
    margins = [s * _value(knots, coefficients, t) for s, t in zip(signs, line, strict=True)]
    return Interpolation(
        readonly(knots, float), readonly(coefficients, float), readonly(knots, object), readonly(coefficients, object),
        readonly(margins, object),
    )  # fmt: skip


def _value(knots: list[Fraction], coefficients: list[Fraction], z: Fraction) -> Fraction:
    """Return q(z) exactly."""
    pairs = zip(knots, coefficients, strict=False)
    return sum((c * (z - t) ** 2 for t, c in pairs if z > t), Fraction(0))
