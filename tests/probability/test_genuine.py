"""Shares of cells with a genuine minimum: against the cell function, the census, and their own listings."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import reluscape as rs
from reluscape.critical.genuine import GenuineCells

LINE = [[-2, 1], [-1, 1], [1, 1], [2, 1]]


@pytest.mark.parametrize("y", [[1, -1, -1, 1], [1, -1, 1, -1], [2, 0, -1, 1]])
def test_listed_share_is_the_brute_force_count(y):
    cells = np.asarray(rs.enumerate_regions(LINE, witnesses=False).patterns)
    found = [rs.cell_minima(LINE, y, np.array(P)) for P in product(cells, repeat=2)]
    held = [m.exact_loss for m in found if m.genuine]
    share = rs.genuine_minimum_share(LINE, y, 2, population="regions")
    assert share.genuine.kind == "exact"
    assert share.genuine.value == Fraction(len(held), len(cells) ** 2)
    assert share.lowest == share.threshold == min(held)
    assert share.good.value == Fraction(sum(v == min(held) for v in held), len(cells) ** 2)
    assert share.good.value + share.bad.value == share.genuine.value
    assert min(held) == rs.local_minima(LINE, y, 2).differentiable_losses[0]
    loose = rs.genuine_minimum_share(LINE, y, 2, threshold="3/4", population="regions")
    assert loose.good.value == Fraction(sum(v <= Fraction(3, 4) for v in held), len(cells) ** 2)


def test_sampled_share_covers_the_listed_one():
    y = [1, -1, 1, -1]
    truth = rs.genuine_minimum_share(LINE, y, 2, "1/2", population="regions")
    drawn = rs.genuine_minimum_share(LINE, y, 2, 0.5, population="regions", trials=800, rng=3, exact=False)
    assert drawn.genuine.kind == "sampled"
    for name in ("genuine", "good", "bad"):
        part = getattr(drawn, name)
        assert part.low <= getattr(truth, name).value <= part.high
        assert part.trials == 800


def test_the_population_of_random_weights():
    """Two orthogonal samples, one unit: each cell has probability 1/4, and all but one cell hold a minimum."""
    share = rs.genuine_minimum_share([[1, 0], [0, 1]], [1, -1], 1, population="initialization", trials=1000, rng=0)
    assert share.genuine.low <= 3 / 4 <= share.genuine.high
    assert share.genuine.law == "normal"
    assert share.genuine.population == "initialization"


def test_floats_and_rationals_agree():
    rng = np.random.default_rng(0)
    for n, d, m in ((6, 2, 1), (8, 2, 3), (5, 3, 2), (7, 1, 2)):
        X, y = np.c_[rng.normal(size=(n, d)), np.ones(n)], rng.normal(size=n)
        data = rs.Dataset(X, y)
        quick, slow = GenuineCells(data), GenuineCells(data, exact=True)
        patterns = rs.sample_regions(X, 25 * m, rng=1).reshape(25, m, n)
        for P in patterns:
            genuine, loss = quick.decide(P)
            assert genuine == slow.decide(P)[0] == rs.cell_minima(data, None, P).genuine
            assert float(loss) == pytest.approx(float(slow.decide(P)[1]), abs=1e-9)
            assert quick.decide(P[::-1]) == (genuine, loss)


def test_degenerate_data():
    X, y = [[0, 0], [1, 1], [1, 1], [-2, -2], [0, 1]], [3, 1, 2, 0, 1]
    share = rs.genuine_minimum_share(X, y, 2, population="regions")
    cells = np.asarray(rs.enumerate_regions(X, witnesses=False).patterns)
    held = sum(rs.cell_minima(X, y, np.array(P)).genuine for P in product(cells, repeat=2))
    assert share.genuine.value == Fraction(held, len(cells) ** 2)


def test_wrong_arguments():
    with pytest.raises(rs.InputError, match="it is 'regions' or 'initialization'"):
        rs.genuine_minimum_share(LINE, [1, 2, 3, 4], 1, population="patterns")
    with pytest.raises(rs.InputError, match="targets"):
        rs.genuine_minimum_share(LINE, None, 1, population="regions")
    with pytest.raises(rs.InputError, match="sampled only"):
        rs.genuine_minimum_share(LINE, [1, 2, 3, 4], 1, population="initialization", exact=True)
    with pytest.raises(rs.TooLarge, match="products of cells"):
        rs.genuine_minimum_share(LINE, [1, 2, 3, 4], 12, population="regions", exact=True)
