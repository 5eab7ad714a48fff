"""What a loss does far out, where its slope near 0 is so much larger that the slope far out looks like nothing."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.solvers.tails import tails


class LinEx:
    """exp(f - y) - b (f - y) - 1: for b = 1 the minimum 0 at f = y, for b < 0 no lower bound."""

    def __init__(self, b):
        self.b = b

    def value(self, f, y):
        return np.exp(f - y) - self.b * (f - y) - 1

    def gradient(self, f, y):
        return np.exp(f - y) - self.b


@pytest.mark.parametrize("y", [-5.0, -20.0, -30.0, -100.0])
def test_a_slope_far_below_that_at_zero_still_rises(y):
    down = tails(LinEx(1.0), np.array([y]))[1]
    assert not down.open[0]
    assert down.slope[0] == pytest.approx(-1.0)
    for rows in ([[-3, 1]], [[0, 0]]):
        found = rs.basin_value(rows, [y], [[0]], [1], loss=LinEx(1.0), output_bias=True)
        assert found.attained
        assert found.c == pytest.approx(y, abs=1e-6)
        assert found.value == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("y", [-5.0, -30.0, -100.0])
def test_a_slope_far_below_that_at_zero_still_falls_without_bound(y):
    with pytest.raises(rs.InputError, match="falls without bound"):
        rs.basin_value([[1, 1]], [y], [[1]], [-1], loss=LinEx(-1.0), output_bias=True)


class Flattening:
    """1 / (1 + f) above 0 and 1 - f below it: it falls towards 0 for ever, by powers."""

    def value(self, f, y):
        return np.where(f > 0, 1 / (1 + np.abs(f)), 1 - f)

    def gradient(self, f, y):
        return np.where(f > 0, -1 / (1 + np.abs(f)) ** 2, -1.0)


def test_a_loss_that_falls_by_powers_has_its_limit():
    up, down = tails(Flattening(), np.zeros(1))
    assert (up.open[0], up.falls[0], down.open[0]) == (True, True, False)
    assert up.limit[0] == pytest.approx(0, abs=1e-5)
