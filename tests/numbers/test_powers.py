"""Sums of powers against Python's own fractions, and curves of the width at widths of a million units."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.numbers.powers import sum_of_powers
from reluscape.numbers.width_curve import WidthCurve
from reluscape.probability.promises_beside_truth import promises_beside_truth

fractions = st.builds(Fraction, st.integers(-9, 9), st.integers(1, 12))


@given(st.lists(st.tuples(fractions, fractions), max_size=5), st.integers(0, 9))
def test_sums_are_those_of_plain_fractions(pairs, exponent):
    found = sum_of_powers(pairs, exponent)
    plain = sum((b**exponent * c for b, c in pairs), Fraction(0))
    assert (found.numerator, found.denominator) == (plain.numerator, plain.denominator)
    assert found + 1 - found == 1


def test_the_least_width_is_that_of_the_plain_values():
    terms = {Fraction(1): Fraction(1), Fraction(1, 2): Fraction(-1)}
    curve = WidthCurve(terms, "exact", "patterns", None)
    for wanted in (Fraction(0), Fraction(1, 2), Fraction(7, 8), Fraction(999, 1000), 1 - Fraction(1, 2**50)):
        plain = next(m for m in range(60) if sum(c * b**m for b, c in terms.items()) >= wanted)
        assert curve.width_for(wanted) == plain


def test_a_million_units_are_no_burden():
    curve = rs.full_rank_curve([[k, 1] for k in range(10)], population="regions")
    value = curve(10**6)
    assert isinstance(value, Fraction)
    # 1 - P is the chance that a gap between neighbours is missed, about 10 (9/10)^m: far below 2^-100,000
    missed = value.denominator - value.numerator
    assert missed > 0
    assert value.denominator.bit_length() - missed.bit_length() > 100_000


def test_promises_with_wide_networks_beside_the_truth():
    rows = promises_beside_truth([[-9, 1], [-8, 1], [-4, 1]], rng=0)
    assert max(row.promise.width for row in rows if row.truth is not None) > 10**4
    for row in rows:
        if row.truth is not None and row.truth.kind == "exact" and row.least_width is not None:
            assert row.least_width <= row.promise.width
            assert float(row.truth) >= 0.95  # the promise for the tolerated share 0.05
