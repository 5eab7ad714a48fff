"""Layer by layer: gradients and Jacobians against differences, the last layer against other solvers, dead units."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import logsumexp

import reluscape as rs
from reluscape.critical.trained.jacobian_facts import jacobian_facts, output_jacobian
from reluscape.critical.trained.last_layer import last_layer
from reluscape.critical.trained.layers import gradient_norm, layer_facts
from reluscape.problem.trained.layered import read_layered
from reluscape.problem.trained.opening import open_model

from .models import differences, flat, predict, random_deep, unflat


def mean_loss(F, Y, loss):
    if loss == "squared":
        return np.mean(((F - Y) ** 2).sum(axis=1))
    if loss == "bce":
        return np.mean((np.logaddexp(0, F) - Y * F).sum(axis=1))
    return np.mean(logsumexp(F, axis=1) - (F * Y).sum(axis=1))


def case(seed, sizes, loss, n=12):
    rng = np.random.default_rng(seed)
    net = random_deep(rng, sizes)
    X = rng.normal(size=(n, sizes[0]))
    labels = rng.integers(0, max(sizes[-1], 2), size=n)
    Y = np.eye(max(sizes[-1], 2))[labels][:, : sizes[-1]] if loss != "squared" else rng.normal(size=(n, sizes[-1]))
    return net, X, Y, read_layered(open_model(net), X, Y if sizes[-1] > 1 else Y[:, 0], loss)


CASES = [((3, 4, 1), "squared"), ((2, 5, 3, 1), "squared"), ((2, 4, 3), "cross_entropy"), ((2, 3, 4, 2), "bce")]


@pytest.mark.parametrize(("sizes", "loss"), CASES)
def test_gradient_against_differences(sizes, loss):
    net, X, Y, seen = case(1, sizes, loss)
    expected = differences(lambda t: mean_loss(predict(unflat(net, t), X), Y, loss), flat(net))
    assert gradient_norm(layer_facts(seen)) == pytest.approx(np.linalg.norm(expected), rel=1e-6)
    at = 0
    for layer, w in zip(layer_facts(seen), net.weights, strict=True):
        part = expected[at : at + w.size + len(w)]
        assert layer.gradient_norm == pytest.approx(np.linalg.norm(part), rel=1e-5, abs=1e-9)
        assert 0 <= layer.relative_gradient <= 1
        at += w.size + len(w)


@pytest.mark.parametrize(("sizes", "loss"), CASES)
def test_jacobian_against_differences(sizes, loss):
    net, X, _, seen = case(2, sizes, loss)
    expected = differences(lambda t: predict(unflat(net, t), X).reshape(-1), flat(net)).T
    np.testing.assert_allclose(output_jacobian(seen), expected, atol=1e-6)
    found = jacobian_facts(seen)
    assert found.rank == np.linalg.matrix_rank(expected, tol=1e-6)
    assert (found.rows, found.columns) == expected.shape


def test_lemma_1_bounds_the_loss_of_several_outputs():
    net, X, Y, _ = case(3, (4, 20, 2), "squared")
    found = jacobian_facts(read_layered(open_model(net), X, Y, "squared"))
    assert found.full
    F = predict(net, X)
    gradient = differences(lambda t: mean_loss(predict(unflat(net, t), X), Y, "squared"), flat(net))
    sigma = np.linalg.svd(differences(lambda t: predict(unflat(net, t), X).reshape(-1), flat(net)))[1][23]
    assert found.bound == pytest.approx(12 * gradient @ gradient / (4 * sigma**2), rel=1e-4)
    assert np.mean((F - Y) ** 2) <= found.bound


@pytest.mark.parametrize(("sizes", "loss"), CASES)
def test_last_layer_against_a_general_solver(sizes, loss):
    net, X, Y, seen = case(4, sizes, loss, 40)
    head, tail = flat(net)[: -(net.weights[-1].size + sizes[-1])], net.weights[-1].size + sizes[-1]
    function = lambda t: mean_loss(predict(unflat(net, np.concatenate([head, t])), X), Y, loss)  # noqa: E731
    general = minimize(function, flat(net)[-tail:], method="BFGS", options={"gtol": 1e-9, "maxiter": 2000})
    found = last_layer(seen)
    assert found.lowest <= general.fun + 1e-8
    if found.attained:
        assert found.lowest == pytest.approx(general.fun, abs=1e-5)
    assert mean_loss(predict(found.net, X), Y, loss) == pytest.approx(found.lowest, abs=1e-9)
    assert found.gap == pytest.approx(mean_loss(predict(net, X), Y, loss) - found.lowest, abs=1e-9)


def test_last_layer_is_exact_on_small_integers():
    """Features 1, 2, 3 and targets 0, 0, 1: the best line has mean squared error 1/18."""
    net = rs.DeepNet([[[1.0]], [[1.0]], [[0.5]]], [[0.0], [0.0], [0.0]])
    found = last_layer(read_layered(open_model(net), [[1], [2], [3]], [0, 0, 1], "squared"))
    assert found.kind == "exact"
    assert Fraction(found.lowest).limit_denominator(1000) == Fraction(1, 18)
    assert not found.optimal
    assert last_layer(read_layered(open_model(found.net), [[1], [2], [3]], [0, 0, 1], "squared")).optimal


def test_a_separable_last_layer_attains_nothing():
    net = rs.DeepNet([[[1.0]], [[1.0]]], [[0.0], [-1.5]])
    found = last_layer(read_layered(open_model(net), [[1.0], [2.0]], [0, 1], "bce"))
    assert not found.attained


def test_units_of_each_layer():
    first = [[1.0, 0.0], [2.0, 0.0], [-1.0, 0.0], [0.0, 1.0]]
    second = [[-1.0, -1.0, -1.0, -1.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    net = rs.DeepNet([first, second, [[1.0, 1.0, 1.0]]], [np.zeros(4), np.zeros(3), [0.0]])
    one, two, output = layer_facts(read_layered(open_model(net), [[1, 1], [2, -1], [3, 0]], [0, 1, 2], "squared"))
    assert (one.dead, one.always_active, one.duplicated) == ((2,), (0, 1), ((0, 1),))
    assert (two.dead, two.always_active) == ((0,), (1,))
    assert one.on_kink == 1  # the last unit on the last sample
    assert output.units == 1


def test_dead_samples_of_a_layer():
    net = rs.DeepNet([[[1.0]], [[-1.0]], [[1.0]]], [[0.0], [2.0], [0.5]])
    one, two, _ = layer_facts(read_layered(open_model(net), [[1.0], [3.0], [-1.0]], [0, 1, 2], "squared"))
    assert one.dead_samples == (2,)
    assert two.dead_samples == (1,)


@pytest.mark.torch
def test_gradients_against_torch():
    import torch

    torch.manual_seed(3)
    linear = torch.nn.Linear
    module = torch.nn.Sequential(linear(3, 5), torch.nn.ReLU(), linear(5, 4, bias=False), torch.nn.ReLU(), linear(4, 2))
    module = module.double()
    X, Y = torch.randn(9, 3, dtype=torch.float64), torch.randn(9, 2, dtype=torch.float64)
    ((module(X) - Y) ** 2).sum(dim=1).mean().backward()
    total = np.sqrt(sum(float((p.grad**2).sum()) for p in module.parameters()))
    report = rs.certify_model(module, X, Y)
    assert report.gradient_norm == pytest.approx(total, rel=1e-9)
    assert report.jacobian.columns == sum(p.numel() for p in module.parameters())
    assert report.verdict.kind == "not stationary"
