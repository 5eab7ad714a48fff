"""The census of the logistic loss with weight decay: its values by direct minimisation, its words, its refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

import reluscape as rs
from reluscape.errors import InputError

XOR = rs.Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1], bias=True)
LINE = rs.Dataset([[-2], [-1], [0], [1], [2], [3]], [-1, 1, 1, -1, -1, 1], bias=True)
DECAY = rs.WeightDecay("1/20", biases=False)


def objective(data, width, strength, theta):
    """The mean logistic loss plus decay on weights alone, written out."""
    W, v, c = theta[: width * data.d].reshape(width, data.d), theta[width * data.d : -1], theta[-1]
    f = np.maximum(data.X @ W.T, 0.0) @ v + c
    return np.logaddexp(0.0, -data.y * f).mean() + strength / 2 * ((W[:, :-1] ** 2).sum() + (v**2).sum())


@pytest.fixture(scope="module", params=[(XOR, 2), (LINE, 1), (LINE, 2)], ids=["xor", "line, 1 unit", "line, 2 units"])
def told(request):
    data, width = request.param
    return data, width, rs.landscape(data, width=width, trials=20, weight_decay=DECAY, loss="logistic")


def test_no_start_ends_below_the_lowest_valley(told):
    data, width, story = told
    rng = np.random.default_rng(0)
    ends = [
        minimize(lambda t: objective(data, width, 0.05, t), rng.normal(size=width * (data.d + 1) + 1)).fun
        for _ in range(30)
    ]
    lowest = story.report["losses"]["best_network"]["value"]
    assert min(ends) >= lowest - 1e-7
    assert story.report["losses"]["any_width"]["value"] <= lowest + 1e-9


def test_every_point_valley_is_a_minimum_of_the_objective_written_out(told):
    data, width, story = told
    rng = np.random.default_rng(1)
    for valley in story.report["valleys"]:
        net = valley["network"]
        theta = np.concatenate([np.ravel(net["W"]), net["v"], [net["c"]]])
        here = objective(data, width, 0.05, theta)
        assert here == pytest.approx(valley["value"], abs=1e-7)
        moved = theta + 1e-4 * rng.normal(size=(200, len(theta)))
        assert min(objective(data, width, 0.05, t) for t in moved) >= here - 1e-9


def test_the_references_are_those_of_the_logistic_loss(told):
    data, _, story = told
    share = float((data.y > 0).mean())
    constant = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert story.report["losses"]["constant"]["value"] == pytest.approx(constant, abs=1e-9)
    plane = minimize(lambda t: np.logaddexp(0.0, -data.y * (data.X @ t)).mean(), np.zeros(data.d)).fun
    assert story.report["losses"]["affine"]["value"] == pytest.approx(plane, abs=1e-6)
    assert "of the loss of the best constant" in story.verdict
    assert "variance" not in story.verdict


def test_labels_of_both_kinds_say_the_same():
    other = rs.Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], bias=True)
    stories = [
        rs.landscape(data, width=1, trials=10, weight_decay=DECAY, loss=loss)
        for data, loss in ((XOR, "logistic"), (other, "bce"), (XOR, "log_loss"))
    ]
    first = stories[0].report
    for story in stories[1:]:
        for name, loss in first["losses"].items():
            assert story.report["losses"][name]["value"] == pytest.approx(loss["value"], abs=1e-9)
        assert [v["value"] for v in story.report["valleys"]] == pytest.approx([v["value"] for v in first["valleys"]])


def test_the_page_names_the_loss(tmp_path):
    story = rs.landscape(LINE, width=1, trials=10, weight_decay=DECAY, loss="logistic")
    story.to_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "logistic loss plus weight decay" in page
    assert "mean squared error" not in page


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"loss": "logistic"}, "known only with weight decay"),
        ({"loss": "huber", "weight_decay": 0.1}, "squared and the logistic loss"),
        ({"loss": "bce", "weight_decay": 0.1}, "0|labels"),
    ],
)
def test_what_has_no_landscape_is_refused(options, words):
    data = rs.Dataset([[0], [1], [2]], [0, 1, 3], bias=True)
    with pytest.raises(InputError, match=words):
        rs.landscape(data, width=1, **options)
