"""Fresh starts of deep networks with decay against networks whose best objective is known."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from reluscape import DeepNet, WeightDecay
from reluscape.critical.trained import fresh_deep
from reluscape.critical.trained.fresh_deep import fresh_ends
from reluscape.problem.trained.layered import read_layered
from reluscape.problem.trained.opening import open_model
from reluscape.problem.trained.recipe import Recipe, recipe_of


def layered(net, X, y):
    """The network on its data."""
    return read_layered(open_model(net), X, y, "squared")


def test_a_chain_of_three_weights_reaches_the_least_of_its_polynomial():
    """All samples positive: J = mean (abc x - y)^2 + decay / 2 (a^2 + b^2 + c^2), least where |a| = |b| = |c|."""
    X, decay = np.array([[1.0], [2.0]]), 0.02
    net = DeepNet([[[1.0]], [[1.0]], [[1.0]]], [None] * 3)
    grid = np.linspace(0, 2, 2_000_001)
    best = (np.mean([(grid**3 * x - x) ** 2 for x in (1.0, 2.0)], axis=0) + 1.5 * decay * grid**2).min()
    found = fresh_ends(layered(net, X, X[:, 0]), WeightDecay(decay), best)
    assert found.lowest == pytest.approx(best, rel=1e-6)
    assert 1 <= found.as_low < found.starts == 10  # starts with a negative weight end at zero
    assert fresh_ends(layered(net, X, X[:, 0]), WeightDecay(decay), 2 * best).as_low >= found.as_low


def test_free_biases_are_not_counted():
    """No slope to learn: with free biases the best objective is the variance, whatever the decay."""
    X, y = np.array([[1.0], [-1.0]]), np.array([5.0, 5.0])
    net = DeepNet([[[1.0]], [[1.0]]], [[0.0], [0.0]])
    assert fresh_ends(layered(net, X, y), WeightDecay(1.0, biases=False), 0.0).lowest == pytest.approx(0.0, abs=1e-9)
    assert fresh_ends(layered(net, X, y), WeightDecay(1.0), 0.0).lowest > 1.0


@pytest.mark.torch
def test_adam_takes_the_steps_of_torch(monkeypatch):
    """The same start, rate, averages and decay: the same lowest objective after 200 steps."""
    import torch

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(12, 2)), rng.normal(size=12)
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2), torch.nn.ReLU(),
                                torch.nn.Linear(2, 1)).double()  # fmt: skip
    monkeypatch.setattr(fresh_deep, "STARTS", 1)
    starts = []
    seen = layered(model, X, y)
    monkeypatch.setattr(fresh_deep, "_lbfgs", lambda both, start, steps: starts.append(start) or np.inf)
    fresh_ends(seen, WeightDecay(0.02), 0.0)  # to see where it starts
    at = 0
    for layer in model[::2]:
        w = starts[0][at : at + layer.weight.numel() + layer.bias.numel()]
        at += len(w)
        layer.weight.data[:] = torch.tensor(w[: layer.weight.numel()].reshape(layer.weight.shape))
        layer.bias.data[:] = torch.tensor(w[layer.weight.numel() :])
    adam = torch.optim.Adam(model.parameters(), lr=0.02, betas=(0.8, 0.99), weight_decay=0.02)
    values, inputs, targets = [], torch.tensor(X), torch.tensor(y)[:, None]
    for k in range(201):
        adam.zero_grad()
        loss = ((model(inputs) - targets) ** 2).mean()
        values.append(loss.item() + 0.01 * sum((w**2).sum().item() for w in model.parameters()))
        loss.backward()
        if k < 200:
            adam.step()
    recipe = recipe_of(adam)
    assert recipe == Recipe("Adam", (0.02, 0.02), (0.8, 0.99), 1e-8, 200)
    found = fresh_ends(replace(seen, recipe=recipe), WeightDecay(0.02), 0.0)
    (ends,) = found.by
    assert ends.how == "Adam as in training (learning rate 0.02, 200 steps on all rows)"
    assert ends.values == pytest.approx([min(values)], rel=1e-9)


@pytest.mark.torch
def test_recipes_of_other_optimizers():
    import torch

    w = [torch.nn.Parameter(torch.zeros(2))]
    assert recipe_of(torch.optim.RMSprop(w, lr=0.1)) is None
    sgd = torch.optim.SGD(w, lr=0.1, momentum=0.9, nesterov=True)
    assert recipe_of(sgd) == Recipe("SGD", (0.1, 0.1), momentum=(0.9, 0.0, True))
    assert recipe_of(torch.optim.Adam(w, lr=0.1, amsgrad=True)) is None
    assert recipe_of(torch.optim.LBFGS(w)).name == "L-BFGS"
    adam = torch.optim.Adam(w, lr=0.1)
    torch.optim.lr_scheduler.StepLR(adam, 1)
    adam.param_groups[0]["lr"] = 0.01
    assert recipe_of(adam).rates == (0.1, 0.01)
    assert recipe_of(adam).steps is None
    assert recipe_of(None) is None


def test_the_recipe_of_scikit_learn():
    from sklearn.neural_network import MLPRegressor

    X, y = np.eye(4), np.arange(4.0)
    told = MLPRegressor(
        hidden_layer_sizes=(2, 2),
        solver="adam",
        max_iter=30,
        n_iter_no_change=40,
        random_state=0,
        learning_rate_init=0.01,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recipe = recipe_of(told.fit(X, y))
    assert recipe == Recipe("Adam", (0.01, 0.01), (0.9, 0.999), 1e-8, 30)
    slow = recipe_of(MLPRegressor(hidden_layer_sizes=(2,), solver="sgd", learning_rate_init=0.02, momentum=0.8))
    assert slow == Recipe("SGD", (0.02, 0.02), momentum=(0.8, 0.0, True))


@pytest.mark.torch
@pytest.mark.parametrize("told", [{}, {"momentum": 0.9}, {"momentum": 0.8, "dampening": 0.3},
                                  {"momentum": 0.7, "nesterov": True}])  # fmt: skip
def test_sgd_takes_the_steps_of_torch(told):
    """A valley of two weights with different curvatures, written out; the same lowest value after 40 steps."""
    import torch

    weights = torch.nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))
    sgd, values = torch.optim.SGD([weights], lr=0.05, **told), []

    def height(w):
        return w[0] ** 2 + 5 * w[1] ** 2 + (w[0] * w[1]) ** 2

    for _ in range(40):
        sgd.zero_grad()
        value = height(weights)
        values.append(value.item())
        value.backward()
        sgd.step()
    values.append(height(weights).item())

    def both(w):
        return height(w), np.array([2 * w[0] + 2 * w[0] * w[1] ** 2, 10 * w[1] + 2 * w[0] ** 2 * w[1]])

    end = fresh_deep.REPEATED["SGD"](both, np.array([1.0, -2.0]), recipe_of(sgd), 40)
    assert end == pytest.approx(min(values), rel=1e-9)
