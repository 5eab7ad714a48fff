"""Rays of cells in low rank against exact brute force, and batches over rays against the interior point."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape as rs
from reluscape.solvers.quadratic import BasinPrograms
from reluscape.solvers.rays_kernel import cell_rays
from tests import strategies
from tests.oracles import basin as oracle


@given(strategies.integer_matrices(max_n=7, max_d=3, zero_rows=False, bias=False), st.integers(0, 10**6))
def test_rays_are_the_extreme_rays(X, seed):
    rows = oracle.full_rank(X)
    C = np.array(rows, dtype=float)
    C /= np.linalg.norm(C, axis=1, keepdims=True)
    w = np.random.default_rng(seed).standard_normal(C.shape[1])
    side = np.where(C @ w > 0, 1.0, -1.0)
    found = np.empty((len(C) + 3, C.shape[1]))
    count = cell_rays(C, side, found)
    truth = np.array(oracle.cell_rays(rows, side > 0), dtype=float)
    truth /= np.linalg.norm(truth, axis=1, keepdims=True)
    assert count == len(truth)
    for ray in found[:count]:
        assert np.abs(truth - ray).max(axis=1).min() < 1e-9


def test_a_pattern_of_no_weights_has_no_rays():
    C = np.array([[1.0, 0], [0, 1.0], [np.sqrt(0.5), np.sqrt(0.5)]])
    assert cell_rays(C, np.array([1.0, 1.0, -1.0]), np.empty((6, 2))) == 0
    assert cell_rays(np.array([[1.0], [1.0]]), np.array([1.0, -1.0]), np.empty((3, 1))) == 0


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("output_bias", [False, True])
def test_batches_over_rays_equal_the_interior_point(d, output_bias):
    rng = np.random.default_rng(d)
    X, y = rng.standard_normal((40, d)), rng.standard_normal(40)
    A, signs = rng.standard_normal((60, 6, d)) @ X.T > 0, rng.choice([-1, 1], (60, 6))
    A[:20, 3], A[:20, 4] = A[:20, 2], ~A[:20, 2]  # repeated, opposite, both signs
    values = rs.basin_values(X, y, A, signs, output_bias=output_bias)
    programs = BasinPrograms(rs.Dataset(X, y), output_bias)
    single = [programs.solve(programs.presolve(A[b], signs[b])[0]).value for b in range(60)]
    np.testing.assert_allclose(values, single, atol=1e-9)


def test_many_rays_are_multiplied_program_by_program(monkeypatch):
    from reluscape.solvers import rays

    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((15, 3)), rng.standard_normal(15)
    A, signs = rng.standard_normal((30, 4, 3)) @ X.T > 0, rng.choice([-1, 1], (30, 4))
    table = rs.basin_values(X, y, A, signs)
    monkeypatch.setattr(rays, "MOST_PRODUCTS", 0)
    np.testing.assert_allclose(rs.basin_values(X, y, A, signs), table, atol=1e-12)
