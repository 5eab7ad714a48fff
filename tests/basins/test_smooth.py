"""Basin values of other losses: against a conic solver, the squared loss, and separable classes."""

import clarabel
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import reluscape as rs
from tests.own_losses import Huber


def logistic_by_conic_solver(X, y, A, signs, output_bias):
    """Minimum of the mean logistic loss by Clarabel's exponential cones: t_i >= log(1 + exp(-y_i f_i))."""
    n, m = len(X), len(A)
    F = np.concatenate([a[:, None] * X for a in A] + [np.ones((n, 1))] * output_bias, axis=1)
    N = F.shape[1]
    G = sp.block_diag([sp.csc_matrix(s * np.where(a, 1, -1)[:, None] * X) for a, s in zip(A, signs, strict=True)])
    # variables (x, t, u, w): exp(-t) <= u, exp(-y f - t) <= w, u + w <= 1
    one, zero = sp.identity(n), sp.csc_matrix((n, n))
    rows = [sp.hstack([-G, sp.csc_matrix((m * n, 3 * n + output_bias))])]
    b = [np.zeros(m * n)]
    rows.append(sp.hstack([sp.csc_matrix((n, N)), zero, one, one]))
    b.append(np.ones(n))
    cones = [clarabel.NonnegativeConeT(m * n), clarabel.NonnegativeConeT(n)]
    for i in range(n):
        for kind in (0, 1):
            block = sp.lil_matrix((3, N + 3 * n))
            block[0, N + i] = 1
            if kind:
                block[0, :N] = y[i] * F[i]
            block[2, N + (1 + kind) * n + i] = -1
            rows.append(block)
            b.append(np.array([0.0, 1.0, 0.0]))
            cones.append(clarabel.ExponentialConeT())
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    q = np.concatenate([np.zeros(N), np.ones(n), np.zeros(2 * n)])
    P = sp.csc_matrix((len(q), len(q)))
    answer = clarabel.DefaultSolver(P, q, sp.csc_matrix(sp.vstack(rows)), np.concatenate(b), cones, settings).solve()
    return answer.obj_val / n


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.booleans())
def test_logistic_values_agree_with_a_conic_solver(seed, output_bias):
    rng = np.random.default_rng(seed)
    n, d, m = int(rng.integers(4, 25)), int(rng.integers(1, 4)), int(rng.integers(1, 4))
    X, y = rng.standard_normal((n, d)), rng.choice([-1.0, 1.0], n)
    A, signs = rng.standard_normal((m, d)) @ X.T > 0, rng.choice([-1, 1], m)
    found = rs.basin_value(X, y, A, signs, loss="logistic", output_bias=output_bias)
    assert found.value == pytest.approx(logistic_by_conic_solver(X, y, A, signs, output_bias), abs=2e-7)
    slack = signs[:, None] * np.where(A, 1, -1) * (found.Z @ X.T)
    assert slack.min() >= -1e-7 * (1 + np.abs(found.Z).max())
    if found.attained:
        assert found.residual < 1e-7
        assert np.mean(np.logaddexp(0, -y * found.prediction)) == pytest.approx(found.value, abs=1e-9)
    coded = rs.basin_value(X, (y + 1) / 2, A, signs, loss="bce", output_bias=output_bias)
    assert coded.value == pytest.approx(found.value, abs=1e-8)


class Squared:
    """The squared loss as a user would write it."""

    def value(self, f, y):
        return (f - y) ** 2

    def gradient(self, f, y):
        return 2 * (f - y)


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.booleans())
def test_a_user_loss_equal_to_the_squared_one_gives_the_same_value(seed, output_bias):
    rng = np.random.default_rng(seed)
    n, d, m = int(rng.integers(1, 15)), int(rng.integers(1, 4)), int(rng.integers(0, 5))
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    A, signs = rng.standard_normal((m, d)) @ X.T > 0, rng.choice([-1, 1], m)
    own = rs.basin_value(X, y, A, signs, loss=Squared(), output_bias=output_bias)
    assert own.attained
    assert own.value == pytest.approx(rs.basin_value(X, y, A, signs, output_bias=output_bias).value, abs=1e-9)


def test_huber_is_optimal_by_first_order_conditions():
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((20, 3)), 3 * rng.standard_normal(20)
    A, signs = rng.standard_normal((3, 3)) @ X.T > 0, np.array([1, -1, 1])
    found = rs.basin_value(X, y, A, signs, loss=Huber())
    assert found.attained
    g = np.clip(found.prediction - y, -1, 1)
    assert g @ found.prediction == pytest.approx(0, abs=1e-6)
    for _ in range(2000):  # no point of the cone offers a first-order decrease
        j = int(rng.integers(3))
        z = signs[j] * rng.standard_normal(3)
        if (signs[j] * np.where(A[j], 1, -1) * (X @ z) >= 0).all():
            assert g @ (A[j] * (X @ z)) >= -1e-6


def test_separable_classes_do_not_attain_the_infimum():
    X, y = np.array([[1.0, 0], [0, 1.0], [1.0, 1.0]]), [1, 1, 1]
    found = rs.basin_value(X, y, [[True, True, True]], [1], loss="logistic")
    assert not found.attained
    assert found.value == pytest.approx(0, abs=1e-9)
    moves = X @ found.direction[0]
    assert moves.min() >= -1e-9
    assert moves.max() > 0.1
    # only sample 0 can be carried away; the others keep log 2
    half = rs.basin_value(np.eye(2), [1, 1], [[True, False]], [1], loss="logistic")
    assert not half.attained
    assert half.value == pytest.approx(np.log(2) / 2, abs=1e-9)
    stuck = rs.basin_value(np.eye(2), [1, 1], [[True, True]], [-1], loss="logistic")
    assert stuck.attained
    assert stuck.value == pytest.approx(np.log(2), abs=1e-9)


def test_labels_and_exactness_are_checked():
    with pytest.raises(rs.InputError, match="-1 and 1"):
        rs.basin_value(np.eye(2), [0, 1], [[True, True]], [1], loss="logistic")
    with pytest.raises(rs.InputError, match="squared"):
        rs.basin_value(np.eye(2), [1, 1], [[True, True]], [1], loss="huber", exact=True)


class SmoothHinge:
    """max(0, 1 - y f)^2: flat beyond the margin, so that separable classes reach 0."""

    def value(self, f, y):
        return np.maximum(0, 1 - y * f) ** 2

    def gradient(self, f, y):
        return -2 * y * np.maximum(0, 1 - y * f)


def test_a_flat_loss_reaches_its_limit():
    X = np.array([[1.0, 0], [0, 1.0], [1.0, 1.0]])
    found = rs.basin_value(X, [1, 1, 1], [[True, True, True]], [1], loss=SmoothHinge())
    assert found.attained
    assert found.value == 0
    assert found.prediction.min() >= 1


def test_samples_that_stay_are_minimised_while_others_go_away():
    # sample 0 goes away with unit 0; samples 1 and 2 are equal with both labels: log 2 each
    X, y = [[1, 0], [0, 1], [0, 1]], [1, 1, -1]
    found = rs.basin_value(X, y, [[True, False, False], [False, True, True]], [1, 1], loss="logistic")
    assert not found.attained
    assert found.value == pytest.approx(2 * np.log(2) / 3, abs=1e-12)
    assert np.mean(np.logaddexp(0, -np.array(y) * found.prediction)) == pytest.approx(found.value, abs=1e-12)
