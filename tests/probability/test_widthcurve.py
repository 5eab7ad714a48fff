"""Curves in the width: values, intervals and the least width."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.numbers.width_curve import WidthCurve

HALF = Fraction(1, 2)


@given(st.integers(1, 6), st.fractions(Fraction(1, 100), Fraction(99, 100)))
def test_the_least_width_of_a_coverage_curve(k, wanted):
    # all k coupons seen, each missed with probability (1 - 1/(2k))^m, independently over coupons: (1 - b^m)^k
    from math import comb

    b = 1 - Fraction(1, 2 * k)
    terms = {}
    for i in range(k + 1):
        terms[b**i] = terms.get(b**i, 0) + Fraction((-1) ** i * comb(k, i))
    curve = WidthCurve(terms, "exact", "patterns", None)
    m = curve.width_for(wanted)
    assert curve(m) >= wanted
    assert m == 0 or curve(m - 1) < wanted
    assert curve(0) == 0
    assert curve(3) == (1 - b**3) ** k


def test_no_width_reaches_more_than_the_limit():
    curve = WidthCurve({Fraction(1): HALF, HALF: -HALF}, "exact", "patterns", None)
    assert curve.limit == HALF
    for wanted in (1, 0.5, "3/4"):
        with pytest.raises(rs.ReluscapeError, match="tends to"):
            curve.width_for(wanted)
    assert WidthCurve({Fraction(1): Fraction(1)}, "exact", "patterns", None).width_for(1) == 0
    with pytest.raises(rs.InputError, match="probability"):
        curve.width_for(2)


def test_floats_come_with_an_interval_that_holds_the_exact_value():
    exact = WidthCurve({Fraction(1): Fraction(1), Fraction(3, 8): Fraction(-3)}, "exact", "patterns", None)
    floats = WidthCurve({1.0: 1.0, 0.375: -3.0}, "certified", "initialization", "normal")
    low, high = floats.bounds(5)
    assert low <= exact(5) <= high
    assert high - low < 1e-14
    assert floats.width_for(0.99) == exact.width_for(0.99)
    assert floats.probability(5).kind == "certified"
