from itertools import product

import numpy as np
import pytest

import reluscape as rs
from reluscape import bounds
from reluscape.errors import AssumptionError
from tests.oracles.elimination import step_patterns


def test_lemma_1_bounds_the_loss():
    rng = np.random.default_rng(0)
    for _ in range(50):
        n, d, m = 4, 3, 5
        X, W, v, y = rng.normal(size=(n, d)), rng.normal(size=(m, d)), rng.normal(size=m), rng.normal(size=n)
        J = rs.jacobian(W, v, X)
        residual = np.maximum(X @ W.T, 0) @ v - y
        gradient = 2 / n * J.T @ residual
        sigma = np.linalg.svd(J, compute_uv=False)[n - 1]
        if sigma > 1e-8:
            bound = bounds.karhadkar_lemma_1(np.linalg.norm(gradient), sigma, n)
            assert np.mean(residual**2) <= bound * (1 + 1e-9)
    assert bounds.karhadkar_lemma_1(0, 1, 3, form="printed") == 0
    with pytest.raises(AssumptionError, match="critical"):
        bounds.karhadkar_lemma_1(0.1, 1, 3, form="printed")
    with pytest.raises(AssumptionError, match="rank n"):
        bounds.karhadkar_lemma_1(0.1, 0, 3)


def test_proposition_3():
    # points on the moment curve are in general position: count sign vectors of random weights
    X = np.array([[1, t, t * t] for t in (-2, -1, 0, 1, 3)], dtype=float)
    W = np.random.default_rng(0).normal(size=(200000, 3)) * [3, 1, 1]
    found = {tuple(row) for row in W @ X.T > 0}
    assert len(found) == bounds.karhadkar_proposition_3(5, 3) == 22
    assert bounds.karhadkar_proposition_3(0, 2) == 1
    assert bounds.karhadkar_proposition_3(0, 2, form="printed") == 2
    assert bounds.karhadkar_proposition_3(4, 4, width=2) == 2**8


def test_lemma_6():
    for n in (1, 2, 3, 4):
        assert bounds.karhadkar_lemma_6(n, 2) == len(list(product(step_patterns(n), repeat=2)))


def test_proposition_4_lists_the_regions_and_its_print_refuses_a_row_of_zeros():
    X = np.array([[1, 2], [3, -1], [-1, 1]])
    found = bounds.karhadkar_proposition_4(X)
    corners = {tuple(pattern @ X) for pattern in found.patterns.astype(int)}
    assert len(found.patterns) == len(corners) == 6  # three lines through 0 in general position
    assert corners == {tuple(vertex) for vertex in found.vertices.astype(int)}
    assert bounds.karhadkar_proposition_4(X, form="printed").vertices.tolist() == found.vertices.tolist()
    assert bounds.karhadkar_proposition_4([[1, 0], [0, 0]]).patterns.tolist() == [[False, False], [True, False]]
    with pytest.raises(AssumptionError, match="no row is zero"):
        bounds.karhadkar_proposition_4([[1, 0], [0, 0]], form="printed")


def test_proposition_13_has_the_vertices_of_the_figure_and_refuses_one_point():
    line = [[0, 0, 0], [1, 0, 0], [2, 1, 0], [0, 1, 2], [0, 0, 1], [0, 0, 0]]
    assert bounds.karhadkar_proposition_13([0, 1, 2]).tolist() == line
    with pytest.raises(AssumptionError, match="two distinct points"):
        bounds.karhadkar_proposition_13([0])
