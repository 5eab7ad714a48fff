"""Weight space cut where bounds ask for it: the same optimum as from the list of all cells, and proofs that hold."""

import copy
import json
from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.landscape.optimum import decayed_infinite
from reluscape.landscape.optimum.decayed_infinite import all_units, decayed_infinite_width_minimum
from reluscape.landscape.optimum.decayed_splitting import Splits
from reluscape.problem.penalties import WeightDecay
from reluscape.problem.problem import Problem
from tests.checker.standalone import CHECKER
from tests.oracles.decayed import cells, largest_pull

XOR = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]


def drawn(seed):
    """Small data with repeated, opposite, zero and collinear rows, biases of every kind."""
    rng = np.random.default_rng(seed)
    n, d, kind = int(rng.integers(1, 7)), int(rng.integers(1, 3)), seed % 4
    X = rng.integers(-2, 3, (n, d))
    if kind < 2:
        X = np.concatenate([X, np.ones((n, 1), dtype=int)], axis=1)
    decay = WeightDecay(["1/50", "1/5", "1/1000"][seed % 3], kind != 0)
    return Problem(X, rng.integers(-2, 3, n), weight_decay=decay, output_bias=kind < 3)


def holds(certificate):
    """Both checkers accept a certificate."""
    return rs.verify(certificate).ok and CHECKER.check(json.dumps(certificate))[0] == 0


@pytest.mark.parametrize("seed", range(12))
def test_cones_tell_the_same_optimum_as_all_cells(seed):
    problem = drawn(seed)
    listed = decayed_infinite_width_minimum(problem)
    found = decayed_infinite_width_minimum(problem, told_apart=Splits(problem))
    assert found.value == pytest.approx(listed.value, rel=1e-7, abs=1e-12)
    assert (found.least_width, found.most_width) == (listed.least_width, listed.most_width)
    assert len(found.directions) == len(listed.directions)
    assert found.kind == "certified"
    assert found.upper - found.lower <= Fraction(1, 10**8) * found.upper
    assert found.lower <= listed.upper
    assert listed.lower <= found.upper
    assert holds(found.certificate)


@pytest.mark.parametrize("seed", range(8))
def test_every_cone_bounds_the_pulls_of_the_cells(seed):
    problem, rng = drawn(seed), np.random.default_rng(seed)
    e = rng.integers(-3, 4, problem.n).astype(float)
    if problem.output_bias:
        e -= e.mean()
    pulls = [largest_pull(problem, e, A, s) for A in cells(problem.data.X) if A.any() for s in (1, -1)]
    largest = max(pulls, default=0.0)
    found = [pull.value for pull in Splits(problem).pulls(e, 0.9 * largest)] if problem.n else []
    assert max(found, default=0.0) == pytest.approx(largest if largest > 1e-9 else 0.0, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("lam", ["1/100", "1/10", "1/5"])
def test_xor_by_cones(lam):
    values = {"1/100": 0.02788, "1/10": 0.24284, "1/5": 0.40569}  # half sums of squares, two units
    problem = Problem(XOR, [0, 1, 1, 0], weight_decay=WeightDecay(Fraction(lam) / 2, biases=False), output_bias=True)
    found = decayed_infinite_width_minimum(problem, told_apart=Splits(problem))
    assert 2 * found.value == pytest.approx(values[lam], abs=1e-5)
    assert found.least_width == 2
    assert holds(found.certificate)


@pytest.fixture(scope="module")
def proof():
    """A proof by cones, of XOR."""
    problem = Problem(XOR, [0, 1, 1, 0], weight_decay=WeightDecay("1/20", biases=False), output_bias=True)
    return decayed_infinite_width_minimum(problem, told_apart=Splits(problem)).certificate


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c["witness"]["bounds"].pop(),
        lambda c: c["witness"]["bounds"][0].update(sign=-c["witness"]["bounds"][0]["sign"]),
        lambda c: c["witness"]["cuts"].pop(),
        lambda c: c["claim"].update(lower="1/4"),
        lambda c: c["claim"].update(upper="1/9"),
        lambda c: c["claim"].update(width=1),
        lambda c: c["witness"]["bounds"][0]["z"].__setitem__(0, "0"),
    ],
)
def test_a_spoiled_proof_is_none(proof, spoil):
    wrong = copy.deepcopy(proof)
    spoil(wrong)
    assert not rs.verify(wrong).ok
    assert CHECKER.check(json.dumps(wrong))[0] != 0


def test_more_cells_than_are_listed_are_cut(monkeypatch):
    monkeypatch.setattr(decayed_infinite, "LISTED_CELLS", 1_000)
    rng = np.random.default_rng(5)
    X, y = rng.integers(-3, 4, (12, 5)), rng.integers(-3, 4, 12)
    problem = Problem(X, y, weight_decay=2)
    assert isinstance(all_units(problem), Splits)
    found = rs.infinite_width_minimum(problem)
    assert found.kind == "certified"
    assert holds(found.certificate)
    e = problem.slopes(found.net.predict(problem.data)[:, None])[:, 0]
    for w in rng.normal(size=(2000, 5)):
        assert abs(e @ np.maximum(X @ w, 0)) <= 2 * np.linalg.norm(w) * (1 + 1e-6)
