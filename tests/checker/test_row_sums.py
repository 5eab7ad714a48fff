"""The sums over rows of 1 - A M B, bounded in doubles by both verifiers, lie above the exact ones and near them."""

from __future__ import annotations

import random
from fractions import Fraction

import flint
import numpy as np
import pytest

from reluscape.certificates.deep_rows import sums_from_one
from tests.checker.standalone import CHECKER

SIZE = 5


def exactly(A, M, weights, B):
    """The sums in fractions."""
    n = len(A)
    product = times(times(A, M), B) if B is not None else times(A, M)
    return [sum(abs(Fraction(int(i == j)) - product[i][j]) * Fraction(weights[j]) for j in range(n)) for i in range(n)]


def times(A, B):
    columns = list(zip(*B, strict=True))
    return [[sum(Fraction(a) * Fraction(b) for a, b in zip(row, c, strict=True)) for c in columns] for row in A]


def case(seed, scale, both):
    """Matrices with A M B near 1, M of widths up to `wide`, and weights of several sizes."""
    rng = np.random.default_rng(seed)
    M = rng.normal(size=(SIZE, SIZE)) * scale
    M = M @ M.T + scale**2 * np.eye(SIZE)
    if both:
        A = np.linalg.inv(np.linalg.cholesky(M))
        B = A.T
    else:
        A, B = np.linalg.inv(M), None
    radii = np.abs(M) * 10.0 ** rng.integers(-14, -3, size=M.shape)
    return (
        A.tolist(),
        M.tolist(),
        radii.tolist(),
        None if B is None else B.tolist(),
        (10.0 ** -rng.random(SIZE)).tolist(),
    )


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("scale", [1.0, 2.0**-30, 2.0**30, 1e3])
@pytest.mark.parametrize("seed", range(4))
def test_the_bounds_hold_for_every_matrix_of_the_intervals(seed, scale, both):
    A, M, radii, B, weights = case(seed, scale, both)
    balls = np.array([[flint.arb(m, r) for m, r in zip(*pair, strict=True)] for pair in zip(M, radii, strict=True)])
    ours = sums_from_one(np.array(A), balls, np.array(weights), None if B is None else np.array(B)).tolist()
    whole = CHECKER.Balls.of([[Fraction(m) for m in row] for row in M])
    whole.rad = [
        [r + int(Fraction(v) * CHECKER.ONE) for r, v in zip(*pair, strict=True)]
        for pair in zip(whole.rad, radii, strict=True)
    ]
    theirs = CHECKER.distances_from_one(A, whole, weights, B)
    rng, worst = random.Random(seed), [Fraction(0)] * SIZE
    for _ in range(12):
        picked = [[Fraction(m) + rng.choice([-1, 0, 1]) * Fraction(r) for m, r in zip(*pair, strict=True)]
                  for pair in zip(M, radii, strict=True)]  # fmt: skip
        worst = [max(pair) for pair in zip(worst, exactly(A, picked, weights, B), strict=True)]
    for value, mine, other in zip(worst, ours, theirs, strict=True):
        assert value <= Fraction(mine)
        assert value <= Fraction(other)
        assert mine < 100 * float(value) + 1e-9
        assert other == pytest.approx(mine, rel=1e-6, abs=1e-12)


def test_what_leaves_the_range_of_doubles_is_no_bound():
    huge = np.array([[flint.arb("1e300")]])
    assert not (sums_from_one(np.array([[1e300]]), huge, np.ones(1)) < 1).all()
