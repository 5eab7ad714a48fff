"""Value, gradient and Hessian of the population loss against quadrature, differences and draws."""

from __future__ import annotations

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError, ShapeError
from tests.oracles import population as oracle

RNG = np.random.default_rng(0)
CASES = [
    (RNG.normal(size=(3, 2)), RNG.normal(size=(2, 2))),
    (RNG.normal(size=(2, 4)), RNG.normal(size=(5, 4))),
    (RNG.normal(size=(4, 3)), np.eye(3)),
    # parallel, opposite and equal units, a teacher's zero unit, one input
    (np.array([[1.0, 2.0], [2.0, 4.0], [-1.0, -2.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 2.0]])),
    (np.array([[1.5], [-0.5]]), np.array([[1.0]])),
    (np.eye(3), np.eye(3)),
]


@pytest.mark.parametrize(("W", "V"), CASES)
def test_the_loss_is_the_quadrature_of_its_definition(W, V):
    assert rs.population.loss(W, V) == pytest.approx(oracle.loss(W, V), abs=1e-13)


@pytest.mark.parametrize(("W", "V"), CASES)
def test_the_gradient_is_that_of_the_quadrature(W, V):
    numerical = oracle.differences(lambda A: oracle.loss(A, V), W)
    assert rs.population.gradient(W, V) == pytest.approx(numerical, abs=1e-8)


@pytest.mark.parametrize(("W", "V"), CASES)
def test_the_hessian_is_that_of_the_gradient(W, V):
    H = rs.population.hessian(W, V)
    numerical = oracle.differences(lambda A: rs.population.gradient(A, V), W, 1e-6).reshape(H.shape)
    assert pytest.approx(numerical, abs=2e-5) == H
    assert pytest.approx(H.T, abs=1e-14) == H


def test_the_loss_is_the_mean_over_draws():
    (W, V), draws = CASES[1], np.random.default_rng(5).normal(size=(200_000, 4))
    half = (np.maximum(draws @ W.T, 0).sum(axis=1) - np.maximum(draws @ V.T, 0).sum(axis=1)) ** 2 / 2
    assert abs(half.mean() - rs.population.loss(W, V)) < 5 * half.std() / np.sqrt(len(half))


def test_symmetries_and_scale():
    W, V = CASES[1]
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]
    assert rs.population.loss(W @ turn, V @ turn) == pytest.approx(rs.population.loss(W, V), rel=1e-12)
    assert rs.population.loss(W[::-1], V[::-1]) == pytest.approx(rs.population.loss(W, V), rel=1e-12)
    assert rs.population.loss(3 * W, 3 * V) == pytest.approx(9 * rs.population.loss(W, V), rel=1e-12)


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match="unit 1 is zero"):
        rs.population.gradient([[1, 0], [0, 0]])
    with pytest.raises(ShapeError, match="both see the same inputs"):
        rs.population.loss([[1, 0]], [[1, 0, 0]])
    with pytest.raises(ShapeError, match="one row for each unit"):
        rs.population.loss([1, 0])
    with pytest.raises(InputError, match="not finite"):
        rs.population.loss([[np.nan, 0]])
    assert rs.population.loss(np.zeros((0, 2))) == pytest.approx(oracle.loss(np.zeros((0, 2)), np.eye(2)))
