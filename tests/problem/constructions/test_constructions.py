"""Data sets by design have what they are designed for."""

from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs


def test_teacher_targets_are_fitted_by_the_teacher():
    rng = np.random.default_rng(0)
    X, W, v = rng.standard_normal((7, 3)), rng.standard_normal((2, 3)), np.array([1.0, -2.0])
    points, y = rs.constructions.teacher(X, W, v)
    np.testing.assert_allclose(y.astype(float), np.maximum(X @ W.T, 0) @ v)
    assert rs.basin_value(points, y, W @ X.T > 0, [1, -1]).value == pytest.approx(0, abs=1e-10)


def test_poor_basins_of_other_losses():
    class Absolute:
        def value(self, f, y):
            return np.abs(f - y)

        def gradient(self, f, y):
            return np.sign(f - y)

    X, y = rs.constructions.poor_basins(2, 0.1, loss=Absolute(), variant="theorem 6")
    assert X[0, 0] == pytest.approx(0.2)  # l(0, delta) = 2 eps
    w = np.array([-1.0, -1.0])
    assert np.mean(np.abs(np.maximum(X @ w, 0) - y)) == pytest.approx(0.1)
    with pytest.raises(rs.AssumptionError, match="variant C"):
        rs.constructions.poor_basins(2, 0.1, loss=Absolute())
    with pytest.raises(rs.AssumptionError, match="eps"):
        rs.constructions.poor_basins(2, 0.5)
    X, y = rs.constructions.poor_basins(1, 0.1)
    assert y[0] == pytest.approx(0.2**0.5)
    assert X[:, 0].tolist() == [0.5, -1.0]


def test_singletons_orthogonal_clusters():
    X, y = rs.constructions.singletons([1, "1/2"], [0, 3])
    assert y.tolist() == [1, Fraction(1, 2), 0, 3]
    assert rs.Dataset(X).rank == 2
    X, _ = rs.constructions.orthogonal([1, 2, 3], [1, 2, 5])
    assert (np.diag([1, 4, 25]) == X @ X.T).all()
    X, y = rs.constructions.clusters([[3, 0], [0, 3]], 0.1, [1, 2], size=10, gamma=2.0, rng=1)
    assert np.linalg.norm(X[:10] - [3, 0], axis=1).max() <= 0.1
    assert np.abs(y[:10] - 1).max() <= 0.2
    _, y = rs.constructions.clusters([[3, 0], [0, 3], [1, 1]], 0.1, size=1)
    assert y.tolist() == [1, -1, 1]
    for broken in (lambda: rs.constructions.clusters([[1, 1]], -1, [1]), lambda: rs.constructions.orthogonal([1], [0])):
        with pytest.raises(rs.InputError):
            broken()
