"""Every cell of a small arrangement with an exact integer point inside: the building block of the face list."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from ..solvers.linear import Rows
from .planar import arcs
from .spherical import polygons


def cells(normals: np.ndarray) -> tuple[np.ndarray, list[list[int]]]:
    """Return the sides (R, k) of every cell and an integer point inside each.

    Args:
        normals: (k, j) integers of rank j, no two parallel; j = 0 gives the one point of R^0.
    """
    j = normals.shape[1]
    if j == 0:
        return np.zeros((1, 0), dtype=np.int8), [[]]
    if j == 1:
        return np.array([[-1], [1]], dtype=np.int8) * np.sign(int(normals[0, 0])), [[-1], [1]]
    if j == 2:
        found = arcs(normals)
        ends = [*found.starts, found.starts[0]]
        return found.signs, [[a[0] + b[0], a[1] + b[1]] for a, b in pairwise(ends)]
    if j == 3:
        spherical = polygons(normals)
        points = [[0, 0, 0] for _ in spherical.signs]
        for cell, corner in zip(spherical.cell.tolist(), spherical.corner, strict=True):
            points[cell] = [a + int(b) for a, b in zip(points[cell], corner, strict=True)]
        return spherical.signs, points
    return _grown(normals)


def _grown(normals: np.ndarray) -> tuple[np.ndarray, list[list[int]]]:
    """Return all cells by adding one hyperplane after the other; each split is decided exactly."""
    dimension = normals.shape[1]
    prefixes: list[tuple[list[int], list[int]]] = [([], [0] * dimension)]
    for k in range(len(normals)):
        rows = Rows(normals[: k + 1])
        grown = []
        for signs, point in prefixes:
            for side in (-1, 1):
                if side * sum(int(a) * b for a, b in zip(normals[k], point, strict=True)) > 0:
                    grown.append(([*signs, side], point))
                    continue
                found = rows.decide(np.array([*signs, side], dtype=float))
                if found.witness is not None:
                    grown.append(([*signs, side], integer_point(found.witness)))
        prefixes = grown
    return np.array([signs for signs, _ in prefixes], dtype=np.int8), [point for _, point in prefixes]


def integer_point(point: Any) -> list[int]:
    """Return the primitive integer vector on the ray through a point of doubles or integers."""
    fractions = [Fraction(v) for v in np.asarray(point).tolist()]
    common = math.lcm(*(v.denominator for v in fractions))
    integers = [int(v * common) for v in fractions]
    divisor = math.gcd(*integers) or 1
    return [v // divisor for v in integers]
