"""Least sums of the squares that count, against scipy's non-negative least squares with a slack for every loose row."""

import numpy as np
import pytest
from scipy.optimize import nnls

from reluscape.basins.cones import loose_squares


@pytest.mark.parametrize("seed", range(12))
def test_least_sums_are_those_with_slacks(seed):
    """Generators that repeat, depend on each other or point both ways; rows that count on one side, or not at all."""
    rng = np.random.default_rng(seed)
    n, g = int(rng.integers(2, 14)), int(rng.integers(1, 8))
    A = np.maximum(rng.integers(-3, 4, (g, n)), 0).astype(float)
    A = np.concatenate([A, -A[: g // 2], A[:1], np.ones((1, n)), -np.ones((1, n))])
    length = np.linalg.norm(A, axis=1, keepdims=True)
    A = A / np.where(length > 0, length, 1.0)
    y = rng.integers(-3, 4, n).astype(float)
    sides = (rng.integers(0, 4, (4, n)) * (rng.random((4, n)) < 0.6)).astype(np.uint8)
    lists = [np.unique(rng.integers(0, len(A), len(A))) for _ in range(4)]
    starts = np.cumsum([0, *map(len, lists)])
    sums, weights, sure = loose_squares(A, y, sides, starts, np.concatenate(lists))
    for b, own in enumerate(lists):
        slacks = [-np.eye(n)[sides[b] & 1 > 0], np.eye(n)[sides[b] & 2 > 0]]
        least = nnls(np.concatenate([A[own], *slacks]).T, y, maxiter=10_000)[1] ** 2
        part = weights[starts[b] : starts[b + 1]]
        rest = y - part @ A[own]
        counted = np.where(((sides[b] & 1 > 0) & (rest < 0)) | ((sides[b] & 2 > 0) & (rest > 0)), 0.0, rest)
        assert (part >= 0).all()
        assert counted @ counted == pytest.approx(sums[b], abs=1e-9)
        assert sums[b] >= least - 1e-9
        if sure[b]:
            assert sums[b] == pytest.approx(least, abs=1e-9)


def test_a_target_of_zero_and_rows_that_do_not_count():
    sums, _, sure = loose_squares(np.eye(2), np.zeros(2), np.zeros((1, 2), np.uint8), np.array([0, 2]), np.arange(2))
    assert (sums.tolist(), sure.tolist()) == ([0.0], [True])
    y = np.array([-1.0, 3.0])
    for side, least in ((0, 1.0), (1, 0.0), (2, 1.0), (3, 0.0)):
        sides = np.array([[side, 0]], dtype=np.uint8)
        assert loose_squares(np.eye(2), y, sides, np.array([0, 2]), np.arange(2))[0][0] == pytest.approx(least)
