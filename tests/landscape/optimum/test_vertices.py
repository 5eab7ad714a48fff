"""Vertices of the polytope of optimal multiples against all subsets of columns, in fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from reluscape.landscape.optimum import vertices as module
from reluscape.numbers import exact


def by_hand(A, b, free):
    """Return the supports of all vertices: sets of independent columns whose only combination is positive."""
    p = A.shape[1] - int(free)
    supports = set()
    for count in range(p + 1):
        for picks in combinations(range(p), count):
            part = A[:, [*picks, *range(p, A.shape[1])]]
            if part.shape[1] and exact.rank(part) < part.shape[1]:
                continue
            if not part.shape[1]:
                if not b.any():
                    supports.add(picks)
                continue
            t = exact.solve(part.T.dot(part), part.T.dot(b))
            if all(v > 0 for v in t[:count]) and not (part.dot(np.array(t, dtype=object)) - b).any():
                supports.add(picks)
    return supports


@pytest.mark.parametrize("walk", [False, True])
@pytest.mark.parametrize("free", [False, True])
def test_vertices_are_all_those_found_in_fractions(walk, free, monkeypatch):
    """The first row is all ones, or without a constant's column, so that the polytope is bounded."""
    if walk:
        monkeypatch.setattr(module, "MOST_TRIED", -1)
    rng = np.random.default_rng(5)
    for _ in range(25):
        n, p = int(rng.integers(1, 5)), int(rng.integers(1, 7))
        A = np.concatenate([np.ones((1, p), dtype=int), rng.integers(-2, 3, (n, p))])
        if free:
            A = np.concatenate([A, np.array([[0], *[[1]] * n])], axis=1)
        t = rng.integers(0, 3, A.shape[1])
        found = module.vertices(A / 1.0, free, A @ t / 1.0)
        assert set(found) == by_hand(
            exact.fraction_matrix(A.astype(object)), np.array([Fraction(int(v)) for v in A @ t]), free
        )
        for numbers in found.values():
            assert np.abs(A @ numbers - A @ t).max() < 1e-8


def test_lines_that_are_optimal_in_both_directions_are_no_obstacle():
    """Of 11 lines with both directions each vertex has one, and both of up to three: too many to try all sets."""
    rng = np.random.default_rng(0)
    U, X = rng.normal(size=(11, 3)), rng.normal(size=(20, 3))
    features = np.maximum(X @ np.concatenate([U, -U]).T, 0.0)
    columns = features / np.linalg.norm(features, axis=0)
    found = module.vertices(columns, False, columns @ np.ones(22))
    assert len(found) > 100
    assert {len(support) for support in found} == {14}
    for support in found:
        assert {k % 11 for k in support} == set(range(11))
