"""What the census says where there is no trap and yet training stops, and what is said without a hidden bias."""

from __future__ import annotations

import numpy as np

import reluscape as rs
from reluscape.stories.wording import percent

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1]


def test_plateaus_are_told_where_there_are_no_traps():
    """XOR with two units: 1/4, 1/6 and 1/8 for targets 0 and 1 are 1, 2/3 and 1/2 for -1 and 1."""
    found = rs.landscape(rs.Dataset(*XOR, bias=True), width=2, trials=200, seed=0)
    first, chances = found.lines[0], found.report["chances"]
    assert "there are no traps" in first
    missed = 1 - chances["gradient_descent"]["value"]
    assert 0.4 < missed < 0.9
    assert f"{percent(missed)} of the gradient descents" in first
    assert "flat plateaus" in first
    ends = np.array(chances["descent_losses"])
    for level in (1, 2 / 3, 1 / 2):
        assert (np.abs(ends - level) < 0.01).any()
    assert any(f"within {chances['steps']:,} steps" in line for line in found.lines)


def test_a_missing_hidden_bias_is_the_first_line():
    X, y = [[1.0], [2.0], [-1.0]], [1.0, 0.0, 1.0]
    found = rs.landscape(X, y, width=1, trials=20)
    assert found.lines[0].startswith("Without hidden bias")
    assert "Dataset(X, y, bias=True)" in found.lines[0]
    ones = rs.landscape([[x[0], 1.0] for x in X], y, width=1, trials=20)
    assert not any("hidden bias" in line for line in ones.lines)
