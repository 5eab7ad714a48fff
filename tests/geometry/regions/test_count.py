"""Counts without a list: compiled, plain and Cover's, against subsets, flats and published numbers."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.errors import DataWarning, InputError, TooLarge
from reluscape.geometry.arrangement import Arrangement
from reluscape.geometry.counting import counting
from reluscape.geometry.counting.counting_kernel import SPENT, WIDE, count_half, likely_cost
from reluscape.geometry.counting.position_kernel import independent
from reluscape.geometry.regions import count_basins, count_regions
from reluscape.problem.data import Dataset
from tests.geometry.regions.arrangements import coxeter_b, resonance, threshold
from tests.oracles.whitney import rank, regions_by_flats
from tests.strategies import integer_matrices


@given(integer_matrices(max_n=9, max_d=4))
def test_compiled_and_plain_counts_are_the_sum_over_flats(X):
    arrangement = Arrangement.of(Dataset(X))
    if arrangement.rank < 2:
        return
    number = regions_by_flats(arrangement.normals.tolist())
    assert counting.count(arrangement) == number
    rows = tuple(tuple(int(v) for v in row) for row in arrangement.balanced)
    assert counting._regions(rows, {}) == number
    assert count_half(np.array(rows, dtype=np.int64), 10**6)[0] * 2 == number


@pytest.mark.parametrize(("X", "number"), [(threshold(6), 15028134), (resonance(6), 1066044), (coxeter_b(6), 46080)])
def test_far_beyond_what_plain_code_reaches(X, number):
    assert count_regions(X) == number


def test_larger_integers_give_the_same_count():
    X = np.array(resonance(4), dtype=object)
    stretch = np.array([[10**15 * (i == j) + 3 * i + 7 * j + 1 for j in range(4)] for i in range(4)], dtype=object)
    wide = Arrangement.of(Dataset(X.dot(stretch)))
    assert counting.count(wide) == 370
    assert count_half(np.array(resonance(4)) * 2**40 + 1, 10**6)[0] == WIDE
    assert count_half(np.array(threshold(5)), 100)[0] == SPENT


def test_units_of_columns_keep_the_count():
    X = np.array(resonance(5), dtype=object) * np.array([Fraction(1, 3), 7, Fraction(10**9), 1, Fraction(2, 10**12)])
    assert count_regions(X) == 11292
    assert max(abs(int(v)) for v in Arrangement.of(Dataset(X)).balanced.flat) == 1


def test_the_estimated_cost_is_near_the_cost():
    rows = np.array(resonance(6))
    cost = count_half(rows, 10**9)[1]
    assert 0.7 < likely_cost(rows, 400, 0) / cost < 1.4


def test_general_position_of_doubles():
    X = np.random.default_rng(3).standard_normal((25, 4))
    assert count_regions(X) == 2 * sum(math.comb(24, i) for i in range(4))


def test_a_layer_and_its_basins():
    X = [[1, 0], [0, 1], [1, 1]]
    assert count_regions(X, width=3) == 6**3
    assert count_basins(X, 2) == 144
    assert count_basins(X, 2, ordered=False) == math.comb(13, 2)
    assert count_basins(X, 0) == 1
    assert count_regions([[0, 0], [1, 0]]) == 0
    assert count_regions([[0, 0], [1, 0]], zero_rows="drop") == 2
    assert count_regions(np.empty((0, 2))) == 1


def test_decimals_with_another_count_are_named():
    X = np.array([[0.1, 0.7, 1.0], [0.2, 0.1, 1.0], [0.3, 0.8, 2.0], [0.5, 0.25, 1.0]])
    with pytest.warns(DataWarning, match="decimals"):
        assert count_regions(X) == 14
    assert count_regions(rs.exact_decimals(X)) == 12


def test_basins_of_decimals_with_another_count_are_named():
    X = np.array([[0.1, 0.3, 1], [0.2, 0.6, 1], [0.3, 0.9, 1], [0.7, 0.1, 1]])
    with pytest.warns(DataWarning, match="decimals"):
        assert count_basins(X, 1) == 28
    # numbers with more digits than a person types are no decimals
    count_regions(X / 3)


def test_refusals_before_the_work():
    with pytest.raises(TooLarge, match="estimate_regions") as refused:
        count_regions(np.random.default_rng(0).integers(-9, 9, size=(300, 12)))
    assert refused.value.estimate > 10**15
    with pytest.raises(InputError, match="width"):
        count_regions([[1, 0]], width=-1)
    with pytest.raises(InputError, match="zero_rows"):
        count_regions([[1, 0]], zero_rows="keep")
    with pytest.raises(InputError, match="finite"):
        count_regions([[np.nan, 0.0]])


@given(integer_matrices(max_n=8, max_d=4, zero_rows=False), st.sampled_from([2147483647, 10007]))
def test_general_position_modulo_a_prime(X, prime):
    arrangement = Arrangement.of(Dataset(X))
    if arrangement.rank < 2:
        return
    rows = np.asarray(arrangement.balanced)
    truth = all(
        rank(list(some)) == arrangement.rank for some in itertools.combinations(rows.tolist(), arrangement.rank)
    )
    found = independent(np.ascontiguousarray(rows % prime, dtype=np.int64), prime)
    assert found == truth if prime > 10**9 else found <= truth


def test_many_doubles_in_general_position():
    X = np.random.default_rng(5).standard_normal((90, 5))
    assert count_regions(X) == 2 * sum(math.comb(89, i) for i in range(5))
    wide = np.concatenate([X, X[:1] + X[1:2]])
    with pytest.raises(TooLarge):
        counting.count(
            Arrangement.of(
                Dataset(
                    np.concatenate([wide, np.array([[Fraction(v) for v in row] for row in X[:2]]).sum(axis=0)[None]])
                )
            )
        )
