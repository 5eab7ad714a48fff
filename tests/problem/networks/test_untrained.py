"""Fresh weights are told from trained ones: torch's own first weights, Keras's law by its formula, other laws."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import reluscape as rs
from reluscape.problem.networks.untrained import drawn_by

SIZES = ((3, 8, 1), (2, 4, 1), (5, 16, 3), (4, 6, 5, 1))


def _net(sizes, draw, bias):
    """Return a network whose weights and biases are drawn by functions of (inputs, outputs, shape)."""
    pairs = list(pairwise(sizes))
    return rs.DeepNet([draw(i, o, (o, i)) for i, o in pairs], [bias(i, o, (o,)) for i, o in pairs])


@pytest.mark.torch
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("seed", range(3))
def test_the_first_weights_of_torch_and_those_after_training(sizes, seed):
    torch = pytest.importorskip("torch")
    torch.manual_seed(seed)
    layers = [torch.nn.Linear(i, o) for i, o in pairwise(sizes)]
    parts = [part for layer in layers for part in (layer, torch.nn.ReLU())][:-1]
    model = torch.nn.Sequential(*parts)
    has = (True,) * len(layers)
    assert drawn_by(rs.DeepNet.from_torch(model), has) == "PyTorch"
    X, Y = torch.randn(30, sizes[0]), 3 * torch.randn(30, sizes[-1])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(300):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(X), Y).backward()
        optimizer.step()
    assert drawn_by(rs.DeepNet.from_torch(model), has) is None


@pytest.mark.parametrize("sizes", SIZES)
def test_glorot_with_biases_of_zero_is_keras(sizes):
    rng = np.random.default_rng(1)

    def glorot(i, o, shape):
        return rng.uniform(-1, 1, shape) * np.sqrt(6 / (i + o))

    assert drawn_by(_net(sizes, glorot, lambda i, o, shape: np.zeros(shape)), (True,) * (len(sizes) - 1)) == "Keras"
    moved = _net(sizes, lambda i, o, shape: 3 * glorot(i, o, shape), lambda i, o, shape: np.full(shape, 0.1))
    assert drawn_by(moved, (True,) * (len(sizes) - 1)) is None


@pytest.mark.parametrize("factor", [0.0, 0.2])
def test_small_weights_are_none_that_were_drawn(factor):
    """Weight decay draws weights to 0: all of them lie in the box, and most of them near its middle."""
    rng = np.random.default_rng(2)

    def small(i, o, shape):
        return factor * rng.uniform(-1, 1, shape) / np.sqrt(i)

    assert drawn_by(_net((5, 16, 1), small, small), (True, True)) is None


@pytest.mark.torch
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("deep", [False, True])
def test_a_fresh_network_is_told_to_be_untrained_however_badly_it_fits(outputs, deep):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(3)
    torch.manual_seed(3)
    X = rng.normal(size=(12, 2))
    y = rng.normal(size=12) + 4 if outputs == 1 else np.arange(12) % 3
    middle = [torch.nn.Linear(3, 3), torch.nn.ReLU()] if deep else []
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), *middle, torch.nn.Linear(3, outputs))
    told = rs.explain(model, X, y)
    assert told.answer == "slow"
    assert told.verdict.splitlines()[0].startswith("slow: not trained yet, the weights are as PyTorch draws them; ")
