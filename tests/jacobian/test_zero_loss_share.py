from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError, ShapeError, ZeroRowError
from tests.oracles.elimination import step_patterns

PUBLISHED = [
    ((0, 1), (1, -1), (1, -1), Fraction(1, 4)),
    ((0, 1), (1, -1), (1, 1, -1, -1), Fraction(9, 16)),
    ((0, 1, 2), (1, -1, 1), (1, 1, -1), Fraction(5, 27)),
    ((0, 1, 2), (1, -1, 1), (1, 1, -1, -1), Fraction(47, 162)),
    ((0, 1, 2), (1, -1, 1), (1, 1, 1, -1, -1, -1), Fraction(142, 243)),
]


@pytest.mark.parametrize(("x", "y", "v", "share"), PUBLISHED)
def test_published_shares(x, y, v, share):
    assert rs.zero_loss_fraction_1d(x, y, v) == share


@pytest.mark.parametrize(
    ("x", "y", "v"),
    [
        ((0, 1, 3), (1, 0, 2), (1, -1)),
        ((0, 2, 3, 7), (1, 1, 0, -1), (1, -1)),
        ((0, 1, 2, 4), (0, 0, 0, 0), (1, -2)),
        ((1, "1/2", 4), (0, 1, 1), (1, 1, 0)),
        ((0, 1), (1, 1), (2, 3, 0)),
        ((0, 1, 2), (2, 1, 0), (1, 1, -1)),
    ],
)
def test_share_equals_region_by_region(x, y, v):
    order = np.argsort([float(Fraction(t)) for t in x])
    steps = np.array(step_patterns(len(x)))
    unsorted = np.empty_like(steps)
    unsorted[:, order] = steps
    X = [[t, 1] for t in x]
    found = [rs.zero_loss(X, y, np.array(rows), v).exists for rows in product(unsorted, repeat=len(v))]
    share = Fraction(sum(found), len(found))
    assert rs.zero_loss_fraction_1d(x, y, v) == share
    assert rs.zero_loss_fraction(X, y, v, population="regions") == share


def test_widths_beyond_enumeration():
    x, y = (0, 1, 2), (1, -1, 1)
    shares = [rs.zero_loss_fraction_1d(x, y, (1,) * k + (-1,) * k) for k in (3, 15, 200)]
    assert shares == sorted(shares)
    assert 1 - float(shares[1]) == pytest.approx(1.0e-4, rel=0.05)
    assert 1 - float(rs.zero_loss_fraction_1d((0, 1), (1, -1), (1,) * 9 + (-1,) * 9)) == pytest.approx(0.0039, rel=0.01)


def test_theorem_8_holds():
    for n, y in ((2, (1, -1)), (3, (1, -1, 2)), (4, (0, 3, -1, 1))):
        m = rs.bounds.karhadkar_theorem_8(n, 0.5, form="sharp")
        share = rs.zero_loss_fraction_1d(range(n), y, (1,) * m + (-1,) * m)
        assert share >= Fraction(1, 2)


def test_one_point_and_none():
    assert rs.zero_loss_fraction_1d([3], [1], [1, 1, -1]) == Fraction(3, 4)
    assert rs.zero_loss_fraction_1d([3], [0], [1, -1]) == Fraction(1, 2)
    assert rs.zero_loss_fraction_1d([], [], [1]) == 1
    assert rs.zero_loss_fraction([[1]], [2], [1, -1], population="patterns") == Fraction(1, 2)


def test_populations():
    X, y, v = [[1, 2], [3, -1], [-1, 1]], [1, 2, 0], [1, -1]
    every = [np.array(bits).reshape(2, 3) for bits in product((0, 1), repeat=6)]
    share = Fraction(sum(rs.zero_loss(X, y, pattern, v).exists for pattern in every), 64)
    assert rs.zero_loss_fraction(X, y, v, population="patterns") == share
    p = rs.zero_loss_fraction(X, y, v, population="initialization", trials=60, rng=0)
    assert (p.kind, p.trials, p.law) == ("sampled", 60, "normal")


def test_bad_input():
    with pytest.raises(rs.TooLarge, match="zero_loss_fraction"):
        rs.zero_loss_fraction_1d(range(9), range(9), [1])
    with pytest.raises(InputError, match="repeated"):
        rs.zero_loss_fraction_1d([0, 0], [1, 1], [1])
    with pytest.raises(ShapeError):
        rs.zero_loss_fraction_1d([0, 1], [1], [1])
    with pytest.raises(ZeroRowError):
        rs.zero_loss_fraction([[0, 0], [1, 1]], [0, 1], [1], population="regions")
    with pytest.raises(ShapeError):
        rs.zero_loss_fraction([[1, 1]], None, [1], population="regions")
