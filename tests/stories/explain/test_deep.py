"""Networks that the exact test does not cover: what still follows, and what is given back."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import reluscape as rs
from reluscape.critical.trained.layers import layer_facts
from reluscape.critical.trained.tangent import tangential_gradient
from reluscape.problem.trained.layered import as_layered
from reluscape.problem.trained.reading import read_trained

from .models import predict, random_deep


def test_zero_loss_is_a_local_minimum():
    net = random_deep(np.random.default_rng(0), (2, 3, 2, 1))
    X = np.random.default_rng(1).normal(size=(6, 2))
    verdict = rs.certify_model(net, X, predict(net, X)[:, 0]).verdict
    assert (verdict.kind, verdict.is_local_minimum) == ("local minimum", True)


def test_a_gradient_in_the_first_layer_is_told():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(15, 2)), rng.normal(size=15)
    net = rs.certify_model(random_deep(rng, (2, 4, 3, 1)), X, y).better
    report = rs.certify_model(net, X, y)  # the last two layers are at a minimum, on kinks
    assert report.verdict.kind == "not stationary"
    assert report.layers[0].relative_gradient > 1e-6
    assert report.last_layer.share < 1e-9
    assert "along the kinks" in report.verdict.reason
    smooth = rs.certify_model(random_deep(rng, (2, 4, 3, 1)), X, y)
    assert "layer 1" in smooth.verdict.reason or "last two layers" in smooth.verdict.reason


def test_no_gradient_along_the_kinks_of_a_minimum():
    """A minimum on a kink: the gradient is large on either side, and nothing can be gained along the kink."""
    examples = Path(__file__).parents[3] / "examples"
    data = rs.Dataset.from_csv(examples / "linnerud.csv", target="weight", bias=True)
    report = rs.certify_model(rs.TwoLayerNet.load(examples / "linnerud_net.npz"), data)
    assert report.verdict.is_local_minimum
    for net, zero in ((report.snapped, True), (rs.TwoLayerNet.load(examples / "linnerud_net.npz"), False)):
        seen = as_layered(read_trained(net, data), "squared")
        found = tangential_gradient(seen)
        assert (found < 1e-10) == zero
    assert layer_facts(as_layered(read_trained(report.snapped, data), "squared"))[0].relative_gradient > 1e-3


def test_a_layer_off_on_every_row_is_decided_where_the_constant_is_the_best():
    """The first layer hands the samples on unchanged, but only on its linear side; its output meets a dead second."""
    net = rs.DeepNet([[[1.0]], [[-1.0]], [[1.0]]], [[0.0], [-1.0], [0.5]])
    report = rs.certify_model(net, [[1.0], [2.0]], [0.0, 1.0])
    assert (report.verdict.kind, report.verdict.method) == ("local minimum", "exact")
    assert (report.verdict.exact_loss, report.gradient_norm) == (Fraction(1, 4), 0.0)


def test_top_layers_at_a_minimum_and_no_gradient_are_undecided():
    """Rows in pairs whose targets lie around the prediction: every gradient vanishes, which proves nothing here."""
    net = rs.DeepNet([[[1.0]], [[1.0]], [[1.0]]], [[0.0], [0.0], [0.0]])
    report = rs.certify_model(net, [[1.0], [1.0], [2.0], [2.0]], [0.0, 2.0, 1.0, 3.0])
    assert (report.verdict.kind, report.verdict.is_local_minimum) == ("undecided", None)
    assert "last two layers are in a local minimum" in report.verdict.reason
    assert report.gradient_norm == 0.0


@pytest.mark.parametrize("seed", range(4))
def test_a_gradient_of_rounding_errors_does_not_ask_for_more_training(seed):
    """Targets are the predictions in longer numbers, moved by at most one rounding."""
    rng = np.random.default_rng(seed)
    net = random_deep(rng, ((2, 4, 3, 1), (2, 4, 2), (2, 3, 3, 2), (2, 4, 3, 2, 1))[seed])
    X = rng.normal(size=(8, 2))
    h = X.astype(np.longdouble)
    for k, (w, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        z = h @ w.T.astype(np.longdouble) + b
        h = np.maximum(z, 0) if k + 1 < net.depth else z
    Y = h.astype(float) * (1 + rng.integers(-1, 2, size=h.shape) * 2.0**-53)
    report = rs.certify_model(net, X, Y[:, 0] if Y.shape[1] == 1 else Y)
    assert (report.verdict.kind, report.answer) == ("local minimum", "solved")
    assert all(not layer.is_steep() for layer in report.layers)


def test_better_networks_keep_the_first_layers_and_lower_the_loss():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(20, 3)), rng.normal(size=20)
    for sizes in ((3, 4, 3, 1), (3, 5, 2)):
        Y = y if sizes[-1] == 1 else np.c_[y, -y]
        net = random_deep(rng, sizes)
        report = rs.certify_model(net, X, Y)
        assert np.mean((report.better.predict(X) - Y) ** 2) < np.mean((net.predict(X) - Y) ** 2)
        np.testing.assert_array_equal(report.better.weights[0], net.weights[0])


def test_classes_become_outputs_in_their_order():
    rng = np.random.default_rng(4)
    X, labels = rng.normal(size=(12, 2)), np.array(["b", "a", "c"] * 4)
    net = random_deep(rng, (2, 3, 3))
    ones = np.array([[label == name for name in "abc"] for label in labels], dtype=float)
    found = [rs.certify_model(net, X, y, loss="cross_entropy").given.loss for y in (labels, ones)]
    F = predict(net, X)
    expected = np.mean(np.log(np.exp(F).sum(axis=1)) - (F * ones).sum(axis=1))
    assert found == pytest.approx([expected, expected])


def test_the_story_of_a_deep_network_is_json_and_a_page(tmp_path):
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(15, 2)), rng.normal(size=15)
    net = rs.certify_model(random_deep(rng, (2, 4, 3, 1)), X, y).better
    story = rs.explain(net, X, y, file="a.csv", model_file="m.npz")
    report = story.report
    assert report["model"]["hidden"] == [4, 3]
    assert [layer["layer"] for layer in report["layers"]] == [1, 2, 3]
    assert len(report["next_steps"]) == 3
    assert report["jacobian"]["rows"] == 15
    assert all("last two layers" in line["title"] for line in report["lines"][1:])
    assert len(report["verdict"]["text"]) <= 6
    page = story.to_html(tmp_path / "report.html").read_text("utf-8")
    assert "Layer by layer" in page
    assert story.explanation.splitlines()[0] == story.verdict.splitlines()[0]


@pytest.mark.parametrize(
    ("y", "match"),
    [
        (np.zeros((5, 3)), "expected"),
        (np.full((5, 2), np.nan), "not finite at row 0"),
        ([0, 1, 2, 3, 4], "2 outputs and the target 5"),
        (None, "targets"),
        ([["a", "b"]] * 5, "no number"),
    ],
)
def test_targets_that_do_not_fit(y, match):
    with pytest.raises(rs.InputError, match=match):
        rs.certify_model(random_deep(np.random.default_rng(6), (2, 3, 2)), np.ones((5, 2)), y)


def test_samples_on_kinks_leave_the_jacobian_one_sided():
    net = rs.DeepNet([[[1.0], [1.0]], [[1.0, 1.0]]], [[0.0, 1.0], [0.0]])
    report = rs.certify_model(net, [[0.0], [1.0]], [0.3, 0.1])
    assert report.jacobian.one_sided
    assert report.jacobian.bound is None


@pytest.mark.torch
def test_torch_modules_are_what_they_compute():
    import torch

    class Plain(torch.nn.Module):
        def __init__(self, skip):
            super().__init__()
            self.first, self.bend, self.last = torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1)
            self.skip = skip

        def forward(self, x):
            out = self.last(self.bend(self.first(x)))
            return out + self.skip * x[:, :1] if self.skip else out

    torch.manual_seed(0)
    X, y = np.random.default_rng(7).normal(size=(8, 2)), np.arange(8.0)
    report = rs.certify_model(Plain(0.0), X, y)
    assert report.verdict.kind == "not stationary"
    assert "weight decay unknown" in report.explanation
    with pytest.raises(rs.ModelError, match="skip connection"):
        rs.certify_model(Plain(1.0), X, y)
    inner = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.ReLU())
    nested = torch.nn.Sequential(inner, torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    assert [layer.units for layer in rs.certify_model(nested, X, y).layers] == [4, 3, 1]
    with pytest.raises(rs.ModelError, match="layer '1' is Tanh"):
        rs.certify_model(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)), X, y)


def mlp(kind, hidden, **more):
    from sklearn import neural_network

    return getattr(neural_network, kind)(
        hidden_layer_sizes=hidden, solver="lbfgs", max_iter=300, random_state=0, **more
    )


def log_loss(model, X, y):
    """The mean negative logarithm of the probability of each row's own class, from the model's own probabilities."""
    return -np.mean(np.log(model.predict_proba(X)[np.arange(len(X)), np.searchsorted(model.classes_, y)]))


@pytest.mark.filterwarnings("ignore:lbfgs failed")
def test_scikit_learn_of_every_shape():
    rng = np.random.default_rng(8)
    X = rng.normal(size=(40, 3))
    Y = np.c_[np.abs(X[:, 0]), X[:, 1] - X[:, 2]]
    names = np.array(["x", "y", "z"])[(X[:, 0] > 0).astype(int) + (X[:, 1] > 0)]
    decayed = rs.certify_model(mlp("MLPRegressor", (4,)).fit(X, Y), X, Y)  # alpha 1e-4 on 40 rows
    assert "judged with weight decay 5e-06 on the weights, none on the biases" in decayed.explanation
    several = rs.certify_model(mlp("MLPRegressor", (4,), alpha=0).fit(X, Y), X, Y)
    assert several.verdict.kind in ("not stationary", "undecided")
    deep = mlp("MLPRegressor", (4, 3), alpha=0).fit(X, Y[:, 0])
    assert rs.certify_model(deep, X, Y[:, 0]).given.loss == pytest.approx(np.mean((deep.predict(X) - Y[:, 0]) ** 2))
    classes = mlp("MLPClassifier", (4,), alpha=0).fit(X, names)
    report = rs.certify_model(classes, X, names, loss="cross_entropy")
    expected = -np.mean(np.log(classes.predict_proba(X)[np.arange(40), np.searchsorted(["x", "y", "z"], names)]))
    assert report.given.loss == pytest.approx(expected, rel=1e-6)
    two = mlp("MLPClassifier", (3,), alpha=0).fit(X, names == "y")
    told = rs.certify_model(two, X, names == "y")
    assert "(bce): the model was trained on it" in told.explanation
    assert told.given.loss == pytest.approx(log_loss(two, X, names == "y"), rel=1e-6)
    named = mlp("MLPClassifier", (3,), alpha=0).fit(X, np.where(names == "y", "yes", "no"))
    for loss in ("bce", "logistic"):
        values = rs.certify_model(named, X, np.where(names == "y", "yes", "no"), loss=loss).given.loss
        p = named.predict_proba(X)[:, 1]
        assert values == pytest.approx(-np.mean(np.log(np.where(names == "y", p, 1 - p))), rel=1e-6)
    with pytest.raises(rs.InputError, match="not the model's classes"):
        rs.certify_model(named, X, ["maybe"] * 40)
    for other in ("tanh", "logistic", "identity"):
        with pytest.raises(rs.ModelError, match=f"activation is '{other}'"):
            rs.certify_model(mlp("MLPRegressor", (2,), activation=other).fit(X, Y), X, Y)
    with pytest.raises(rs.ModelError, match="not fitted"):
        rs.certify_model(mlp("MLPRegressor", (2,)), X, Y)
