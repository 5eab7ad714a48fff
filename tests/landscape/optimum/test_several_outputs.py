"""Several outputs at infinite width: certified ends against other programs, plain training, and dense directions."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError, TooLarge
from reluscape.landscape.optimum.strongest import Faces
from reluscape.solvers.group_lasso import group_lasso
from tests.checker.standalone import CHECKER
from tests.oracles.several_outputs import wide_training

DRAWS = np.random.default_rng(4)
DATA = {
    "line": [[1], [2], [-1]],
    "plane": DRAWS.integers(-4, 5, size=(7, 2)).tolist(),
    "space": DRAWS.integers(-4, 5, size=(6, 3)).tolist(),
    "duplicates, opposite rows, a zero row": [[1, 2], [2, 4], [-1, -2], [0, 0], [1, 2], [3, -1]],
    "dependent columns": [[1, 2, 3], [2, 0, 2], [-1, 1, 0], [0, 3, 3]],
    "rank 3 in five columns": (DRAWS.integers(-2, 3, size=(5, 3)) @ DRAWS.integers(-2, 3, size=(3, 5))).tolist(),
}


def targets(X, k, seed=0):
    return np.random.default_rng(seed).integers(-3, 4, size=(len(X), k))


@pytest.mark.parametrize("name", list(DATA))
def test_targets_of_rank_one_are_the_program_of_one_output(name):
    X, y = DATA[name], targets(DATA[name], 1, 3)[:, 0]
    one = rs.infinite_width_minimum(X, y, weight_decay="1/5")
    # targets y (3, 4) are 5 y in one direction; the losses and the decay scale with 25 and 5
    several = rs.infinite_width_minimum(X, np.outer(y, [3, 4]), weight_decay="1")
    assert several.kind == "certified"
    assert several.lower <= 25 * Fraction(one.upper) + Fraction(1, 10**7)
    assert 25 * Fraction(one.lower) - Fraction(1, 10**7) <= several.upper
    assert several.upper - several.lower < Fraction(1, 10**7)


@pytest.mark.parametrize("name", list(DATA))
def test_no_training_of_many_units_is_lower_and_the_best_is_near(name):
    X, Y = np.array(DATA[name], dtype=float), targets(DATA[name], 2)
    found = rs.infinite_width_minimum(X, Y, weight_decay="1/10")
    trained = wide_training(X, Y.astype(float), 0.1 * len(X)) / len(X)
    assert float(found.lower) <= trained + 1e-12
    assert trained <= float(found.upper) * 1.01  # trainings stop on kinks
    assert rs.verify(found.certificate)
    assert CHECKER.check(json.dumps(found.certificate))[0] == 0


def test_dense_directions_come_down_to_the_value():
    X, Y = np.array(DATA["plane"], dtype=float), targets(DATA["plane"], 3).astype(float)
    found, lam = rs.infinite_width_minimum(X, Y, weight_decay="1/10"), 0.1 * len(X)
    angles = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    H = np.maximum(X @ np.stack([np.cos(angles), np.sin(angles)]), 0)
    V = group_lasso(H, Y, lam)
    dense = (((H @ V - Y) ** 2).sum() + lam * np.linalg.norm(V, axis=1).sum()) / len(X)
    assert float(found.lower) <= dense <= float(found.upper) * 1.01


def test_the_result_is_what_it_says():
    X, Y = np.array(DATA["space"], dtype=float), targets(DATA["space"], 3)
    problem = rs.Problem(X, Y, weight_decay="1/4")
    found = rs.infinite_width_minimum(problem)
    assert found.problem is problem
    assert problem.value(found.net) == pytest.approx(found.value, rel=1e-9)
    heights = np.maximum(X @ found.directions.T, 0)
    F = heights @ (found.weights[:, None] * found.outputs)
    assert pytest.approx(found.net.predict(X), abs=1e-6) == F
    N = 2 * (F - Y)
    assert np.linalg.norm(heights.T @ N, axis=1) == pytest.approx(len(X) / 4, rel=1e-6)
    assert np.linalg.norm(found.directions, axis=1) == pytest.approx(1.0)
    assert found.least_width is None or (found.weights > 0).sum() >= found.least_width


def test_turning_the_outputs_changes_nothing():
    X, Y = np.array(DATA["plane"], dtype=float), targets(DATA["plane"], 2)
    values = [rs.infinite_width_minimum(X, Y @ Q, weight_decay="1/10").value for Q in (np.eye(2), [[0, 1], [-1, 0]])]
    assert values[0] == pytest.approx(values[1], rel=1e-9)


def test_a_large_decay_leaves_the_zero_network():
    found = rs.infinite_width_minimum(DATA["plane"], targets(DATA["plane"], 2), weight_decay=1000)
    assert found.upper == Fraction(int((targets(DATA["plane"], 2) ** 2).sum()), 7)
    assert found.lower == pytest.approx(float(found.upper), rel=1e-12)
    assert found.net.predict(DATA["plane"]) == pytest.approx(0.0)
    assert found.least_width == 0


def test_data_of_the_published_law_are_solved_to_a_millionth():
    """n = 25, d = 2, five outputs of 100 random units, J = |f - y|^2 / 2 + 0.05 |theta|^2 (Prakhya and others)."""
    draws = np.random.default_rng(100)
    U, V, X = draws.normal(size=(2, 100)), draws.normal(size=(5, 100)), draws.normal(size=(25, 2))
    found = rs.infinite_width_minimum(X, np.maximum(X @ U, 0) @ V.T, weight_decay=Fraction(2, 250))
    assert found.kind == "certified"
    assert 25 / 2 * float(found.upper - found.lower) < 1e-6
    assert 5 < 25 / 2 * found.value < 13


@pytest.mark.parametrize("field", ["lower", "upper", "slopes", "V"])
def test_a_claim_beyond_the_truth_is_refused_by_both(field):
    certificate = copy.deepcopy(
        rs.infinite_width_minimum(DATA["plane"], targets(DATA["plane"], 2), weight_decay=1).certificate
    )
    claim, witness = certificate["claim"], certificate["witness"]
    if field in claim:
        claim[field] = str(Fraction(claim[field]) * Fraction(1001 if field == "lower" else 999, 1000))
    else:
        witness[field] = [[str(Fraction(v) * Fraction(1001, 1000)) for v in row] for row in witness[field]]
        claim["lower"] = "0"
    assert not rs.verify(certificate)
    assert CHECKER.check(json.dumps(certificate))[0] == 1


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_strongest_direction_is_among_the_candidates(d):
    draws = np.random.default_rng(d)
    Z, N = draws.normal(size=(8, d)), draws.normal(size=(8, 3))
    faces = Faces.of(Z, rs.enumerate_regions(Z).patterns)
    W = draws.normal(size=(20_000, d))
    W /= np.linalg.norm(W, axis=1)[:, None]
    best, sampled = faces.candidates(N).pulls.max(), faces.pulls(W, N).max()
    assert sampled <= best * (1 + 1e-12)
    assert sampled >= best * 0.97


def test_what_is_not_solved_is_refused_by_name():
    Y = targets(DATA["plane"], 2)
    with pytest.raises(InputError, match="squared loss"):
        rs.infinite_width_minimum(DATA["plane"], Y, weight_decay=1, loss="huber")
    with pytest.raises(InputError, match="without output biases"):
        rs.infinite_width_minimum(DATA["plane"], Y, weight_decay=1, output_bias=True)
    ones = rs.Dataset(np.arange(3)[:, None], bias=True).X
    with pytest.raises(InputError, match="biases=True"):
        rs.infinite_width_minimum(ones, Y[:3], weight_decay=rs.WeightDecay(1, biases=False))
    with pytest.raises(TooLarge, match="rank 4"):
        rs.infinite_width_minimum(np.eye(4), np.ones((4, 2)), weight_decay=1)
