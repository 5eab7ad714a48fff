"""Units of the columns: dividing by them keeps every region and makes the integers, and so the minors, small."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

import numpy as np

from ...numbers import exact
from .half import Half

# beyond this spread of exponents a point is kept in fractions, since doubles might leave their range
SPREAD = 900


def column_units(F: np.ndarray) -> list[Fraction]:
    """Return the greatest rational that divides every entry of each column (n, d) of fractions; 1 for a zero column.

    >>> column_units(np.array([[Fraction(51, 10), Fraction(1)], [Fraction(3), Fraction(1)]]))
    [Fraction(3, 10), Fraction(1, 1)]
    """
    out = []
    for column in np.asarray(F).T:
        numerator = gcd(*(v.numerator for v in column))
        out.append(Fraction(numerator, lcm(*(v.denominator for v in column))) if numerator else Fraction(1))
    return out


def divided(normals: np.ndarray, units: list[Fraction]) -> np.ndarray:
    """Return primitive integer multiples of the normals (k, r) in the new units."""
    if all(unit == units[0] for unit in units):
        return normals
    return exact.integer_rows(exact.fraction_matrix(normals) / np.array(units, dtype=object))[0]


def restored(half: Half, normals: np.ndarray, units: list[Fraction], checked: bool) -> Half:
    """Return regions of the divided normals with their points in the coordinates of the normals themselves.

    Args:
        half: the regions; where no exact arithmetic was needed, a factor of two in the error bound has room for the two
            roundings of the change of units.
        normals: (k, r) the normals before the division.
        units: (r,) as from `column_units`.
        checked: False where exact arithmetic found points, so that rounding them may carry them out of their regions.
    """
    if all(unit == units[0] for unit in units) or not len(half.points):
        return half
    sizes = [unit.numerator.bit_length() - unit.denominator.bit_length() for unit in units]
    fractions = {i: tuple(v / u for v, u in zip(p, units, strict=True)) for i, p in half.fractions.items()}
    doubtful = np.zeros(0, dtype=np.int64)
    points = np.full_like(half.points, np.nan)
    if max(sizes) - min(sizes) > SPREAD:
        doubtful = np.arange(len(points))
    else:
        middle = Fraction(2) ** ((max(sizes) + min(sizes)) // 2)
        points = half.points * np.array([float(middle / unit) for unit in units])
        if not checked:
            sides = exact.signs_of_products(normals, np.where(np.isnan(points), 0.0, points))
            meant = exact.signs_of_products(divided(normals, units), np.where(np.isnan(half.points), 0.0, half.points))
            doubtful = np.flatnonzero((sides != meant).any(axis=1))
    for i in doubtful.tolist():
        if i not in fractions:
            fractions[i] = tuple(Fraction(v) / u for v, u in zip(half.points[i].tolist(), units, strict=True))
            points[i] = np.nan
    return Half(half.bits, points, fractions)
