"""Square roots of rational numbers, enclosed by integer arithmetic."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

ROOT_BITS = 256


def root_below(square: Fraction, bits: int = ROOT_BITS) -> Fraction:
    """Return a rational number at most the square root, off by at most 2^-bits of about its size.

    >>> root_below(Fraction(9, 4)), root_below(Fraction(2)) ** 2 < 2
    (Fraction(3, 2), True)
    """
    top, bottom = square.numerator, square.denominator
    shift = 2 * bits + 2 * max(0, bottom.bit_length() - top.bit_length())
    return Fraction(isqrt((top << shift) * bottom), bottom << (shift // 2))


def root_above(square: Fraction, bits: int = ROOT_BITS) -> Fraction:
    """Return a rational number at least the square root, off by at most 2^-bits of about its size.

    >>> root_above(Fraction(9, 4)), root_above(Fraction(2)) ** 2 > 2
    (Fraction(3, 2), True)
    """
    low = root_below(square, bits)
    if low * low == square:
        return low
    bottom = square.denominator
    shift = 2 * bits + 2 * max(0, bottom.bit_length() - square.numerator.bit_length())
    return Fraction(isqrt((square.numerator << shift) * bottom) + 1, bottom << (shift // 2))


def rounded(value: Fraction, bits: int) -> Fraction:
    """Return a number near a rational one with a denominator of 2^bits.

    >>> rounded(Fraction(1, 3), 2)
    Fraction(1, 4)
    """
    return Fraction(round(value * (1 << bits)), 1 << bits)
