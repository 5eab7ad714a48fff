"""Fresh starts of deep networks with decay against networks whose best objective is known."""

import numpy as np
import pytest

from reluscape import DeepNet, WeightDecay
from reluscape.critical.trained.fresh_deep import fresh_ends
from reluscape.problem.trained.layered import read_layered
from reluscape.problem.trained.opening import open_model


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
