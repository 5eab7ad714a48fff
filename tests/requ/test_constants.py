"""Coercivity constants, sublevel radii, the regulariser and the training error against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.requ.constants import filter_radius

LAMBDAS = st.lists(st.floats(0.01, 100), min_size=1, max_size=6)


@given(LAMBDAS, st.integers(0, 2**32 - 1))
def test_both_constants_hold_and_the_sharp_one_is_attained(lambdas, seed):
    m = len(lambdas)
    rng = np.random.default_rng(seed)
    printed, sharp = (rs.requ.coercivity_constant(lambdas, form) for form in ("printed", "sharp"))
    assert printed <= sharp * (1 + 1e-12)
    for _ in range(20):
        a, U = rng.standard_normal(m) * rng.exponential(size=m), rng.standard_normal((m, 3))
        size = np.sqrt((a**2).sum() + (U**2).sum())
        assert rs.requ.regularizer(a, U, lambdas) >= sharp * size**3 * (1 - 1e-12)
    a = 2 / np.array(lambdas)
    U = np.zeros((m, 3))
    U[:, 0] = a / 2
    size = np.sqrt((a**2).sum() + (U**2).sum())
    assert rs.requ.regularizer(a, U, lambdas) == pytest.approx(sharp * size**3, rel=1e-10)


def test_equal_coefficients_gain_the_factor_of_the_two_formulas():
    for m in (1, 3, 10):
        ratio = rs.requ.coercivity_constant([0.3] * m) / rs.requ.coercivity_constant([0.3] * m, "printed")
        assert ratio == pytest.approx(2 * np.sqrt(2 / 5))


def test_the_sharp_constant_is_the_least_value_on_the_sphere():
    # independent: minimise over a grid of the quarter circle |a|, |u| of one unit, and of two units
    angle = np.linspace(0, np.pi / 2, 20001)
    one = 0.7 / 3 * (np.cos(angle) ** 3 + 2 * np.sin(angle) ** 3)
    assert rs.requ.coercivity_constant([0.7]) == pytest.approx(one.min(), rel=1e-6)
    lam = np.array([0.2, 0.5])
    share = np.linspace(0, 1, 2001)[:, None]
    best = one.min() / 0.7
    two = best * (lam[0] * share**1.5 + lam[1] * (1 - share) ** 1.5)
    assert rs.requ.coercivity_constant(lam) == pytest.approx(two.min(), rel=1e-6)


def test_the_regulariser_is_the_printed_sum():
    a, U, lam = [2.0, -1.0], [[3.0, 4.0], [0.0, 1.0]], [0.5, 2.0]
    assert rs.requ.regularizer(a, U, lam) == pytest.approx((0.5 * (8 + 2 * 125) + 2.0 * (1 + 2 * 1)) / 3)


def test_sublevel_sets_lie_within_the_radius():
    rng = np.random.default_rng(0)
    lam = np.array([0.1, 0.4, 0.3])
    for _ in range(300):
        a, U = rng.standard_normal(3), rng.standard_normal((3, 2))
        level = rs.requ.regularizer(a, U, lam)
        size = np.sqrt((a**2).sum() + (U**2).sum())
        assert (
            size <= rs.requ.sublevel_radius(level, lam) <= rs.requ.sublevel_radius(level, lam, "printed") * (1 + 1e-9)
        )


def test_sublevel_sets_of_filters_lie_within_the_radius():
    rng = np.random.default_rng(1)
    lam, lam_c = np.array([0.1, 0.4]), 0.3
    for _ in range(300):
        net = rs.requ.conv.random_net(2, 2, 3, 2, lam, lam_c, rng=rng)
        level = net.regularizer
        sizes = (net.filters**2).sum(axis=1)
        assert np.sqrt(sizes.max()) <= filter_radius(level, lam_c) * (1 + 1e-12)
        whole = np.sqrt((net.a**2).sum() + (net.U**2).sum() + sizes.sum())
        sharp = rs.requ.sublevel_radius(level, lam, lambda_c=lam_c, filters=2)
        assert whole <= sharp <= rs.requ.sublevel_radius(level, lam, "printed", lam_c, 2)
    # attained by a lone filter
    t = np.sqrt(1 + 2 * np.sqrt(2.0 / lam_c))
    assert lam_c / 4 * (t**2 - 1) ** 2 == pytest.approx(2.0)
    assert filter_radius(2.0, lam_c) == pytest.approx(t)


def test_a_sign_of_zero_is_an_error():
    assert rs.requ.training_error([0.0, 0.0], [1, -1]) == 1.0
    assert rs.requ.training_error([0.0, -1e-300, 3.0], [-1, -1, 1]) == pytest.approx(1 / 3)
    net = rs.requ.ReQUNet([1.0], [[1.0, 0.0]])
    assert rs.requ.training_error(net, [[1.0], [-1.0]], [1, -1]) == 0.5


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: rs.requ.coercivity_constant([1.0, 0.0]), "positive and finite, number 1"),
        (lambda: rs.requ.coercivity_constant([1.0], "best"), "printed, sharp"),
        (lambda: rs.requ.regularizer([1.0], [[1.0]], [1.0, 2.0]), "one per unit"),
        (lambda: rs.requ.sublevel_radius(-1.0, [1.0]), "not negative"),
        (lambda: rs.requ.sublevel_radius(1.0, [1.0], filters=1), "give lambda_c"),
        (lambda: rs.requ.training_error([1.0], [2]), "neither -1 nor 1"),
        (lambda: rs.requ.training_error([1.0, 2.0], [1]), "2 predictions for 1"),
        (lambda: rs.requ.training_error([], []), "no samples"),
    ],
)
def test_wrong_input_is_named(call, text):
    with pytest.raises(rs.ReluscapeError, match=text):
        call()
