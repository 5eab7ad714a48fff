"""The complete list of local minima against published lists, descent, and probes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.critical.components import make_face, minimisers
from tests.oracles import critical as oracle

LINE = [[-2, 1], [-1, 1], [1, 1], [2, 1]]
XOR = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]


def fractions(*texts):
    return tuple(Fraction(t) for t in texts)


def test_four_samples_on_a_line():
    V = rs.local_minima(LINE, [1, -1, -1, 1], 1)
    assert V.losses == fractions("3/4", "1")
    V = rs.local_minima(LINE, [1, -1, -1, 1], 2)
    assert V.losses == fractions("1/4", "7/20", "1/2", "15/28", "3/4", "1")
    assert len(V.minima) == 91
    W = rs.local_minima(LINE, [1, -1, 1, -1], 2)
    assert W.losses == fractions("1/2", "9/14", "3/4", "25/28", "9/10", "25/26", "1")
    assert Fraction(25, 26) not in W.differentiable_losses
    assert len(W.minima) == 105


def test_every_piece_is_a_certified_minimum():
    census = rs.local_minima(LINE, [1, -1, 1, -1], 2)
    rng = np.random.default_rng(0)
    for k, piece in enumerate(census.minima):
        assert piece.verdict.is_local_minimum
        assert piece.verdict.exact_loss == piece.loss
        assert piece.verdict.differentiable == piece.differentiable
        if k % 15 == 0:
            X, y = oracle.fractions(LINE), oracle.fractions([1, -1, 1, -1])
            assert not oracle.probes_below(X, y, piece.W, piece.v, None, rng, count=40)
            assert rs.verify(piece.verdict.certificate)
    assert census.multiplicity[census.losses[0]] == sum(p.loss == census.losses[0] for p in census.minima)


@pytest.mark.parametrize("seed", range(3))
def test_descents_end_only_at_listed_losses(seed):
    rng = np.random.default_rng(seed)
    X = np.c_[rng.permutation(7)[:4] - 3, np.ones(4, dtype=int)]
    y = rng.integers(-2, 3, size=4)
    listed = np.array([float(v) for v in rs.local_minima(X, y, 2).losses])
    for _ in range(12):
        end = rs.descend(X, y, rng.normal(size=(2, 2)), rng.normal(size=2))
        assert end.finished
        assert np.abs(listed - end.loss).min() < 1e-9


def test_frozen_signs_of_the_paper():
    assert rs.local_minima([[1, 0], [0, 1]], [1, 1], 1, signs=[1]).losses == fractions("0", "1/2", "1")
    assert rs.local_minima([[1, 0], [0, 1]], [1, -1], 1, signs=[1]).losses == fractions("1/2", "1")


def test_why_xor_gets_stuck():
    census = rs.local_minima(XOR, [0, 1, 1, 0], 2, output_bias=True)
    assert census.losses == fractions("0", "1/8", "1/6", "1/4")
    stuck = next(m for m in census.minima if m.loss == Fraction(1, 4))
    assert stuck.verdict.is_local_minimum
    # every piece is handed out as a network whose doubles have its loss
    for piece in census.minima:
        assert piece.net.loss(XOR, [0, 1, 1, 0]) == pytest.approx(float(piece.loss), abs=1e-12)
        assert np.abs(piece.net.W).max() < 100


def test_five_published_points_with_one_unit():
    X = [[x, 1] for x in ("-1", "-0.6", "-0.1", "0.3", "0.7")]
    y = ["0.28", "-0.1", "0.03", "0.23", "-0.22"]
    assert rs.local_minima(X, y, 1).differentiable_losses == fractions("561/25000", "711/25000", "953/25000")


def test_degenerate_data():
    for X, y in (
        ([[1, 0], [1, 0], [-2, 0]], [1, 2, 3]),
        ([[0, 0], [1, 1]], [1, 1]),
        ([[1, 2], [2, 4], [-1, -2], [0, 1]], [1, -1, 0, 2]),
    ):
        census = rs.local_minima(X, y, 1, output_bias=True)
        assert all(m.verdict.is_local_minimum for m in census.minima)


def test_too_large_before_starting():
    rng = np.random.default_rng(0)
    with pytest.raises(rs.TooLarge, match="a width of 2 is feasible") as problem:
        rs.local_minima(rng.integers(-9, 10, size=(9, 3)), rng.integers(0, 2, size=9), 4)
    assert problem.value.estimate > 300_000
    with pytest.raises(rs.InputError, match="width"):
        rs.local_minima(LINE, [1, 1, 1, 1], 0)
    with pytest.raises(rs.InputError, match="whole number"):
        rs.local_minima(LINE, [1, 1, 1, 1], 1.5)


@pytest.mark.parametrize(("seed", "width", "output_bias"), [(0, 1, False), (1, 2, False), (2, 1, True)])
def test_columns_that_depend_on_others_change_no_loss(seed, width, output_bias):
    rng = np.random.default_rng(seed)
    B, C = rng.integers(-3, 4, (3, 2)), rng.integers(-3, 4, (2, 9))
    y = [1, -1, 2]
    few = rs.local_minima(B, y, width, output_bias=output_bias)
    many = rs.local_minima(B @ C, y, width, output_bias=output_bias)
    assert rs.Dataset(B @ C).rank == rs.Dataset(B).rank == 2
    assert many.losses == few.losses
    assert many.differentiable_losses == few.differentiable_losses
    for piece in many.minima[:: max(1, len(many.minima) // 4)]:
        assert piece.W.shape == (width, 9)
        assert piece.verdict.is_local_minimum
        assert piece.verdict.exact_loss == piece.loss
        # the minimisers of the sums on these faces, solved over all 9 columns
        faces = [make_face(piece.data, row) for row in np.unique(piece.covectors, axis=0)]
        assert piece.freedom == minimisers(piece.data, faces, output_bias).freedom
