from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.bounds.karhadkar.line import good_step_sets, is_one_dimensional
from reluscape.errors import InputError
from reluscape.jacobian import full_rank_fraction_random_regions
from reluscape.probability.full_rank.random_data import line_in_a_box
from tests.oracles.elimination import full_fraction, pattern_rank, step_patterns


@pytest.mark.parametrize(("n", "width"), [(1, 3), (2, 1), (2, 3), (3, 2), (3, 3), (4, 2), (4, 3), (5, 2)])
def test_fraction_equals_enumeration(n, width):
    points = [[Fraction(i * i + i, 3), 1] for i in range(n)]
    assert rs.full_rank_fraction_1d(n, width) == full_fraction(step_patterns(n), points, width)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_every_set_of_steps(n):
    points = [[i, 1] for i in range(n)]
    steps = [p for p in step_patterns(n) if any(p)]
    by_size = [0] * (len(steps) + 1)
    for bits in range(1 << len(steps)):
        chosen = [p for j, p in enumerate(steps) if bits >> j & 1]
        by_size[len(chosen)] += bool(chosen) and pattern_rank(chosen, points) == n
    poly = good_step_sets(n)
    assert [int(poly[k]) for k in range(len(by_size))] == by_size


def test_published_values():
    for m in (1, 2, 5):
        assert rs.full_rank_fraction_1d(2, m) == (1 - Fraction(1, 2**m)) ** 2
        expected = 1 - 3 * Fraction(1, 2) ** m + Fraction(1, 3) ** m + Fraction(1, 6) ** m
        assert rs.full_rank_fraction_1d(3, m) == expected
    assert rs.full_rank_fraction_1d(5, 10) == Fraction(1955283, 2000000)
    # least widths for 95 %
    for n, width in ((10, 23), (20, 56), (50, 168), (100, 374)):
        assert rs.full_rank_fraction_1d(n, width - 1) < Fraction(95, 100) <= rs.full_rank_fraction_1d(n, width)


def test_edges():
    assert rs.full_rank_fraction_1d(0, 0) == 1
    assert rs.full_rank_fraction_1d(3, 0) == 0
    with pytest.raises(InputError):
        rs.full_rank_fraction_1d(-1, 2)


def test_recognises_a_line_with_bias():
    assert is_one_dimensional([(3, 1), (-1, 1), (0, 1)])
    assert is_one_dimensional([(3, -1), (-1, 1), (1, 0)])  # a rotated half-plane
    assert not is_one_dimensional([(1, 0), (-1, 1), (-1, -1)])
    assert not is_one_dimensional([(1, 0), (-1, 0)])
    assert not is_one_dimensional([(1, 1), (2, 2), (0, 1)])


@pytest.mark.parametrize(("n", "width"), [(2, 2), (3, 3), (4, 6)])
def test_closed_form_of_the_heat_map_lies_in_the_sampled_interval(n, width):
    sampled = rs.full_rank_fraction_random_data(n, 1, width, trials=3000, rng=5, exact=False)
    half = 1.5 * (sampled.high - sampled.low) / 2
    assert abs(float(line_in_a_box(n, width)) - sampled.value) < half


def test_closed_form_for_one_unit_by_hand():
    # two points: the unit is on for both (3/8) or its kink falls between them (1/4 * 1/3): rank 1 or 2 -> full rank 2
    # needs both samples active: 3/8 + 1/4 * (kink outside the points, facing them: 2/3 * 1/2)
    assert line_in_a_box(2, 1) == Fraction(3, 8) + Fraction(1, 4) * Fraction(1, 3)


def test_published_heat_map_values():
    published = {(10, 30): 0.066, (10, 60): 0.299, (10, 90): 0.502, (10, 120): 0.639, (10, 300): 0.907}
    for (n, width), value in published.items():
        assert round(float(line_in_a_box(n, width)), 3) == value
    widths = {5: 22, 10: 90, 15: 187}
    for n, width in widths.items():
        assert line_in_a_box(n, width - 1) < Fraction(1, 2) <= line_in_a_box(n, width)


def test_random_data_of_high_dimension_needs_every_sample_alive():
    p = rs.full_rank_fraction_random_data(6, 8, 3, data="normal", law="normal", trials=2000, rng=1)
    # with n <= d the rank is full exactly if no sample is dead
    rng = np.random.default_rng(7)
    X = np.concatenate([rng.normal(size=(4000, 6, 8)), np.ones((4000, 6, 1))], axis=2)
    alive = (np.einsum("tnd,tmd->tnm", X, rng.normal(size=(4000, 3, 9))) > 0).any(axis=2).all(axis=1).mean()
    assert p.kind == "sampled"
    assert abs(p.value - alive) < 0.05


def test_random_data_rejects_bad_arguments():
    with pytest.raises(InputError, match="data is"):
        rs.full_rank_fraction_random_data(5, 1, 3, data="cauchy")
    with pytest.raises(InputError, match="width"):
        rs.full_rank_fraction_random_data(5, 1, -3)
    with pytest.raises(InputError, match="closed form"):
        rs.full_rank_fraction_random_data(5, 2, 3, exact=True)


def test_same_seed_same_answer():
    a, b = (rs.full_rank_fraction_random_data(20, 2, 30, trials=30, rng=np.random.default_rng(2)) for _ in "ab")
    assert a.value == b.value


def test_fresh_data_over_the_regions():
    cell = full_rank_fraction_random_regions
    assert cell(6, 1, 9) == rs.full_rank_fraction_1d(6, 9)
    assert cell(4, 3, 3) == (1 - Fraction(1, 8)) ** 4
    for n, d, m in ((6, 1, 9), (4, 3, 3)):  # the simulation agrees with both closed forms
        p = cell(n, d, m, exact=False, trials=400, rng=0)
        assert abs(p.value - float(cell(n, d, m))) < 0.08
        assert (p.kind, p.population) == ("sampled", "regions, uniform data")
    p = cell(6, 2, 4, data="normal", trials=200, rng=1)
    X = np.column_stack([np.random.default_rng(5).normal(size=(6, 2)), np.ones(6)])
    assert abs(p.value - float(rs.full_rank_fraction(X, 4, population="regions"))) < 0.2
    assert cell(0, 2, 0) == 1
    with pytest.raises(InputError, match="closed form"):
        cell(9, 2, 3, exact=True)
    with pytest.raises(InputError, match="data is"):
        cell(9, 2, 3, data="cauchy")
    with pytest.raises(InputError, match="trials"):
        cell(9, 2, 3, trials="many")
