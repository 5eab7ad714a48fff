"""A survey with weight decay: lambda_max, m* and M*, the width law, values that are those of the objective."""

import json

import numpy as np
import pytest
from scipy.optimize import minimize
from typer.testing import CliRunner

import reluscape as rs
from reluscape.cli.app import app

XOR, TARGETS = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
FEW = {"trials": 20, "trainings": 6, "seconds": 2.0, "max_width": 4}
# of inputs -1 and 1 weights are half as long as of 0 and 1, and the decay for which nothing pays twice as large
MOST = 2 * np.sqrt(1 / 32)


def xor():
    """Return XOR with a column of ones."""
    return rs.Dataset(XOR, TARGETS, bias=True)


@pytest.fixture(scope="module")
def low():
    """Return the survey of XOR at a fifth of lambda_max."""
    return rs.survey(xor(), widths=(1, 2), weight_decay=rs.WeightDecay(MOST / 5, biases=False), **FEW)


def lowest(width, decay):
    """Return the lowest objective of XOR with inputs -1 and 1 and free biases, by descents from many starts."""
    X, y = np.column_stack([2 * np.array(XOR) - 1.0, np.ones(4)]), np.array(TARGETS, dtype=float)

    def objective(theta):
        W, v, c = theta[: 3 * width].reshape(width, 3), theta[3 * width : -1], theta[-1]
        f = np.maximum(X @ W.T, 0) @ v + c
        return np.mean((f - y) ** 2) + decay / 2 * ((W[:, :2] ** 2).sum() + v @ v)

    rng = np.random.default_rng(0)
    ends = (minimize(objective, rng.normal(size=4 * width + 1), method="BFGS") for _ in range(25))
    best = min(ends, key=lambda end: end.fun).x
    for _ in range(2):
        best = minimize(objective, best, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-13}).x
    return float(objective(best))


def test_xor_stands_where_the_closed_form_says(low):
    block = low.report["weight_decay"]
    assert block["lambda_max"]["kind"] == "certified"
    assert block["lambda_max"]["value"] == pytest.approx(MOST, rel=1e-9)
    assert block["times"] == pytest.approx(1 / 5, rel=1e-9)
    assert block["lambda_max_as_given"]["value"] == pytest.approx(MOST / 2, rel=1e-9)


def test_references_are_the_lowest_objectives(low):
    for entry in low.report["widths"]:
        assert entry["reference"]["value"] == pytest.approx(lowest(entry["width"], MOST / 5), rel=1e-5)


def test_the_law_stands_beside_the_training(low):
    block = low.report["weight_decay"]
    assert (block["least_width"], block["most_width"]) == (2, 2)
    law = rs.width_law(low.problem)
    assert block["law"]["width"] == law.width_for("0.95")
    shares = [p["good"]["value"] for p in block["law"]["curve"]][:2]
    assert shares == pytest.approx([float(law(1)), float(law(2))])
    assert "m* = 2" in low.verdict
    assert "width law" in low.verdict


def test_the_best_networks_loss_is_told_without_the_penalty(low):
    losses, reference = low.report["losses"], low.report["widths"][-1]["reference"]
    assert losses["best_network"]["value"] < reference["value"]
    assert losses["constant"]["value"] == pytest.approx(0.25)


def test_no_training_ends_below_the_reference(low):
    for entry in low.report["widths"]:
        floor = entry["reference"]["value"]
        assert min(entry["training"]["losses"]) >= floor * (1 - 1e-6)
        assert all(trap["loss"] > floor for trap in entry["training"]["traps"])


def test_its_certificate_proves_the_lowest_objective_of_any_width(low):
    certificate = low.certificate()
    assert rs.verify(certificate).ok
    assert certificate["kind"] == "decayed-global-minimum"


def test_above_lambda_max_a_constant_is_best():
    told = rs.survey(xor(), widths=(2,), weight_decay=rs.WeightDecay(3 * MOST, biases=False), **FEW)
    assert "3 times the value" in told.verdict
    assert "the best network of any width is a constant" in told.verdict
    (entry,) = told.report["widths"]
    assert entry["reference"]["value"] == pytest.approx(0.25)
    assert entry["trained"]["value"] == 1


def test_a_problem_with_decay_is_taken_and_raw_inputs_are_as_given():
    decay = rs.WeightDecay(MOST / 10, biases=False)
    problem = rs.Problem(rs.Dataset(XOR, TARGETS, bias=True), weight_decay=decay, output_bias=True)
    told = rs.survey(problem, widths=(2,), raw=True, **FEW)
    block = told.report["weight_decay"]
    assert block["times"] == pytest.approx(1 / 5, rel=1e-9)
    assert block["lambda_max_as_given"] is None
    assert told.report["widths"][0]["reference"]["value"] == pytest.approx(lowest(2, MOST / 5), rel=1e-5)


def test_all_weights_may_decay_and_classes_have_their_loss():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(8, 2)).round(1)
    data = rs.Dataset(X, np.where(X[:, 0] * X[:, 1] > 0, 1, -1), bias=True)
    told = rs.survey(data, widths=(2,), loss="logistic", weight_decay=0.01, **FEW)
    entry = told.report["widths"][0]
    assert entry["reference"]["value"] <= min(entry["training"]["losses"])
    assert told.report["weight_decay"]["biases"]


def test_several_outputs_are_trained_with_decay_and_the_rest_is_refused_by_name():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(8, 2)), rng.normal(size=(8, 2))
    told = rs.survey(rs.Dataset(X, bias=True), Y, widths=(2,), weight_decay=0.01, **FEW)
    assert "single output" in told.report["weight_decay"]["reasons"]["most"]
    assert told.report["weight_decay"]["lambda_max"] is None


def test_bad_decay_is_one_line():
    for bad in (-1, float("nan"), "much"):
        with pytest.raises(rs.errors.InputError, match="weight decay is"):
            rs.survey(xor(), widths=(1,), weight_decay=bad, **FEW)
    with pytest.raises(rs.errors.InputError, match="ones"):
        rs.survey([[0.5], [1], [2]], [0, 1, 0], widths=(1,), weight_decay=rs.WeightDecay(1, biases=False), **FEW)


def test_the_command_line_takes_it(tmp_path):
    table = tmp_path / "xor.csv"
    table.write_text("a,b,y\n" + "".join(f"{a},{b},{t}\n" for (a, b), t in zip(XOR, TARGETS, strict=True)))
    base = ["survey", str(table), "--target", "y", "--regression", "--width", "2", "--trials", "20", "--trainings", "4"]
    how = [*base, "--seconds", "1", "--max-width", "2", "--out", str(tmp_path / "o")]
    done = CliRunner().invoke(app, [*how, "--weight-decay", "0.05", "--free-biases", "--json"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["weight_decay"]["times"] == pytest.approx(0.05 / MOST, rel=1e-9)
    done = CliRunner().invoke(app, [*how, "--free-biases"])
    assert isinstance(done.exception, rs.errors.InputError)
