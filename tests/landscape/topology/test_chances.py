import itertools

import numpy as np
import pytest

import reluscape as rs
from reluscape.landscape.topology import Coordinates, barrier_tree, reachable_minimum, reachable_probability
from reluscape.landscape.topology.gradient import RATE, gradient_descent
from reluscape.problem.networks.initialization import get_law

XOR = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]


@pytest.mark.parametrize(("width", "scale"), [(1, 1.0), (2, 1.0), (2, 0.3)])
def test_counts_are_those_of_single_starts(width, scale):
    X, y = XOR
    chances = reachable_probability(X, y, width, trials=40, rng=3, output_bias=True, scale=scale)
    W, v = get_law("normal").sample_many(np.random.default_rng(3), 40, width, 3)
    single = [reachable_minimum(X, y, W[t], scale * v[t], c=0.0) for t in range(40)]
    hits = sum(abs(r.value - r.global_minimum) < 1e-9 for r in single)
    assert chances.without_climbing.value == hits / 40
    assert chances.above_zero.value == sum(r.start_loss >= np.var(y) for r in single) / 40
    basins = [
        rs.basin_value(X, y, (W[t] @ np.array(X).T) > 0, np.sign(v[t]).astype(int), output_bias=True).value
        for t in range(40)
    ]
    assert chances.first_basin.value == sum(b <= single[0].global_minimum + 1e-9 for b in basins) / 40


def test_from_width_two_on_no_start_above_zero_is_trapped():
    rng = np.random.default_rng(0)
    for _ in range(4):
        X, y = np.c_[rng.integers(-4, 5, (5, 1)), np.ones(5)], rng.integers(-3, 4, 5)
        chances = reachable_probability(X, y, 2, trials=200, rng=1)
        assert chances.without_climbing.value >= chances.above_zero.value


def test_bad_trials():
    with pytest.raises(rs.InputError, match="at least 1"):
        reachable_probability([[1]], [1], trials=0)


def test_gradient_descent_takes_the_steps_of_the_formula():
    """The first step against differenced losses, and no step raises a loss."""
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(6, 2)), rng.normal(size=6)
    W, v = rng.normal(size=(5, 3, 2)), rng.normal(size=(5, 3))
    losses = [gradient_descent(X, y, W, v, True, steps) for steps in (0, 1, 2, 5, 50, 400)]
    for before, after in itertools.pairwise(losses):
        assert (after <= before).all()
    for t in range(5):
        start = np.r_[W[t].ravel(), v[t], 0.0]

        def loss(p):
            return np.mean((np.maximum(X @ p[:6].reshape(3, 2).T, 0) @ p[6:9] + p[9] - y) ** 2)

        slope = np.array([(loss(start + h) - loss(start - h)) / 2e-6 for h in 1e-6 * np.eye(10)])
        ahead = loss(start - RATE * slope)
        assert losses[1][t] == pytest.approx(min(ahead, loss(start)), rel=1e-6)


def test_gradient_descent_share_is_that_of_its_losses():
    X, y = XOR
    chances = reachable_probability(X, y, 2, trials=60, rng=4, output_bias=True, scale=0.5, steps=500)
    near = chances.zero_loss - 0.99 * (chances.zero_loss - chances.global_minimum)
    assert chances.gradient_descent.value == np.mean(chances.descent_losses <= near)
    assert chances.steps == 500
    assert (chances.descent_losses >= chances.global_minimum - 1e-12).all()


def test_other_scales_change_units_and_nothing_else():
    X, y = np.array([[-2, 1], [-1, 1], [1, 1], [2, 1.0]]), np.array([1.0, -1, 1, -1])
    inputs, scale, shift = np.array([[0.5, 0.0], [0.3, 1.0]]), 3.0, 10.0
    plain = barrier_tree(X @ inputs, y, 2, output_bias=True)
    raw = barrier_tree(X, scale * y + shift, 2, output_bias=True)
    a = plain.chances(trials=50, rng=5, steps=200)
    b = raw.chances(trials=50, rng=5, steps=200, coordinates=Coordinates(inputs, scale, shift))
    assert [p.value for p in (a.without_climbing, a.first_basin, a.gradient_descent, a.above_zero)] == [
        p.value for p in (b.without_climbing, b.first_basin, b.gradient_descent, b.above_zero)
    ]
    assert b.descent_losses == pytest.approx(9 * a.descent_losses, rel=1e-6)
