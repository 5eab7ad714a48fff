from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from tests.oracles.elimination import all_patterns, full_fraction


def by_name(X, **options):
    return {row.promise.statement.split(",")[0]: row for row in rs.promises_beside_truth(X, rng=0, **options)}


def test_no_promise_is_above_the_truth():
    for X in ([["-1", 1], ["-0.25", 1], ["1", 1]], np.eye(3), [[1, 2, 0], [3, -1, 1], [5, 7, 2], [-2, 1, 1]]):
        for promise, truth, _regions, least in rs.promises_beside_truth(X, [1, -1, 2, 0][: len(X)], eps="0.2", rng=1):
            if truth is not None:
                assert truth.high >= promise.probability
                assert promise.width >= (least or 0)
    assert truth is not None  # Theorem 12, the last one, applied


def test_patterns_and_regions_stand_side_by_side_and_differ():
    X = [[1, 2], [3, -1], [5, 7]]
    row = by_name(X, eps="0.7")["Theorem 2 (corrected)"]
    assert row.truth.population == "patterns"
    assert row.regions.population == "regions"
    assert row.truth.value != row.regions.value
    two = rs.full_rank_fraction(X, 2, population="patterns")
    assert two == full_fraction(all_patterns(3), X, 2)
    assert rs.full_rank_curve(X, "patterns")(row.least_width) >= Fraction(3, 10)


def test_least_widths_on_a_line():
    rows = by_name([[i, 1] for i in range(10)], eps="0.05")
    assert (rows["Theorem 7"].promise.width, rows["Theorem 7"].least_width) == (106, 23)
    assert rows["Theorem 8"].truth is None  # no targets
    assert rows["Theorem 10 (corrected)"].truth is None  # deep networks
    assert rows["Proposition 11"].truth is None  # not in [-1, 1]


def test_proposition_11_is_judged_in_its_box():
    row = by_name([["-1", 1], ["1", 1]], eps="0.1")["Proposition 11"]
    assert row.truth.law == "torch"
    # four equally likely patterns, and independent samples: full rank where both are alive
    assert row.truth == (1 - Fraction(1, 2**row.promise.width)) ** 2
    assert rs.full_rank_curve([[-1, 1], [1, 1]], "initialization", "torch")(row.least_width) >= Fraction(9, 10)


def test_data_for_which_nothing_applies():
    for X in (np.ones((0, 2)), [[0, 0], [0, 0]]):
        assert all(row.truth is None and row.least_width is None for row in rs.promises_beside_truth(X))
    with pytest.raises(rs.AssumptionError):
        rs.promises_beside_truth(np.eye(2), eps=1)
