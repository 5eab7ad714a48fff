"""The exact least-squares fit on faces: the normal equations and nearness to the given weights, both in fractions."""

from fractions import Fraction

import numpy as np
import pytest

from reluscape.critical.face_fit import exact_fit, float_fit
from reluscape.numbers import exact
from reluscape.problem.data import Dataset
from reluscape.problem.losses import get_loss


@pytest.mark.parametrize("seed", range(30))
def test_the_fit_solves_the_normal_equations_and_is_the_nearest_one_that_does(seed):
    rng = np.random.default_rng(seed)
    n, d, m = int(rng.integers(1, 6)), int(rng.integers(1, 4)), int(rng.integers(1, 4))
    X, y = rng.integers(-2, 3, (n, d)), rng.integers(-3, 4, n)
    data, signs = Dataset(X, y), rng.integers(-1, 2, (m, n))
    R0 = rng.integers(-9, 10, (m, d)) / 8  # six digits hold them
    found = exact_fit(data, signs, R0, None)
    on = (signs > 0).astype(object)
    rows = X.astype(object)
    left = sum((on[j] * (rows @ found.R[j]) for j in range(m)), -y.astype(object))
    goal = np.array([[Fraction(float(t)) for t in row] for row in R0], dtype=object)
    live = [j for j in range(m) if on[j].any()]
    bases = {j: exact.nullspace(rows[signs[j] == 0]) if (signs[j] == 0).any() else np.eye(d, dtype=int) for j in live}
    design = np.array([on[j] * (rows @ b) for j in live for b in bases[j]], dtype=object).reshape(-1, n)
    for j in live:
        assert not (rows[signs[j] == 0] @ found.R[j]).any()
    assert not (design @ left).any()
    moves = exact.nullspace(design.T) if len(design) else []
    owners = [(j, b) for j in live for b in bases[j]]
    for move in moves:
        step = np.full((m, d), Fraction(0), dtype=object)
        for (j, b), t in zip(owners, move, strict=True):
            step[j] = step[j] + t * b
        assert (step * (found.R - goal)).sum() == 0


@pytest.mark.parametrize("twins", [False, True])
def test_a_fit_with_hundreds_of_weights_is_the_nearest_too(twins):
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(420, 6)), rng.normal(size=420)
    signs = np.where(rng.normal(size=(48, 420)) > 0, 1, -1)
    R0 = rng.normal(size=(48, 6))
    if twins:
        signs[1] = signs[0]
    found = float_fit(X, y, signs, R0, 0.0, get_loss("squared"))
    on = np.where(signs > 0, 1.0, 0.0)
    left = y - (on * (found.R @ X.T)).sum(axis=0) - found.c
    slopes = (on * left) @ X
    assert np.abs(slopes).max() < 1e-9
    assert abs(left.sum()) < 1e-9
    if twins:  # the shortest way moves both alike
        assert np.abs((found.R[0] - found.R[1]) - (R0[0] - R0[1])).max() < 1e-9
