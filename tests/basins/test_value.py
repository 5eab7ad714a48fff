"""Basin values of the squared loss against exact brute force, and what must hold for every basin."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from tests.basins_strategy import basins
from tests.oracles import basin as oracle


@given(basins(), st.booleans())
def test_values_agree_with_exact_brute_force(problem, output_bias):
    X, y, A, signs = problem
    expected = float(oracle.basin_value(X, y, A, signs, output_bias))
    scale = max(1.0, float(np.mean(y.astype(float) ** 2)))
    found = rs.basin_value(X, y, A, signs, output_bias=output_bias)
    assert found.value == pytest.approx(expected, abs=1e-8 * scale)
    assert found.residual <= 1e-9
    assert rs.basin_values(X, y, A[None], signs[None], output_bias=output_bias)[0] == pytest.approx(
        expected, abs=1e-8 * scale
    )


@given(basins(), st.booleans())
def test_the_point_lies_in_the_basin_and_has_the_value(problem, output_bias):
    X, y, A, signs = problem
    found = rs.basin_value(X, y, A, signs, output_bias=output_bias)
    floats, targets = X.astype(float), y.astype(float)
    heights = found.Z @ floats.T
    scale = 1 + np.abs(heights).max(initial=0.0)
    nonzero = floats.any(axis=1)
    assert (signs[:, None] * np.where(A, 1, -1) * heights)[:, nonzero].min(initial=0.0) >= -1e-9 * scale
    prediction = (A * heights).sum(axis=0) + found.c
    np.testing.assert_allclose(found.prediction, prediction, atol=1e-9 * scale)
    assert np.mean((prediction - targets) ** 2) == pytest.approx(found.value, abs=1e-7 * scale)
    assert found.value <= np.mean(targets**2) + 1e-9


def test_zero_rows_keep_their_loss():
    found = rs.basin_value([[0, 0], [1, 0]], [3, 1], [[True, True]], [1])
    assert found.value == pytest.approx(4.5)
    assert found.zero_rows == (0,)
    with_bias = rs.basin_value([[0, 0], [1, 0]], [3, 1], [[True, True]], [1], output_bias=True)
    assert with_bias.value == pytest.approx(1.0)


def test_no_units_no_active_units_one_sample():
    X, y = np.eye(2), np.array([1.0, -2.0])
    assert rs.basin_value(X, y, np.zeros((0, 2), bool), []).value == 2.5
    assert rs.basin_value(X, y, np.zeros((3, 2), bool), [1, 1, -1]).value == 2.5
    assert rs.basin_values(X, y, np.zeros((4, 0, 2), bool), np.zeros((4, 0))).tolist() == [2.5] * 4
    assert rs.basin_value([[2.0]], [3.0], [[True]], [1]).value == pytest.approx(0, abs=1e-10)
    assert rs.basin_value([[2.0]], [3.0], [[True]], [-1]).value == pytest.approx(9)


def test_no_samples_at_all():
    for output_bias in (False, True):
        assert rs.basin_value(np.zeros((0, 2)), [], np.zeros((1, 0)), [1], output_bias=output_bias).value == 0
        assert rs.good_basin_probability(np.zeros((0, 2)), [], 2, output_bias=output_bias).value == 1


def test_conflicting_repeated_samples_keep_half_their_difference():
    found = rs.basin_value([[1, 0], [1, 0]], [3, 1], [[1, 1]], [1], exact=True)
    assert found.exact_value == 1
    law = rs.basin_value_distribution([[1, 0], [1, 0]], [3, 1], 2)
    assert law == {Fraction(1): Fraction(7, 16), Fraction(5): Fraction(9, 16)}


def test_constant_targets_with_an_output_bias_are_fitted():
    found = rs.basin_value(np.eye(3), [7.0] * 3, np.zeros((1, 3), bool), [1], output_bias=True)
    assert found.value == 0
    assert found.c == pytest.approx(7)


def test_equal_units_merge_and_a_pattern_with_both_signs_is_free():
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((12, 3)), rng.standard_normal(12)
    A = np.tile(X @ rng.standard_normal(3) > 0, (3, 1))
    found = rs.basin_value(X, y, A, [1, -1, 1])
    active = A[0]
    rest = y[active] - X[active] @ np.linalg.lstsq(X[active], y[active], rcond=None)[0]
    assert found.value == pytest.approx((rest @ rest + (y[~active] ** 2).sum()) / 12)
    slack = np.array([1, -1, 1])[:, None] * np.where(A, 1, -1) * (found.Z @ X.T)
    assert slack.min() >= -1e-9


def test_columns_on_wildly_different_scales():
    rng = np.random.default_rng(1)
    X = rng.standard_normal((40, 4))
    X[:, 3] = 1
    y = rng.standard_normal(40)
    W = rng.standard_normal((5, 4))
    A, signs = W @ X.T > 0, np.array([1, -1, 1, -1, 1])
    plain = rs.basin_value(X, y, A, signs).value
    wild = X * np.array([1e9, 1e-7, 1.0, 1.0])
    assert rs.basin_value(wild, y, A, signs).value == pytest.approx(plain, rel=1e-8)
    offset = X + np.array([1e6, 0, 0, 0])
    assert rs.basin_value(offset, y, A, signs).value == pytest.approx(plain, rel=1e-6)


def test_a_further_unit_never_raises_the_value_and_order_does_not_matter():
    rng = np.random.default_rng(2)
    X, y = rng.standard_normal((30, 5)), rng.standard_normal(30)
    A, signs = rng.standard_normal((7, 5)) @ X.T > 0, rng.choice([-1, 1], 7)
    values = [rs.basin_value(X, y, A[:k], signs[:k]).value for k in range(8)]
    assert all(b <= a + 1e-10 for a, b in itertools.pairwise(values))
    order = rng.permutation(7)
    assert rs.basin_value(X, y, A[order], signs[order]).value == pytest.approx(values[7], abs=1e-10)


def test_many_basins_are_solved_once_each():
    from reluscape.basins import BasinEvaluator

    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((8, 2)), rng.standard_normal(8)
    evaluator = BasinEvaluator(X, y)
    A, signs = rng.standard_normal((300, 3, 2)) @ X.T > 0, rng.choice([-1, 1], (300, 3))
    values = evaluator.values(A, signs)
    solved = evaluator.solved
    states = {frozenset((a.tobytes(), s) for a, s in zip(A[b], signs[b], strict=True) if a.any()) for b in range(300)}
    assert solved == len(states)
    np.testing.assert_array_equal(evaluator.values(A[:, ::-1], signs[:, ::-1]), values)
    assert evaluator.solved == solved
    for b in range(0, 300, 50):
        assert values[b] == pytest.approx(rs.basin_value(X, y, A[b], signs[b]).value, abs=1e-9)


def test_references_are_exact():
    assert rs.constant_fit([[0], [1]], [1, 2]).exact_value == Fraction(1, 4)
    assert rs.affine_fit([[0], [1], [2]], ["0.1", "0.2", "0.3"]).exact_value == 0
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((9, 2)), rng.standard_normal(9)
    design = np.column_stack([X, np.ones(9)])
    rest = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    assert rs.affine_fit(X, y).value == pytest.approx(np.mean(rest**2))


def test_wrong_input_is_named():
    X, y = np.eye(2), [1.0, 2.0]
    with pytest.raises(rs.InputError, match="targets"):
        rs.basin_value(X, None, [[True, True]], [1])
    with pytest.raises(rs.InputError, match="shape"):
        rs.basin_value(X, y, [[True, True, True]], [1])
    with pytest.raises(rs.InputError, match="-1 or"):
        rs.basin_value(X, y, [[True, True]], [0])
    with pytest.raises(rs.InputError, match="several outputs"):
        rs.basin_value(X, np.eye(2), [[True, True]], [1])
    with pytest.raises(rs.InputError, match="expected"):
        rs.basin_values(X, y, [[True, True]], [1])
