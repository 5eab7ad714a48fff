"""Minima known from the literature, rebuilt from their statements: plain regression, blind spots, 2^d poor minima."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest

import reluscape as rs
from tests.oracles import critical as oracle


@pytest.mark.parametrize("seed", range(4))
def test_the_best_affine_fit_is_a_local_minimum(seed):
    """Yun, Sra, Jadbabaie: data that no line fits have a minimum at the loss of linear regression."""
    rng = np.random.default_rng(seed)
    X = oracle.fractions(np.c_[rng.integers(-4, 5, size=(6, 2)), np.ones(6, dtype=int)])
    y = oracle.fractions(rng.integers(-3, 4, size=6))
    fit, _ = oracle.least_squares_on_faces(X, y, [[1] * 6], [1])
    up = oracle.fractions([0, 0, 1 + max(abs(x @ fit[0]) for x in X)])
    W, v = np.array([fit[0] + up, up, up * 2]), [1, -1, 0]
    verdict = rs.certify(X, y, W, v)
    assert verdict.is_local_minimum
    assert verdict.differentiable
    assert verdict.exact_loss == rs.affine_fit(X, y).exact_value > 0
    assert rs.verify(verdict.certificate)
    # more units fit the data better, so the minimum is spurious
    low = min(rs.descend(X, y, rng.normal(size=(6, 3)), rng.normal(size=6), exact=False).loss for _ in range(3))
    assert low < float(verdict.exact_loss)


def test_blind_spots():
    """Swirszcz, Czarnecki, Pascanu: with every unit off on every sample the loss of the constant is a local minimum."""
    rng = np.random.default_rng(5)
    X = np.c_[rng.integers(0, 9, size=(7, 2)), np.ones(7, dtype=int)]
    y = rng.integers(-5, 6, size=7)
    mean = Fraction(int(y.sum()), 7)
    verdict = rs.certify(X, y, -rng.integers(1, 9, size=(3, 3)), [1, -2, 3], mean)
    assert verdict.is_local_minimum
    assert verdict.exact_loss == rs.constant_fit(X, y).exact_value
    # a blind spot for some samples only: the others are fitted exactly
    one = rs.certify([[1, 0], [0, 1], [-1, -1]], [2, 3, 5], [[2, 3]], [1])
    assert one.is_local_minimum
    assert one.exact_loss == Fraction(25, 3)


@pytest.mark.parametrize("d", [1, 2])
def test_two_to_the_d_minima(d):
    """Safran and Shamir, Appendix C.2: one unit with v = 1, each coordinate fits one of its two samples."""
    X, y = rs.constructions.poor_basins(d, "1/50")
    census = rs.local_minima(X, y, 1, signs=[1])
    assert len(census.minima) == 2**d
    assert all(piece.differentiable and piece.freedom == 0 for piece in census.minima)
    poor, good = Fraction(1), Fraction(1, 25)  # sums over a coordinate's two samples, over 2 d samples in all
    expected = {(k * poor + (d - k) * good) / (2 * d): comb(d, k) for k in range(d + 1)}
    # a unit that fits sample 1 misses the target 1 of sample 2; the other way round it misses y_1 = 1/5
    assert census.multiplicity == expected


def test_escape_units():
    """Wu, Simsek, Ged: a silent unit that can be turned on for a gain is an escape; without one it is a minimum."""
    X, y = [[1, 0], [0, 1], [1, 1]], [1, 1, 3]
    fit, _ = oracle.least_squares_on_faces(oracle.fractions(X), oracle.fractions(y), [[1, 1, 1]], [1])
    alone = rs.certify(X, y, fit, [1])
    assert alone.is_local_minimum
    assert alone.exact_loss == Fraction(1, 9)
    # on for the first sample only, and moved along its hyperplane of no first-order change
    silent = np.concatenate([fit, oracle.fractions([[1, -2]])])
    escape = rs.certify(X, y, silent, [1, 0])
    assert not escape.is_local_minimum
    exact = [oracle.fractions(part) for part in (X, y, silent, [1, 0])]
    assert oracle.falls_along(*exact, None, escape.escape)
    copy = rs.certify(X, y, np.concatenate([fit, fit]), [1, 0])
    assert copy.is_local_minimum
