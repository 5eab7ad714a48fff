"""Arrangements of rank 2: the arcs between neighbouring lines, their angles, and their share of the square."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Arcs:
    """The 2k arcs in which k lines through the origin cut the circle, in the order around it.

    Attributes:
        starts: integer rays (x, y), arc i runs counterclockwise from starts[i] to starts[i + 1].
        lines: the line that each start lies on.
        signs: (2k, k) int8 sides of each arc.
    """

    starts: list[tuple[int, int]]
    lines: list[int]
    signs: np.ndarray


def arcs(normals: np.ndarray) -> Arcs:
    """Return the arcs of k >= 2 pairwise distinct lines, exactly.

    Args:
        normals: (k, 2) integers, no two parallel.
    """
    rays: list[tuple[tuple[int, int], int]] = []
    for j, (a, b) in enumerate(normals.tolist()):
        rays += [((-int(b), int(a)), j), ((int(b), -int(a)), j)]
    rays.sort(key=lambda item: _BY_TURN(item[0]))
    signs = np.zeros((len(rays), len(normals)), dtype=np.int8)
    for i, (ray, _) in enumerate(rays):
        after = rays[(i + 1) % len(rays)][0]
        # Neighbouring rays are less than a half turn apart, so their sum lies between them.
        x, y = ray[0] + after[0], ray[1] + after[1]
        for j, (a, b) in enumerate(normals.tolist()):
            value = a * x + b * y
            signs[i, j] = (value > 0) - (value < 0)
    return Arcs([ray for ray, _ in rays], [line for _, line in rays], signs)


def arc_angles(found: Arcs, gram: Any) -> np.ndarray:
    """Return the angle of each arc as a share of the full turn, to full relative precision.

    The angle between neighbouring lines is the angle between their normals, whose sine and cosine come from exact inner
    products.

    Args:
        found: the arcs.
        gram: function (i, j) -> exact inner product of the normals i and j in the space where angles are measured.
    """
    shares = []
    for i, line in enumerate(found.lines):
        after = found.lines[(i + 1) % len(found.lines)]
        square = gram(line, line) * gram(after, after)
        cosine = gram(line, after)
        # The arc is between the lines; it is the angle of the normals or its supplement, by the sides of the arc.
        if found.signs[i, line] == found.signs[i, after]:
            cosine = -cosine
        shares.append(_angle(square - cosine * cosine, cosine) / (2 * math.pi))
    return np.array(shares)


def square_shares(found: Arcs) -> list[Fraction]:
    """Return the exact share of the square [-1, 1]^2 that each arc's cone takes: its part of the perimeter over 8."""
    places = [_perimeter(ray) for ray in found.starts]
    return [(places[(i + 1) % len(places)] - place) % 8 / 8 for i, place in enumerate(places)]


def _angle(sine_squared: Any, cosine: Any) -> float:
    """Return the angle in (0, pi) with the given exact squared sine and cosine up to one positive factor."""
    sine, cosine_size = _root(Fraction(sine_squared)), _root(Fraction(cosine * cosine))
    (sine_digits, sine_power), (digits, power) = sine, cosine_size
    top = max(sine_power, power)
    signed = math.copysign(digits, cosine)
    return math.atan2(math.ldexp(sine_digits, sine_power - top), math.ldexp(signed, power - top))


def _root(square: Fraction) -> tuple[float, int]:
    """Return the square root of a non-negative fraction of any size as digits * 2^power."""
    if square == 0:
        return 0.0, -(10**6)
    power = (square.numerator.bit_length() - square.denominator.bit_length()) // 2
    return math.sqrt(square / Fraction(4) ** power), power


def _turn(p: tuple[int, int], q: tuple[int, int]) -> int:
    """Compare two rays by their angle in [0, 2 pi)."""
    half_p, half_q = (p[1], p[0]) < (0, 0), (q[1], q[0]) < (0, 0)
    if half_p != half_q:
        return 1 if half_p else -1
    cross = p[0] * q[1] - p[1] * q[0]
    return -1 if cross > 0 else (1 if cross < 0 else 0)


def _perimeter(ray: tuple[int, int]) -> Fraction:
    """Return where a ray leaves the square [-1, 1]^2, as a length along its perimeter counterclockwise from (1, 0)."""
    x, y = ray
    if abs(x) >= abs(y):
        return Fraction(y, x) % 8 if x > 0 else 4 + Fraction(y, x)
    return 2 - Fraction(x, y) if y > 0 else 6 - Fraction(x, y)


_BY_TURN = cmp_to_key(_turn)
