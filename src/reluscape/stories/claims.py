"""Numbers with what they claim, in the form that the JSON and the page share."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import Any, cast

from ..numbers import exact
from ..numbers.estimates import Probability
from .schema import Claim, Loss, Number

EXACT_FLOAT = 2**53


def plain(value: Any) -> int | float | str | None:
    """Return a number as JSON can hold it: large integers as digits, nothing that is not finite."""
    if value is None:
        return None
    if isinstance(value, Fraction):
        value = int(value) if value.denominator == 1 else float(value)
    if isinstance(value, int):
        return value if abs(value) <= EXACT_FLOAT else str(exact.fmpq(value))  # Python refuses 4,300 digits and more
    number = float(value)
    return number if isfinite(number) else None


def as_float(value: Number | None) -> float:
    """Return a number of a report as a float, NaN where it is not known."""
    return float("nan") if value is None else float(value)


def claim(value: Any, kind: str, low: Any = None, high: Any = None, **more: Any) -> Claim:
    """Return a claim: the number, its interval and its kind."""
    entry: Any = {"value": plain(value), "low": plain(low), "high": plain(high), "kind": kind, **more}
    return cast(Claim, entry)


def probability_claim(p: Probability) -> Claim:
    """Return a probability as a claim."""
    entry = claim(p.value, p.kind, p.low, p.high, trials=p.trials, population=p.population, law=p.law)
    if isinstance(p.value, Fraction):
        entry["exact"] = str(p.value)
    return entry


def loss_claim(value: float, variance: float, kind: str, accuracy: float | None = None, **more: Any) -> Loss:
    """Return a loss in squared target units and as a share of the target's variance."""
    share = value / variance if variance else None
    entry: Any = {"value": plain(value), "share": plain(share), "accuracy": plain(accuracy), "kind": kind, **more}
    return cast(Loss, entry)
