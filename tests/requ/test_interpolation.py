"""Appendix I's construction and the interpolating one, recomputed without the package."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs


@st.composite
def labelled_points(draw):
    z = draw(st.lists(st.integers(-9, 9), min_size=1, max_size=5, unique=True))
    return z, draw(st.lists(st.sampled_from([-1, 1]), min_size=len(z), max_size=len(z)))


def printed(z, y, z0):
    """The printed recursion, in fractions."""
    order = np.argsort(z)
    z, y = [Fraction(z[i]) for i in order], [y[i] for i in order]
    terms = [(Fraction(z0), Fraction(y[0]))]

    def q(t):
        return sum(c * max(t - k, 0) ** 2 for k, c in terms)

    for k in range(len(z) - 1):
        terms.append((z[k], 2 * y[k + 1] * (abs(q(z[k + 1])) + 1) / (z[k + 1] - z[k]) ** 2))
    return terms, [s * q(t) for s, t in zip(y, z, strict=True)]


@given(labelled_points())
def test_the_printed_construction_classifies_with_n_units(data):
    z, y = data
    found = rs.requ.interpolate(z, y, min(z) - 1)
    terms, margins = printed(z, y, min(z) - 1)
    assert [*zip(found.exact_knots, found.exact_coefficients, strict=True)] == terms
    assert list(found.margins) == margins
    assert min(margins) > 0
    assert len(found.knots) == len(z)


@given(labelled_points())
def test_the_other_construction_interpolates_with_smaller_coefficients(data):
    z, y = data
    found = rs.requ.interpolate_exactly(z, y, min(z) - 1)
    values = np.maximum(np.subtract.outer(z, found.knots), 0) ** 2 @ found.coefficients
    np.testing.assert_allclose(values, y, rtol=1e-6)
    assert set(found.margins) == {1}
    print_ = rs.requ.interpolate(z, y, min(z) - 1)
    assert abs(found.exact_coefficients[-1]) <= abs(print_.exact_coefficients[-1])


def test_margin_ratios_of_alternating_points():
    ratios = [
        rs.requ.interpolate_exactly(range(n), [(-1) ** k for k in range(n)], -1).margin_ratio() for n in (2, 3, 4)
    ]
    np.testing.assert_allclose(ratios, [1 / 7, 1 / 31, 1 / 131], rtol=1e-12)


def test_a_direction_carries_it_to_more_inputs():
    X, y, w = np.array([[0.0, 1.0], [2.0, -1.0], [1.0, 1.0]]), np.array([1, -1, 1]), np.array([1.0, 2.0])
    z = X @ w
    found = rs.requ.interpolate(z, y, z.min() - 1)
    a, U = found.weights(w)
    f = np.maximum(np.c_[X, np.ones(3)] @ U.T, 0) ** 2 @ a
    np.testing.assert_allclose(f, found.predict(z))
    assert (y * f > 0).all()


@pytest.mark.parametrize(
    ("z", "y", "z0", "text"),
    [
        ([0, 1, 0], [1, 1, -1], -1, "points 0 and 2 are equal"),
        ([0, 1], [1, -1], 0, "z0 is below all points"),
        ([0, 1], [1, 0], -1, "neither -1 nor 1"),
        ([0, 1], [1], -1, "2 points and 1 labels"),
        ([], [], -1, "no points"),
    ],
)
def test_wrong_input_is_named(z, y, z0, text):
    with pytest.raises(rs.ReluscapeError, match=text):
        rs.requ.interpolate(z, y, z0)
