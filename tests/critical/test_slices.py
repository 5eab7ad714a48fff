"""The loss along a line against the network itself, point by point."""

from __future__ import annotations

import numpy as np
import pytest

import reluscape as rs


@pytest.mark.parametrize("seed", range(3))
def test_the_polynomial_is_the_loss(seed):
    rng = np.random.default_rng(seed)
    X, y = np.c_[rng.integers(-3, 4, size=(9, 2)), np.ones(9)].astype(float), rng.normal(size=9)
    a = rs.TwoLayerNet(rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal())
    b = rs.TwoLayerNet(rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal())
    line = rs.loss_slice(a, b, X, y)
    t = np.concatenate([np.linspace(0, 1, 101), line.breakpoints])
    direct = [rs.TwoLayerNet(a.W + s * (b.W - a.W), a.v + s * (b.v - a.v), a.c + s * (b.c - a.c)).loss(X, y) for s in t]
    assert line(t) == pytest.approx(np.array(direct), rel=1e-10)
    assert line.minimum()[1] <= min(direct) + 1e-9
    for s in line.breakpoints:
        heights = X @ (a.W + s * (b.W - a.W)).T
        assert np.abs(heights).min() < 1e-12


@pytest.mark.parametrize("seed", range(40))
def test_the_polynomial_is_the_loss_where_units_switch_together_never_or_at_an_end(seed):
    rng = np.random.default_rng(seed)
    n, d, m = rng.integers(1, 7), rng.integers(1, 4), rng.integers(1, 4)
    X, y = rng.integers(-2, 3, size=(n, d)).astype(float), rng.integers(-2, 3, size=n).astype(float)
    a, b = (
        rs.TwoLayerNet(rng.integers(-2, 3, size=(m, d)).astype(float), rng.integers(-2, 3, size=m).astype(float), c)
        for c in (1.0, 0.5)
    )
    line, t = rs.loss_slice(a, b, X, y, interval=(-0.5, 1.5)), np.linspace(-0.5, 1.5, 41)
    direct = [rs.TwoLayerNet(a.W + s * (b.W - a.W), a.v + s * (b.v - a.v), a.c + s * (b.c - a.c)).loss(X, y) for s in t]
    assert line(t) == pytest.approx(np.array(direct), rel=1e-10, abs=1e-10)


def test_wrong_shapes():
    a, b = rs.TwoLayerNet([[1.0]], [1.0]), rs.TwoLayerNet([[1.0], [2.0]], [1.0, 1.0])
    with pytest.raises(rs.ReluscapeError, match="shapes differ"):
        rs.loss_slice(a, b, [[1]], [1])
