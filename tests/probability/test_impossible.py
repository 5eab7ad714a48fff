"""What cannot happen has the probability 0, exactly; a promise without its hypothesis is none."""

from fractions import Fraction

import pytest

import reluscape as rs
from reluscape.errors import AssumptionError


def test_an_impossible_event_is_exactly_zero():
    X, y = [[1, 2], [3, 6], [7, 1]], [1, 2, 3]  # parallel rows with other targets: no network fits
    found = rs.good_basin_probability(X, y, 2)
    assert (found.value, found.low, found.high, found.kind) == (0, 0, 0, "exact")
    assert rs.good_basin_curve(X, y)(5) == 0
    curve = rs.full_rank_curve([[1, 2], [3, 5], [7, 1]], "initialization")
    assert curve(0) == 0
    assert curve.probability(0).kind == "exact"


@pytest.mark.parametrize("width", [1, 2])
def test_what_needs_more_units_is_exactly_zero(width):
    X, y = [[2, 1], [0, -2], [-1, -3], [-3, -3]], [1, -1, 2, 0]
    assert rs.global_minimum(X, y, width).value > 0.1  # so few units fit these targets nowhere
    found = rs.good_basin_probability(X, y, width)
    assert (found.value, found.low, found.high, found.kind) == (0, 0, 0, "exact")
    assert rs.good_basin_curve(X, y)(8) > 1e-6
    # six rows have too many states for a curve: one width after the other
    six = rs.good_basin_probability([*X, [1, 4], [5, 1]], [*y, 3, -2], width)
    assert (six.value, six.low, six.high, six.kind) == (0, 0, 0, "exact")


def test_zero_samples_promise_nothing():
    assert rs.start_above_zero("normal", [[0, 0]], [1], 3, trials=20, rng=0).promised == 0
    assert rs.start_above_zero("normal", [[0, 0]], [1], [2, 3], trials=20, rng=0).promised == 0
    assert rs.start_above_zero("normal", [[0, 0], [1, 0]], [1, 1], 3, trials=20, rng=0).promised == Fraction(7, 16)
    deep = rs.start_above_zero("normal", [[0, 0]], [1], [2, 3], trials=20, rng=0, hidden_biases=True)
    assert deep.promised == Fraction(7, 16)


class Lopsided:
    def value(self, f, y):
        return (f - y) ** 2 * (1 + (f > y))

    def gradient(self, f, y):
        return 2 * (f - y) * (1 + (f > y))


class Flat:
    def value(self, f, y):
        return abs(f - y).clip(0.1, None) - 0.1

    def gradient(self, f, y):
        return 0 * f


@pytest.mark.parametrize("loss", ["logistic", "bce", Lopsided(), Flat()])
def test_theorem_6_is_for_symmetric_losses_that_vanish_on_the_diagonal(loss):
    with pytest.raises(AssumptionError, match="Theorem 6 needs"):
        rs.constructions.poor_basins(1, 0.1, loss=loss, variant="theorem 6")
