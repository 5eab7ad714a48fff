"""Every door that takes a loss understands the usual names."""

import pytest

import reluscape as rs

X, Y = [[1, 0], [0, 1], [1, 1]], [1.0, -1.0, 0.5]


def doors(loss):
    net = rs.TwoLayerNet([[1.0, 0.2], [0.3, -1.0]], [1.0, 1.0])
    return [
        rs.basin_value(X, Y, [[True, True, True]], [1], loss=loss).value,
        rs.certify(X, Y, net.W, net.v, loss=loss).loss,
        rs.certify_model(net, X, Y, loss=loss).verdict.loss,
        rs.explain(net, X, Y, loss=loss).report["losses"]["model"]["value"],
        net.loss(X, Y, loss=loss),
    ]


def test_mse_is_the_squared_loss():
    assert doors("mse") == pytest.approx(doors("squared"))


def test_a_loss_module_of_torch_is_read():
    torch = pytest.importorskip("torch")
    assert doors(torch.nn.MSELoss()) == pytest.approx(doors("squared"))
