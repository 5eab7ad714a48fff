"""Checks on what a statement is asked with: its form, its confidence, its counts, its hypotheses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..errors import AssumptionError, InputError
from ..numbers.exact import to_fraction

__all__ = ["FORMS", "require", "tolerated_share", "which_form", "whole"]

FORMS = ("printed", "corrected", "sharp")


def which_form(form: str | None, default: str, options: tuple[str, ...] = FORMS) -> str:
    """Return the form that is asked for; None stands for the statement's default."""
    variant = default if form is None else form
    if variant not in options:
        raise InputError(f"form is {form!r}; this statement comes as {', '.join(options)}")
    return variant


def tolerated_share(eps: Any, below: int = 1) -> Fraction:
    """Return eps as a fraction, checked to lie strictly between 0 and 1 (text such as "1/20" is exact)."""
    value = to_fraction(eps)
    if not 0 < value < below:
        raise AssumptionError(f"eps is {eps!r:.40}; the statement needs 0 < eps < {below}")
    return value


def whole(name: str, value: Any, least: int = 1) -> int:
    """Return a count, checked to be a whole number of at least `least`."""
    try:
        number = int(value)
        fits = not isinstance(value, bool | str) and number == value and number >= least
    except (TypeError, ValueError, OverflowError):
        fits = False
    if not fits:
        raise InputError(f"{name} is {value!r}; it is a whole number, {least} or more")
    return number


def require(holds: bool, hypothesis: str) -> None:
    """Raise AssumptionError naming the hypothesis that fails."""
    if not holds:
        raise AssumptionError(f"hypothesis violated: {hypothesis}")
