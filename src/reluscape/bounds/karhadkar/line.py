"""One-dimensional data with bias: which sets of step patterns have full rank, counted in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

import flint

from ...numbers.powers import sum_of_powers

__all__ = [
    "good_step_sets",
    "in_turn",
    "is_one_dimensional",
    "least_width",
    "share_of_full_rank",
    "step_terms",
    "unpinned_cut_sets",
]


def share_of_full_rank(n: int, width: int) -> Fraction:
    """Return the share of the (2n)^width regions of n distinct points with bias whose Jacobian has full rank."""
    if n == 0:
        return Fraction(1)
    return sum_of_powers(((Fraction(j, 2 * n), c) for j, c in step_terms(n)), width)


def least_width(n: int, share: Fraction) -> int:
    """Return the least width from which on at least this share (below 1) of the regions has full rank.

    The share grows with the width: an extra unit never lowers the rank.
    """
    low, high = 0, 1
    while share_of_full_rank(n, high) < share:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if share_of_full_rank(n, middle) >= share else (middle, high)
    return high if share_of_full_rank(n, low) < share else low


@lru_cache(maxsize=64)
def step_terms(n: int) -> tuple[tuple[int, int], ...]:
    """Return pairs (j, c_j) with share of full rank = sum_j c_j (j / 2n)^width, zeros left out."""
    # N(z) counts good sets by size; words over t given patterns and the dead one that use all t:
    # sum_i (-1)^i C(t, i) (t + 1 - i)^width, so that c_j is the coefficient of z^(j-1) in N(z - 1)
    polynomial = good_step_sets(n)(flint.fmpz_poly([-1, 1]))
    return tuple((j + 1, int(polynomial[j])) for j in range(polynomial.degree() + 1) if polynomial[j] != 0)


def good_step_sets(n: int) -> flint.fmpz_poly:
    """Return the polynomial that counts, by size, the full-rank sets among the 2n - 1 step patterns with a one."""
    z = flint.fmpz_poly([0, 1])
    if n == 1:
        return z
    before, here = flint.fmpz_poly([0]), flint.fmpz_poly([1])
    for _ in range(1, n):  # a cut is used from the left, from the right, or from both sides: 2z + z^2
        before, here = here, (2 * z + z * z) * (here + before)
    return (before + here) * (1 + z) - unpinned_cut_sets(n)


def unpinned_cut_sets(n: int) -> flint.fmpz_poly:
    """Return the polynomial that counts, by size, the deficient sets without constants among those with short runs.

    Every cut is used from one side (label 0: active to its left, 1: to its right), no unit is active everywhere,
    runs have at most two points, and fewer than two runs of one point have ends with different labels; the left
    border has label 0, the right border label 1.
    """
    z, zero = flint.fmpz_poly([0, 1]), flint.fmpz_poly([0])
    empty = ((zero, zero), (zero, zero))  # [label of the last cut][number of such runs, 0 or 1]
    before, here = empty, ((flint.fmpz_poly([1]), zero), (zero, zero))
    for position in range(1, n + 1):
        weight = z if position < n else flint.fmpz_poly([1])
        step = []
        for label in (0, 1):
            counts = []
            for runs in (0, 1):
                total = before[0][runs] + before[1][runs] + here[label][runs]
                if runs:
                    total = total + here[1 - label][0]
                counts.append(weight * total)
            step.append(tuple(counts))
        before, here = here, (step[0], step[1])
    return here[1][0] + here[1][1]


def is_one_dimensional(rows: Any) -> bool:
    """Whether integer rows of rank 2 are distinct points of a line with bias, up to coordinates and positive factors.

    This holds exactly if no two rows are parallel and all lie strictly on one side of some line through 0.
    """
    angles = [(int(a), int(b)) for a, b in rows]
    order = in_turn(angles)
    cycle = [angles[i] for i in order]
    return len(cycle) > 1 and all(p[0] * q[1] - p[1] * q[0] > 0 for p, q in pairwise(cycle))


def in_turn(rows: Sequence[tuple[int, int]]) -> list[int]:
    """Return the places of integer rows in the order of their directions, from one with all others to its left.

    Nothing is returned where there is no such row.
    """
    for first in rows:
        if all(first[0] * b - first[1] * a > 0 for a, b in rows if (a, b) != first):
            turn = _turn_from(first)
            return sorted(range(len(rows)), key=lambda i: turn(rows[i]))
    return []


def _turn_from(first: tuple[int, int]) -> Any:
    def cotangent(row: tuple[int, int]) -> tuple[int, Fraction]:
        cross = first[0] * row[1] - first[1] * row[0]
        along = first[0] * row[0] + first[1] * row[1]
        return (0, Fraction(0)) if cross == 0 else (1, Fraction(-along, cross))

    return cotangent
