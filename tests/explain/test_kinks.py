"""How many kinks away a better basin is, against every basin of small problems."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import reluscape as rs
from reluscape.explain.kinks import better_basin
from reluscape.explain.match import matched


def distances(X, y, net, below):
    """The least number of switches to a better basin with the same output signs, over all of them."""
    regions = rs.enumerate_regions(X).patterns
    start = np.asarray(X, dtype=float) @ net.W.T > 0
    signs = np.where(net.v < 0, -1, 1)
    found = []
    for rows in product(regions, repeat=net.width):
        if rs.basin_value(X, y, np.array(rows), signs).value < below:
            found.append(int((np.array(rows) != start.T).sum()))
    return min(found, default=None)


@pytest.mark.parametrize("seed", range(6))
def test_least_number_of_switches(seed):
    rng = np.random.default_rng(seed)
    X = [[int(a), 1] for a in rng.choice(np.arange(-9, 10), 5, replace=False)]
    y = rng.integers(-3, 4, size=5).tolist()
    net = rs.TwoLayerNet(rng.normal(size=(2, 2)), [1.0, -1.0])
    pattern = (np.array(X, dtype=float) @ net.W.T > 0).T
    below = 0.7 * rs.basin_value(X, y, pattern, [1, -1]).value
    expected = distances(X, y, net, below)
    found = better_basin(rs.Dataset(X, y), net, False, below, [])
    assert (None if found is None else found.kinks) == expected
    if found is not None:
        assert found.least
        assert found.value < below


def test_parallel_rows_switch_together():
    """Both samples lie on one hyperplane: one switch turns the unit on for one of them and off for the other."""
    net = rs.TwoLayerNet([[1.0]], [1.0])
    found = better_basin(rs.Dataset([[1], [-1]], [0, 1]), net, False, 0.4, [])
    assert (found.kinks, found.unit, found.samples) == (1, 0, (0, 1))
    assert found.value == pytest.approx(0, abs=1e-12)


def test_matched_is_the_same_function_in_the_first_one_s_order():
    rng = np.random.default_rng(5)
    X = rng.normal(size=(9, 3))
    net = rs.TwoLayerNet(rng.normal(size=(4, 3)), rng.normal(size=4), 0.3)
    order, factor = rng.permutation(4), rng.uniform(0.1, 5, size=4)
    other = rs.TwoLayerNet(net.W[order] * factor[:, None], net.v[order] / factor, 0.3)
    back = matched(net, other, X)
    np.testing.assert_allclose(back.W, net.W)
    np.testing.assert_allclose(back.v, net.v)
    np.testing.assert_allclose(matched(other, net, X).predict(X), net.predict(X))
