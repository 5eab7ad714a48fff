"""Local minima with weight decay: proved beside floats, refuted by directions, reached by descents."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.problem.penalties import WeightDecay
from reluscape.problem.problem import Problem
from tests.oracles.decayed import conic_value, objective

XOR = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
TARGETS = [0, 1, 1, 0]
# values of the half sum plus penalty of the isolated local minima of two units, biases free, lambda beside the half sum
TABLE = {
    "1/10": (0.24284, 0.32926, 0.37142, 0.41428),
    "1/5": (0.40569, 0.45284, 0.46853, 0.46856),
    "3/10": (0.48853, 0.49426, 0.49618),
}


def instance(seed):
    """Return (problem, start)."""
    rng = np.random.default_rng(seed)
    n, d, m = int(rng.integers(3, 9)), int(rng.integers(1, 3)), int(rng.integers(1, 3))
    X = np.concatenate([np.round(rng.normal(size=(n, d)), 2), np.ones((n, 1))], axis=1)
    y = np.round(rng.normal(size=n), 2)
    loss = ("squared", "logistic")[seed % 2]
    if loss == "logistic":
        y = np.where(np.arange(n) % 2 == 0, 1, -1)
    decay = WeightDecay(["1/50", "1/10"][seed % 3 // 2], biases=bool(seed % 4 < 2))
    problem = Problem(rs.exact_decimals(X), rs.exact_decimals(y), loss=loss, weight_decay=decay, output_bias=True)
    return problem, rng.normal(size=(m, d + 1)), rng.normal(size=m)


@pytest.mark.parametrize("seed", range(10))
def test_descent_falls_and_its_end_is_proved(seed):
    problem, W, v = instance(seed)
    end = rs.descend(problem, None, W, v, 0.0)
    assert all(b < a for a, b in itertools.pairwise(end.losses))
    assert end.losses[-1] == pytest.approx(objective(problem, end.net.W, end.net.v, end.net.c))
    if end.verdict.kind != "local minimum":
        assert end.verdict.kind == "undecided"
        return
    verdict = end.verdict
    assert (verdict.method, verdict.is_local_minimum) == ("certified", True)
    assert rs.verify(verdict.certificate).ok
    assert verdict.objective == pytest.approx(end.losses[-1])
    rng = np.random.default_rng(seed)
    for size in (1e-2, 1e-3):
        for _ in range(200):
            dW, dv, dc = rng.normal(size=W.shape), rng.normal(size=v.shape), rng.normal()
            there = objective(problem, end.net.W + size * dW, end.net.v + size * dv, end.net.c + size * dc)
            assert there >= verdict.objective - 1e-9
    if verdict.is_global_minimum:
        assert verdict.objective == pytest.approx(rs.infinite_width_minimum(problem).value, abs=1e-7)


def test_most_descents_end_proved():
    kinds = [rs.descend(*instance(seed)[:1], None, *instance(seed)[1:], 0.0).verdict.kind for seed in range(10)]
    assert kinds.count("local minimum") >= 8


@pytest.mark.parametrize("seed", range(10))
def test_elsewhere_an_escape_lowers_the_objective(seed):
    problem, W, v = instance(seed)
    verdict = rs.certify(problem, None, W, v, 0.3)
    assert (verdict.kind, verdict.is_local_minimum) == ("not stationary", False)
    dW, dv, dc = verdict.escape
    for t in (1, 0.5, 0.25, 0.125):
        assert objective(problem, W + t * dW, v + t * dv, 0.3 + t * dc) < verdict.objective


@pytest.mark.parametrize("lam", TABLE)
def test_xor_has_the_minima_of_the_table(lam):
    problem = Problem(XOR, TARGETS, weight_decay=WeightDecay(Fraction(lam) / 2, biases=False), output_bias=True)
    rng, values = np.random.default_rng(0), set()
    for _ in range(40):
        end = rs.descend(problem, None, rng.normal(size=(2, 3)), rng.normal(size=2), 0.0)
        if end.verdict.kind == "local minimum":
            values.add(round(2 * end.losses[-1], 4))
    assert round(TABLE[lam][0], 4) in {round(v, 4) for v in values}
    known = [*TABLE[lam], 0.5]
    assert all(min(abs(value - k) for k in known) < 2e-5 + 1e-4 for value in values)


@pytest.mark.parametrize(
    ("lam", "biases", "values"),
    [
        ("1/10000", False, (0.00028, 0.00042, 0.25014, 0.33343)),
        ("1/100", False, (0.02788, 0.04148, 0.26394, 0.34263)),
        ("1/20", False, (0.13142, 0.18838, 0.31571, 0.37714)),
        ("1/10", False, TABLE["1/10"]),
        ("1/5", False, TABLE["1/5"]),
        ("3/10", False, TABLE["3/10"]),
        ("1/100", True, (0.02789, 0.03885, 0.04755, 0.04913, 0.05725, 0.26671, 0.3432, 0.34686)),
        ("1/10", True, (0.2438, 0.31896, 0.36521, 0.36666, 0.39322, 0.40945, 0.42129, 0.44675)),
        ("3/10", True, (0.51201, 0.52691)),
        ("2/5", True, (0.54545,)),
    ],
)
def test_census_of_xor_is_the_table(lam, biases, values):
    decay = WeightDecay(Fraction(lam) / 2, biases)
    found = rs.local_minima(XOR, TARGETS, 2, output_bias=True, weight_decay=decay)
    assert [2 * v for v in found.values] == pytest.approx(list(values), abs=1e-5)
    # what floats call a minimum and intervals do not prove has one of these values, or is a constant's
    assert all(min(abs(2 * v - w) for w in (*values, 0.5, 1.0)) < 1e-4 for v in found.undecided)
    assert all(rs.verify(verdict.certificate).ok for verdict in found.verdicts)


def test_zero_network_is_a_minimum_above_lambda_max_and_a_saddle_below():
    X, y = [[1, 0], [0, 1], [1, 1]], [1, -2, 1]
    top = rs.lambda_max(X, y).value
    W, v = np.zeros((2, 2)), np.zeros(2)
    above = rs.certify(X, y, W, v, weight_decay=Fraction(top) * Fraction(11, 10))
    assert (above.kind, above.is_global_minimum, above.method) == ("local minimum", True, "certified")
    assert rs.verify(above.certificate).ok
    below = rs.certify(X, y, W, v, weight_decay=Fraction(top) * Fraction(9, 10))
    assert below.kind == "saddle"
    dW, dv = below.escape
    problem = Problem(X, y, weight_decay=Fraction(top) * Fraction(9, 10))
    for t in (1, 0.5, 0.25, 0.125):
        assert objective(problem, t * dW, t * dv) < below.objective


def test_verdicts_agree_with_all_basins_beside():
    rng = np.random.default_rng(4)
    X = np.array([[1.0, 0.5], [-0.5, 1.0], [0.25, -1.0], [-1.0, -0.75]])
    problem = Problem(X, [1, -1, 1, 0], weight_decay="1/10")
    regions = rs.enumerate_regions(X).patterns
    agreed = 0
    for _ in range(12):
        pattern, signs = regions[rng.integers(len(regions), size=2)], rng.choice([-1, 1], 2)
        found = rs.basin_value(problem, None, pattern, signs)
        norms = np.linalg.norm(found.Z, axis=1)
        alive = norms > 1e-6
        root = np.sqrt(np.where(alive, norms, 1.0))
        W = np.where(alive[:, None], signs[:, None] * found.Z / root[:, None], 0.0)
        v = np.where(alive, signs * root, 0.0)
        verdict = rs.certify(problem, None, W, v)
        if verdict.is_local_minimum is None:
            continue
        beside = []
        for w, sign, up in zip(W, signs, alive, strict=True):
            heights = X @ w / max(np.linalg.norm(w), 1e-12)
            fit = [r for r in regions if not up or all((r == (heights > 0)) | (np.abs(heights) < 1e-5))]
            beside.append([(r, s) for r in fit for s in ([sign] if up else [1, -1])])
        lowest = min(
            conic_value(problem, np.array([a[0], b[0]]), np.array([a[1], b[1]])) for a, b in itertools.product(*beside)
        )
        assert verdict.is_local_minimum == bool(lowest > found.value - 1e-7)
        agreed += 1
    assert agreed >= 8


class Pseudo:
    """A loss that the package does not know: sqrt(1 + r^2) - 1."""

    def value(self, f, y):
        return np.sqrt(1 + (f - y) ** 2) - 1

    def gradient(self, f, y):
        return (f - y) / np.sqrt(1 + (f - y) ** 2)


@pytest.mark.parametrize("loss", ["huber", Pseudo()])
@pytest.mark.parametrize("seed", range(6))
def test_losses_without_a_proof_are_decided_in_floats(seed, loss):
    rng = np.random.default_rng(seed)
    n, d, m = int(rng.integers(3, 9)), int(rng.integers(1, 3)), int(rng.integers(1, 4))
    X = np.concatenate([np.round(rng.normal(size=(n, d)), 2), np.ones((n, 1))], axis=1)
    decay = WeightDecay(["1/50", "1/10"][seed % 2], biases=bool(seed % 3))
    problem = Problem(X, np.round(3 * rng.normal(size=n), 2), loss=loss, weight_decay=decay, output_bias=True)
    end = rs.descend(problem, None, rng.normal(size=(m, d + 1)), rng.normal(size=m), 0.0)
    verdict, net = end.verdict, end.net
    assert (verdict.method, verdict.certificate) == ("numerical", None)
    if verdict.kind == "not stationary":  # the end of a descent in floats may be beside the minimum: by next to nothing
        dW, dv, dc = verdict.escape
        assert 0 < verdict.objective - objective(problem, net.W + dW, net.v + dv, net.c + dc) < 1e-9
        return
    assert verdict.kind == "local minimum"
    assert "in floats" in verdict.reason
    for size in (1e-2, 1e-3, 1e-4):
        for _ in range(300):
            dW, dv, dc = rng.normal(size=net.W.shape), rng.normal(size=m), rng.normal()
            there = objective(problem, net.W + size * dW, net.v + size * dv, net.c + size * dc)
            assert there >= verdict.objective - 1e-9
    # a little beside a minimum that moves with its weights the objective falls
    beside = rs.certify(problem, None, net.W * 1.01, net.v * 1.01, net.c)
    assert beside.is_local_minimum is False or not net.v.any()


def test_duplicated_units_are_merged_and_proved():
    problem, W, v = instance(0)
    end = rs.descend(problem, None, W, v, 0.0)
    root = np.sqrt(0.5)
    twice = (np.concatenate([end.net.W * root] * 2), np.concatenate([end.net.v * root] * 2))
    assert rs.certify(problem, None, *twice, end.net.c).kind == end.verdict.kind == "local minimum"


def test_bad_input_is_refused():
    with pytest.raises(rs.InputError, match="algebraic"):
        rs.certify([[1]], [1], [[1]], [1], weight_decay=1, exact=True)
    with pytest.raises(rs.InputError, match="trained"):
        rs.certify([[1]], [1], [[1]], [1], weight_decay=1, trainable="W")
