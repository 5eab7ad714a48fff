"""Every cell of a small arrangement with an exact integer point inside: the building block of the face list."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from ..listing.enumeration import half_regions
from ..listing.listing import unpacked
from ..low_rank.planar import arcs
from ..low_rank.spherical import polygons


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
        circle = arcs(normals)
        ends = [*circle.starts, circle.starts[0]]
        return circle.signs, [[a[0] + b[0], a[1] + b[1]] for a, b in pairwise(ends)]
    if j == 3:
        spherical = polygons(normals)
        points = [[0, 0, 0] for _ in spherical.signs]
        for cell, corner in zip(spherical.cell.tolist(), spherical.corner, strict=True):
            points[cell] = [a + int(b) for a, b in zip(points[cell], corner, strict=True)]
        return spherical.signs, points
    return _listed(normals)


def _listed(normals: np.ndarray) -> tuple[np.ndarray, list[list[int]]]:
    """Return all cells from the compiled list of half of them."""
    k = len(normals)
    half = half_regions(normals, np.arange(k), np.zeros(k, dtype=bool))
    upper = np.where(unpacked(half.bits, k), 1, -1).astype(np.int8)
    inside = [integer_point(half.fractions.get(i, point)) for i, point in enumerate(half.points)]
    return np.concatenate([upper, -upper]), inside + [[-v for v in point] for point in inside]


def integer_point(point: Any) -> list[int]:
    """Return the primitive integer vector on the ray through a point of doubles or fractions."""
    fractions = [Fraction(v) for v in (point if isinstance(point, tuple) else point.tolist())]
    common = math.lcm(*(v.denominator for v in fractions))
    integers = [int(v * common) for v in fractions]
    divisor = math.gcd(*integers) or 1
    return [v // divisor for v in integers]
