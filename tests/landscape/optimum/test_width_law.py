"""The width law against a closed form, and against the value of every basin."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.problem.penalties import WeightDecay
from reluscape.problem.problem import Problem


@pytest.mark.parametrize(("positive", "negative"), [(1, 1), (2, 1), (3, 2), (2, 0)])
@pytest.mark.parametrize("population", ["regions", "initialization"])
def test_orthogonal_data_have_the_closed_form(positive, negative, population):
    n = positive + negative
    y = [1] * positive + [-1] * negative
    curve = rs.width_law(np.eye(n, dtype=int), y, weight_decay=Fraction(1, 10 * n), population=population)
    plus, minus = Fraction(1, 2 ** (positive + 1)), Fraction(1, 2 ** (negative + 1)) if negative else 0
    for m in (1, 2, 5, 40):
        wanted = 1 - (1 - plus) ** m
        if negative:
            wanted += -((1 - minus) ** m) + (1 - plus - minus) ** m
        assert curve(m) == wanted


@pytest.mark.parametrize("seed", range(4))
def test_share_of_basins_is_counted_one_by_one(seed):
    rng = np.random.default_rng(seed)
    X = np.concatenate([rng.permutation(7)[:4, None] - 3, np.ones((4, 1), dtype=int)], axis=1)
    biases = bool(seed % 2)
    problem = Problem(
        X, rng.integers(-2, 3, 4) + np.arange(4) % 2, weight_decay=WeightDecay("1/10", biases), output_bias=True
    )
    curve, best = rs.width_law(problem), rs.infinite_width_minimum(problem)
    states = [(A, s) for A in rs.enumerate_regions(problem.data).patterns for s in (1, -1)]
    for m in (1, 2):
        chosen = list(itertools.product(states, repeat=m))
        patterns, signs = np.array([[a for a, _ in c] for c in chosen]), np.array([[s for _, s in c] for c in chosen])
        values = rs.basin_values(problem, None, patterns, signs)
        assert curve(m) == Fraction(int((values < best.value + 1e-7).sum()), len(chosen))


def test_above_lambda_max_every_basin_holds_the_constant():
    assert rs.width_law([[1, 0], [0, 1]], [1, -1], weight_decay=10)(1) == 1


def test_bad_input_is_refused():
    with pytest.raises(rs.InputError, match="weight decay above 0"):
        rs.width_law([[1]], [1])
    with pytest.raises(rs.InputError, match="population"):
        rs.width_law([[1]], [1], weight_decay=1, population="patterns")
