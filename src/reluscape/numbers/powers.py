"""Sums of high powers of fractions, brought to lowest terms with fast integer arithmetic."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import cast

import flint


def sum_of_powers(terms: Iterable[tuple[Fraction, Fraction | int]], exponent: int) -> Fraction:
    """Return sum c b^exponent over pairs (b, c) of fractions, exactly, where 0^0 = 1.

    All powers go over one denominator, so that a single greatest common divisor is taken at the end; numbers of
    millions of digits multiply and divide in nearly linear time.

    Example:
        >>> sum_of_powers([(Fraction(1), 1), (Fraction(1, 2), -1)], 3)
        Fraction(7, 8)
    """
    pairs = [(Fraction(b), Fraction(c)) for b, c in terms]
    base = math.lcm(*(b.denominator for b, _ in pairs))
    scale = math.lcm(*(c.denominator for _, c in pairs))
    total = flint.fmpz(0)
    for b, c in pairs:
        total += int(c * scale) * flint.fmpz(int(b * base)) ** exponent
    return lowest_terms(total, scale * flint.fmpz(base) ** exponent)


def lowest_terms(numerator: flint.fmpz, denominator: flint.fmpz) -> Fraction:
    """Return numerator / denominator, the denominator positive, as a `Fraction`.

    >>> lowest_terms(flint.fmpz(6), flint.fmpz(4))
    Fraction(3, 2)
    """
    divisor = numerator.gcd(denominator)
    return Fraction(cast(Rational, _Reduced(int(numerator // divisor), int(denominator // divisor))))


@dataclass(frozen=True)
class _Reduced:
    """Coprime numerator and denominator, which `Fraction` takes over without a further division."""

    numerator: int
    denominator: int


Rational.register(_Reduced)
