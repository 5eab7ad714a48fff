"""Sampling patterns and estimating their number, on data as they come."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reluscape.errors import InputError, TieError, TooLarge
from reluscape.geometry.regions import enumerate_regions, sample, uniform
from reluscape.geometry.regions.estimate import estimate_regions
from reluscape.geometry.regions.sample import sample_regions, unseen_mass
from reluscape.problem.data import Dataset
from tests.geometry.regions.arrangements import threshold
from tests.oracles.strict_cone import realizable_patterns
from tests.strategies import integer_matrices


@given(integer_matrices(max_n=5, max_d=3), st.integers(0, 1000))
def test_samples_are_the_regions_of_the_rows_that_are_not_zero(X, seed):
    alive = [i for i in range(len(X)) if any(X[i])]
    regions = realizable_patterns(X[alive]) if alive else {()}
    patterns = sample_regions(X, 40 * max(1, len(regions)), rng=seed)
    assert patterns.dtype == bool
    assert not np.delete(patterns, alive, axis=1).any()
    assert {tuple(row) for row in patterns[:, alive].tolist()} <= regions
    if len(regions) <= 20:
        assert {tuple(row) for row in patterns[:, alive].tolist()} == regions


@given(integer_matrices(max_n=5, max_d=3), st.integers(0, 1000))
def test_estimates_bracket_the_count(X, seed):
    alive = [i for i in range(len(X)) if any(X[i])]
    count = len(realizable_patterns(X[alive])) if alive else 1
    estimate = estimate_regions(X, trials=300, rng=seed, confidence=1 - 1e-9)
    assert estimate.low <= estimate.value <= estimate.high <= estimate.bound
    assert estimate.low <= count <= estimate.high
    if estimate.kind == "exact":
        assert estimate.value == count


def test_the_estimate_is_exact_in_general_position():
    X = np.random.default_rng(0).standard_normal((30, 4))
    estimate = estimate_regions(X)
    assert estimate.kind == "exact"
    assert estimate.value == 2 * sum(math.comb(29, i) for i in range(4))
    assert estimate_regions(np.concatenate([X, -2 * X])).value == estimate.value


def test_far_beyond_enumeration():
    X = np.random.default_rng(0).standard_normal((1000, 50))
    patterns = sample_regions(X, 30, rng=1)
    assert patterns.shape == (30, 1000)
    assert len(np.unique(patterns, axis=0)) == 30
    estimate = estimate_regions(X, trials=20, rng=0)
    assert estimate.high == estimate.bound == 2 * sum(math.comb(999, i) for i in range(50))
    assert "e" in str(estimate)


def test_laws_weigh_regions_by_their_angle():
    X = [[1, 0], [1, 1]]
    patterns = sample_regions(X, 20_000, law="normal", rng=0)
    wedge = (patterns == [True, False]).all(axis=1).mean()
    assert abs(wedge - 1 / 8) < 0.01
    uniform = sample_regions(X, 20_000, rng=0)
    assert abs((uniform == [True, False]).all(axis=1).mean() - 1 / 4) < 0.015


def test_same_seed_same_sample_and_duplicates_agree():
    X = [[1, 2], [1, 2], [-1, -2], [0, 0], [3, 1]]
    first, second = sample_regions(X, 50, rng=4), sample_regions(X, 50, rng=4)
    assert (first == second).all()
    assert (first[:, 0] == first[:, 1]).all()
    assert (first[:, 0] != first[:, 2]).all()


def test_a_law_on_a_hyperplane_is_a_tie():
    def on_axis(rng, m, d):
        return np.zeros((m, d)) + np.eye(d)[0], np.ones(m)

    with pytest.raises(TieError, match="sample 1"):
        sample_regions([[1, 0], [0, 1]], 3, law=on_axis)


def test_regions_that_hardly_any_proposal_hits_are_listed(monkeypatch):
    monkeypatch.setattr(uniform, "PATIENCE", 50)
    monkeypatch.setattr(uniform, "LEAST_SHARE", 0.9)
    X = [*threshold(3), [0, 0, 0, 0], [2, 0, 0, 2]]
    found = sample_regions(X, 3000, rng=0)
    table = {tuple(row): 0 for row in enumerate_regions(X).patterns.tolist()}
    for row in found.tolist():
        table[tuple(row)] += 1
    counts = np.array(list(table.values()))
    # chi-square with 103 degrees of freedom: mean 103, standard deviation 14
    assert ((counts - 3000 / 104) ** 2).sum() / (3000 / 104) < 103 + 5 * 14.4
    monkeypatch.setattr(sample, "LIST_LIMIT", 100)
    with pytest.raises(TooLarge, match="104 regions are too many to list"):
        sample_regions(X, 3000, rng=0)


def test_unseen_mass():
    assert unseen_mass(np.zeros((0, 3), bool)) == 1.0
    assert unseen_mass([[1, 0], [1, 0]]) == 0.0
    assert unseen_mass([[1, 0], [0, 1]]) == 1.0


def test_bad_input():
    with pytest.raises(InputError, match="size"):
        sample_regions([[1, 0]], -1)
    with pytest.raises(InputError, match="trials"):
        estimate_regions([[1, 0]], 0)
    with pytest.raises(InputError, match="finite"):
        sample_regions(Dataset(np.array([[np.inf, 0.0]])), 1)
