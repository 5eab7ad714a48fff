import itertools
import json
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog, lsq_linear

import reluscape as rs
from reluscape.numbers.estimates import Probability, clopper_pearson
from reluscape.numbers.seeds import stream
from reluscape.probability.width_search import search_width
from reluscape.problem.data import standardize
from reluscape.problem.networks.initialization import get_law

X = [[0, 1], [1, 3], [2, 0], [3, 2], [4, 4]]
Y = [1, 0, 2, 1, 3]


@pytest.fixture(scope="module")
def mapped():
    data = rs.Dataset(X, Y, bias=True)
    return data, rs.survey(data, widths=(1, 2), trials=60, max_width=4, seconds=20)


def realizable(A, bits):
    """Whether some w has exactly this pattern, by a linear program."""
    s = np.where(bits, 1.0, -1.0)
    d = A.shape[1]
    answer = linprog(
        np.r_[np.zeros(d), -1.0],
        A_ub=np.c_[-s[:, None] * A, np.ones(len(A))],
        b_ub=np.zeros(len(A)),
        bounds=[(-1, 1)] * d + [(None, 1)],
    )
    return answer.fun < -1e-9


def basin(A, y, patterns, signs):
    """Basin value with output bias by the dual route: bounded least squares over the cones' rays is not used here."""
    from scipy.optimize import minimize

    m, d = len(patterns), A.shape[1]

    def predict(z):
        Z = z[:-1].reshape(m, d)
        return sum(p * (A @ w) for p, w in zip(patterns, Z, strict=True)) + z[-1]

    constraints = [
        {"type": "ineq", "fun": lambda z, j=j: signs[j] * np.where(patterns[j], 1, -1) * (A @ z[:-1].reshape(m, d)[j])}
        for j in range(m)
    ]
    start = np.zeros(m * d + 1)
    best = minimize(
        lambda z: np.mean((predict(z) - y) ** 2),
        start,
        constraints=constraints,
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    return best.fun


def test_regions_against_linear_programs(mapped):
    data, survey = mapped
    count = sum(realizable(data.X, np.array(bits)) for bits in itertools.product([False, True], repeat=5))
    assert survey.report["regions"]["value"] == count
    assert survey.report["regions"]["kind"] == "exact"
    assert survey.report["widths"][1]["regions"]["value"] == count**2
    assert survey.report["widths"][1]["basins"]["value"] == 4 * count**2


def test_reference_of_one_unit_is_the_lowest_of_all_basins(mapped):
    data, survey = mapped
    A, y = np.array(standardize(data).X), np.array(Y, dtype=float)
    found = [bits for bits in itertools.product([False, True], repeat=5) if realizable(data.X, np.array(bits))]
    lowest = min(basin(A, y, [np.array(b)], [s]) for b in found for s in (1, -1))
    assert survey.report["widths"][0]["reference"]["value"] == pytest.approx(lowest, abs=1e-6)
    assert "all" in survey.report["widths"][0]["reference"]["source"]


def test_good_share_by_an_own_loop(mapped):
    data, survey = mapped
    A, y = np.array(standardize(data).X), np.array(Y, dtype=float)
    entry = survey.report["widths"][0]
    reference, constant = entry["reference"]["value"], float(np.var(y))
    assert entry["threshold"] == pytest.approx(reference + 0.05 * (constant - reference))
    generator, hits, done, chunk = stream(0, "starts", 1, "normal"), 0, 0, 20
    while done < 60:
        size = min(chunk, 60 - done)
        W, v = get_law("normal").sample_many(generator, size, 1, 3)
        for w, out in zip(W[:, 0], v[:, 0], strict=True):
            hits += basin(A, y, [A @ w > 0], [np.sign(out)]) <= entry["threshold"] + 1e-7
        done, chunk = done + size, 2 * chunk
    assert entry["good"]["trials"] == 60
    assert entry["good"]["value"] == pytest.approx(hits / 60)
    assert (entry["good"]["low"], entry["good"]["high"]) == pytest.approx(clopper_pearson(int(hits), 60))


def test_fits_and_monotone_references(mapped):
    data, survey = mapped
    y = np.array(Y, dtype=float)
    losses = survey.report["losses"]
    assert losses["constant"]["value"] == pytest.approx(np.var(y))
    assert losses["affine"]["value"] == pytest.approx(2 * lsq_linear(data.X, y).cost / 5)
    references = [entry["reference"]["value"] for entry in survey.report["widths"]]
    assert references[0] >= references[1] >= losses["best_network"]["value"] - 1e-12


def test_trainings_are_judged_by_a_mark_that_no_training_is_far_below(mapped):
    """The reference is never above a training, the best plane or a narrower width's, and the mark follows it."""
    survey = mapped[1]
    constant, affine = survey.report["losses"]["constant"]["value"], survey.report["losses"]["affine"]["value"]
    before = constant
    for entry in survey.report["widths"]:
        reference, training = entry["reference"]["value"], entry["training"]
        assert reference <= min([*training["losses"], before, affine]) + 1e-9
        mark = reference + 0.05 * (constant - reference)
        ended = sum(loss <= mark for loss in training["losses"])
        assert entry["trained"]["trials"] == training["runs"]
        assert entry["trained"]["value"] == pytest.approx(ended / training["runs"])
        assert (entry["trained"]["low"], entry["trained"]["high"]) == pytest.approx(
            clopper_pearson(ended, training["runs"])
        )
        for trap in training["traps"]:
            assert trap["loss"] > mark
        before = reference
    found = survey.report["width_for"]
    shares = {point["width"]: point["trained"]["value"] for point in found["curve"]}
    assert set(shares) >= {1, 2}
    enough = [w for w, share in shares.items() if share >= 0.95]
    assert found["width"] == (min(enough) if enough else None)
    assert found["least"] is None or found["least"]["at_least"] <= found["least"]["width"]


def test_the_least_width_of_xor_is_told_with_its_proof():
    data = rs.Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], bias=True)
    survey = rs.survey(data, widths=(1, 2), trials=20, max_width=4, seconds=60)
    least = survey.report["width_for"]["least"]
    assert (least["width"], least["at_least"], least["proved"], least["loss"]) == (2, 2, True, 0)
    assert "2 units suffice, 1 does not (proved)" in survey.verdict
    assert [trap["certified"] for trap in survey.report["widths"][1]["training"]["traps"]].count(False) == 0


@pytest.mark.parametrize("seconds", [1, 30])
def test_a_narrow_minimum_proves_nothing_about_a_wider_layer(seconds):
    """Rows for which one unit is searched completely and more are needed: what is proved is what a search proves."""
    rng = np.random.default_rng(3)
    data = rs.Dataset(rng.integers(-9, 10, (9, 1)), rng.integers(-5, 6, 9), bias=True)
    least = rs.survey(data, widths=(1, 2), trials=8, max_width=4, seconds=seconds).report["width_for"]["least"]
    truth = rs.infinite_width_minimum(data, output_bias=True)
    assert truth.width_is_least
    assert least is None or least["at_least"] <= truth.width <= least["width"]


def test_three_classes_and_several_targets_are_trained():
    rng = np.random.default_rng(0)
    of = np.arange(24) % 3
    X = rng.normal(size=(24, 2)) + 3 * np.array([[0, 0], [1, 0], [0, 1]])[of]
    classes = {0: "a", 1: "b", 2: "c"}
    for y, how in ((of, {"loss": "cross_entropy", "classes": classes}), (np.c_[X[:, 0] ** 2, X[:, 1]], {})):
        survey = rs.survey(rs.Dataset(X, bias=True), y, widths=(1, 4), trainings=4, max_width=4, seconds=6, **how)
        json.loads(survey.to_json(), parse_constant=lambda word: pytest.fail(f"{word} in JSON"))
        report = survey.report
        assert report["data"]["outputs"] == (3 if how else 2)
        assert [entry["good"] for entry in report["widths"]] == [None, None]
        assert all(0 <= entry["trained"]["value"] <= 1 for entry in report["widths"])
        assert (report["losses"]["best_network"]["accuracy"] is not None) == bool(how)
        assert "one target and the squared loss" in survey.verdict
        assert len(survey._repr_html_()) > 0


def test_json_is_complete_and_repeatable(mapped):
    data, survey = mapped
    text = survey.to_json()
    report = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} in JSON"))

    def walk(node):
        if isinstance(node, dict):
            if "low" in node and "value" in node:
                assert node["kind"] in {"exact", "certified", "numerical", "sampled", "bound", "estimate"}
                if node["kind"] == "sampled":
                    assert node["low"] <= node["value"] <= node["high"]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(report)
    again = rs.survey(data, widths=(1, 2), trials=60, max_width=4, seconds=20).report
    for entry, other in zip(report["widths"], again["widths"], strict=True):
        assert entry["basin_values"]["sample"] == other["basin_values"]["sample"]
        assert entry["good"] == other["good"]
    assert len(report["verdict"]) <= 6
    assert all("\n" not in line for line in report["verdict"])


def test_certificate_of_the_best_network(mapped):
    _, survey = mapped
    proof = survey.certificate()
    assert rs.verify(proof)
    assert float(Fraction(proof["claim"]["value"])) == pytest.approx(
        survey.report["losses"]["best_network"]["value"], abs=1e-6
    )


def test_degenerate_data_are_mapped():
    data = rs.Dataset([[1, 2], [2, 4], [-1, -2], [0, 0], [1, 2]], [1, 2, 0, 1, 3])
    report = rs.survey(data, widths=(1, 2), trials=20, max_width=2, seconds=5).report
    assert report["regions"]["value"] == 2
    assert report["data"]["zero_rows"] == [3]
    assert report["data"]["floor_share"] == pytest.approx(0.4 / np.var([1, 2, 0, 1, 3]))
    assert any("different targets" in w for w in report["data"]["warnings"])
    assert report["losses"]["any_width"]["value"] >= report["data"]["floor_share"] * np.var([1, 2, 0, 1, 3]) - 1e-12
    with pytest.raises(rs.InputError, match="same value"):
        rs.survey([[1], [2]], [3, 3])
    with pytest.raises(rs.InputError, match="at least 2"):
        rs.survey([[1]], [3])


def test_large_data_fall_back_to_bounds():
    rng = np.random.default_rng(0)
    X = rng.integers(-50, 50, (150, 8))
    report = rs.survey(
        rs.Dataset(X, rng.integers(0, 9, 150), bias=True), widths=(1,), trials=8, max_width=1, seconds=2
    ).report
    assert report["regions"]["kind"] == "bound"
    assert report["regions"]["estimate"]["kind"] == "sampled"
    assert any("in at most" in line for line in report["verdict"])


def fake(enough_from):
    asked = []

    def measure(width):
        asked.append(width)
        return Probability.sampled(100 if width >= enough_from else 50, 100, "initialization")

    return measure, asked


@pytest.mark.parametrize(("enough_from", "found"), [(1, 1), (5, 5), (8, 8), (100, 100)])
def test_search_finds_the_least_width(enough_from, found):
    measure, asked = fake(enough_from)
    answer = search_width({}, measure, 0.95, 128)
    assert (answer.width, answer.stopped_by) == (found, "reached")
    assert len(asked) == len(set(asked))


def test_search_says_more_than():
    measure, _ = fake(1000)
    assert search_width({}, measure, 0.95, 100).more_than == 100
    stopped = search_width({}, lambda width: None, 0.95, 100)
    assert (stopped.width, stopped.stopped_by) == (None, "time")


def test_too_few_starts_do_not_prove_a_width_too_small():
    """Ten good starts of ten leave it open whether 95 % are good; none of ten does not."""

    def measure(width):
        return Probability.sampled(10 if width >= 16 else 0, 10, "initialization")

    answer = search_width({}, measure, 0.95, 64)
    assert (answer.width, answer.more_than, answer.stopped_by) == (None, 8, "time")
    open_answer = search_width({}, lambda width: Probability.sampled(10, 10, "initialization"), 0.95, 64)
    assert (open_answer.width, open_answer.more_than, open_answer.stopped_by) == (None, 0, "time")


def test_reference_of_two_units_is_proved_where_it_can_be():
    """Two units on 12 points of a line: far more layers than are listed, still the global minimum."""
    rng = np.random.default_rng(2)
    data = rs.Dataset(rng.integers(-20, 21, (12, 1)), rng.integers(-5, 6, 12), bias=True)
    entry = rs.survey(data, widths=(2,), trials=20, max_width=2, seconds=60).report["widths"][0]
    lowest = rs.global_minimum(data, width=2, output_bias=True)
    assert lowest.complete
    assert entry["reference"]["value"] == pytest.approx(lowest.value, abs=1e-9)
    assert entry["reference"]["source"].startswith("global minimum")


@pytest.mark.parametrize("every", [5, 1])
def test_starts_that_stay_undecided_widen_the_intervals_and_are_named(every, mapped, monkeypatch):
    data, plain = mapped
    asked = itertools.count()
    monkeypatch.setattr("reluscape.basins.decided.LARGEST", 0)
    monkeypatch.setattr("reluscape.basins.many.vouched", lambda gap, tolerances: next(asked) % every > 0)
    report = rs.survey(data, widths=(1, 2), trials=60, max_width=4, seconds=20)
    text = json.loads(report.to_json())
    for entry, known in zip(text["widths"], json.loads(plain.to_json())["widths"], strict=True):
        values = entry["basin_values"]
        assert values["trials"] == 60
        assert 0 < values["undecided"] <= 60
        assert len(values["sample"]) == 60 - values["undecided"]
        assert entry["zero"]["low"] <= known["zero"]["low"]
        assert entry["zero"]["high"] >= known["zero"]["high"]
        assert entry["good"]["high"] >= clopper_pearson(values["undecided"], 60)[1] - 1e-12
        assert entry["good"]["low"] <= clopper_pearson(60 - values["undecided"], 60)[0] + 1e-12
    assert "undecided" in report.verdict


def test_a_sampled_probability_with_undecided_trials_holds_every_outcome():
    open_ones = Probability.sampled(30, 100, "initialization", undecided=10)
    assert open_ones.low == pytest.approx(clopper_pearson(30, 100)[0])
    assert open_ones.high == pytest.approx(clopper_pearson(40, 100)[1])
    assert open_ones.value == pytest.approx(30 / 90)
    assert Probability.sampled(0, 5, "initialization", undecided=5).high == pytest.approx(1.0)
