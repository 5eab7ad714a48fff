"""The zonotope against scipy's hull of all sums, the number of regions, and its normal fan."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from reluscape.errors import InputError, TooLarge
from reluscape.geometry.faces.zonotope import zonotope
from tests.geometry.regions.arrangements import braid, resonance
from tests.oracles.strict_cone import realizable_patterns
from tests.strategies import integer_matrices


@given(integer_matrices(max_n=5, max_d=3, zero_rows=False))
def test_vertices_are_the_regions(X):
    found = zonotope(X)
    assert [tuple(row) for row in found.patterns.tolist()] == sorted(realizable_patterns(X))
    assert len({tuple(v) for v in found.exact_vertices.tolist()}) == len(found)
    for pattern, vertex in zip(found.patterns, found.exact_vertices, strict=True):
        assert [sum(X[i, c] for i in np.flatnonzero(pattern)) for c in range(X.shape[1])] == vertex.tolist()


@pytest.mark.parametrize(("n", "d"), [(5, 2), (6, 3), (6, 4)])
def test_vertices_are_the_corners_of_the_hull_of_all_sums(n, d):
    from scipy.spatial import ConvexHull

    X = np.random.default_rng(n).integers(-9, 10, size=(n, d))
    sums = np.array([np.sum(X[list(s)], axis=0) for k in range(n + 1) for s in itertools.combinations(range(n), k)])
    hull = ConvexHull(np.unique(sums, axis=0))
    corners = {tuple(p) for p in np.unique(sums, axis=0)[hull.vertices].tolist()}
    assert {tuple(p) for p in zonotope(X).vertices.tolist()} == corners


def test_general_position_count_and_normal_cones():
    X = np.random.default_rng(0).integers(-99, 100, size=(7, 4))
    found = zonotope(X)
    assert len(found) == 2 * sum(math.comb(6, i) for i in range(4))
    for k in range(0, len(found), 9):
        for ray in found.normal_cone(k):
            heights = [
                sum(Fraction(v) * int(r) for v, r in zip(vertex, ray, strict=True)) for vertex in found.exact_vertices
            ]
            assert heights[k] == max(heights)


def test_zero_rows_and_size():
    assert len(zonotope([[1, 0], [0, 0]])) == 2
    assert len(zonotope([[0, 0]])) == 1
    with pytest.raises(TooLarge, match="vertices"):
        zonotope(np.random.default_rng(0).standard_normal((60, 6)))
    with pytest.raises(InputError, match="there are 2"):
        zonotope([[1, 0]]).normal_cone(2)


def test_permutahedra_and_decimals():
    # the zonotope of the braid arrangement is a translate of the permutahedron: all orders of five numbers
    found = zonotope(braid(4))
    moved = found.vertices - [2, 1, 0, -1, -2]
    assert {tuple(sorted(v)) for v in moved.tolist()} == {(-2, -1, 0, 1, 2)}
    assert len({tuple(v) for v in moved.tolist()}) == 120
    for X in ([["0.1", "0.7"], ["0.2", "-0.4"], ["1/3", "5"]], [[2**60, 1], [1, 2**60]], [[0.1, 3.0], [0.7, 1.0]]):
        found = zonotope(X)
        expected = [[float(v) for v in vertex] for vertex in found.exact_vertices.tolist()]
        assert found.vertices.tolist() == expected


def test_as_many_vertices_as_a_big_table_has_regions():
    assert len(zonotope(resonance(6))) == 1_066_044
