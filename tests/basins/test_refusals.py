"""Patterns without weights and numbers beyond doubles are refused by name, never valued."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reluscape as rs
from reluscape.errors import InputError, ShapeError
from tests import strategies


def both_ways(X, y, pattern, sign, **options):
    yield lambda: rs.basin_value(X, y, pattern, sign, **options)
    yield lambda: rs.basin_value(X, y, pattern, sign, exact=True, **options)
    yield lambda: rs.basin_value(X, y, pattern, None, v=np.reshape(sign, (-1, 1)), exact=True, **options)
    yield lambda: rs.basin_values(X, y, [pattern], [sign], **options)


@pytest.mark.parametrize("X", [[[1], [1]], [[1, 2], ["1/2", 1]], [[0, 3], [0, "3"]]])
def test_equal_and_parallel_samples_are_active_together(X):
    for call in both_ways(X, [1, 2], [[1, 0]], [1]):
        with pytest.raises(InputError, match="samples 0 and 1 are the same direction"):
            call()


def test_antipodal_samples_are_never_active_together():
    for call in both_ways([[1, 2], [0, 0], [-2, -4]], [1, 2, 3], [[1, 0, 1]], [1]):
        with pytest.raises(InputError, match="samples 0 and 2 are opposite directions"):
            call()


def test_every_pair_on_a_line_counts_not_only_those_with_its_first_sample():
    for call in both_ways([[1], [-1], [-2]], [1, 2, 3], [[0, 1, 0]], [1]):
        with pytest.raises(InputError, match="samples 1 and 2 are the same direction"):
            call()


def test_a_zero_row_may_hold_either_bit():
    values = [rs.basin_value([[1], [0]], [1, 2], [[1, bit]], [1]).value for bit in (0, 1)]
    assert values == pytest.approx([2.0, 2.0])


@settings(max_examples=60, deadline=None)
@given(strategies.problems(max_n=5, max_d=2), st.data())
def test_a_pattern_is_refused_exactly_where_two_samples_on_one_line_contradict(problem, data):
    X, y = problem
    patterns, signs = data.draw(strategies.patterns_and_signs(len(X)))
    split = False
    for i in range(len(X)):
        for k in range(i):
            a, b = X[i], X[k]
            parallel = all(a[p] * b[q] == a[q] * b[p] for p in range(len(a)) for q in range(len(a)))
            if any(a) and any(b) and parallel:
                one, other = patterns[:, i], patterns[:, k]
                split |= bool((one != other if a.dot(b) > 0 else one & other).any())
    if split:
        for call in both_ways(X, y, patterns, signs):
            with pytest.raises(InputError, match="no unit has this pattern"):
                call()
    else:
        assert np.isfinite(rs.basin_values(X, y, [patterns], [signs])).all()


@pytest.mark.parametrize("value", ["1e-400", 5e-324, 1e-310])
def test_numbers_below_doubles_are_refused_by_name(value):
    with pytest.raises(InputError, match=r"X has a value at row 1 .* below the range of doubles"):
        rs.basin_value([[1], [value]], [1, 2], [[1, 1]], [1])
    with pytest.raises(InputError, match=r"y has a value at row 0 .* below the range of doubles"):
        rs.basin_values([[1], [2]], [value, 2], [[[1, 1]]], [[1]])
    with pytest.raises(InputError, match="below the range of doubles"):
        rs.basin_value([[1], [2]], [[value], [2]], [[1, 1]], None, v=[[1]])


EXACT = {
    "count_regions": lambda X, y: rs.count_regions(X, 2),
    "count_basins": lambda X, y: rs.count_basins(X, 2),
    "enumerate_regions": lambda X, y: rs.enumerate_regions(X).patterns.tolist(),
    "enumerate_faces": lambda X, y: len(rs.enumerate_faces(X)),
    "is_realizable": lambda X, y: rs.is_realizable(X, [1, 1, 0, 0]).realizable,
    "jacobian_rank": lambda X, y: rs.jacobian_rank([[1, 0, 1, 1]], X),
    "full_rank_curve": lambda X, y: rs.full_rank_curve(X, population="regions").terms,
    "zero_loss": lambda X, y: rs.zero_loss(X, y, [[1, 0, 1, 1], [1, 0, 1, 1]], [1, -1]).exists,
    "general_position": lambda X, y: str(rs.Dataset(X).general_position),
    "local_minima": lambda X, y: rs.local_minima(X, y, 1).losses,
    "barrier_tree": lambda X, y: rs.barrier_tree(X, y, 1).pairs,
}
FLOATS = {
    "basin_value": lambda X, y: rs.basin_value(X, y, [[1, 0, 1, 1]], [1]),
    "exact basin_value": lambda X, y: rs.basin_value(X, y, [[1, 0, 1, 1]], [1], exact=True),
    "basin_values": lambda X, y: rs.basin_values(X, y, [[[1, 0, 1, 1]]], [[1]]),
    "good_basin_probability": lambda X, y: rs.good_basin_probability(X, y, 2, threshold="1/2"),
    "certify": lambda X, y: rs.certify(X, y, [[1, 2]], [1], exact=True),
    "cell_minima": lambda X, y: rs.cell_minima(X, y, [[1, 0, 1, 1]]),
    "global_minimum": lambda X, y: rs.global_minimum(X, y, 1),
}
PLAIN = [[1, 1], [2, -1], [3, 1], [-1, 2]]


@pytest.mark.parametrize("ask", EXACT)
def test_what_needs_no_floats_is_right_on_samples_below_doubles(ask):
    tiny = [[Fraction(v, 10**400) for v in row] for row in PLAIN]
    assert EXACT[ask](tiny, [1, -1, 2, 0]) == EXACT[ask](PLAIN, [1, -1, 2, 0])


@pytest.mark.parametrize("ask", FLOATS)
def test_what_needs_floats_refuses_samples_below_doubles_by_name(ask):
    tiny = [[Fraction(v, 10**400) for v in row] for row in PLAIN]
    with pytest.raises(InputError, match="doubles"):
        FLOATS[ask](tiny, [1, -1, 2, 0])


@pytest.mark.parametrize("value", [1e154, Fraction(10) ** 160, "1e300"])
def test_targets_whose_squares_are_beyond_doubles_are_refused_by_name(value):
    for call in both_ways([[1]], [value], [[0]], [1]):
        with pytest.raises(InputError, match="whose square is beyond doubles"):
            call()


def test_targets_up_to_the_limit_are_valued():
    assert rs.basin_value([[1]], [10**150], [[0]], [1]).value == pytest.approx(1e300)
    assert rs.basin_value([[1]], [10**150], [[0]], [1], exact=True).exact_value == Fraction(10) ** 300


def test_ragged_patterns_of_many_basins_are_named():
    with pytest.raises(ShapeError):
        rs.basin_values([[1, 0], [0, 1], [1, 1]], [1, 2, 3], [[[1, 0, 1]], [[1, 0]]], [[1], [1]])
    with pytest.raises(ShapeError):
        rs.basin_values([[1, 0], [0, 1]], [1, 2], [[[1, 0]], [[1, 0]]], [[1], [1, 1]])
