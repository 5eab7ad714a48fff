"""Intervals: balls of arithmetic with a stated precision, and probabilities made of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flint

from .estimates import Probability
from .exact import to_fraction

PRECISION_BITS = 192


def ball(value: Any) -> Any:
    """Return a number as an interval around exactly itself."""
    fraction = to_fraction(value)
    return flint.arb(flint.fmpq(fraction.numerator, fraction.denominator))


def outward(interval: Any) -> tuple[float, float]:
    """Return doubles on either side of an interval."""
    middle, radius = float(interval.mid()), float(interval.rad())
    low = math.nextafter(middle - radius, -math.inf)
    high = math.nextafter(middle + radius, math.inf)
    return math.nextafter(low, -math.inf), math.nextafter(high, math.inf)


@contextmanager
def precise_intervals() -> Iterator[None]:
    """Compute with intervals of 192 bits inside a `with` block."""
    with flint.ctx.workprec(PRECISION_BITS):
        yield


def as_probability(value: Any, population: str, law: str | None) -> Probability:
    """Return a `Fraction` as an exact probability, an interval (`flint.arb`) as a certified one."""
    if not isinstance(value, flint.arb):
        return Probability.exact(value, population, law)
    low, high = outward(value)
    return Probability.certified(min(max(0.0, low), 1.0), max(min(1.0, high), 0.0), population, law)
