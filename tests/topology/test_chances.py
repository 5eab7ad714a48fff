import numpy as np
import pytest

import reluscape as rs
from reluscape.topology import reachable_minimum, reachable_probability

XOR = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]


@pytest.mark.parametrize(("width", "scale"), [(1, 1.0), (2, 1.0), (2, 0.3)])
def test_counts_are_those_of_single_starts(width, scale):
    X, y = XOR
    chances = reachable_probability(X, y, width, trials=40, rng=3, output_bias=True, scale=scale)
    W, v = rs.initialization.get_law("normal").sample_many(np.random.default_rng(3), 40, width, 3)
    single = [reachable_minimum(X, y, W[t], scale * v[t], c=0.0) for t in range(40)]
    hits = sum(abs(r.value - r.global_minimum) < 1e-9 for r in single)
    assert chances.without_climbing.value == hits / 40
    assert chances.above_zero.value == sum(r.start_loss >= r.zero_loss for r in single) / 40
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
