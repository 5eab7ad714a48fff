"""Data sets for teaching: on their curves, both classes, no line parts them, the same seed the same data."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

import reluscape as rs

SETS = [rs.datasets.moons, rs.datasets.circles, rs.datasets.spirals]


@pytest.mark.parametrize("make", SETS)
def test_two_classes_of_short_decimals_that_no_line_parts(make):
    data = make(60)
    assert (data.n, data.d, data.bias, sorted(set(data.y.tolist()))) == (60, 3, True, [-1.0, 1.0])
    assert all((1000 * value).denominator == 1 for value in data.fractions.ravel())
    # a line that parts the classes is a point of y_i <a, x_i> >= 1
    parted = linprog(np.zeros(3), -data.y[:, None] * data.X, -np.ones(60), bounds=(None, None))
    assert parted.status == 2
    np.testing.assert_array_equal(make(60).X, data.X)
    assert not np.array_equal(make(60, rng=1).X, data.X)


def test_without_noise_the_points_lie_on_their_curves():
    x, y = rs.datasets.moons(50, noise=0, bias=False).X.T
    first = np.arange(50) % 2 == 0
    assert np.hypot(x, y)[first] == pytest.approx(1, abs=2e-3)
    assert np.hypot(x - 1, y - 0.5)[~first] == pytest.approx(1, abs=2e-3)
    assert (y[first] >= 0).all()
    assert (y[~first] <= 0.5).all()


@pytest.mark.parametrize("wrong", [{"n": 1}, {"n": 2.5}, {"noise": -1}, {"noise": "x"}, {"noise": float("nan")}])
def test_wrong_sizes(wrong):
    with pytest.raises(rs.InputError):
        rs.datasets.circles(**wrong)


@pytest.mark.parametrize("name", rs.datasets.names())
def test_every_name_is_loaded(name):
    assert rs.datasets.load(name).n >= 4
