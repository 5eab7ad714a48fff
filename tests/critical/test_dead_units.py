"""The dead units of a model as it is, by the activations of its own layers."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import reluscape as rs


def test_of_a_pipeline_every_hidden_layer_counts_on_what_it_gets():
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 3)) * [1.0, 10.0, 100.0] + 50
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = make_pipeline(
            StandardScaler(), MLPRegressor(hidden_layer_sizes=(5, 4), max_iter=20, random_state=0)
        ).fit(X, X[:, 0])
    own = model[-1]
    own.intercepts_[0][2], own.intercepts_[1][[0, 3]] = -1e3, -1e4
    h, wanted = model[0].transform(X), []
    for W, b in zip(own.coefs_[:-1], own.intercepts_[:-1], strict=True):
        h = np.maximum(h @ W + b, 0)
        wanted.append(tuple(int(j) for j in np.flatnonzero(h.max(axis=0) == 0)))
    assert {2} <= set(wanted[0])
    assert {0, 3} <= set(wanted[1])
    assert rs.dead_units(model, X) == tuple(wanted)


def test_of_a_network_with_its_column_of_ones_and_of_columns_that_do_not_fit():
    net = rs.TwoLayerNet([[1.0, -5.0], [-1.0, 0.0]], [1.0, 1.0])
    assert rs.dead_units(net, [[1, 1], [2, 1]]) == ((0, 1),)
    assert rs.dead_units(net.W, [[1, 1], [2, 1]]) == (0, 1)
    with pytest.raises(rs.ReluscapeError):
        rs.dead_units(net, [[1, 1, 1]])


@pytest.mark.torch
def test_of_a_torch_module():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    with torch.no_grad():
        model[0].bias[1] = -100.0
    X = torch.randn(20, 2)
    wanted = tuple(int(j) for j in np.flatnonzero((model[0](X) <= 0).all(dim=0).numpy()))
    assert 1 in wanted
    assert rs.dead_units(model, X) == (wanted,)
