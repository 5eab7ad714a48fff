"""The gap of a basin is a difference of losses, whatever the loss."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.basins import decided, many
from reluscape.solvers import face, quadratic
from reluscape.solvers.quadratic import BasinPrograms


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


def ordinary(seed):
    """Rows neither closer than about 1e-3 nor of very different sizes; patterns, signs, and whether an output bias."""
    rng = np.random.default_rng(seed)
    n, d, m = int(rng.integers(3, 11)), int(rng.integers(1, 6)), int(rng.integers(1, 5))
    X = rng.standard_normal((n, d))
    if seed % 3 == 0:
        X = rng.integers(-3, 4, (n, d)).astype(float)
    elif seed % 3 == 1:
        X = X[rng.integers(0, (n + 2) // 3, n)] + 10 ** rng.uniform(-2.8, -1) * rng.standard_normal((n, d))
    W = rng.standard_normal((m, d))
    if m > 1 and rng.random() < 0.5:
        W[1] = W[0] + 0.1 * rng.standard_normal(d)  # two cells that touch
    A = (X @ W.T > 0).T & X.any(axis=1)
    return X, rng.integers(-3, 4, n).astype(float), A, rng.choice([-1, 1], m), bool(rng.integers(2))


@pytest.mark.parametrize("block", range(6))
def test_the_gap_of_ordinary_rows_bounds_the_distance_from_the_exact_value(block):
    proved = 0
    for seed in range(20 * block, 20 * (block + 1)):
        X, y, A, signs, output_bias = ordinary(seed)
        programs = BasinPrograms(rs.Dataset(X, y), output_bias)
        solution = programs.solve(programs.presolve(A, signs)[0])
        truth = float(rs.basin_value(X, y, A, signs, exact=True, output_bias=output_bias).exact_value)
        size = float(np.mean(y**2)) or 1.0
        found = rs.basin_value(X, y, A, signs, output_bias=output_bias)
        assert abs(found.value - truth) <= 1e-9 * size, seed
        assert (
            abs(float(rs.basin_values(X, y, A[None], signs[None], output_bias=output_bias)[0]) - truth) <= 1e-9 * size
        )
        if solution.proved:
            assert abs(solution.value - truth) <= programs.in_losses(solution.gap) + 1e-14 * size, seed
        proved += solution.proved
    assert proved >= 18


def test_a_gap_that_is_an_estimate_leaves_a_small_basin_to_exact_arithmetic(monkeypatch):
    X, y, A, signs, output_bias = ordinary(2)
    assert rs.basin_value(X, y, A, signs, output_bias=output_bias).kind == "numerical"
    monkeypatch.setattr(quadratic, "certified_face", lambda *_: None)
    assert rs.basin_value(X, y, A, signs, output_bias=output_bias).kind == "certified"
    monkeypatch.setattr(decided, "SMALL", 0)
    assert rs.basin_value(X, y, A, signs, output_bias=output_bias).kind == "numerical"


def test_a_row_whose_multiplier_is_next_to_nothing_leaves_its_direction_unproved():
    rows, multipliers = np.eye(2), np.array([1.0, 1e-20])
    assert not face._non_negative(rows, 2, np.array([1.0, -1.0]), multipliers, 0.0)
    assert face._non_negative(rows, 2, np.array([1.0, 1.0]), np.ones(2), 1e-9)
    assert not face._non_negative(rows, 2, np.array([1.0, 1e-12]), np.ones(2), 1e-9)


def test_a_small_batch_of_high_rank_is_proved_like_single_values(monkeypatch):
    # rows that nearly depend on each other by threes make thin cells, though no two rows are close
    rng = np.random.default_rng(5)
    X = rng.integers(-5, 6, (4, 4)).astype(float)
    X = np.concatenate([X, X[:1] + X[1:2] + 1e-6 * rng.integers(1, 9, (1, 4)), X[2:3] - X[3:] + 1e-7])
    y = rng.integers(-3, 4, 6).astype(float)
    assert not BasinPrograms(rs.Dataset(X, y)).space.fine
    W = rng.standard_normal((12, 2, 4))
    patterns, signs = np.einsum("bmd,nd->bmn", W, X) > 0, rng.choice([-1, 1], (12, 2))
    found = [rs.basin_value(X, y, A, s, exact=True) for A, s in zip(patterns, signs, strict=True)]
    truth = [float(basin.exact_value) for basin in found]
    np.testing.assert_allclose(rs.basin_values(X, y, patterns, signs), truth, atol=1e-9)
    # where floats can prove nothing, exact arithmetic decides every program
    asked = []
    monkeypatch.setattr(quadratic, "certified_face", lambda *_: None)
    monkeypatch.setattr(many, "decided_exactly", lambda *given: asked.append(given) or decided.decided_exactly(*given))
    np.testing.assert_allclose(rs.basin_values(X, y, patterns, signs), truth, atol=1e-12)
    different = {frozenset((tuple(row), int(s)) for row, s in zip(A, t, strict=True) if row.any())
                 for A, t in zip(patterns, signs, strict=True)}  # fmt: skip
    assert len(asked) == len(different - {frozenset()})
