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


def intervals(M, radii):
    """Intervals of the checker around doubles."""
    whole = CHECKER.Balls.of([[Fraction(m) for m in row] for row in M])
    whole.rad = [
        [r + int(Fraction(v) * CHECKER.ONE) for r, v in zip(*pair, strict=True)]
        for pair in zip(whole.rad, radii, strict=True)
    ]
    return whole


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("scale", [1.0, 2.0**-30, 2.0**30, 1e3])
@pytest.mark.parametrize("seed", range(4))
def test_the_bounds_hold_for_every_matrix_of_the_intervals(seed, scale, both):
    A, M, radii, B, weights = case(seed, scale, both)
    balls = np.array([[flint.arb(m, r) for m, r in zip(*pair, strict=True)] for pair in zip(M, radii, strict=True)])
    ours = sums_from_one(np.array(A), balls, np.array(weights), None if B is None else np.array(B)).tolist()
    # of two sides the checker that stands alone needs none: it tests definite matrices by Cholesky's factor
    theirs = ours if both else CHECKER.distances_from_one(A, intervals(M, radii), weights)
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


def symmetric(least, sizes, seed):
    """A matrix D Q diag(least, 1, 2, ...) Q^T D of exact eigenvalues, with Q a reflection and D a diagonal of sizes."""
    rng = random.Random(seed)
    v = [Fraction(rng.randint(-9, 9)) for _ in range(SIZE - 1)] + [Fraction(1)]
    square = sum(a * a for a in v)
    Q = [[Fraction(int(i == j)) - 2 * a * b / square for j, b in enumerate(v)] for i, a in enumerate(v)]
    values = [least, *map(Fraction, range(1, SIZE))]
    full = times(
        [[a * t for a, t in zip(row, values, strict=True)] for row in Q], [list(c) for c in zip(*Q, strict=True)]
    )
    return [[sizes[i] * a * sizes[j] for j, a in enumerate(row)] for i, row in enumerate(full)]


@pytest.mark.parametrize("sizes", [[1] * SIZE, [Fraction(2) ** (40 * k - 80) for k in range(SIZE)]])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("least", "width", "right"), [
    (Fraction(1, 100), 0, True), (Fraction(1, 10**9), 0, True), (Fraction(1, 100), Fraction(1, 10**4), True),
    (Fraction(0), 0, False), (Fraction(-1, 10**12), 0, False), (Fraction(-1, 10**30), 0, False),
    (Fraction(1, 100), Fraction(1, 50), False), (Fraction(1, 10**9), Fraction(1, 10**8), False),
])  # fmt: skip
def test_definite_matrices_are_told_from_others(least, width, right, seed, sizes):
    M = symmetric(least, sizes, seed)
    whole = intervals(M, [[width * a * b for b in sizes] for a in sizes])
    assert CHECKER.definite(whole) is right


def test_a_matrix_that_is_not_definite_within_its_widths_is_refused():
    """The determinant of ((1, t), (t, 1)) is negative for t above 1."""
    for t, right in ((Fraction(2, 5), True), (Fraction(101, 100), False)):
        assert CHECKER.definite(intervals([[1, 0], [0, 1]], [[0, t], [t, 0]])) is right
