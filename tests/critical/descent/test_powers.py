"""Descents under powers of the error, whose slopes near a fitted sample are tiny and hold no digit."""

import numpy as np
import pytest

import reluscape as rs


class Power:
    """|f - y|^p."""

    def __init__(self, p):
        self.p = p

    def value(self, f, y):
        return np.abs(f - y) ** self.p

    def gradient(self, f, y):
        return self.p * np.sign(f - y) * np.abs(f - y) ** (self.p - 1)


def start(seed):
    """Small integer data and a start that often has units at zero, born by the descent."""
    rng = np.random.default_rng([3, seed])
    n, m, d = rng.integers([2, 1, 1], [6, 4, 3])
    X, y = rng.integers(-3, 4, (n, d)).astype(float), rng.integers(-4, 5, n).astype(float)
    W, v = rng.integers(-2, 3, (m, d)).astype(float), rng.integers(-1, 2, m).astype(float)
    W[: seed % 3], v[: seed % 3] = 0.0, 0.0
    return X, y, W, v, (None, 0.0)[seed % 2], rng


@pytest.mark.parametrize("p", [1.5, 3, 6])
@pytest.mark.parametrize("seed", range(6))
def test_a_descent_ends_where_nothing_near_is_lower(p, seed):
    X, y, W, v, c, rng = start(seed)
    end = rs.descend(X, y, W, v, c, loss=Power(p))
    assert end.finished, end.reason
    assert end.verdict.kind == "local minimum"
    assert end.verdict.residual <= 1e-6
    largest = np.mean(np.abs(y) ** p)
    net = end.net
    for size in (1e-3, 1e-2):
        for _ in range(40):
            dW, dv = rng.standard_normal(net.W.shape), rng.standard_normal(net.v.shape)
            dc = 0.0 if c is None else size * rng.standard_normal()
            lengths = np.linalg.norm(net.W, axis=1, keepdims=True)
            moved = np.maximum(X @ (net.W + size * dW * np.where(lengths > 0, lengths, 1.0)).T, 0)
            f = moved @ (net.v + size * dv) + net.c + dc
            assert np.mean(np.abs(f - y) ** p) >= end.loss - 1e-11 * largest


def test_far_from_their_own_minimum_small_slopes_still_count():
    verdict = rs.certify([[1.0]], [1.0], [[1.0]], [0.9], loss=Power(6))
    assert verdict.kind == "not stationary"
    assert rs.certify([[1.0]], [1.0], [[1.0]], [1.0 + 1e-9], loss=Power(3)).kind == "local minimum"
    assert rs.certify([[1.0]], [1.0], [[1.0]], [1.0 + 1e-3], loss=Power(3)).kind == "not stationary"
