"""The checker's exponentials and logarithms enclose those of many digits, closely."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from tests.checker.standalone import CHECKER

CLOSE = Fraction(1, 10**85)


def exactly(value):
    """A decimal of 120 digits as a fraction, and how far it may be off."""
    return Fraction(value), abs(Fraction(value)) / 10**110 + Fraction(1, 10**110)


@pytest.mark.parametrize("x", ["0", "1e-80", "1/7", "1/2", "1", "3", "12345/100", "1999", "2000.5", "1e60"])
def test_exponentials(x):
    x = Fraction(x)
    low, high = (Fraction(v, CHECKER.ONE) for v in CHECKER.exp_minus(x))
    with localcontext(prec=120):
        value, error = exactly((-Decimal(x.numerator) / Decimal(x.denominator)).exp() if x < 10**6 else Decimal(0))
    assert low <= value + error
    assert value - error <= high
    assert high - low < CLOSE


@pytest.mark.parametrize("z", ["1", "1.0000001", "3/2", "2", "2.5", "3", "1000.25", "4096"])
def test_logarithms(z):
    z = Fraction(z)
    low = Fraction(CHECKER.log_of(z.numerator * CHECKER.ONE // z.denominator, CHECKER.down), CHECKER.ONE)
    high = Fraction(CHECKER.log_of(-(-z.numerator * CHECKER.ONE // z.denominator), CHECKER.up), CHECKER.ONE)
    with localcontext(prec=120):
        value, error = exactly((Decimal(z.numerator) / Decimal(z.denominator)).ln())
    assert low <= value + error
    assert value - error <= high
    assert high - low < CLOSE


def test_log_sum_exp():
    low, high = CHECKER.log_sum_exp([Fraction(1), Fraction(-3, 7), Fraction(1000), Fraction(1)])
    assert low <= 1000 <= high
    assert high - low < CLOSE
    low, high = CHECKER.log_sum_exp([Fraction(5)] * 3)
    with localcontext(prec=120):
        value, error = exactly(Decimal(3).ln() + 5)
    assert low - error <= value <= high + error


@pytest.mark.parametrize(("square", "root"), [("9/4", "3/2"), ("0", "0")])
def test_rational_roots_are_exact(square, root):
    assert CHECKER.root_above(Fraction(square)) == Fraction(root)


@pytest.mark.parametrize("square", ["2", "2e-400", "3e400", "1/3"])
def test_other_roots_lie_closely_above(square):
    square = Fraction(square)
    root = CHECKER.root_above(square)
    assert square < root * root < square * (1 + Fraction(1, 2**300))
