"""The story of a trained network: verdicts, snapping limits, biases, weight decay, files."""

from __future__ import annotations

import json

import numpy as np
import pytest

import reluscape as rs
from reluscape.stories.explain.first_line import WORSE

X = np.array([[-1.0], [-0.6], [-0.1], [0.3], [0.7]])
Y = np.array([0.28, -0.1, 0.03, 0.23, -0.22])
ONES = np.c_[X, np.ones(5)]


def regression(noise=0.0, seed=0):
    """Two units that together are the best straight line through the five points."""
    slope, intercept = -693 / 4630, 1067 / 46300
    rng = np.random.default_rng(seed)
    W = np.array([[0.0, 2.0], [-slope, 2.0 - intercept]])
    return rs.TwoLayerNet(W + noise * rng.normal(size=(2, 2)), [1.0, -1.0])


def test_a_network_near_a_minimum_is_called_one():
    report = rs.certify_model(regression(1e-4), ONES, Y)
    assert report.given.kind == "not stationary"
    assert report.verdict.is_local_minimum
    assert 0 < report.distance < 0.01
    assert report.snapped.loss(ONES, Y) == pytest.approx(16139 / 578750, abs=1e-12)
    assert report.verdict.method == "exact"
    assert rs.verify(report.verdict.certificate)
    assert "best affine fit" in report.explanation


def test_a_network_beyond_one_percent_is_not():
    near = regression()
    report = rs.certify_model(rs.TwoLayerNet(near.W, near.v / 2), ONES, Y)
    assert report.snapped is None
    assert report.verdict.kind == "not stationary"
    assert report.answer == "slow"
    assert "keep training" in report.explanation
    assert report.gradient_norm > 0


def test_worse_than_a_constant_is_the_first_line():
    story = rs.explain(rs.TwoLayerNet([[1.0, 1.0]], [50.0]), ONES, Y)
    assert story.verdict.splitlines()[0].startswith(f"wrong input: {WORSE}")


def test_dead_units_and_duplicates():
    net = rs.TwoLayerNet([[-1.0, -2.0], [1.0, 1.5], [2.0, 3.0], [1.0, 0.0]], [1.0, 0.1, 0.2, 0.0])
    report = rs.explain(net, ONES, Y).report
    assert report["units"] == {"dead": [0], "duplicated": [[1, 2]], "always_active": [1, 2], "zero_output": [3]}
    assert rs.dead_units(net.W, ONES) == (0,)


def test_the_report_is_json_and_the_page_is_written(tmp_path):
    story = rs.explain(regression(1e-4), ONES, Y, file="<b>.csv", model_file="net.npz")
    report = json.loads(story.to_json())
    assert report["schema"] == 1
    assert report["kind"] == "explain"
    assert report["verdict"]["text"] == story.verdict.splitlines()
    assert len(report["next_steps"]) == 3
    assert report["losses"]["affine"]["value"] == pytest.approx(16139 / 578750)
    assert {"title", "breakpoints", "loss", "samples", "note"} <= set(report["lines"][0])
    page = story.to_html(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;.csv" in page
    assert "<li>" in story._repr_html_()


def sequential(*layers):
    """Return a torch module of linear layers (weights, biases or None) with ReLU or another unit between."""
    import torch

    def module(layer):
        if isinstance(layer, str):
            return getattr(torch.nn, layer)()
        weights, bias = layer
        linear = torch.nn.Linear(np.shape(weights)[1], np.shape(weights)[0], bias=bias is not None).double()
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(np.array(weights)))
            if bias is not None:
                linear.bias.copy_(torch.tensor(np.array(bias)))
        return linear

    return torch.nn.Sequential(*(module(layer) for layer in layers))


@pytest.mark.torch
def test_a_module_with_biases_takes_the_data_as_they_are():
    net = regression(1e-4)
    module = sequential((net.W[:, :1], net.W[:, 1]), "ReLU", (net.v[None, :], [0.0]))
    report = rs.certify_model(module, X, Y)
    assert report.verdict.is_local_minimum
    assert report.snapped.W.shape == (2, 2)
    assert rs.certify_model(module, rs.Dataset(X, Y, bias=True)).verdict.is_local_minimum


@pytest.mark.torch
def test_a_module_without_biases_trains_none():
    module = sequential(([[1.0, 0.0]], None), "ReLU", ([[1.0]], None))
    report = rs.certify_model(module, [[1, 0], [0, 1]], [1, -1])
    assert report.verdict.is_local_minimum
    assert report.snapped.W.shape == (1, 2)
    with_bias = sequential(([[1.0, 0.0]], None), "ReLU", ([[1.0]], [0.0]))
    assert not rs.certify_model(with_bias, [[1, 0], [0, 1]], [1, -1]).given.is_local_minimum


@pytest.mark.torch
def test_other_units_are_refused():
    with pytest.raises(rs.ModelError, match="Tanh"):
        rs.certify_model(sequential(([[1.0]], [1.0]), "Tanh", ([[1.0]], [1.0])), X, Y)


def test_other_shapes_are_refused():
    with pytest.raises(rs.ReluscapeError, match="W has 2 columns, the data have 3"):
        rs.certify_model(regression(), np.ones((5, 3)), Y)
    with pytest.raises(rs.ModelError, match="cannot be read"):
        rs.certify_model(object(), X, Y)
    with pytest.raises(rs.ModelError, match="no hidden layer"):
        rs.certify_model(rs.DeepNet([np.eye(1)], [np.zeros(1)]), X, Y)
    with pytest.raises(rs.InputError, match="targets"):
        rs.certify_model(regression(), ONES)


def test_weight_decay_of_scikit_learn():
    from sklearn.neural_network import MLPRegressor

    rng = np.random.default_rng(0)
    A = rng.normal(size=(40, 2))
    b = np.abs(A[:, 0]) - A[:, 1]
    model = MLPRegressor(
        hidden_layer_sizes=(3,), solver="lbfgs", max_iter=5000, alpha=1e-3, random_state=0, tol=1e-12
    ).fit(A, b)
    assert (
        "judged with weight decay 5e-05 on the weights, none on the biases" in rs.certify_model(model, A, b).explanation
    )
    ignored = rs.certify_model(model, A, b, weight_decay="ignore")
    assert "weight decay was ignored" in ignored.explanation
    plain = MLPRegressor(
        hidden_layer_sizes=(3,), solver="lbfgs", max_iter=5000, alpha=0.0, random_state=0, tol=1e-12
    ).fit(A, b)
    assert rs.certify_model(plain, A, b).verdict.kind in ("local minimum", "not stationary", "saddle")
    assert "weight decay unknown" in rs.certify_model(plain, A, b, weight_decay="unknown").explanation


def test_logistic_loss_of_a_classifier():
    rng = np.random.default_rng(1)
    A = np.c_[rng.normal(size=(30, 2)), np.ones(30)]
    labels = np.where(rng.random(30) < 0.5, 1.0, 0.0)
    net = rs.TwoLayerNet(rng.normal(size=(2, 3)), rng.normal(size=2), 0.1)
    story = rs.explain(net, A, labels, loss="bce")
    assert story.report["losses"]["constant"]["value"] < np.log(2) + 1e-9
    assert "affine" not in story.report["losses"]
    with pytest.raises(rs.InputError, match="0 and 1"):
        rs.explain(net, A, 2 * labels - 1, loss="bce")


@pytest.mark.torch
def test_a_torch_network_end_to_end():
    import torch

    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1)).double()
    before = rs.certify_model(module, X, Y)
    assert before.verdict.kind == "not stationary"
    inputs, targets = torch.tensor(X), torch.tensor(Y)[:, None]
    optimiser = torch.optim.LBFGS(
        module.parameters(), max_iter=500, line_search_fn="strong_wolfe", tolerance_grad=1e-12
    )

    def closure():
        optimiser.zero_grad()
        loss = ((module(inputs) - targets) ** 2).mean()
        loss.backward()
        return loss

    optimiser.step(closure)
    after = rs.certify_model(module, X, Y)
    assert after.gradient_norm < before.gradient_norm or after.verdict.is_local_minimum
    assert after.given.loss <= before.given.loss


def test_a_silent_unit_that_can_be_turned_on_is_no_minimum_and_is_escaped():
    """XOR with a dead unit and one of output weight 0 that is on for some rows: R_j does not see it, the loss does."""
    data = rs.Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], bias=True)
    net = rs.TwoLayerNet([[1, 1, -0.5], [-1, -1, -1]], [0.0, 1.0], 0.5)
    story = rs.explain(net, data)
    assert story.model_report.verdict.kind == "not stationary"
    assert story.better.loss(data) < net.loss(data) - 0.001
    assert rs.verify(story.certificate)


@pytest.mark.parametrize("separable", [False, True])
def test_what_is_left_in_a_small_logistic_basin_is_proved_between_two_ends(separable):
    rng = np.random.default_rng(4)
    A = np.c_[rng.normal(size=(12, 2)).round(2), np.ones(12)]
    net = rs.TwoLayerNet(np.array([[1.0, 0.3, 0.2], [-0.4, 0.8, 0.1]]), np.array([0.7, -0.5]), 0.1)
    labels = (net.predict(rs.Dataset(A)) > 0.3 if separable else rng.random(12) < 0.5).astype(float)
    story = rs.explain(net, A, labels, loss="bce")
    told = story.report["losses"]["basin"]
    text = {fact["name"]: fact["text"] for fact in story.report["story"]}["lowest loss in its basin"]
    assert told["kind"] == "certified"
    # the same by minimising over the basin's cone from the network itself: never below the proved value
    pattern, signs = (A @ net.W.T > 0).T, np.where(net.v > 0, 1, -1)
    floats = rs.basin_value(A, labels, pattern, signs, loss="bce", output_bias=True)
    assert told["value"] == pytest.approx(floats.value, abs=1e-6)
    assert "proved to be 0" in text if separable else "proved to lie between" in text
    if not separable:
        low, high = (float(word) for word in text.split("between ")[1].split(" and "))
        assert low <= told["value"] <= high
        assert high - low < 1e-6
