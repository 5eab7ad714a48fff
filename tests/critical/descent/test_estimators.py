"""Descent as scikit-learn estimators and as polish after gradient training."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import cross_val_score
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import reluscape as rs


@pytest.mark.parametrize("kind", ["DescentRegressor", "DescentClassifier"])
def test_scikit_learn_accepts_the_estimator(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its checks warn on their own account
        results = check_estimator(getattr(rs, kind)(width=2, max_basins=10), on_fail=None)
    failed = [(r["check_name"], r["exception"]) for r in results if r["status"] not in ("passed", "skipped")]
    assert failed == []
    assert len(results) > 40


def test_regressor_ends_at_a_minimum_in_its_own_units():
    data = rs.datasets.load("linnerud")
    model = rs.DescentRegressor(width=2, starts=3, random_state=1).fit(data.X, data.y)
    assert model.descent_.verdict.is_local_minimum
    ones = np.column_stack([data.X, np.ones(data.n)])
    assert model.loss_ == pytest.approx(np.mean((model.predict(data.X) - data.y) ** 2))
    assert model.loss_ == pytest.approx(model.descent_.loss * data.y.var())
    # the same point in raw units passes the test too
    spread = ones.max(axis=0)
    net = model.net_
    assert rs.certify(ones / spread, data.y, net.W * spread, net.v, net.c).kind in ("local minimum", "undecided")
    single = [rs.DescentRegressor(width=2, random_state=k).fit(data.X, data.y).loss_ for k in range(3)]
    assert model.loss_ <= max(single)
    assert model.get_params()["starts"] == 3
    assert clone(model).get_params() == model.get_params()


def test_classifier_in_a_pipeline_on_three_classes():
    X, y = load_iris(return_X_y=True)
    model = make_pipeline(StandardScaler(), rs.DescentClassifier(width=2, random_state=0))
    assert cross_val_score(model, X, y, cv=3).mean() > 0.9
    fitted = rs.DescentClassifier(width=2, random_state=0).fit(X, y)
    assert fitted.decision_function(X).shape == (150, 3)
    assert all(end.verdict.is_local_minimum for end in fitted.descents_)


def test_logistic_classifier():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 1)), rng.choice(["no", "yes"], size=40)
    model = rs.DescentClassifier(width=1, loss="logistic", random_state=0).fit(X, y)
    constant = np.log(2)
    assert model.descents_[0].loss < constant
    assert set(model.predict(X)) <= {"no", "yes"}


@pytest.mark.parametrize(
    ("model", "y", "text"),
    [
        (rs.DescentRegressor(width=0), [1.0, 2.0], "whole number, 1 or more"),
        (rs.DescentRegressor(width="many"), [1.0, 2.0], "whole number, 1 or more"),
        (rs.DescentClassifier(loss="hinge"), [0, 1], "choose 'squared' or 'logistic'"),
        (rs.DescentClassifier(), [1, 1], "one class"),
    ],
)
def test_bad_parameters(model, y, text):
    with pytest.raises(ValueError, match=text):
        model.fit([[0.0], [1.0]], y)


def test_polish_after_gradient_training():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(30, 2)), rng.normal(size=30)
    mlp = MLPRegressor(
        hidden_layer_sizes=(4,), alpha=0.0, solver="adam", max_iter=300, tol=0.0, n_iter_no_change=300, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # stopped before it converged
        mlp.fit(X, y)
    trained = np.mean((mlp.predict(X) - y) ** 2)
    ones = np.column_stack([X, np.ones(30)])
    before = rs.TwoLayerNet.from_sklearn(mlp)
    assert rs.certify(ones, y, before.W, before.v, before.c).kind == "not stationary"
    end = rs.polish(mlp, X, y)
    assert end.losses[0] == pytest.approx(trained)
    assert end.verdict.is_local_minimum
    assert end.loss < trained
    assert end.net.loss(ones, y) == pytest.approx(end.loss)


@pytest.mark.torch
def test_polish_a_torch_module():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1)).double()
    X, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0.0, 1, 1, 0])
    end = rs.polish(module, X, y)
    assert end.verdict.is_local_minimum
    out = end.net.to_torch()(torch.tensor(X)).detach().numpy()[:, 0]
    assert np.mean((out - y) ** 2) == pytest.approx(end.loss, abs=1e-12)


def test_polish_refuses_what_it_cannot_read():
    with pytest.raises(rs.ModelError, match="a dict cannot be read"):
        rs.polish({}, [[1.0]], [1.0])
    with pytest.raises(rs.ReluscapeError, match="columns"):
        rs.polish(rs.TwoLayerNet([[1.0, 2.0, 3.0]], [1.0]), [[1.0]], [1.0])
    with pytest.raises(rs.InputError, match="output bias"):
        rs.polish(rs.TwoLayerNet([[1.0, 0.0]], [1.0], 2.0), [[1.0]], [1.0], output_bias=False)
    with pytest.raises(rs.InputError, match="targets"):
        rs.polish(rs.TwoLayerNet([[1.0]], [1.0]), [[1.0]])
