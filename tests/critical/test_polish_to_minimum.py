"""The proved point comes back as a model of the kind that was given."""

import warnings

import numpy as np
import pytest

import reluscape as rs
from tests.critical.proof.built import built_minimum, parameters


def test_a_deep_network_is_moved_to_the_minimum_beside_it():
    net, X, y, decay = built_minimum(0)
    rough = rs.DeepNet([w + 1e-5 for w in net.weights], [b - 1e-5 for b in net.biases])
    end = rs.polish_to_minimum(rough, X, y, loss="squared", weight_decay=decay)
    assert isinstance(end, rs.DeepNet)
    np.testing.assert_allclose(parameters(end), parameters(net), atol=1e-9)


def test_a_network_of_one_layer_stays_one():
    X, y = [[1.0], [2.0]], [1.0, 3.0]
    end = rs.polish_to_minimum(rs.TwoLayerNet([[0.9]], [1.5]), X, y)
    assert isinstance(end, rs.TwoLayerNet)
    assert float(end.W[0, 0] * end.v[0] + 0 * end.c) > 0


def test_what_is_no_minimum_is_refused_with_the_reason():
    net, X, y, decay = built_minimum(3)
    with pytest.raises(rs.ReluscapeError, match="no local minimum is proved near these weights; saddle"):
        rs.polish_to_minimum(net, X, y, loss="squared", weight_decay=decay)


@pytest.mark.torch
def test_a_torch_module_comes_back_as_one_and_its_gradients_point_inwards():
    torch = pytest.importorskip("torch")
    net, X, y, decay = built_minimum(0)
    layers = []
    for w, b in zip(net.weights, net.biases, strict=True):
        layer = torch.nn.Linear(w.shape[1], w.shape[0])
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(np.array(w)))
            layer.bias.copy_(torch.from_numpy(np.array(b)))
        layers += [layer, torch.nn.ReLU()]
    module = torch.nn.Sequential(*layers[:-1])
    end = rs.polish_to_minimum(module, X, y, loss="squared", weight_decay=decay)
    assert type(end) is type(module)
    assert next(module.parameters()).dtype == torch.float32
    A, t = torch.from_numpy(np.array(X)), torch.from_numpy(np.array(y))
    here = [p.detach().clone() for p in end.parameters()]
    rng = np.random.default_rng(0)
    for _ in range(200):  # at points nearby the step back to the minimum falls: <gradient, step away> > 0
        away = [torch.from_numpy(rng.normal(size=tuple(p.shape)) * 1e-4) for p in here]
        with torch.no_grad():
            for p, h, step in zip(end.parameters(), here, away, strict=True):
                p.copy_(h + step)
        end.zero_grad()
        J = torch.mean((end(A)[:, 0] - t) ** 2) + decay / 2 * sum((p**2).sum() for p in end.parameters())
        J.backward()
        slope = sum((p.grad * step).sum() for p, step in zip(end.parameters(), away, strict=True))
        assert float(slope) > 0


def test_a_fitted_perceptron_comes_back_as_one():
    from sklearn.neural_network import MLPRegressor

    net, X, y, decay = built_minimum(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlp = MLPRegressor(hidden_layer_sizes=(3, 2), max_iter=1, alpha=0.0).fit(X, y)
    mlp.coefs_ = [np.array(w).T for w in net.weights]
    mlp.intercepts_ = [np.array(b) for b in net.biases]
    end = rs.polish_to_minimum(mlp, X, y, loss="squared", weight_decay=decay)
    assert type(end) is MLPRegressor
    np.testing.assert_allclose(end.predict(X), net.predict(X), atol=1e-9)
