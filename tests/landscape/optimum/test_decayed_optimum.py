"""lambda_max and the lowest objective of any width: published and derived values, descents, brute force, proofs."""

import itertools
import json
from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.problem.penalties import WeightDecay
from reluscape.problem.problem import Problem
from tests.oracles.decayed import cells, conic_value, descended, largest_pull

XOR = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
TARGETS = [0, 1, 1, 0]
# lambda beside the half sum of squares (n/2 times the decay): the lowest value of that half sum plus penalty
FREE = {"1/100": 0.02788, "1/20": 0.13142, "1/10": 0.24284, "1/5": 0.40569, "3/10": 0.48853, "2/5": 0.5}
DECAYED = {"1/10": 0.2438, "3/10": 0.51201, "2/5": 0.54545}


@pytest.mark.parametrize(("targets", "square"), [(TARGETS, Fraction(1, 32)), ([-1, 1, 1, -1], Fraction(1, 8))])
def test_lambda_max_of_xor_with_free_biases(targets, square):
    found = rs.lambda_max(XOR, targets, output_bias=True, biases=False)
    assert found.squared == square  # n/2 times its root: sqrt(2)/4, and twice that
    assert found.value == pytest.approx(float(square) ** 0.5)
    assert rs.verify(found.certificate).ok


def test_lambda_max_of_xor_with_everything_decaying():
    assert 2 * rs.lambda_max(XOR, TARGETS, output_bias=True).value == pytest.approx(0.384563, abs=1e-6)


def test_lambda_max_of_linnerud():
    sklearn = pytest.importorskip("sklearn.datasets")
    table = sklearn.load_linnerud()
    X = (table.data - table.data.mean(0)) / table.data.std(0)
    y = (table.target[:, 0] - table.target[:, 0].mean()) / table.target[:, 0].std()
    problem = Problem(
        rs.Dataset(np.round(X, 6), np.round(y, 6), bias=True), weight_decay=WeightDecay(1, False), output_bias=True
    )
    from reluscape.basins.decay.pulls import Cells

    found = Cells(problem.data, np.array([True, True, True, False])).largest(np.asarray(problem.y))
    assert found.value == pytest.approx(13.35968, abs=1e-4)


@pytest.mark.parametrize(("loss", "targets"), [("squared", TARGETS), ("logistic", [-1, 1, 1, -1]), ("bce", TARGETS)])
@pytest.mark.parametrize(("output_bias", "biases"), [(True, False), (False, True)])
def test_lambda_max_is_where_the_constant_stops_being_best(loss, targets, output_bias, biases):
    found = rs.lambda_max(XOR, targets, loss, output_bias, biases)
    assert rs.verify(found.certificate).ok
    for share, constant in ((Fraction(101, 100), True), (Fraction(99, 100), False)):
        decay = WeightDecay(share * Fraction(found.value), biases)
        best = rs.infinite_width_minimum(XOR, targets, output_bias, loss=loss, weight_decay=decay)
        assert (best.least_width == 0) is constant


def test_a_wrong_lambda_max_is_no_proof():
    certificate = rs.lambda_max(XOR, TARGETS, output_bias=True, biases=False).certificate
    for square in ("1/33", "1/31"):
        assert not rs.verify({**certificate, "claim": {**certificate["claim"], "squared": square}}).ok


@pytest.mark.parametrize("lam", FREE)
def test_infinite_width_of_xor_with_free_biases(lam):
    decay = WeightDecay(Fraction(lam) / 2, biases=False)
    found = rs.infinite_width_minimum(XOR, TARGETS, output_bias=True, weight_decay=decay)
    assert 2 * found.value == pytest.approx(FREE[lam], abs=1e-5)
    assert found.least_width == (0 if lam == "2/5" else 2)
    assert found.upper - found.lower <= Fraction(1, 10**8) * found.upper
    assert rs.verify(found.certificate).ok


@pytest.mark.parametrize("lam", DECAYED)
def test_infinite_width_of_xor_with_everything_decaying(lam):
    found = rs.infinite_width_minimum(XOR, TARGETS, output_bias=True, weight_decay=Fraction(lam) / 2)
    assert 2 * found.value <= DECAYED[lam] + 1e-5
    assert rs.verify(found.certificate).ok


@pytest.mark.parametrize("seed", range(10))
def test_no_descent_ends_below_and_no_cell_pulls_more(seed):
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(2, 7)), int(rng.integers(1, 3))
    X = np.concatenate([rng.integers(-2, 3, (n, d)), np.ones((n, 1), dtype=int)], axis=1)
    loss = ("squared", "logistic")[seed % 2]
    y = rng.integers(-2, 3, n) if loss == "squared" else np.where(rng.random(n) < 0.5, 1, -1)
    problem = Problem(
        X, y, loss=loss, weight_decay=WeightDecay(["1/50", "1/5"][seed % 3 // 2], bool(seed % 4 < 2)), output_bias=True
    )
    found = rs.infinite_width_minimum(problem)
    assert min(descended(problem, 10, 3, rng)) >= found.value - 1e-8
    assert problem.value(found.net) == pytest.approx(found.value, abs=1e-8)
    assert found.net.width == found.least_width
    e = problem.slopes(found.net.predict(problem.data)[:, None])[:, 0]
    pulls = [largest_pull(problem, e, A, s) for A in cells(problem.data.X) if A.any() for s in (1, -1)]
    assert max(pulls, default=0.0) <= float(problem.penalty.strength) * (1 + 1e-4) + 1e-6
    if loss == "squared":
        assert rs.verify(found.certificate).ok
        wrong = {**found.certificate, "claim": {**found.certificate["claim"], "lower": str(found.upper + 1)}}
        assert not rs.verify(wrong).ok


def test_two_samples_that_two_directions_serve():
    # y = (1, 1) on orthogonal samples: one unit (1, 1) / sqrt 2 beats two, so m* = M* = 1
    found = rs.infinite_width_minimum([[1, 0], [0, 1]], [1, 1], weight_decay="1/10")
    assert (found.least_width, found.most_width, found.unique) == (1, 1, True)
    # opposite targets need one unit of each sign
    found = rs.infinite_width_minimum([[1, 0], [0, 1]], [1, -1], weight_decay="1/10")
    assert (found.least_width, found.most_width, found.connected_width) == (2, 2, 3)


def test_free_hidden_biases_without_output_bias_are_refused():
    with pytest.raises(rs.InputError, match="output_bias=True"):
        rs.lambda_max(XOR, TARGETS, biases=False)
    with pytest.raises(rs.InputError, match="output_bias=True"):
        rs.infinite_width_minimum(XOR, TARGETS, weight_decay=WeightDecay(1, biases=False))


def test_a_width_that_reaches_the_optimum_of_infinite_width_is_decided():
    X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
    decay = rs.WeightDecay("1/10", biases=False)
    found = rs.global_minimum(X, y, 3, output_bias=True, weight_decay=decay)
    # XOR's table for lambda = n / 2 times the decay = 0.2, in half sums of squares: 0.40569 with two units
    assert found.value * 4 / 2 == pytest.approx(0.40569, abs=1e-5)
    assert found.lower <= found.upper
    assert found.net.width == 3
    problem = rs.Problem(X, y, weight_decay=decay, output_bias=True)
    assert problem.value(found.net) == pytest.approx(found.value, rel=1e-9)
    assert rs.verify(found.certificate).ok
    narrow = rs.global_minimum(problem, width=1)
    # the worst isolated minimum of two units of XOR's table is that of one
    assert narrow.value * 4 / 2 == pytest.approx(0.46856, abs=1e-5)
    assert (narrow.complete, narrow.kind) == (True, "certified")
    assert (narrow.certificate["kind"], narrow.certificate["claim"]["width"]) == ("decayed-width-minimum", 1)
    assert rs.verify(narrow.certificate).ok
    assert 0 <= narrow.upper - narrow.lower <= Fraction(1, 10**9)
    assert narrow.lower * 2 > found.upper * 2  # one unit is proved not to do what two do


@pytest.mark.parametrize("seed", range(4))
def test_below_m_star_no_training_ends_lower_and_one_ends_there(seed):
    rng = np.random.default_rng(seed)
    X = np.concatenate([rng.integers(-3, 4, (5, 1)), np.ones((5, 1), dtype=int)], axis=1)
    y = rng.integers(-3, 4, 5)
    problem = Problem(X, y, weight_decay=WeightDecay("1/50", bool(seed % 2)), output_bias=True)
    found = rs.global_minimum(problem, width=1)
    ends = descended(problem, 1, 40, rng)
    assert found.lower <= found.upper
    assert min(ends) >= found.value - 1e-8
    assert min(ends) == pytest.approx(found.value, abs=1e-6)


def test_single_class_with_a_free_constant_has_no_best_network():
    with pytest.raises(rs.InputError, match="of one class"):
        rs.infinite_width_minimum(XOR, [1] * 4, loss="logistic", output_bias=True, weight_decay=WeightDecay(1, False))


@pytest.mark.parametrize(("width", "bias"), [(1, True), (2, False)])
def test_a_proof_of_a_width_bounds_every_layer_of_a_conic_solver(width, bias):
    rng = np.random.default_rng(width)
    X = np.concatenate([rng.integers(-2, 3, (4, 1)), np.ones((4, 1), dtype=int)], axis=1)
    problem = Problem(X, [1, -2, 1, 3], weight_decay="1/200", output_bias=bias)
    found = rs.global_minimum(problem, width=width)
    patterns = np.unique(rng.normal(size=(4000, 2)) @ X.T > 0, axis=0)
    states = [(A, s) for A in patterns if A.any() for s in (1, -1)]
    values = [
        conic_value(problem, np.array([A for A, _ in layer]), [s for _, s in layer])
        for layer in itertools.combinations_with_replacement(states, width)
    ]
    assert float(found.lower) <= min(values) + 1e-8
    assert float(found.upper) == pytest.approx(min(values), abs=1e-7)
    assert isinstance(found.lower, Fraction)


def test_a_proof_of_a_width_with_a_state_missing_or_an_end_moved_is_none():
    certificate = rs.global_minimum(XOR, TARGETS, 1, True, weight_decay=WeightDecay("1/10", biases=False)).certificate
    assert rs.verify(certificate).ok
    for spoil in (
        lambda c: c["witness"]["cells"].pop(),
        lambda c: c["claim"].update(lower="1/4"),
        lambda c: c["claim"].update(upper="1/5"),
        lambda c: c["witness"]["slopes"].pop(0),
    ):
        wrong = json.loads(json.dumps(certificate))
        spoil(wrong)
        assert not rs.verify(wrong).ok


@pytest.mark.parametrize("decay", [1, 100])
def test_a_free_constant_is_fitted_where_no_unit_pays(decay):
    """One label of five is positive: the best constant of the log-loss is log(1/4), whatever the decay."""
    X, y = [[k, 1] for k in range(1, 6)], [1, -1, -1, -1, -1]
    weights = WeightDecay(decay, biases=False)
    best = rs.infinite_width_minimum(X, y, output_bias=True, loss="logistic", weight_decay=weights)
    lowest = -0.2 * np.log(0.2) - 0.8 * np.log(0.8)
    assert best.least_width == 0
    assert best.net.c == pytest.approx(np.log(0.25))
    assert best.value == pytest.approx(lowest)
    problem = Problem(X, y, loss="logistic", weight_decay=weights, output_bias=True)
    assert rs.basin_value(problem, None, [[False] * 5], [1]).value == pytest.approx(lowest)


def test_directions_that_nearly_depend_give_a_network():
    """Three rows that a plane meets: two nearly parallel directions take the same place, and one unit is enough."""
    X, y = [[2, -1, 1], [1, 2, 1], [-2, -2, 1]], [2, -1, 2]
    problem = Problem(X, y, weight_decay=WeightDecay("1/1000", biases=False), output_bias=True)
    best = rs.infinite_width_minimum(problem)
    # a plane through all rows as one unit that all rows switch on: the group lasso of a linear model
    slope = -np.linalg.lstsq(np.array(X, dtype=float), np.array(y, dtype=float), rcond=None)[0][:2]
    norm, spread = np.linalg.norm(slope), np.array(X, dtype=float)[:, :2]
    spread = spread - spread.mean(axis=0)
    # at small decay it is |w| minus decay^2 (n / 4) w^T (X^T X)^-1 w / |w|^2, and more of higher order
    bend = slope @ np.linalg.solve(spread.T @ spread, slope) / norm**2
    assert best.value == pytest.approx(1e-3 * norm - 3e-6 / 4 * bend, abs=1e-8)
    assert best.kind == "certified"
    assert float(best.upper - best.lower) <= 1e-8 * best.value
    assert rs.verify(best.certificate).ok
    assert problem.value(best.net) == pytest.approx(best.value, rel=1e-8)
    assert best.least_width == best.most_width == 1


def test_units_whose_biases_run_away_leave_a_network_with_the_value():
    X, y = [[0, -1, 1], [2, 0, 1], [0, -1, 1], [-1, 2, 1], [-1, -2, 1]], [2, -2, 0, 1, 1]
    problem = Problem(X, y, weight_decay=WeightDecay("1/1000", biases=False), output_bias=True)
    best = rs.infinite_width_minimum(problem)
    assert float(best.lower) <= best.value
    assert problem.value(best.net) == pytest.approx(best.value, rel=1e-7)
    # proved ends that are far apart prove neither the directions nor the widths
    assert best.kind == "certified" or float(best.upper - best.lower) > 1e-6 * best.value
    assert best.kind == "numerical" or float(best.upper - best.lower) <= 1e-6 * best.value
    assert best.certificate is None or rs.verify(best.certificate).ok
