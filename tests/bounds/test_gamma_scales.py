"""Theorem 12's gamma is a share of the turn: it knows no scale, cancels nothing and says what it is."""

import math
from fractions import Fraction

import pytest

import reluscape as rs

LINE = [[0, 1], [1, 1], [2, 1]]  # least angle between (1, 1) and (2, 1): tan = 1/3


@pytest.mark.parametrize(
    "scale", [1, Fraction(10) ** 154, Fraction(10) ** 160, Fraction(1, 10**160), Fraction(1, 10**200)]
)
def test_gamma_knows_no_scale(scale):
    found = rs.anticoncentration([[a * scale for a in row] for row in LINE])
    assert found.low < found.value < found.high
    assert found.kind == "certified"
    assert found.value == pytest.approx(math.atan(1 / 3) / math.pi, rel=1e-15)


@pytest.mark.parametrize("gap", [Fraction(1, 10**k) for k in (3, 12, 20, 40)])
def test_gamma_of_near_rows_keeps_its_digits(gap):
    # (0, 1) and (gap, 1) differ by atan(gap); so do they inside data of rank 3
    true = math.atan(float(gap)) / math.pi
    assert rs.anticoncentration([[0, 1], [gap, 1]]).value == pytest.approx(true, rel=1e-14)
    found = rs.anticoncentration([[0, 1, 0], [gap, 1, 0], [0, 0, 1], [1, 1, 1]])
    assert found.kind == "certified"
    assert found.low <= found.value <= found.high
    assert found.value == pytest.approx(true, rel=1e-12)
    shares = rs.good_basin_curve([[0, 1], [gap, 1]], [1, -1])
    assert shares.kind in ("exact", "certified")


def test_gamma_is_a_fraction_where_it_is_one():
    for X, gamma in [
        ([[-1, 1], [0, 1], [1, 1]], Fraction(1, 4)),
        ([[1, 0], [0, 3]], Fraction(1, 2)),
        ([[1, 0], [-1, 1]], Fraction(1, 2)),
        ([[1, 2], [2, 4]], Fraction(0)),
        ([[0, 0], [1, 1]], Fraction(0)),
    ]:
        found = rs.anticoncentration(X)
        assert found.kind == "exact"
        assert found.value == found.low == found.high == gamma
        assert isinstance(found.value, Fraction)
