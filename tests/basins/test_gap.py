"""The gap of a basin is a difference of losses, whatever the loss."""

import numpy as np
import pytest

import reluscape as rs


@pytest.mark.parametrize("output_bias", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_gap_grows_with_the_square_of_the_targets(seed, output_bias):
    rng = np.random.default_rng(seed)
    X, y, W = rng.standard_normal((9, 2)), rng.standard_normal(9), rng.standard_normal((2, 2))
    A = W @ X.T > 0
    one = rs.basin_value(X, y, A, [1, -1], output_bias=output_bias)
    far = rs.basin_value(X, 1024 * y, A, [1, -1], output_bias=output_bias)
    assert far.value == pytest.approx(1024**2 * one.value)
    assert far.gap == pytest.approx(1024**2 * one.gap, rel=1e-3)


@pytest.mark.parametrize("size", [1e-4, 1.0, 1e4])
@pytest.mark.parametrize("frozen", [False, True])
def test_value_and_lower_bound_hold_the_exact_value_between_them(size, frozen):
    rng = np.random.default_rng(3)
    X, W = rng.integers(-4, 5, (8, 2)), rng.standard_normal((2, 2))
    y = size * rng.integers(-4, 5, 8)
    A = W @ X.T > 0
    weights = {"v": [1, -1]} if frozen else {}
    signs = None if frozen else [1, -1]
    found = rs.basin_value(X, y, A, signs, **weights)
    truth = float(rs.basin_value(X, y, A, signs, exact=True, **weights).exact_value)
    room = 1e-12 * float(np.mean(y**2))
    assert found.value - found.gap - room <= truth <= found.value + found.gap + room
    assert found.gap <= 1e-8 * float(np.mean(y**2))


@pytest.mark.parametrize("seed", range(6))
def test_close_rows_with_frozen_weights_have_the_value_that_signs_give(seed):
    X = [["0.999997", 1], ["0.999998", 1], ["0.999999", 1], ["0.000003", 1]]
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(2, 2))
    W[:, 1] = -0.9999985 * W[:, 0] + 1e-9 * rng.normal(size=2)
    A = W @ np.array(X, dtype=float).T > 0
    found = rs.basin_value(X, [2, -1, 2, 1], A, None, v=[1, -1])
    truth = rs.basin_value(X, [2, -1, 2, 1], A, [1, -1], exact=True)
    assert rs.verify(truth.certificate).ok
    assert found.value == pytest.approx(truth.value, abs=1e-9)
