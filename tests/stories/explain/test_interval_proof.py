"""certify_model and explain with weight decay, and for networks of any depth and several outputs."""

import numpy as np
import pytest

import reluscape as rs
from tests.critical.proof.built import built_minimum


def test_a_deep_network_under_a_decay_is_told_to_be_a_proved_minimum():
    net, X, y, decay = built_minimum(0)
    told = rs.certify_model(net, X, y, weight_decay=decay)
    assert (told.verdict.kind, told.verdict.method, told.kinks, told.answer) == (
        "local minimum",
        "certified",
        3,
        "stuck",
    )
    assert told.distance < 1e-9
    data = rs.Dataset(X, y)
    assert rs.verify(told.certificate, data)
    lines = told.explanation.splitlines()
    assert lines[0].startswith("stuck: a local minimum")
    assert "judged with weight decay 0.001" in lines[1]


def test_the_objective_is_the_loss_plus_the_penalty():
    net, X, y, decay = built_minimum(0)
    told = rs.certify_model(net, X, y, weight_decay=rs_decay(decay))
    squares = sum((w**2).sum() for w in net.weights) + sum((b**2).sum() for b in net.biases)
    assert told.verdict.loss == pytest.approx(np.mean((net.predict(X) - y) ** 2) + decay / 2 * squares)


def rs_decay(value):
    from reluscape.problem.penalties import WeightDecay

    return WeightDecay(value)


def test_the_page_of_such_a_network_is_written(tmp_path):
    net, X, y, decay = built_minimum(0)
    told = rs.explain(net, X, y, weight_decay=decay)
    assert told.report["verdict"]["method"] == "certified"
    assert told.report["model"]["weight_decay"] == decay
    told.to_html(tmp_path / "page.html")
    assert "interval proof" in (tmp_path / "page.html").read_text()


def test_one_hidden_layer_under_a_decay_goes_the_same_way():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(30, 3))
    X[:, 0] = np.abs(X[:, 0]) + 3
    y = X @ [1.0, 0.3, 0.1]
    w, v = np.array([1.0, 0.1, 0.0]), 1.0
    for _ in range(20_000):  # gradient descent of J, the unit on for all rows
        e = 2 * (v * (X @ w) - y) / len(X)
        w, v = w - 0.01 * (v * e @ X + 0.01 * w), v - 0.01 * (e @ (X @ w) + 0.01 * v)
    told = rs.certify_model(rs.TwoLayerNet([w], [v]), X, y, weight_decay=0.01, output_bias=False)
    assert (told.verdict.kind, told.verdict.method) == ("local minimum", "certified")
    assert rs.verify(told.certificate)


def test_a_word_that_is_no_decay_is_refused():
    net, X, y, _ = built_minimum(0)
    with pytest.raises(rs.ModelError, match="give a number, a WeightDecay"):
        rs.certify_model(net, X, y, weight_decay="some")


def test_a_stuck_scikit_learn_network_gets_its_verdict_with_a_proof():
    from sklearn.neural_network import MLPRegressor

    X, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0, 1.0, 0.0])
    model = MLPRegressor(
        hidden_layer_sizes=(4,), solver="lbfgs", alpha=1e-2, max_iter=5000, tol=1e-12, random_state=1
    ).fit(X, y)
    told = rs.certify_model(model, X, y)
    assert told.verdict.kind == "local minimum"
    assert told.verdict.method == "certified"
    assert rs.verify(told.certificate).ok

    # scikit-learn minimises half the mean square plus alpha / (2 n) times the squared weights; ours is twice that
    def objective(weights, f):
        return float(np.mean((f - y) ** 2)) / 2 + 1e-2 * sum(float((w**2).sum()) for w in weights) / (2 * 4)

    assert told.verdict.loss == pytest.approx(2 * objective(told.snapped.weights, told.snapped.predict(X)), rel=1e-9)
    assert told.verdict.loss < 2 * objective(model.coefs_, model.predict(X)) < 1.01 * told.verdict.loss


@pytest.mark.torch
def test_the_optimizer_says_the_decay():
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
    X, y = np.eye(2), np.array([0.0, 1.0])
    adam = torch.optim.Adam(model.parameters(), weight_decay=0.01)
    assert "judged with weight decay 0.01:" in rs.certify_model(model, X, y, optimizer=adam).explanation
    apart = rs.certify_model(model, X, y, optimizer=torch.optim.AdamW(model.parameters(), weight_decay=0.01))
    assert "in the box where no weight is above 100" in apart.explanation
    with pytest.raises(rs.InputError, match="the optimizer says the weight decay"):
        rs.certify_model(model, X, y, optimizer=adam, weight_decay=0.1)


def test_a_network_with_decay_that_still_falls_is_slow_and_its_objective_is_drawn():
    """A chain of three weights on positive samples, far from |a| = |b| = |c|: a lower network near is proved."""
    net = rs.DeepNet([[[1.3]], [[0.8]], [[0.75]]], [None, None, None])
    told = rs.explain(net, [[1.0], [2.0]], [1.0, 2.0], weight_decay=0.05)
    assert told.answer == "slow"
    assert told.verdict.splitlines()[0].startswith("slow: the objective, loss plus weight decay, is 0.19331")
    (line,) = told.report["lines"]
    heights = {round(t, 9): value for t, value in line["samples"]}
    assert heights[0.0] == pytest.approx(0.22**2 * 2.5 + 0.025 * (1.69 + 0.64 + 0.5625))
    assert min(heights.values()) < heights[0.0]
    assert line["axis"] == "objective (loss plus penalty)"
    plane = told.report["slice"]
    assert plane["loss"][20][20] == pytest.approx(heights[0.0], rel=1e-5)
    assert "layer 1: 1 unit on for 2 of 2 rows" in told.verdict


def test_the_answer_for_a_deep_network_under_a_decay_compares_with_fresh_starts():
    net, X, y, decay = built_minimum(0)
    told = rs.explain(net, X, y, weight_decay=decay)
    squares = sum((w**2).sum() for w in net.weights) + sum((b**2).sum() for b in net.biases)
    first = told.model_report.explanation.splitlines()[0]
    value = np.mean((net.predict(X) - y) ** 2) + decay / 2 * squares
    assert f"{value:.6g}" in first
    assert told.answer == "solved"  # ten fresh starts end at 2.6 times its objective
    assert "nothing clearly better is known" in first
    # the same network with weights far too large falls to its minimum and below: it is not the best known
    far = type(net)([1.3 * w for w in net.weights], [1.3 * b for b in net.biases])
    assert rs.explain(far, X, y, weight_decay=decay).answer != "solved"
