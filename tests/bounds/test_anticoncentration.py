from fractions import Fraction
from itertools import combinations
from math import atan2, pi

import numpy as np
import pytest

import reluscape as rs
from reluscape.bounds.karhadkar.anticoncentration import anticoncentration_at_most
from tests.oracles.elimination import fraction_rank


def brute_gamma(patterns, masses):
    """Heaviest hyperplane by ranks: every maximal set of patterns that spans less than the space."""
    n = len(patterns[0])
    best = 0.0
    for k in range(n):
        for chosen in combinations(range(len(patterns)), k):
            base = [patterns[i] for i in chosen]
            r = fraction_rank(base)
            if r < n and r == k:
                inside = [fraction_rank([*base, p]) == r for p in patterns]
                best = max(best, sum(m for m, i in zip(masses, inside, strict=True) if i))
    return 1 - best


def arcs(X):
    """Patterns of one unit in the plane and the shares of the circle, sector by sector."""
    cuts = sorted({round((atan2(x[1], x[0]) + s * pi / 2) % (2 * pi), 12) for x in X for s in (1, -1)})
    patterns, masses = [], []
    for a, b in zip(cuts, [*cuts[1:], cuts[0] + 2 * pi], strict=True):
        w = (np.cos((a + b) / 2), np.sin((a + b) / 2))
        patterns.append([int(np.dot(x, w) > 0) for x in X])
        masses.append((b - a) / (2 * pi))
    return patterns, masses


@pytest.mark.parametrize(
    "X",
    [
        [[-1, 1], [0, 1], [1, 1]],
        [[0, 1], [1, 1], [2, 1]],
        [[-3, 1], [0, 1], [0.5, 1], [4, 1]],
        [[10, 1], [-10, 1]],
        [[0, 1], [1, 1], [2, 1], [7, 1], [30, 1]],
    ],
)
def test_line_with_bias(X):
    assert float(rs.anticoncentration(X)) == pytest.approx(brute_gamma(*arcs(X)), abs=1e-9)


def test_closed_forms():
    assert float(rs.anticoncentration([[-1, 1], [0, 1], [1, 1]])) == pytest.approx(0.25)
    assert rs.anticoncentration(np.eye(4)) == Fraction(1, 2)
    assert rs.anticoncentration([[3, 1]]) == Fraction(1, 2)
    assert rs.anticoncentration([[1, 1], [2, 2], [0, 1]]) == 0
    assert rs.anticoncentration([[0, 0], [0, 1]]) == 0


def test_out_of_reach():
    with pytest.raises(rs.TooLarge, match="at most"):
        rs.anticoncentration(np.random.default_rng(0).normal(size=(40, 5)))


@pytest.mark.parametrize(
    "X",
    [
        [[1, 0], [-1, 2], [-1, -3]],
        [[1, 0], [0, 1], [-1, 0]],
        [[2, 1], [-1, 2], [-3, -1], [1, -1]],
    ],
)
def test_any_plane_data_against_brute_force(X):
    assert float(rs.anticoncentration(X)) == pytest.approx(brute_gamma(*arcs(X)), abs=1e-9)


def test_three_dimensions_against_simulated_masses():
    X = np.array([[1.0, 0, 0], [0, 1, 0], [1, 1, 1], [1, -1, 2]])
    W = np.random.default_rng(0).normal(size=(40000, 3))
    patterns, counts = np.unique((W @ X.T > 0).astype(int), axis=0, return_counts=True)
    brute = brute_gamma(patterns.tolist(), counts / len(W))
    assert float(rs.anticoncentration(X)) == pytest.approx(brute, abs=0.01)


@pytest.mark.parametrize(("n", "close"), [(3, False), (40, True), (600, False), (700, True)])
def test_the_bound_on_gamma_is_the_angle_of_the_nearest_samples_of_many(n, close):
    rng = np.random.default_rng(n)
    X = rng.integers(-(10**6), 10**6, size=(n, 4))
    if close:  # nearer to each other than the digits of their cosine tell
        X[-1] = X[0] + (0, 0, 0, 1)
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    chord = min(np.linalg.norm(unit[i + 1 :] - unit[i], axis=1).min() for i in range(n - 1))
    bound = anticoncentration_at_most(rs.Dataset(X))
    assert bound == pytest.approx(min(2 * np.arcsin(chord / 2) / pi, 0.5), rel=1e-8)
