"""How many kinks away a better basin is, against every basin of small problems."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import reluscape as rs
from reluscape.basins.nearest_better import better_basin
from reluscape.critical.match import matched
from reluscape.critical.trained.one_hidden_layer import _basin
from reluscape.problem.losses import get_loss
from reluscape.problem.trained.reading import read_trained


def distances(X, y, net, below):
    """The least (switches, exact value) of a better basin, over all patterns and all output signs.

    Samples on a unit's hyperplane switch for nothing; no two rows of X are parallel.
    """
    regions = rs.enumerate_regions(X).patterns
    heights = (np.asarray(X, dtype=float) @ net.W.T).T
    found = []
    for rows, signs in product(product(regions, repeat=net.width), product((1, -1), repeat=net.width)):
        value = rs.basin_value(X, y, np.array(rows), signs, exact=True).exact_value
        if value < below:
            found.append((int(((np.array(rows) != (heights > 0)) & (heights != 0)).sum()), value))
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
    assert (None if found is None else found.kinks) == (None if expected is None else expected[0])
    if found is not None:
        assert found.least
        assert found.value == pytest.approx(float(expected[1]), abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_units_on_hyperplanes_and_other_signs(seed):
    rng = np.random.default_rng([seed, 3])
    X = [[1, 0], [0, 1], [1, -2], [3, 1]]
    for share in (0.5, 0.1):
        y = rng.integers(-3, 4, size=4).tolist()
        net = rs.TwoLayerNet(rng.integers(-1, 2, (2, 2)), rng.choice([-1, 1], 2))
        below = share * float(np.mean(np.square(y)))
        expected, found = distances(X, y, net, below), better_basin(rs.Dataset(X, y), net, False, below, [])
        assert (found is None) == (expected is None)
        if found is not None:
            assert (found.kinks, found.at_least) == (expected[0], expected[0])
            assert found.value == pytest.approx(float(expected[1]), abs=1e-9)


def test_a_basin_of_the_other_sign_is_nearer():
    """By hand: the unit is off for all rows; with v < 0 it fits the second row alone, (9 + 0 + 9) / 3 = 6."""
    X, y = [[-2, 3], [-2, -3], [0, 2]], [3, -3, -3]
    better = rs.explain(rs.TwoLayerNet([[7, -4]], [1]), X, y).report["better_basin"]
    assert (better["kinks"], better["at_least"], better["samples"]) == (1, 1, [1])
    assert better["value"] == pytest.approx(6)


def test_wide_networks_claim_no_more_than_was_solved():
    """Twelve units have 4,096 choices of output signs, more than are tried: the count is then an upper bound."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), rng.normal(size=40)
    net = rs.TwoLayerNet(rng.normal(size=(12, 3)), rng.choice([-1.0, 1.0], 12))
    pattern, signs = (X @ net.W.T > 0).T, np.where(net.v < 0, -1, 1)
    value = rs.basin_value(X, y, pattern, signs).value
    found = better_basin(rs.Dataset(X, y), net, False, 0.999 * value, [])
    assert found is not None
    assert found.at_least == 0
    assert not found.least or found.kinks == 0


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


def test_parallel_rows_on_a_kink_that_rounding_splits_have_a_basin():
    """The heights of u, 3u and 7u differ in sign by rounding alone; the basin is one that touches the network."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        u = rng.integers(2**39, 2**40, 3) / 2.0**40  # so that 3u and 7u are exact multiples
        w = np.cross(u, rng.normal(size=3))
        X, y = np.array([u, 3 * u, 7 * u, w]), np.array([1.0, 2.0, 3.0, 1.0])
        value, net, _ = _basin(read_trained(rs.TwoLayerNet([w], [1.0]), X, y), get_loss("squared"))
        # the unit is on for the last row and fits it; the three others are all off, or on with the best multiple 28/59
        assert min(abs(value - 14 / 4), abs(value - (14 - 28**2 / 59) / 4)) < 1e-6
        assert net.loss(X, y) == pytest.approx(value, abs=1e-6)
