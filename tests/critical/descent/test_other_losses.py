"""Descents under other losses against a linear program for each adjacent cell, and where no minimum is attained."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

import reluscape as rs
from tests.own_losses import Huber


class SquaredHinge:
    def value(self, f, y):
        return np.maximum(0, 1 - y * f) ** 2

    def gradient(self, f, y):
        return -2 * y * np.maximum(0, 1 - y * f)


class Insensitive:
    """Flat within 1/2 of the target."""

    def value(self, f, y):
        return np.maximum(0, np.abs(f - y) - 0.5) ** 2

    def gradient(self, f, y):
        return 2 * np.sign(f - y) * np.maximum(0, np.abs(f - y) - 0.5)


class Exponential:
    def value(self, f, y):
        return np.exp(-y * f)

    def gradient(self, f, y):
        return -y * np.exp(-y * f)


def steepest_fall(X, slopes, W, v, near=1e-7):
    """Return the largest fall to first order over all cells that touch the point, for moves of at most 1 an entry."""
    heights, worst = X @ W.T, 0.0
    for j in range(len(v)):
        on = np.abs(heights[:, j]) <= near * np.linalg.norm(X, axis=1) * np.linalg.norm(W[j])
        ties = np.flatnonzero(on & X.any(axis=1))
        for bits in product((0, 1), repeat=len(ties)):
            active = (heights[:, j] > 0) & ~on
            active[ties] = np.array(bits, dtype=bool)
            sides = np.where(np.array(bits, dtype=bool), -1.0, 1.0)[:, None] * X[ties]
            cost = v[j] * (slopes[active] @ X[active])
            found = linprog(cost, A_ub=sides, b_ub=np.zeros(len(ties)), bounds=[(-1, 1)] * X.shape[1])
            worst = max(worst, -found.fun)
    return worst


@pytest.mark.parametrize("loss", ["huber", SquaredHinge(), Insensitive()], ids=["huber", "hinge", "insensitive"])
@pytest.mark.parametrize("seed", range(4))
def test_no_cell_that_touches_an_end_holds_a_lower_loss(loss, seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(-2, 3, (5, 2)).astype(float)
    y = rng.choice([-1.0, 1.0], 5) if isinstance(loss, SquaredHinge) else rng.integers(-3, 4, 5).astype(float)
    end = rs.descend(X, y, rng.standard_normal((2, 2)), rng.standard_normal(2), loss=loss)
    assert end.finished == bool(end.verdict.is_local_minimum)
    W, v = np.array(end.W, dtype=float), np.array(end.v, dtype=float)
    f = np.maximum(X @ W.T, 0) @ v
    slopes = np.clip(f - y, -1, 1) if loss == "huber" else loss.gradient(f, y)
    if end.finished:
        assert steepest_fall(X, slopes, W, v) <= 1e-6
    else:
        assert end.reason != "no direction lowers the loss"


@pytest.mark.parametrize("loss", ["logistic", "bce", Exponential()], ids=["logistic", "bce", "exponential"])
def test_an_infimum_that_no_point_attains_is_no_minimum(loss):
    X, y = [[2, -2], [-2, 2], [2, -1]], np.array([-1.0, 1.0, -1.0])
    y = (y + 1) / 2 if loss == "bce" else y
    end = rs.descend(X, y, [[-1.0, 1.5], [-0.5, 0.5], [1.5, -0.5]], [2.0, 1.0, -2.0], loss=loss)
    assert end.loss < 1e-6
    assert (end.finished, bool(end.verdict.is_local_minimum)) == (False, False)
    assert "minimum is not attained" in end.reason


@pytest.mark.parametrize("height", [1.0, 10.0, 30.0, 36.0])
@pytest.mark.parametrize("exact", [None, False])
def test_small_slopes_far_out_are_still_slopes(height, exact):
    verdict = rs.certify([[1]], [1], [[1]], [height], loss="logistic", exact=exact)
    assert verdict.kind == "not stationary"


class LogCosh:
    def value(self, f, y):
        return np.logaddexp(f - y, y - f) - np.log(2)

    def gradient(self, f, y):
        return np.tanh(f - y)


def test_a_unit_that_sharpening_takes_to_zero_is_silent():
    """Its weights of 1e-15 once made a kink of their own, on which the walk ended though a step of 1e-6 falls."""
    X = np.array([[2.0, 1], [-1, 2], [-2, 1], [1, -1], [1, 2], [-2, 2]])
    y = np.array([1.0, 1, 1, -2, -2, -2])
    end = rs.descend(X, y, [[1.0, -1.0]], [0.0], 0.0, loss=LogCosh())
    W, v, c = np.array(end.W, dtype=float), np.array(end.v, dtype=float), float(end.c)

    def value(W, v, c):
        return float(LogCosh().value(np.maximum(X @ W.T, 0) @ v + c, y).mean())

    assert end.finished
    rng, now = np.random.default_rng(0), value(W, v, c)
    for size in (1e-2, 1e-4, 1e-6):
        for dW, dv, dc in zip(
            rng.normal(size=(200, 1, 2)), rng.normal(size=(200, 1)), rng.normal(size=200), strict=True
        ):
            assert value(W + size * dW, v + size * dv, c + size * dc) >= now - 1e-12


def test_a_descent_ends_where_a_bend_jumps_on_several_samples_and_one_is_fitted():
    # errors 3, -1, 1, -1 and 0 at c = 1, where the slopes 1 - 1 + c - 1 + (c - 1) of a constant cancel
    X, y = [[-2.0], [1.0], [0.0], [-2.0], [-2.0]], [-2.0, 2.0, 0.0, 2.0, 1.0]
    end = rs.descend(X, y, [[-1.0], [-1.0]], [1.0, 0.0], 0.0, loss=Huber())
    assert end.verdict.kind == "local minimum"
    assert end.loss == pytest.approx((2.5 + 0.5 + 0.5 + 0.5) / 5, rel=1e-12)
