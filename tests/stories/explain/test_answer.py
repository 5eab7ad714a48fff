"""Solved, stuck, slow, wrong input: networks whose answer is known by hand."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

import reluscape as rs
from reluscape.critical.match import balanced, balanced_top
from reluscape.critical.trained.predictions import renumbered

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
LABELS = np.array([0.0, 1.0, 1.0, 0.0])
EXACT = rs.TwoLayerNet([[1.0, 1.0, 0.0], [1.0, 1.0, -1.0]], [1.0, -2.0], 0.0, True)


def scaled(net, factor, shift=0.0):
    """factor * f + shift."""
    return rs.TwoLayerNet(net.W, factor * net.v, factor * net.c + shift, True)


def bce(f, y):
    """The binary cross-entropy from its definition."""
    p = 1 / (1 + np.exp(-f))
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def test_loss_zero_is_solved():
    story = rs.explain(EXACT, XOR, LABELS)
    assert story.report["model"]["loss"] == "squared"  # the outputs are 0 and 1 themselves
    assert story.answer == story.report["answer"] == "solved"
    assert story.verdict.splitlines()[0] == "solved: the loss is 0, nothing can be lower"


def test_all_rows_right_under_a_loss_of_classes_is_solved():
    """Logits -4 and 4: the loss goes to 0 as they grow, and no row is wrong."""
    story = rs.explain(scaled(EXACT, 8.0, -4.0), XOR, LABELS)
    assert story.report["model"]["loss"] == "bce"
    assert story.answer == "solved"
    assert "4 of 4 rows are right (100%)" in story.verdict
    assert story.report["losses"]["model"]["value"] == pytest.approx(bce(8 * LABELS - 4, LABELS))


def test_equal_rows_with_other_targets_bound_every_network():
    """Two equal rows with targets 0 and 1 leave 1/4 each: a mean of 1/6 over the three rows is the lowest loss."""
    X, y = [[1.0], [1.0], [2.0]], [0.0, 1.0, 3.0]
    story = rs.explain(rs.TwoLayerNet([[1.0, -0.8]], [2.5], 0.0, True), X, y)
    assert story.report["losses"]["model"]["value"] == pytest.approx(1 / 6)
    assert story.answer == "solved"
    assert "rows with equal inputs have different targets" in story.verdict


def test_a_basin_with_nothing_left_is_stuck():
    """One unit is on for (1, 1) only, the other is dead: logits a, a, a, b with sigmoid(a) = 2/3 at the lowest point.

    There the loss is (log 3 - (2/3) log 2) 3/4, and b tends to minus infinity; at b = -12 nearly nothing is left.
    """
    a = np.log(2.0)
    net = rs.TwoLayerNet([[1.0, 1.0, -1.0], [-1.0, -1.0, -1.0]], [-12.0 - a, 1.0], a, True)
    story = rs.explain(net, XOR, LABELS)
    lowest = 0.75 * (np.log(3) - 2 / 3 * np.log(2))
    assert story.report["losses"]["model"]["value"] == pytest.approx(lowest, abs=1e-5)
    assert story.report["losses"]["basin"]["value"] == pytest.approx(lowest, abs=1e-6)
    assert story.answer == "stuck"
    assert "keep training" not in story.explanation
    assert "1 dead unit, off on every row: number 1" in story.explanation
    assert "train on" not in story.explanation


def test_a_constant_network_is_told_so_first_and_is_no_wrong_input():
    dead = rs.TwoLayerNet([[-1.0, -1.0, -1.0], [-1.0, 0.0, -1.0]], [1.0, -1.0], 0.08, True)
    story = rs.explain(dead, XOR, LABELS, loss="bce")
    assert story.report["losses"]["model"]["value"] > np.log(2)
    assert story.answer == "stuck"
    assert story.verdict.splitlines()[0].startswith("stuck: the network is a constant")


def near_zero_loss():
    """Solved networks whose weights are not at rest: logits -4 and 4, and a deep network 0.03 % too steep."""
    yield scaled(EXACT, 8.0, -4.0)
    first = 1.0003 * np.array([[1.0, -1.0], [-1.0, 1.0]])
    yield rs.DeepNet([first, np.eye(2), np.ones((1, 2))], [np.zeros(2), np.zeros(2), np.zeros(1)])


@pytest.mark.parametrize("net", list(near_zero_loss()), ids=["classes", "deep"])
def test_a_solved_network_is_not_called_unfinished_below(net):
    story = rs.explain(net, XOR, LABELS)
    assert story.answer == "solved"
    assert "at rest" in story.verdict
    for told in ("not stationary", "still lowers", "keep training", "train on"):
        assert told not in story.verdict
        assert told not in story.explanation


def test_half_of_the_way_is_slow():
    story = rs.explain(scaled(EXACT, 0.7), XOR, LABELS, loss="squared")
    assert story.answer == "slow"
    assert "keep training" in story.verdict


def test_worse_than_a_constant_is_wrong_input_and_nothing_more_is_told():
    story = rs.explain(scaled(EXACT, -3.0), XOR, LABELS, loss="squared")
    assert story.answer == "wrong input"
    assert "--loss" in story.verdict
    assert (story.report["story"], story.report["lines"], story.report["slice"]) == ([], [], None)


def test_classes_numbered_otherwise_are_noticed():
    """A softmax network whose three outputs stand for other classes than the table's order says."""
    x = np.array([[-2.0], [-1.8], [-2.2], [0.1], [0.0], [-0.1], [2.0], [1.8], [2.2]])
    # outputs: -2 x for the left third, 1 for the middle, 2 x for the right third
    net = rs.DeepNet([[[-1.0], [1.0]], [[2.0, 0.0], [0.0, 0.0], [0.0, 2.0]]], [[0.0, 0.0], [0.0, 1.0, 0.0]])
    place = np.repeat([0, 1, 2], 3)
    assert (net.predict(x).argmax(axis=1) == place).all()
    assert "otherwise" not in rs.explain(net, x, np.array(["a", "b", "c"])[place]).verdict
    story = rs.explain(net, x, np.array(["b", "c", "a"])[place])
    assert "9 of 9 rows are right if the classes, in order" in story.verdict
    assert "0 to 2, 1 to 0, 2 to 1; --labels" in story.verdict
    story = rs.explain(scaled(EXACT, 8.0, -4.0), XOR, 1 - LABELS)
    assert story.answer == "wrong input"
    assert "the two classes look exchanged: the other way round 4 of 4 rows are right" in story.verdict


@pytest.mark.parametrize("k", [2, 3, 5])
def test_the_numbering_makes_most_rows_right(k):
    """Against every permutation of the classes; the outputs follow a hidden one but for some noise."""
    rng = np.random.default_rng(k)
    for _ in range(20):
        classes, secret = rng.integers(k, size=30), rng.permutation(k)
        F = np.eye(k)[secret[classes]] + 0.45 * rng.normal(size=(30, k))
        Y = np.eye(k)[classes]
        most = max(int((F[:, p].argmax(axis=1) == classes).sum()) for p in permutations(range(k)))
        now = int((F.argmax(axis=1) == classes).sum())
        answer = renumbered(F, Y, True)
        if most >= 24 and most > now and 2 * (30 - most) <= 30 - now:
            assert answer.right == most == int((F[:, list(answer.outputs)].argmax(axis=1) == classes).sum())
        else:
            assert answer is None


def hat(n=60):
    """Targets far from 0 on a large scale, and the network that fits them once they are standardised."""
    x = np.linspace(-1, 1, n)[:, None]
    y = 5000 + 1200 * np.abs(x[:, 0])
    z = (y - y.mean()) / y.std()
    slope = 1200 / y.std()
    low = (5000 - y.mean()) / y.std()
    return x, y, z, rs.TwoLayerNet([[slope, 0.0], [-slope, 0.0]], [1.0, 0.97], low, True)


def test_standardised_outputs_are_noticed_and_taken():
    x, y, z, net = hat()
    told = rs.explain(net, x, y)
    assert told.answer == "wrong input"
    assert "your outputs look standardised: add --standardize-target" in told.verdict
    story = rs.explain(net, x, y, standardize_target=True)
    expected = np.mean((net.predict(np.c_[x, np.ones(60)]) - z) ** 2)
    assert story.report["losses"]["model"]["value"] == pytest.approx(expected)
    given = rs.explain(net, x, y, standardize_target=(y.mean(), y.std()))
    assert given.report["losses"]["model"]["value"] == pytest.approx(expected)
    with pytest.raises(rs.InputError, match="deviation"):
        rs.explain(net, x, y, standardize_target=(0.0, 0.0))


def test_predictions_that_hardly_move_point_to_the_shape_of_the_targets():
    x, _, z, net = hat()
    flat = rs.explain(scaled(net, 0.01), x, z)
    assert flat.answer != "wrong input"
    assert "everywhere" in flat.verdict.splitlines()[0]
    assert "(n,1) against (n,)" in flat.verdict.splitlines()[0]


def test_softmax_is_called_softmax():
    from sklearn.neural_network import MLPClassifier

    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 2))
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    model = MLPClassifier((4,), solver="lbfgs", alpha=0, max_iter=200, random_state=0).fit(X, y)
    report = rs.certify_model(model, X, y)
    p = model.predict_proba(X)[np.arange(30), y]
    assert report.given.loss == pytest.approx(-np.mean(np.log(p)), rel=1e-6)
    assert "softmax cross-entropy" in report.explanation
    assert "trained on the bce" not in report.explanation
    asked = rs.certify_model(model, X, y, loss="cross_entropy")
    assert "trained on the" not in asked.explanation


def test_the_best_known_loss_is_never_above_the_basin_or_the_plane():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(25, 3)) * [1.0, 30.0, 1e3]
    y = X @ [1.0, 0.1, 0.01] + 0.3 * rng.normal(size=25)
    for bias in (True, False):
        net = rs.TwoLayerNet(rng.normal(size=(2, 4)) * 1e-3, rng.normal(size=2), y.mean() if bias else 0.0, bias)
        data = rs.Dataset(X, y, bias=True)
        losses = rs.explain(net, data, loss="squared").report["losses"]
        best = losses["best_known"]["value"]
        for other in ("model", "basin", "affine"):
            assert best <= losses[other]["value"] * (1 + 1e-9), (bias, other)


def test_test_rows_decide_what_is_put_forward():
    """The training rows are fitted better further on, the test rows are those the network fits already."""
    x, y = np.array([[-1.0], [0.0], [1.0], [2.0]]), np.array([1.2, 0.0, 1.1, 1.8])
    net = rs.TwoLayerNet([[1.0, 0.0], [-1.0, 0.0]], [1.0, 1.0], 0.0, True)
    bad = rs.explain(net, x, y, loss="squared", X_test=x, y_test=np.abs(x[:, 0]))
    assert bad.report["losses"]["model"]["test"] == pytest.approx(0.0, abs=1e-15)
    assert bad.report["losses"]["best_known"]["test"] > 0
    assert not any("save" in step for step in bad.report["next_steps"])
    assert not any(step.startswith("train on") for step in bad.report["next_steps"])
    alone = rs.explain(net, x, y, loss="squared")
    assert "save" not in alone.report["next_steps"][0]
    assert "a lower training loss may be worse on new rows" in alone.explanation


def test_balanced_networks_keep_the_function():
    rng = np.random.default_rng(2)
    W, v = rng.normal(size=(4, 3)) * [[1e3], [1], [1e-3], [0]], rng.normal(size=4) * [1e-4, 1, 10, 1]
    net, X = rs.TwoLayerNet(W, v, 0.5), rng.normal(size=(20, 3))
    even = balanced(net)
    np.testing.assert_allclose(np.linalg.norm(even.W[:3], axis=1), np.abs(even.v[:3]), rtol=1e-12)
    np.testing.assert_allclose(even.predict(X), net.predict(X), rtol=1e-12)
    deep = rs.DeepNet([rng.normal(size=(4, 3)), rng.normal(size=(2, 4)), [[1e3, 1e-3]]], [[0.1] * 4, [0.2] * 2, [0.3]])
    top = balanced_top(deep)
    np.testing.assert_allclose(top.predict(X), deep.predict(X), rtol=1e-10)
    into = np.hypot(np.linalg.norm(top.weights[1], axis=1), top.biases[1])
    np.testing.assert_allclose(into, np.abs(top.weights[2][0]), rtol=1e-12)


@pytest.mark.torch
def test_torch_losses_are_taken_as_they_are():
    import torch

    net = scaled(EXACT, 8.0, -4.0)
    given, named = (rs.explain(net, XOR, LABELS, loss=loss) for loss in (torch.nn.BCEWithLogitsLoss(), "bce"))
    assert given.report["model"]["loss"] == named.report["model"]["loss"] == "bce"
    assert given.answer == named.answer == "solved"
