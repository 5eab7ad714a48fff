"""Intervals in doubles hold what exact fractions say, whatever is rounded on the way."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reluscape.critical.proof.balls import Balls, enclosed, from_arb, to_arb

SIZES = st.integers(1, 6)


def exactly(balls):
    """Corners of the intervals as fractions."""
    low = [
        Fraction(m) - Fraction(r) for m, r in zip(balls.mid.ravel().tolist(), balls.rad.ravel().tolist(), strict=True)
    ]
    high = [
        Fraction(m) + Fraction(r) for m, r in zip(balls.mid.ravel().tolist(), balls.rad.ravel().tolist(), strict=True)
    ]
    return low, high


def fractions(rng, shape):
    above, below = rng.integers(-(10**9), 10**9, np.prod(shape)), rng.integers(1, 10**6, np.prod(shape))
    numbers = [Fraction(int(a), int(b)) for a, b in zip(above, below, strict=True)]
    out = np.empty(len(numbers), dtype=object)
    out[:] = numbers
    return out.reshape(shape)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), SIZES, SIZES, SIZES)
def test_products_and_sums_hold_the_exact_ones(seed, a, b, c):
    rng = np.random.default_rng(seed)
    A, B, C = fractions(rng, (a, b)), fractions(rng, (b, c)), fractions(rng, (a, c))
    for got, exact in (
        (enclosed(A) @ enclosed(B) - enclosed(C), A @ B - C),
        (enclosed(C) * enclosed(C) + enclosed(C), C * C + C),
        (from_arb(to_arb(enclosed(A))), A),
    ):
        low, high = exactly(got)
        assert all(lo <= e <= hi for lo, e, hi in zip(low, exact.ravel(), high, strict=True))


def test_radii_of_factors_count():
    wide = Balls(np.array([[1.0, -2.0]]), np.array([[0.5, 0.25]]))
    low, high = exactly(wide @ wide.T)
    # corners: 1.5^2 + 2.25^2 above; below, the entries of the two factors vary apart: 0.5 * 0.5 + 1.75 * 1.75
    assert high[0] >= Fraction("7.3125")
    assert low[0] <= Fraction("3.3125")


def test_tiny_products_do_not_vanish():
    tiny = Balls(np.array([[1e-200]]))
    assert (tiny @ tiny).upper()[0, 0] > 0
    assert (tiny * tiny).upper()[0, 0] > 0
