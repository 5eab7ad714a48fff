"""What can be reached without climbing with weight decay: the paths themselves, evaluated."""

from itertools import pairwise

import numpy as np
import pytest

import reluscape as rs

XOR, TARGETS = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
LINE = ([[1], [-1]], [1, 2])
STARTS = [
    (*LINE, [[10.0]], [1.0], None, "1/10"),
    (*LINE, [[0.1]], [1.0], None, "1/10"),
    (*LINE, [[1.0]], [1.0], None, "1/10"),
    (XOR, TARGETS, [[0.3, -0.2, 0.1], [1.0, 0.5, -2.0]], [0.0, 1.0], None, "1/20"),
    (XOR, TARGETS, [[0.3, -0.2, 0.1], [1.0, 0.5, -0.2]], [0.4, 0.1], 0.3, "1/20"),
    (XOR, TARGETS, [[0.0, 0.0, 1.0], [1.0, 0.5, -0.2]], [0.4, 0.1], 0.3, rs.WeightDecay("1/20", False)),
    (XOR, TARGETS, [[3.0, -2.0, 1.0], [1.0, 0.5, -2.0]], [4.0, 1.0], 0.3, rs.WeightDecay("1/20", False)),
]


@pytest.mark.parametrize(("X", "y", "W", "v", "c", "decay"), STARTS)
def test_paths_are_what_they_say(X, y, W, v, c, decay):
    found = rs.reachable_minimum(X, y, W, v, c, weight_decay=decay)
    value = found.problem.value
    assert found.start_loss == value(found.monotone_path[0]) == value(found.path[0])
    losses = [value(net) for net in found.monotone_path]
    assert all(b <= a for a, b in pairwise(losses))
    assert losses[-1] == pytest.approx(found.value, abs=1e-9)
    assert max(value(net) for net in found.path) <= found.start_loss * (1 + 1e-12)
    assert value(found.path[-1]) == pytest.approx(found.value, abs=1e-9)
    # between neighbours on the path the weights move on lines, hardly above both
    for a, b in pairwise(found.monotone_path[1:]):
        halfway = rs.TwoLayerNet((a.W + b.W) / 2, (a.v + b.v) / 2, (a.c + b.c) / 2)
        assert value(halfway) <= value(a) + 0.02 * found.start_loss


def test_the_exception_of_one_unit_is_gone():
    """With decay |w| and |v| move apart, and the unit turns round at v = 0."""
    plain = rs.reachable_minimum(*LINE, [[10.0]], [1.0])
    assert plain.value > plain.component_minimum
    decayed = rs.reachable_minimum(*LINE, [[10.0]], [1.0], weight_decay="1/10")
    assert decayed.value == decayed.component_minimum == decayed.global_minimum


def test_a_trap_keeps_its_starts():
    tree = rs.barrier_tree(XOR, TARGETS, 2, weight_decay="1/20")
    for valley in tree.valleys[1:]:
        net = valley.net
        found = rs.reachable_minimum(XOR, TARGETS, net.W, net.v, weight_decay="1/20")
        assert found.value == pytest.approx(valley.value, abs=1e-9)


def test_chances_with_decay():
    found = rs.reachable_probability(XOR, TARGETS, 2, trials=40, rng=0, weight_decay="1/20", steps=400)
    assert float(found.first_basin) <= float(found.without_climbing) >= float(found.above_zero)
    assert found.descent_losses.min() >= found.global_minimum - 1e-9
    assert float(found.gradient_descent) <= 1
    small = rs.reachable_probability(XOR, TARGETS, 2, trials=20, rng=0, weight_decay="1/20", steps=5, scale=0.01)
    assert float(small.without_climbing) > 0


def test_trainings_end_at_levels_of_the_tree():
    decay = rs.WeightDecay("1/20", False)
    tree = rs.barrier_tree(XOR, TARGETS, 2, output_bias=True, weight_decay=decay)
    found = tree.chances(trials=30, rng=1, steps=3_000)
    # valleys, passes (split units, units at zero) and the constant
    levels = np.array([v.value for v in tree.valleys] + [v.merge_height for v in tree.valleys] + [found.zero_loss])
    ends = np.asarray(found.descent_losses)
    near = np.abs(ends[:, None] - levels[None, :]).min(axis=1) <= 2e-4
    assert near.mean() >= 0.7
