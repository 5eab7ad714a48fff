"""Fits on faces: exact and float agree, stay on the face, minimise, and stay near."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reluscape.critical.face_fit import exact_fit, float_fit
from reluscape.problem.data import Dataset
from reluscape.problem.losses import get_loss
from tests.oracles import critical as oracle


@pytest.mark.parametrize("seed", range(3))
def test_exact_fit_is_the_least_squares_on_the_face(seed):
    rng = np.random.default_rng(seed)
    for _ in range(40):
        X, y, W, _, c = oracle.random_critical_candidate(rng)
        data = Dataset(X, y)
        signs = np.array([[int((h := w @ x) > 0) - int(h < 0) for x in X] for w in W], dtype=np.int8)
        R0 = rng.normal(size=W.shape)
        fit = exact_fit(data, signs, R0, None if c is None else 0.0)
        reference, bias = oracle.least_squares_on_faces(X, y, signs, np.ones(len(W)), c is not None)
        f = sum(((s > 0) * (X @ r) for s, r in zip(signs, fit.R, strict=True)), np.zeros(len(y), dtype=int)) + fit.c
        g = sum(((s > 0) * (X @ r) for s, r in zip(signs, reference, strict=True)), np.zeros(len(y), dtype=int)) + bias
        assert list(f) == list(g)
        for s, r in zip(signs, fit.R, strict=True):
            assert all(x @ r == 0 for x, k in zip(X, s, strict=True) if k == 0)
        floats = float_fit(data.X, data.y, signs, R0, None if c is None else 0.0, get_loss("squared"))
        h = sum(((s > 0) * (data.X @ r) for s, r in zip(signs, floats.R, strict=True)), np.zeros(len(y))) + floats.c
        assert h == pytest.approx(np.array(f, dtype=float), abs=1e-9)


def test_the_nearest_of_many_fits_is_taken():
    data = Dataset([[1, 0]], [2])
    fit = exact_fit(data, np.array([[1], [1]], dtype=np.int8), np.array([[3.0, 5.0], [1.0, -7.0]]), None)
    assert fit.R.tolist() == [[2, 5], [0, -7]]
    assert isinstance(fit.R[0, 0], Fraction)


@pytest.mark.parametrize("loss", ["logistic", "bce"])
def test_other_losses_are_minimised(loss):
    rng = np.random.default_rng(5)
    X = np.c_[rng.normal(size=(30, 2)), np.ones(30)]
    y = np.where(rng.random(30) < 0.5, 1.0, -1.0 if loss == "logistic" else 0.0)
    chosen = get_loss(loss)
    signs = np.ones((1, 30), dtype=np.int8)
    fit = float_fit(X, y, signs, np.zeros((1, 3)), 0.0, chosen)
    gradient = chosen.gradient(X @ fit.R[0] + fit.c, y)
    assert np.abs(X.T @ gradient).max() < 1e-6


def test_separable_samples_have_no_logistic_minimum():
    X, y = np.array([[1.0], [-1.0]]), np.array([1.0, -1.0])
    assert float_fit(X, y, np.ones((1, 2), dtype=np.int8), np.zeros((1, 1)), None, get_loss("logistic")) is None
