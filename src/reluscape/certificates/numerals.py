"""Exact numbers as text, for files and for sentences."""

from __future__ import annotations

import re
from decimal import MAX_EMAX, MIN_EMIN, Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import CertificateError
from ..numbers import exact

# integers longer than this are printed and read without Python's limit of 4,300 digits
LONG_BITS = 12_000
LONG_TEXT = 3_000
# no number of a certificate is longer, so that reading one stays quick with any language's integers
MOST_TEXT = 100_000
MOST_SHOWN = 60
LONGEST_TOLD = 200
EXACT_NUMBER = re.compile(r"[+-]?[0-9]+(/[0-9]+|[.][0-9]+)?([eE][+-]?[0-9]{1,4})?")


def fraction_text(value: Any) -> str:
    """Return an exact number as text, "p" or "p/q"."""
    if type(value) is int and value.bit_length() <= LONG_BITS:
        return str(value)
    number = exact.to_fraction(value)
    if max(number.numerator.bit_length(), number.denominator.bit_length()) <= LONG_BITS:
        return str(number)
    return str(exact.fmpq(number))  # Python refuses to print integers of more than 4,300 digits


def fraction_texts(values: Any) -> Any:
    """Return nested exact numbers as nested text."""
    if isinstance(values, np.ndarray | list | tuple):
        return [fraction_texts(v) for v in values]
    return fraction_text(values)


def read_number(text: Any, what: str) -> Fraction:
    """Return a number of a certificate, text or a whole number; floats are refused, since they would not be exact."""
    if type(text) is int:
        return Fraction(text)
    if type(text) is not str:
        raise CertificateError(f"{what} is {brief(text)}, expected an exact number written as text such as '1/3'")
    if len(text) > MOST_TEXT or not EXACT_NUMBER.fullmatch(text):
        raise CertificateError(f"{what} is {brief(text)}, which is no exact number")
    try:
        if len(text) > LONG_TEXT:
            top, _, bottom = text.removeprefix("+").partition("/")
            return Fraction(exact.integer(top), exact.integer(bottom or "1"))
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise CertificateError(f"{what} is {brief(text)}, which is no exact number") from None


def told(value: Fraction) -> str:
    """Return a number for a sentence: exactly where it is short, else about its size, beyond 1e308 too."""
    text = fraction_text(value)
    if len(text) <= LONGEST_TOLD:
        return text
    with localcontext(prec=15, Emax=MAX_EMAX, Emin=MIN_EMIN):
        about = f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():.15g}"
    return f"{about} (exactly a fraction of {len(text):,} characters)"


def brief(value: Any) -> str:
    """Return the beginning of a value, quoted where it is text, so that any screen can print it."""
    if type(value) is str:
        return ascii(value[:MOST_SHOWN])
    if type(value) in (bool, float, type(None)):
        return repr(value)
    if type(value) is int:
        return str(value) if value.bit_length() <= 4 * MOST_SHOWN else f"an integer of {value.bit_length():,} bits"
    return f"of the type {ascii(type(value).__name__)[1:-1]}"
