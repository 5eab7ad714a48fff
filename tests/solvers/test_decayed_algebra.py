"""Factors, solutions and products of the kernels with weight decay against numpy, at sizes that blocks do not fit."""

import numpy as np
import pytest

from reluscape.solvers.decayed_algebra_kernel import blocks, factor, products, solve

SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 18]


def definite(size, rng):
    root = rng.normal(size=(size, size))
    return root @ root.T + size * np.eye(size)


@pytest.mark.parametrize("size", SIZES)
def test_a_factor_solves_a_definite_system_and_leaves_what_lies_beyond_it(size):
    rng = np.random.default_rng(size)
    whole = definite(size + 1, rng)
    matrix, b = whole[:size, :size], rng.normal(size=size + 1)
    A, x = np.triu(whole), b.copy()
    factor.plain(A, size)
    np.testing.assert_allclose(np.tril(A)[:size, :size], np.linalg.cholesky(matrix), atol=1e-12)
    solve.plain(A, size, x)
    np.testing.assert_allclose(matrix @ x[:size], b[:size], atol=1e-9)
    assert x[size] == b[size]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("at", [0, 2, -1])
def test_a_direction_that_a_matrix_does_not_see_is_left_alone(size, at):
    at %= size
    matrix = definite(size, np.random.default_rng(size))
    matrix[at] = matrix[:, at] = 0.0
    A, x = matrix.copy(), np.ones(size)
    factor.plain(A, size)
    solve.plain(A, size, x)
    rest = np.delete(np.arange(size), at)
    assert abs(x[at]) < 1e-100
    np.testing.assert_allclose(matrix[np.ix_(rest, rest)] @ x[rest], np.ones(size - 1), atol=1e-9)


@pytest.mark.parametrize("size", SIZES)
def test_products_are_those_of_the_rows_with_their_weights(size):
    rng = np.random.default_rng(size)
    for rows in (1, 6):
        F, h, H = rng.normal(size=(rows, size)), rng.random(rows), np.zeros((size, size))
        products.plain(F, h, H)
        np.testing.assert_allclose(np.triu(H), np.triu(F.T @ (h[:, None] * F)), atol=1e-12)


@pytest.mark.parametrize("size", SIZES)
def test_blocks_of_cones_are_added_unit_by_unit(size):
    rng = np.random.default_rng(size)
    widths, kinks = np.array([size, max(size - 3, 0)]), np.array([2, 5])
    off = np.concatenate([[0], np.cumsum(widths)])
    C, s, z = rng.normal(size=(2, size, 5)), rng.random((2, 5)) + 0.1, rng.random((2, 5))
    want = definite(off[2] + 1, rng)
    H = want.copy()
    blocks.plain(C, kinks, np.arange(2), off, s, z, H)
    for j in range(2):
        cone, of = C[j, : widths[j], : kinks[j]], slice(off[j], off[j + 1])
        want[of, of] += (cone * (z / s)[j, : kinks[j]]) @ cone.T
    np.testing.assert_allclose(np.triu(H), np.triu(want), atol=1e-12)
