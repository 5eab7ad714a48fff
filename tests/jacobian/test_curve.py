from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from tests.oracles.elimination import all_patterns, full_fraction

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
    with pytest.raises(rs.ReluscapeError, match="full_rank_fraction"):
        rs.full_rank_curve(GENERIC, population="initialization")
