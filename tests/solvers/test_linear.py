"""Strict feasibility against Fourier-Motzkin elimination, and its certificates against their definitions."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reluscape.numbers import exact
from reluscape.solvers.linear import Rows, exact_min_norm_point, strictly_feasible
from tests.oracles.strict_cone import open_cone_exists
from tests.strategies import integer_matrices


def proven(rows, found) -> bool:
    """Re-check either certificate from its definition."""
    rows = [[Fraction(v) for v in row] for row in rows]
    if found.feasible:
        w = [exact.to_fraction(v) for v in found.witness]
        return all(sum(a * b for a, b in zip(row, w, strict=True)) > 0 for row in rows)
    weights = [Fraction(v) for v in found.multipliers]
    combination = [sum(m * row[c] for m, row in zip(weights, rows, strict=True)) for c in range(len(rows[0]))]
    return all(m >= 0 for m in weights) and any(weights) and not any(combination)


@given(integer_matrices(max_n=7, max_d=4))
def test_agrees_with_elimination_and_proves_it(X):
    found = strictly_feasible(X)
    assert found.feasible == open_cone_exists(X)
    assert proven(X, found)


@given(integer_matrices(max_n=7, max_d=4, zero_rows=False), st.integers(0, 6))
def test_the_rational_search_alone_decides(X, start):
    rows, _ = exact.integer_rows(X)
    point, support, weights = exact_min_norm_point(rows, [start % len(rows)])
    if weights is None:
        assert all(sum(int(a) * b for a, b in zip(row, point, strict=True)) > 0 for row in rows)
    else:
        assert all(w > 0 for w in weights)
        assert not any(
            sum(w * int(rows[i][c]) for w, i in zip(weights, support, strict=True)) for c in range(X.shape[1])
        )
    assert (weights is None) == open_cone_exists(X)


def test_a_wedge_thinner_than_doubles_can_hold():
    # 1 < w1/w2 < 1 + 2^-60 : no pair of doubles lies inside, an integer vector does.
    rows = [[1, -1], [-1, 1 + Fraction(1, 2**60)]]
    found = strictly_feasible(rows)
    assert found.feasible
    assert found.witness.dtype == object
    assert proven(rows, found)


@pytest.mark.parametrize("epsilon", [Fraction(1, 2**60), -Fraction(1, 2**60), Fraction(0), Fraction(1, 10**40)])
def test_near_degenerate_triples_are_decided_by_the_sign_of_epsilon(epsilon):
    # 0 < w1 < epsilon w2 with w2 > 0 has a solution iff epsilon > 0.
    rows = [[1, 0, 0], [-1, epsilon, 0], [0, 1, 0], [0, 0, 1]]
    found = strictly_feasible(rows)
    assert found.feasible == (epsilon > 0)
    assert proven(rows, found)


def test_near_degenerate_floats_are_dyadic():
    rows = np.array([[1.0, 0.0], [-1.0, 2.0**-60], [-1.0, -(2.0**-60)]])
    assert not strictly_feasible(rows).feasible
    assert strictly_feasible(rows[:2]).feasible
    assert proven(rows.tolist(), strictly_feasible(rows))


def test_many_random_patterns_agree_with_highs():
    from scipy.optimize import linprog

    rng = np.random.default_rng(5)
    for n, d in [(12, 3), (30, 5), (60, 8)]:
        X = rng.standard_normal((n, d))
        rows = Rows(exact.integer_rows(exact.fraction_matrix(X))[0])
        for trial in range(12):
            signs = np.where(X @ rng.standard_normal(d) > 0, 1.0, -1.0)
            if trial % 2:
                signs[rng.integers(n)] *= -1
            A = np.c_[-(signs[:, None] * X), np.ones(n)]
            margin = -linprog(
                np.r_[np.zeros(d), -1.0], A_ub=A, b_ub=np.zeros(n), bounds=[(-1, 1)] * d + [(None, 1)]
            ).fun
            assert rows.decide(signs).feasible == (margin > 1e-7)


def test_edges():
    assert strictly_feasible(np.empty((0, 2))).feasible
    assert strictly_feasible([[0, 0], [1, 0]]).multipliers.tolist() == [1, 0]
    with pytest.raises(Exception, match="different lengths"):
        strictly_feasible([[1, 2], [3]])


def test_few_rows_in_many_dimensions_need_no_compiled_search():
    code = (
        "import sys, reluscape as rs\n"
        "assert rs.is_realizable([[1] * 200], [1]) and rs.is_realizable([[1] * 200], [0])\n"
        "assert rs.is_realizable([[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 3]], [1, 0, 1])\n"
        "assert 'numba' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
