"""What explain answers under weight decay: stuck where something clearly better is known, solved where nothing is."""

from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.critical.trained.answer import SLOW, SOLVED, STUCK, Outlook
from reluscape.problem.networks import TwoLayerNet
from reluscape.problem.penalties import WeightDecay
from reluscape.problem.problem import Problem
from tests.oracles.decayed import objective

XOR = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
TARGETS = [0, 1, 1, 0]
# half sum plus penalty of XOR's two outer isolated minima of two units, biases free, lambda = 1/5
LOWEST, HIGHEST = 0.40569, 0.46856
DECAY = WeightDecay(Fraction(1, 10), biases=False)


@pytest.fixture(scope="module")
def minima():
    found = rs.local_minima(XOR, TARGETS, 2, output_bias=True, weight_decay=DECAY)
    assert [2 * found.values[k] for k in (0, -1)] == pytest.approx([LOWEST, HIGHEST], abs=1e-5)
    return found


def test_the_best_minimum_is_solved_and_a_worse_one_is_stuck(minima):
    for k, answer in ((0, SOLVED), (-1, STUCK)):
        told = rs.explain(minima.nets[k], XOR, TARGETS, loss="squared", weight_decay=DECAY, output_bias=True)
        assert (told.model_report.verdict.kind, told.answer) == ("local minimum", answer)
        first = told.model_report.explanation.splitlines()[0]
        assert f"{minima.values[k]:.6g}" in first
        assert ("other starts of 2 units reach" in first) == (answer == STUCK)


def test_explain_says_where_the_decay_stands_against_lambda_max(minima):
    # XOR with inputs 0 and 1: lambda_max is sqrt(1/32) = 0.1768
    told = rs.explain(minima.nets[0], XOR, TARGETS, loss="squared", weight_decay=DECAY, output_bias=True)
    assert f"{100 * 0.1 * 32**0.5:.3g}% of the value (0.1768) above which" in told.verdict
    strong = WeightDecay(Fraction(1, 2), biases=False)
    told = rs.explain(minima.nets[0], XOR, TARGETS, loss="squared", weight_decay=strong, output_bias=True)
    assert f"{0.5 * 32**0.5:.4g} times the value (0.1768) above which" in told.verdict


def test_the_plain_losss_best_last_layer_is_not_shown_beside_an_objective(minima):
    told = rs.explain(minima.nets[0], XOR, TARGETS, loss="squared", weight_decay=DECAY, output_bias=True)
    assert told.report["last_layer"] is None
    assert "last_layer" not in told.report["losses"]
    plain = rs.explain(minima.nets[0], XOR, TARGETS, loss="squared", weight_decay="ignore", output_bias=True)
    assert plain.report["last_layer"] is not None


def test_a_network_that_can_go_on_is_slow_and_its_escape_lowers_the_objective(minima):
    net = minima.nets[0]
    moved = TwoLayerNet(1.5 * net.W, 1.5 * net.v, net.c)
    told = rs.explain(moved, XOR, TARGETS, loss="squared", weight_decay=DECAY, output_bias=True)
    verdict = told.model_report.verdict
    assert (verdict.kind, told.answer) == ("not stationary", SLOW)
    dW, dv, dc = verdict.escape
    problem = Problem(XOR, TARGETS, weight_decay=DECAY, output_bias=True)
    now = objective(problem, moved.W, moved.v, moved.c)
    for t in (1, 0.5, 0.25):
        assert objective(problem, moved.W + t * dW, moved.v + t * dv, moved.c + t * dc) < now


def test_a_default_scikit_learn_network_is_decided():
    neural = pytest.importorskip("sklearn.neural_network")
    datasets = pytest.importorskip("sklearn.datasets")
    X, y = datasets.load_diabetes(return_X_y=True)
    X, y = X[:30, [2, 3, 8]], y[:30]
    X, y = (X - X.mean(0)) / X.std(0), (y - y.mean()) / y.std()
    model = neural.MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", max_iter=5000, random_state=0).fit(X, y)
    told = rs.explain(model, X, y)
    verdict = told.model_report.verdict
    assert verdict.is_local_minimum is not None
    assert told.answer in (SOLVED, STUCK, SLOW)
    # half the mean square plus alpha / (2 n) sum coefs^2 is half of J
    squares = sum(float((w**2).sum()) for w in model.coefs_)
    half = np.mean((model.predict(X) - y) ** 2) / 2 + model.alpha / (2 * len(X)) * squares
    assert told.model_report.given.objective == pytest.approx(2 * half, rel=1e-9)


def outlook(loss, downhill, best, floor=None, starts=3):
    """Return what an answer under decay rests on; the best constant has 1."""
    return Outlook(
        "local minimum", loss, 1.0, floor, downhill, best, None, 4, None, False, None, penalised=True, starts=starts
    )


@pytest.mark.parametrize(
    ("it", "answer"),
    [
        (outlook(0.5, 0.5, 0.5), SOLVED),  # nothing better is known
        (outlook(0.5, 0.5, 0.2), STUCK),  # a fresh start is better and no way down gains
        (outlook(0.5, 0.3, 0.2), SLOW),
        (outlook(0.203, 0.203, 0.2), SOLVED),  # within a hundredth of what the constant has above it
        (outlook(0.203, 0.203, 0.203, floor=0.2), SOLVED),
        (outlook(0.5, 0.5, 0.5, starts=0), STUCK),  # nobody looked for a better one
        (outlook(1.0, 1.0, 1.0), SOLVED),  # the constant, above lambda_max
    ],
)
def test_answers_under_decay(it, answer):
    assert it.answer() == answer
