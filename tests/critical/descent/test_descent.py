"""Finite descent: falling losses and a local minimum at the end."""

from __future__ import annotations

import numpy as np
import pytest

import reluscape as rs
from reluscape.problem.data import standardize
from tests.oracles import critical as oracle


@pytest.mark.parametrize("seed", range(6))
def test_small_integer_problems_end_in_an_exact_minimum(seed):
    rng = np.random.default_rng(seed)
    X = np.c_[rng.integers(-3, 4, size=(6, 2)), np.ones(6, dtype=int)].astype(object)
    y = rng.integers(-2, 3, size=6).astype(object)
    W, v = rng.normal(size=(2, 3)), rng.normal(size=2)
    end = rs.descend(X, y, W, v, 0.0)
    assert end.finished, end.reason
    assert end.verdict.is_local_minimum
    assert all(b < a for a, b in zip(end.losses, end.losses[1:], strict=False))
    assert end.net.loss(X, y) == pytest.approx(end.verdict.loss, abs=1e-9)
    if end.verdict.method == "exact":
        assert rs.verify(end.verdict.certificate)
        exact = [oracle.fractions(a) for a in (X, y, end.W, end.v)]
        assert oracle.loss(*exact, end.c) == end.verdict.exact_loss
        assert not oracle.probes_below(*exact, end.c, rng, count=60)


@pytest.mark.parametrize("seed", range(4))
def test_integer_starts_on_hyperplanes_end_in_minima(seed):
    """Small whole numbers put starts on hyperplanes, at zero units and at zero output weights."""
    rng = np.random.default_rng([seed, 14])
    for _ in range(60):
        n, d, m = (int(k) for k in rng.integers(1, (6, 4, 4)))
        X, y = rng.integers(-2, 3, (n, d)), rng.integers(-3, 4, n)
        W, v = rng.integers(-1, 2, (m, d)), rng.integers(-1, 2, m)
        c = int(rng.integers(-1, 2)) if rng.integers(2) else None
        end = rs.descend(X.tolist(), y.tolist(), W.tolist(), v.tolist(), c)
        assert end.finished, (X.tolist(), y.tolist(), W.tolist(), v.tolist(), c)
        assert end.verdict.is_local_minimum
        assert all(b < a for a, b in zip(end.losses, end.losses[1:], strict=False))
        if end.verdict.method == "exact":
            exact = [oracle.fractions(a) for a in (X.astype(object), y.astype(object), end.W, end.v)]
            assert oracle.loss(*exact, end.c) == end.verdict.exact_loss
            assert not oracle.probes_below(*exact, end.c, rng, count=20)


def test_the_escape_of_a_start_that_no_basin_improves_is_followed():
    """By hand: w = 0 with v = -1 is stuck at no minimum, since v w = -2 fits x = -1, y = -2 with loss 0."""
    end = rs.descend([[-1]], [-2], [[0]], [-1])
    assert end.verdict.exact_loss == 0


def test_real_data():
    data = rs.datasets.load("linnerud", bias=True)
    S = standardize(data).X
    rng = np.random.default_rng(0)
    for m in (1, 3):
        end = rs.descend(S, data.y, rng.normal(size=(m, S.shape[1])), rng.normal(size=m) * 20, float(data.y.mean()))
        assert end.finished, end.reason
        assert end.verdict.is_local_minimum
        assert end.loss < end.losses[0]


def test_a_minimum_stays_where_it_is():
    end = rs.descend([[1, 0], [0, 1]], [1, -1], [[1, 0]], [1])
    assert end.verdict.exact_loss * 2 == 1
    assert end.basins == 0


def test_missing_targets():
    with pytest.raises(rs.InputError, match="no targets"):
        rs.descend([[1]], None, [[1]], [1])


def test_nearly_dependent_units_do_not_stop_the_walk():
    """Iris petals and ten units: basins whose minimisers leave their cells in floats are passed."""
    iris = rs.datasets.load("iris")
    y = np.where(np.arange(150) < 100, -1.0, 1.0)
    S = standardize(rs.Dataset(np.asarray(iris.X, dtype=float), y, bias=True)).X
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        end = rs.descend(S, y, rng.normal(size=(10, S.shape[1])), rng.normal(size=10) / 3, 0.0, exact=False)
        assert end.finished, end.reason
        assert end.verdict.is_local_minimum
        assert all(b < a for a, b in zip(end.losses, end.losses[1:], strict=False))


def test_a_stretch_of_gradient_descent_falls_and_leaves_a_frozen_bias():
    from reluscape.critical.descent.gradient import gradient_stretch
    from reluscape.problem.losses import get_loss

    rng = np.random.default_rng(0)
    data = rs.Dataset(rng.normal(size=(20, 3)), rng.normal(size=20))
    net = rs.TwoLayerNet(rng.normal(size=(4, 3)) * 100, rng.normal(size=4) / 100, 0.5)
    further = gradient_stretch(data, net, False, get_loss("squared"), 50)
    assert further.loss(data) < net.loss(data)
    assert further.c == net.c


@pytest.mark.parametrize("seed", range(5))
def test_a_large_descent_begins_with_a_stretch_and_ends_in_a_minimum(seed, monkeypatch):
    from reluscape.critical.descent import walk

    monkeypatch.setattr(walk, "LARGE", 0)
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(12, 3)), rng.normal(size=12)
    end = rs.descend(X, y, rng.normal(size=(3, 3)), rng.choice([-1.0, 1.0], 3), 0.0)
    assert end.finished
    assert (np.diff(end.losses) < 0).all()
    assert rs.certify(X, y, end.W, end.v, end.c).is_local_minimum
