"""Columns of doubles are centred in sums of two doubles: against exact rationals, also where everything cancels."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.solvers.scaling import coordinates
from reluscape.solvers.twofold import less

moderate = st.floats(-1e60, 1e60, allow_subnormal=False).filter(lambda v: v == 0 or abs(v) > 1e-60)


@given(moderate, moderate.filter(bool), st.integers(-40, 40))
def test_a_difference_of_a_value_and_a_product_is_nearly_exact(value, unit, ulps):
    ratio = value / unit
    for _ in range(abs(ulps)):  # beside the ratio for which all digits cancel
        ratio = float(np.nextafter(ratio, np.inf if ulps > 0 else -np.inf))
    high, low = less(np.array([[value]]), np.array([ratio]), np.array([[unit]]))
    exact = Fraction(value) - Fraction(ratio) * Fraction(unit)
    off = abs(Fraction(float(high[0, 0])) + Fraction(float(low[0, 0])) - exact)
    assert off <= abs(exact) * Fraction(2) ** -100
    assert abs(low[0, 0]) <= abs(high[0, 0]) * 2.0**-52


@pytest.mark.parametrize("size", [1.0, 1e-200, 1e200])
def test_doubles_and_the_fractions_they_store_have_the_same_coordinates(size):
    rng = np.random.default_rng(0)
    X = np.c_[rng.standard_normal((30, 3)) * [1.0, 1e-7, 1e6] + [1e4, 3.0, 0.0], np.full(30, 0.3)] * size
    X[7] = X[3]
    exact = np.array([[Fraction(float(v)) for v in row] for row in X], dtype=object)
    y = rng.standard_normal(30)
    one, other = (coordinates(rs.Dataset(data), y, False) for data in (X, exact))
    np.testing.assert_allclose(one.U @ one.U.T, other.U @ other.U.T, atol=1e-13)
    np.testing.assert_allclose(one.back, other.back, rtol=1e-9)
    assert (one.sample == other.sample).all()
    assert (one.line == other.line).all()


@given(st.lists(st.lists(moderate, min_size=2, max_size=2), min_size=1, max_size=6))
def test_rows_duplicates_and_lines_of_doubles_are_those_of_their_fractions(rows):
    rows = [*rows, rows[0], [2.0 * v for v in rows[-1]]]
    doubles, fractions = rs.Dataset(np.array(rows)), rs.Dataset([[Fraction(v) for v in row] for row in rows])
    assert doubles.stores_doubles
    assert not fractions.stores_doubles
    assert doubles.rows.tolist() == fractions.rows.tolist()
    assert doubles.row_scale.tolist() == fractions.row_scale.tolist()
    assert doubles.duplicates == fractions.duplicates
    assert doubles.parallel == fractions.parallel


@pytest.mark.parametrize("output_bias", [False, True])
def test_what_is_little_in_the_units_of_a_program_is_little_beside_the_targets(output_bias):
    rng = np.random.default_rng(11)
    for length in (1e-30, 0.4, 0.7, 0.75, 1.0, 1.4, 1.5, 3.0, 7e20):
        y = rng.normal(size=6)
        y *= length / np.linalg.norm(y - y.mean() * output_bias)
        unit = coordinates(rs.Dataset(rng.normal(size=(6, 2))), y, output_bias).y_square
        spread = sum((Fraction(v) - output_bias * sum(map(Fraction, y)) / 6) ** 2 for v in y)
        assert spread / 4 * Fraction(99, 100) < Fraction(unit) <= spread * Fraction(100000001, 100000000)
