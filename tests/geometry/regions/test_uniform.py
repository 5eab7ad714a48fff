"""The uniform proposals: exactly uniform over the perturbed regions, and exactly the data's regions kept."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reluscape.geometry.generic.flag import generic_flag, perturbation
from reluscape.geometry.generic.sweep import exact_signs, region_signs
from reluscape.geometry.regions.uniform import _below, collect, propose
from reluscape.numbers import exact
from tests.oracles.strict_cone import realizable_patterns

RESONANCE = np.array([v for v in itertools.product([0, 1], repeat=3) if any(v)])
CUBE = np.array([(*v, 1) for v in itertools.product([0, 1], repeat=3)])


def integers(X):
    return exact.integer_rows(exact.fraction_matrix(X))[0]


def distinct_hyperplanes(seed, k, d, bound=2):
    """Small integer normals, no two parallel, often in special position."""
    rng = np.random.default_rng(seed)
    rows, keys = [], set()
    while len(rows) < k:
        row = rng.integers(-bound, bound + 1, size=d)
        lead = next((v for v in row if v), 0)
        key = tuple(row // math.gcd(*row.tolist()) * np.sign(lead)) if lead else None
        if key is not None and key not in keys:
            keys.add(key)
            rows.append(row)
    X = np.array(rows)
    return X if np.linalg.matrix_rank(X) == d else np.concatenate([X[: k - d], np.eye(d, dtype=int) * 7 + 1])


@given(st.integers(0, 10**6), st.integers(3, 7), st.integers(2, 3))
def test_every_kept_proposal_is_a_region_and_none_is_missing(seed, k, d):
    X = distinct_hyperplanes(seed, max(k, d + 1), d)
    found = {tuple(row) for row in collect(integers(X), 400, np.random.default_rng(seed)).tolist()}
    regions = realizable_patterns(X)
    assert found <= regions
    if len(regions) <= 30:
        assert found == regions


@pytest.mark.parametrize(("X", "count"), [(RESONANCE, 32), (CUBE, 104)])
def test_chi_square_on_degenerate_data(X, count):
    size = 12_000
    patterns = collect(integers(X), size, np.random.default_rng(8))
    seen = np.unique(np.packbits(patterns, axis=1), axis=0, return_counts=True)[1]
    assert len(seen) == count
    statistic = ((seen - size / count) ** 2 / (size / count)).sum()
    assert abs(statistic - (count - 1)) < 4 * math.sqrt(2 * (count - 1))


def test_chi_square_in_general_position():
    X = np.random.default_rng(2).standard_normal((12, 3))
    size, count = 20_000, 2 * (1 + 11 + 55)
    patterns = collect(integers(X), size, np.random.default_rng(3))
    seen = np.unique(np.packbits(patterns, axis=1), axis=0, return_counts=True)[1]
    assert len(seen) == count
    statistic = ((seen - size / count) ** 2 / (size / count)).sum()
    assert abs(statistic - (count - 1)) < 4 * math.sqrt(2 * (count - 1))


def test_all_proposals_are_kept_in_general_position():
    X = np.random.default_rng(1).standard_normal((40, 6))
    hits, made = propose(integers(X), 500, np.random.default_rng(0))
    assert hits == 500
    assert made == 500


def test_float_sides_equal_exact_sides():
    rng = np.random.default_rng(4)
    flag = generic_flag(integers(rng.standard_normal((15, 4))), rng)
    for level in range(4):
        subsets = np.array([rng.choice(14, size=level, replace=False) for _ in range(40)]).reshape(40, level)
        sides, unsure = region_signs(flag, level, subsets)
        for row in range(40):
            truth = exact_signs(flag, level, subsets[row], flag.rows, np.arange(14))
            assert (sides[row] == (truth > 0))[~unsure[row]].all()
        assert unsure.mean() < 0.01


def test_nearly_dependent_rows_are_left_to_exact_arithmetic():
    # Three hyperplanes through one line up to 2^-60: floats cannot tell on which side of each other they pass.
    X = [[1, 0, 0], [0, 1, 0], [2**60, 2**60, 1], [1, 2, 3]]
    patterns = {tuple(row) for row in collect(integers(X), 600, np.random.default_rng(0)).tolist()}
    assert patterns == realizable_patterns(X)
    assert len(patterns) == 14


def test_perturbed_rows_have_the_limit_signs():
    rng = np.random.default_rng(6)
    flag = generic_flag(integers(CUBE), rng)
    moved = perturbation(flag, rng)
    for subset in itertools.combinations(range(flag.m), 3):
        subset = np.array(subset)
        rest = np.setdiff1d(np.arange(flag.m), subset)
        limit = exact_signs(flag, 3, subset, flag.rows, rest)
        if limit is not None:
            now = exact_signs(flag, 3, subset, moved.rows, rest)
            assert (now[limit != 0] == limit[limit != 0]).all()
            assert now.all()


def test_big_uniform_integers():
    rng = np.random.default_rng(0)
    total = 3 * 2**100
    draws = [_below(total, rng) for _ in range(3000)]
    assert all(0 <= v < total for v in draws)
    thirds = np.bincount([v * 3 // total for v in draws], minlength=3)
    assert thirds.max() - thirds.min() < 200
