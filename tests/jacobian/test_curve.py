from fractions import Fraction
from itertools import product
from math import atan2, cos, pi, prod, sin

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import UnsupportedError
from tests.oracles.elimination import all_patterns, full_fraction, pattern_rank

GENERIC = [[1, 2], [3, -1], [5, 7], [2, 9]]


@pytest.mark.parametrize("population", ["patterns", "regions"])
def test_curve_equals_the_fraction_at_every_width(population):
    curve = rs.full_rank_curve(GENERIC, population=population)
    for width in range(5):
        assert curve(width) == rs.full_rank_fraction(GENERIC, width, population=population).value


def test_curve_equals_enumeration():
    X = GENERIC[:3]
    curve = rs.full_rank_curve(X, population="patterns")
    for width in (1, 2, 3):
        assert curve(width) == full_fraction(all_patterns(3), X, width)


def test_closed_forms():
    curve = rs.full_rank_curve([[0, 1], [1, 1], [2, 1]], population="regions")
    assert curve.terms == {Fraction(1): 1, Fraction(1, 2): -3, Fraction(1, 3): 1, Fraction(1, 6): 1}
    line = rs.full_rank_curve([[i, 1] for i in range(50)], population="regions")
    assert line.width_for(Fraction(95, 100)) == 168
    eye = rs.full_rank_curve(np.eye(7), population="regions")
    assert eye(5) == (1 - Fraction(1, 32)) ** 7
    repeated = rs.full_rank_curve([[1, 1], [1, 1], [2, 1]], population="regions")
    assert repeated(40) == 0


def test_too_many_states_and_no_rational_law():
    X = np.random.default_rng(0).normal(size=(8, 3))
    with pytest.raises(rs.TooLarge, match="20"):
        rs.full_rank_curve(X, population="regions")
    with pytest.raises(UnsupportedError, match="closed form"):
        rs.full_rank_curve(np.random.default_rng(0).normal(size=(5, 4)), population="initialization")
    with pytest.raises(rs.TooLarge, match="20"):
        rs.full_rank_curve(X, population="initialization")


def by_words(patterns, masses, X, width):
    """Probability of full rank, word by word of the units' patterns."""
    n, total = len(X), 0
    for word in product(range(len(patterns)), repeat=width):
        if pattern_rank([patterns[k] for k in word], X) == n:
            total += prod(masses[k] for k in word)
    return total


def arcs(X):
    """Patterns of one unit in the plane and their shares of the turn, by the angles of the borders."""
    cuts = sorted({round((atan2(x[1], x[0]) + s * pi / 2) % (2 * pi), 12) for x in X for s in (1, -1)})
    patterns, masses = [], []
    for a, b in zip(cuts, [*cuts[1:], cuts[0] + 2 * pi], strict=True):
        w = (cos((a + b) / 2), sin((a + b) / 2))
        patterns.append([x[0] * w[0] + x[1] * w[1] > 0 for x in X])
        masses.append((b - a) / (2 * pi))
    return patterns, masses


@pytest.mark.parametrize(
    "X", [[[0, 1], [1, 1], [2, 1]], [[1, 0], [-1, 0], [1, 2]], [[3, -1], [1, 1]], [[2, 0], [0, 1], [-1, -1]]]
)
def test_curve_at_initialization_equals_the_sum_over_words(X):
    curve = rs.full_rank_curve(X, population="initialization")
    for width in (1, 2, 3):
        low, high = curve.bounds(width)
        truth = by_words(*arcs(X), X, width)
        assert low - 1e-9 <= truth <= high + 1e-9
        assert float(curve(width)) == pytest.approx(truth, abs=1e-9)
    assert curve.population == "initialization"
    width = curve.width_for(0.9)
    assert curve.bounds(width)[0] >= 0.9 > curve.bounds(width - 1)[0]


def test_curve_at_initialization_in_a_box_is_rational():
    # x = -1 and 1 with bias, weight and bias uniform in a square: four patterns, a quarter each
    curve = rs.full_rank_curve([[-1, 1], [1, 1]], population="initialization", law="torch")
    quarter = [Fraction(1, 4)] * 4
    for width in (1, 2, 3):
        assert curve(width) == by_words(all_patterns(2), quarter, [[-1, 1], [1, 1]], width)
    assert (curve.kind, curve.law) == ("exact", "torch")


def test_curve_at_initialization_of_special_data():
    assert rs.full_rank_curve(np.eye(25), population="initialization")(9) == (1 - Fraction(1, 512)) ** 25
    assert rs.full_rank_curve([[1, 2], [2, 4]], population="initialization")(50) == 0
    assert rs.full_rank_curve(np.ones((0, 2)), population="initialization")(0) == 1
    assert rs.full_rank_curve([[0, 0], [1, 2]], population="initialization")(2) == Fraction(3, 4)
