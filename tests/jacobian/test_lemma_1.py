import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError, ShapeError


@pytest.mark.parametrize("trainable", ["W", "Wv"])
def test_bounds_the_loss(trainable):
    rng = np.random.default_rng(0)
    for _ in range(30):
        n, d, m = 4, 3, 6
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        net = rs.TwoLayerNet(rng.normal(size=(m, d)), rng.normal(size=m))
        found = rs.loss_bound(net, X, y, trainable=trainable)
        assert found.loss == pytest.approx(net.loss(X, y))
        assert found.loss <= found.bound * (1 + 1e-9)
        assert found.rank == np.linalg.matrix_rank(rs.jacobian(net.W, net.v, X, trainable=trainable))


def test_gradient_is_of_the_mean_loss():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(5, 2)), rng.normal(size=5)
    W, v = rng.normal(size=(4, 2)), rng.normal(size=4)
    step, gradient = 1e-6, []
    for index in np.ndindex(W.shape):
        up, down = W.copy(), W.copy()
        up[index] += step
        down[index] -= step
        gradient.append((rs.TwoLayerNet(up, v).loss(X, y) - rs.TwoLayerNet(down, v).loss(X, y)) / (2 * step))
    assert rs.loss_bound(rs.TwoLayerNet(W, v), X, y).grad_norm == pytest.approx(np.linalg.norm(gradient), rel=1e-6)


def test_deficient_rank_bounds_nothing():
    found = rs.loss_bound(rs.TwoLayerNet([[1.0, 0.5]], [1.0]), [[1, 0], [2, 0], [1, 1]], [0, 0, 0])
    assert (found.rank, found.bound) == (2, np.inf)
    assert rs.loss_bound(rs.TwoLayerNet([[-1.0, -0.5]], [1.0]), [[1, 0]], [1]).bound == np.inf


def test_deep_and_callable_models():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(3, 2)), rng.normal(size=3)
    net = rs.DeepNet([rng.normal(size=(6, 2)), rng.normal(size=(6, 6)), rng.normal(size=(1, 6))], [None] * 3)
    found = rs.loss_bound(net, X, y)
    assert found.loss <= found.bound * (1 + 1e-9)

    class Model:
        def predict(self, X):
            return X @ [1.0, 2.0]

    assert rs.loss_bound(Model(), X[:2], y[:2], jacobian_of=lambda X: X).rank == 2
    with pytest.raises(InputError, match="jacobian_of"):
        rs.loss_bound(Model(), X, y)
    with pytest.raises(ShapeError, match="targets"):
        rs.loss_bound(net, X)
    with pytest.raises(ShapeError, match="3 samples"):
        rs.loss_bound(Model(), X, y, jacobian_of=lambda X: X[:1])
