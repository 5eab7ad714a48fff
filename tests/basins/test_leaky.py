"""Basins of LeakyReLU units against another solver, and against ReLU where the slope is 0."""

import numpy as np
import pytest
from scipy.optimize import minimize

import reluscape as rs
from reluscape.basins.leaky import leaky_basin
from reluscape.problem.data import as_dataset
from reluscape.problem.losses import get_loss


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", ["squared", "huber"])
def test_the_value_is_that_of_the_convex_program(seed, name):
    rng = np.random.default_rng(seed)
    n, d, m = (int(rng.integers(1, k)) for k in (9, 4, 4))
    X = rng.integers(-2, 3, (n, d)).astype(float) if seed % 2 else rng.normal(size=(n, d))
    y, W, signs = rng.normal(size=n), rng.normal(size=(m, d)), rng.choice([-1, 1], m)
    slope, bias = float(rng.choice([0.01, 0.3, -0.5, 1.5])), seed % 3 == 0
    A, loss = (X @ W.T > 0).T, get_loss(name)
    found = leaky_basin(as_dataset(X, y), A, signs, slope, loss, bias)
    blocks = [np.where(row, 1, slope)[:, None] * X for row in A]
    M = np.concatenate([*blocks, np.ones((n, int(bias)))], axis=1)
    G = np.zeros((m * n, M.shape[1]))
    for j in range(m):
        G[j * n : (j + 1) * n, j * d : (j + 1) * d] = signs[j] * np.where(A[j], 1, -1)[:, None] * X

    def both(p):
        return np.mean(loss.value(M @ p, y)), M.T @ loss.gradient(M @ p, y) / n

    held = {"type": "ineq", "fun": lambda p: G @ p, "jac": lambda p: G}
    other = minimize(both, np.zeros(M.shape[1]), jac=True, method="SLSQP", constraints=held, options={"ftol": 1e-13})
    assert found.value == pytest.approx(other.fun, abs=1e-6)
    assert found.value <= other.fun + 1e-8
    # and the point itself lies in the basin and has the value
    heights = signs[:, None] * (found.Z @ X.T) * np.where(A, 1, -1)
    assert heights.min(initial=0.0) >= -1e-7
    assert np.mean(loss.value(found.prediction, y)) == pytest.approx(found.value, abs=1e-8)


def test_slope_zero_is_relu():
    rng = np.random.default_rng(3)
    X, y, W = rng.normal(size=(7, 2)), rng.normal(size=7), rng.normal(size=(2, 2))
    A = (X @ W.T > 0).T
    found = leaky_basin(as_dataset(X, y), A, np.array([1, -1]), 0.0, get_loss("squared"), False)
    assert found.value == pytest.approx(rs.basin_value(X, y, A, [1, -1]).value, abs=1e-8)
