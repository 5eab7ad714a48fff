"""The Hessian in all weights against torch's automatic differentiation, and by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import reluscape as rs


@pytest.mark.torch
@pytest.mark.parametrize("loss", ["squared", "bce", "cross_entropy"])
@pytest.mark.parametrize("sizes", [(2, 4), (3, 4, 3)])
@pytest.mark.parametrize("decay", [None, 0.1])
def test_it_is_that_of_automatic_differentiation(loss, sizes, decay):
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    outputs = 3 if loss == "cross_entropy" else 1
    layers = [torch.nn.Linear(i, o) for i, o in pairwise((*sizes, outputs))]
    model = torch.nn.Sequential(*[part for layer in layers for part in (layer, torch.nn.ReLU())][:-1]).double()
    X = torch.randn(9, sizes[0], dtype=torch.float64)
    y = torch.randn(9, dtype=torch.float64)
    y = {"squared": y, "bce": (y > 0).double(), "cross_entropy": torch.arange(9) % 3}[loss]
    names = [name for name, _ in model.named_parameters()]
    shapes = [p.shape for p in model.parameters()]
    start = torch.cat([p.detach().reshape(-1) for p in model.parameters()])

    def value(theta):
        parts = torch.split(theta, [int(np.prod(shape)) for shape in shapes])
        weights = {name: part.reshape(shape) for name, part, shape in zip(names, parts, shapes, strict=True)}
        f = torch.func.functional_call(model, weights, (X,))
        nn = torch.nn.functional
        plain = {
            "squared": lambda: nn.mse_loss(f[:, 0], y),
            "bce": lambda: nn.binary_cross_entropy_with_logits(f[:, 0], y),
            "cross_entropy": lambda: nn.cross_entropy(f, y),
        }[loss]()
        return plain + (decay or 0.0) / 2 * (theta**2).sum()

    expected = torch.autograd.functional.hessian(value, start).numpy()
    told = rs.hessian(model, X.numpy(), y.numpy(), loss=loss, weight_decay=decay)
    assert told.matrix == pytest.approx(expected, rel=1e-9, abs=1e-11)
    assert told.eigenvalues == pytest.approx(np.linalg.eigvalsh(expected), rel=1e-8, abs=1e-10)
    slope = torch.autograd.functional.jacobian(value, start).numpy()
    assert told.gradient_norm == pytest.approx(np.linalg.norm(slope))
    assert told.kinks == 0
    assert sum(told.signs) == len(start)


def test_by_hand_of_one_unit():
    """f = v w on x = 1 with target 1 at w = 2, v = 1: loss (v w - 1)^2, Hessian 2 [[v^2, 2 v w - 1], [., w^2]]."""
    told = rs.hessian(rs.TwoLayerNet([[2.0]], [1.0]), [[1.0]], [1.0], loss="squared")
    assert told.matrix == pytest.approx(np.array([[2.0, 6.0], [6.0, 8.0]]))
    assert told.signs == (1, 0, 1)
    assert str(told).startswith("1 negative, 0 zero and 1 positive eigenvalues, from -1.7")


def test_kinks_are_counted_and_free_biases_do_not_decay():
    data = rs.Dataset([[1.0], [2.0]], [1.0, 0.0], bias=True)
    net = rs.TwoLayerNet([[1.0, -1.0]], [1.0], 0.5, True)
    plain = rs.hessian(net, data, loss="squared")
    assert plain.kinks == 1
    decayed = rs.hessian(net, data, loss="squared", weight_decay=rs.WeightDecay("1/4", biases=False))
    assert decayed.matrix - plain.matrix == pytest.approx(np.diag([0.25, 0.0, 0.25, 0.0]))


def test_too_many_weights():
    with pytest.raises(rs.TooLarge, match="4,001 weights"):
        rs.hessian(rs.TwoLayerNet(np.ones((1000, 3)), np.ones(1000), 1.0), np.ones((2, 3)), [1.0, 2.0])
