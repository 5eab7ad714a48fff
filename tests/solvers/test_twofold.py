from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reluscape.solvers.twofold import column_products, lower_parts, product


def test_products_that_cancel_are_rounded_once():
    rng = np.random.default_rng(0)
    exactly = np.array([[Fraction(int(v), 3) for v in row] for row in rng.integers(-(10**6), 10**6, (6, 3))])
    exactly[:, 2] = exactly[:, 0] + exactly[:, 1] + [Fraction(k, 10**14) for k in range(1, 7)]
    high = exactly.astype(float)
    factor = np.array([[1.0], [1.0], [-1.0]])
    found = product(high, lower_parts(exactly, high), factor)[:, 0]
    truth = [float(-Fraction(k, 10**14)) for k in range(1, 7)]
    assert np.allclose(found, truth, rtol=1e-9, atol=0.0)


def test_columns_of_any_scale():
    found = product(np.array([[1e300, 1e-300]]), np.zeros((1, 2)), np.array([[1e-300], [1e300]]))
    assert np.allclose(found, 2.0)


def test_long_sums_of_odd_length_that_cancel_are_rounded_once():
    rng = np.random.default_rng(1)
    high, factor = rng.normal(size=(2, 4_001)), rng.normal(size=(4_001, 3))
    low = high * rng.normal(size=high.shape) * 2.0**-54
    factor[-1] = -(high[0, :-1] @ factor[:-1]) / high[0, -1]
    found = product(high, low, factor)
    for i, k in np.ndindex(2, 3):
        terms = zip(high[i], low[i], factor[:, k], strict=True)
        truth = sum((Fraction(a) + Fraction(b)) * Fraction(c) for a, b, c in terms)
        assert abs(Fraction(found[i, k]) - truth) <= Fraction(1, 2**50) * abs(truth) + Fraction(1, 10**28)


def test_no_columns_and_no_rows():
    assert product(np.zeros((2, 0)), np.zeros((2, 0)), np.zeros((0, 3))).tolist() == [[0.0] * 3] * 2
    assert product(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((2, 3))).shape == (0, 3)


@given(st.integers(0, 10**6))
def test_sums_of_columns_hold_twice_the_digits(seed):
    rng = np.random.default_rng(seed)
    d, r = rng.integers(1, 30, 2)
    high, factor = rng.normal(size=(2, d, r)) * 10.0 ** rng.integers(-8, 8, (2, d, r))
    low = high * rng.normal(size=high.shape) * 2.0**-54
    factor[-1] = -(high[:-1] * factor[:-1]).sum(axis=0) / high[-1]
    found = column_products(high, low, factor)
    for c in range(r):
        terms = list(zip(high[:, c], low[:, c], factor[:, c], strict=True))
        truth = sum((Fraction(a) + Fraction(b)) * Fraction(f) for a, b, f in terms)
        size = sum(abs(Fraction(a) * Fraction(f)) for a, _, f in terms)
        assert abs(Fraction(found[c]) - truth) <= abs(truth) / 2**50 + size / 2**95
