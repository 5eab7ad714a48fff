"""Arrangements of rank 2: the arcs between neighbouring lines, their angles, and their share of the square."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key

import numpy as np

from .angles import angle_turns, proven_shares


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


def arc_angles(circle: Arcs, gram: np.ndarray) -> np.ndarray:
    """Return the angle of each arc as a share of the full turn, every digit of the doubles proven.

    The angle between neighbouring lines is the angle between their normals or its supplement, by the sides of the arc.

    Args:
        circle: the arcs.
        gram: (k, k) integers, inner products of the normals in the space where angles are measured.
    """
    lines = np.array(circle.lines)
    after = np.roll(lines, -1)
    every = np.arange(len(lines))
    same = circle.signs[every, lines] == circle.signs[every, after]

    def turns(arcs: np.ndarray, bits: int) -> tuple[np.ndarray, int]:
        pairs = zip(lines[arcs].tolist(), after[arcs].tolist(), strict=True)
        between = np.array(angle_turns(gram, pairs, bits), dtype=object)
        return np.where(same[arcs], (1 << bits - 1) - between, between), 1 << bits

    return proven_shares(np.ones(len(lines), dtype=np.int64), turns)


def square_shares(circle: Arcs) -> list[Fraction]:
    """Return the exact share of the square [-1, 1]^2 that each arc's cone takes: its part of the perimeter over 8."""
    places = [_perimeter(ray) for ray in circle.starts]
    return [(places[(i + 1) % len(places)] - place) % 8 / 8 for i, place in enumerate(places)]


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
