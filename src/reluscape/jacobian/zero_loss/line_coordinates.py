"""Data of rank 2 in an open half-plane, read as points on a line with bias."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...bounds.karhadkar.line import is_one_dimensional
from ...numbers import exact
from ...problem.data import Dataset

__all__ = ["LineCoordinates", "line_coordinates"]


@dataclass(frozen=True)
class LineCoordinates:
    """Samples as x_i = scale_i * (t_i, 1) in coordinates <slope, x>, <level, x> of their span.

    Attributes:
        order: samples by increasing t.
        points: t in that order.
        scale: positive factors in that order.
        slope: weight vector (d,) with <slope, x_i> = scale_i t_i.
        level: weight vector (d,) with <level, x_i> = scale_i.
    """

    order: tuple[int, ...]
    points: tuple[Fraction, ...]
    scale: tuple[Fraction, ...]
    slope: tuple[Fraction, ...]
    level: tuple[Fraction, ...]


def line_coordinates(data: Dataset, samples: np.ndarray) -> LineCoordinates | None:
    """Return the coordinates of the given samples, or None where they are no distinct points on a line with bias."""
    X = data.fractions[samples]
    if len(samples) < 2:
        return None
    columns = list(exact.pivot_columns(X))
    if len(columns) != 2:
        return None
    plane = exact.integer_rows(X[:, columns])[0]
    if not is_one_dimensional(plane):
        return None
    level, slope = _axes(X[:, columns], plane)
    scale = [_dot(level, x) for x in X[:, columns]]
    points = [_dot(slope, x) / s for x, s in zip(X[:, columns], scale, strict=True)]
    order = sorted(range(len(points)), key=points.__getitem__)
    return LineCoordinates(
        tuple(order),
        tuple(points[i] for i in order),
        tuple(scale[i] for i in order),
        _embed(slope, columns, data.d),
        _embed(level, columns, data.d),
    )


def _axes(X: np.ndarray, plane: np.ndarray) -> tuple[list[Fraction], list[Fraction]]:
    """Return functionals (level, slope) of the plane, level positive on all samples."""
    for k in (1, 0):
        if X[0, k] > 0 and all(value == X[0, k] for value in X[:, k]):
            level, slope = [Fraction(0), Fraction(0)], [Fraction(0), Fraction(0)]
            level[k], slope[1 - k] = 1 / X[0, k], Fraction(1)
            return level, slope
    first = next(p for p in plane if all(_cross(p, q) >= 0 for q in plane))
    last = next(p for p in plane if all(_cross(q, p) >= 0 for q in plane))
    normal = [Fraction(-int(first[1])), Fraction(int(first[0]))]
    return [normal[0] + int(last[1]), normal[1] - int(last[0])], normal


def _cross(p: np.ndarray, q: np.ndarray) -> int:
    return int(p[0]) * int(q[1]) - int(p[1]) * int(q[0])


def _dot(u: list[Fraction], x: np.ndarray) -> Fraction:
    return u[0] * x[0] + u[1] * x[1]


def _embed(u: list[Fraction], columns: list[int], d: int) -> tuple[Fraction, ...]:
    full = [Fraction(0)] * d
    full[columns[0]], full[columns[1]] = u
    return tuple(full)
