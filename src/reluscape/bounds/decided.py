"""Least widths decided without rounding: ceilings of logarithms, searches whose comparisons are proven."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import flint

from ..errors import SolverError
from ..numbers.exact import fmpq, to_fraction

__all__ = ["at_most", "ceiling", "least", "least_trials", "log_of"]

BITS = tuple(128 << k for k in range(8))


def log_of(value: Any) -> flint.arb:
    """Return the natural logarithm of a positive rational of any size as an interval."""
    return flint.arb(fmpq(value)).log()


def ceiling(value: Callable[[], flint.arb]) -> int:
    """Return the least integer that is not below a number, which is computed with more and more digits.

    >>> ceiling(lambda: 20 * log_of(200))
    106
    """
    for _ in _precisions():
        whole = value().ceil().unique_fmpz()
        if whole is not None:
            return int(whole)
    raise SolverError("a bound is too close to a whole number to be rounded up; please report this call")


def at_most(value: Callable[[], flint.arb], limit: Fraction, exact: Callable[[], Fraction]) -> bool:
    """Return whether a number is at most a limit; fractions decide where intervals cannot."""
    for bits in _precisions():
        interval, border = value(), flint.arb(fmpq(limit))
        if interval <= border:
            return True
        if interval > border:
            return False
        if bits >= 512:
            break
    return exact() <= limit


def least_trials(successes: int, chance: Fraction, share: Fraction, times: int = 1) -> int:
    """Return the least m with times * P(Bin(m, chance) <= successes - 1) <= share, ties decided in fractions.

    >>> least_trials(5, Fraction(1, 2), Fraction(1, 2))
    9
    """

    def tail(m: int, p: Any, q: Any) -> Any:
        term = q**m
        total = term
        for k in range(min(successes - 1, m)):
            term = term * (m - k) * p / ((k + 1) * q)
            total = total + term
        return total * times

    def holds(m: int) -> bool:
        return at_most(
            lambda: tail(m, flint.arb(fmpq(chance)), flint.arb(fmpq(1 - chance))),
            share,
            lambda: to_fraction(tail(m, fmpq(chance), fmpq(1 - chance))),
        )

    return least(holds, successes)


def least(holds: Callable[[int], bool], start: int) -> int:
    """Return the least m >= start for which an increasing condition holds."""
    low, step = start - 1, 1
    while not holds(low + step):
        low, step = low + step, 2 * step
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _precisions() -> Iterator[int]:
    """Set more and more digits for intervals, and the digits of before at the end."""
    for bits in BITS:
        with flint.ctx.workprec(bits):
            yield bits
