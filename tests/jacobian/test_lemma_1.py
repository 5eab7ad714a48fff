import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError, ModelError, ShapeError, TieError


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

    found = rs.loss_bound(Model(), X[:2], y[:2], jacobian_of=lambda X: X)
    assert found.rank == 2
    assert found == rs.loss_bound(lambda X: X @ [1.0, 2.0], X[:2], y[:2], jacobian_of=lambda X: X)
    with pytest.raises(InputError, match="jacobian_of"):
        rs.loss_bound(Model(), X, y)
    with pytest.raises(ShapeError, match="targets"):
        rs.loss_bound(net, X)
    with pytest.raises(ShapeError, match="3 samples"):
        rs.loss_bound(Model(), X, y, jacobian_of=lambda X: X[:1])


def test_torch_modules():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    X, y = np.random.default_rng(3).normal(size=(4, 2)), np.array([1.0, -1.0, 2.0, 0.5])
    layers = [torch.nn.Linear(2, 6), torch.nn.ReLU(), torch.nn.Linear(6, 1)]
    relu, smooth = torch.nn.Sequential(*layers), torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[2])
    same = rs.loss_bound(rs.DeepNet.from_torch(relu), X, y)
    found = rs.loss_bound(relu, X, y)
    assert found.rank == same.rank
    assert (found.bound, found.grad_norm, found.loss) == pytest.approx((same.bound, same.grad_norm, same.loss))
    # any model: the gradient that torch takes of its own loss is the one in the bound
    found = rs.loss_bound(smooth, X, y)
    loss = ((smooth(torch.tensor(X, dtype=torch.float32))[:, 0] - torch.tensor(y, dtype=torch.float32)) ** 2).mean()
    loss.backward()
    length = torch.sqrt(sum((p.grad**2).sum() for p in smooth.parameters()))
    assert found.grad_norm == pytest.approx(length.item(), rel=1e-5)
    assert found.loss == pytest.approx(loss.item(), rel=1e-5)
    assert found.loss <= found.bound * (1 + 1e-9)
    with pytest.raises(ModelError, match="2 outputs"):
        rs.loss_bound(torch.nn.Linear(2, 2), X, y)


def test_output_bias_and_no_samples():
    net = rs.TwoLayerNet([[1.0, 0.5]], [1.0], c=3.0)
    found = rs.loss_bound(net, [[1, 1]], [2])
    assert found.loss == pytest.approx((1.5 + 3 - 2) ** 2)
    assert found.loss <= found.bound * (1 + 1e-9)
    assert rs.loss_bound(net, np.ones((0, 2)), []).bound == 0
    with pytest.raises(TieError):
        rs.loss_bound(net, [[1, -2]], [0])
