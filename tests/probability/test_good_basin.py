"""The probability of a good first basin, simulated, against closed forms."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.probability import BasinSampler


def test_orthogonal_samples_follow_the_closed_form():
    for y, low in (([1, -1], 0.5), ([1, 1], 0.625)):
        for m in (1, 2, 4):
            truth = 1 - 2 * 0.75**m + low**m
            found = rs.good_basin_probability(np.eye(2), y, m, trials=1500, rng=m, exact=False)
            assert found.kind == "sampled"
            assert found.trials == 1500
            assert found.low - 0.01 <= truth <= found.high + 0.01


def test_frozen_signs_and_thresholds():
    # one unit, sign frozen to +: the value of y = (1, -1) is 1/2 where sample 0 is active, else 1
    found = rs.good_basin_probability(np.eye(2), [1, -1], 1, 0.5, signs=[1], trials=800, rng=0, exact=False)
    assert found.low <= 0.5 <= found.high
    assert rs.good_basin_probability(np.eye(2), [1, -1], 3, 1, trials=20, rng=0, exact=False).value == 1
    assert rs.good_basin_probability(np.eye(2), [1, -1], 0, 0.5, trials=20, rng=0, exact=False).value == 0


def test_a_box_is_not_a_sphere():
    # P(both active) for (1, 2), (2, 1): 0.3757 for the uniform box, 0.3976 for a spherical law
    X, y = [[1, 2], [2, 1]], [1, 2]
    patterns = {}
    for law in ("torch", "normal"):
        A, _ = BasinSampler(X, y).states(1, law, 40_000, 0)
        patterns[law] = A[:, 0].all(axis=1).mean()
    assert patterns["torch"] == pytest.approx(0.375, abs=0.01)
    assert patterns["normal"] == pytest.approx(0.3976, abs=0.01)


def test_one_seed_gives_one_answer_and_wrong_input_is_named():
    X, y = np.random.default_rng(0).standard_normal((6, 2)), np.arange(6.0)
    a, b = (rs.good_basin_probability(X, y, 2, 1.0, trials=50, rng=7, exact=False).value for _ in range(2))
    assert a == b
    with pytest.raises(rs.InputError, match="width"):
        rs.good_basin_probability(X, y, -1)
    with pytest.raises(rs.InputError, match="trials"):
        rs.good_basin_probability(X, y, 1, trials=0, exact=False)
    with pytest.raises(rs.InputError, match="output signs"):
        rs.good_basin_probability(X, y, 2, signs=[1, 1, 1], exact=False)

    def on_the_line(rng, m, d):
        return np.ones((m, d)), np.ones(m)

    with pytest.raises(rs.ReluscapeError, match="hyperplane"):
        rs.good_basin_probability([[1, -1]], [1], 1, law=on_the_line, trials=3, exact=False)
