"""How numbers are said: digits, significant figures, per cent, powers of ten, counts, durations, lists."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

import numpy as np

from ..numbers import exact
from ..numbers.tolerances import MACHINE_PRECISION
from .schema import Number

UNKNOWN = "not known"
# digits of the first whole number that plain text does not write out
HUGE = 10
# the smallest share that is told as a number, and the smallest part of a whole
LEAST_SHARE, SMALLEST_PART = 0.001, 1e-5

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LONGEST_PLAIN_INTEGER = 10**9


def _power_of_ten(value: Decimal) -> str:
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def significant(value: int | float | str) -> str:
    """Write a number with four significant figures; integers up to a thousand million stand in full.

    >>> significant(0.0312871), significant(1234567), significant("41000000000000000000000")
    ('0.03129', '1,234,567', '4.10 × 10²²')
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if number == 0:
        return "0"
    size = abs(number)
    if number == number.to_integral_value() and size < _LONGEST_PLAIN_INTEGER:
        return f"{int(number):,}"
    if size >= 10**6 or size < Decimal("0.0001"):
        return _power_of_ten(number)
    if size >= 1000:
        return f"{number:,.1f}"
    return f"{float(number):.4g}"


def digits(value: int | float | str) -> str:
    """Write an integer in full with its digits grouped.

    >>> digits("12345678901234567890")
    '12,345,678,901,234,567,890'
    """
    try:
        return f"{int(str(value)):,}"
    except ValueError:
        return significant(value)


def whole(value: Number | None) -> str:
    """Write a whole number in plain text, its digits grouped; beyond ten digits as a power of ten.

    >>> whole(12345678), whole("41000000000000000000000")
    ('12,345,678', '4.1 x 10^22')
    """
    if value is None:
        return UNKNOWN
    text = str(exact.fmpq(value)) if isinstance(value, int) else str(value)  # Python refuses 4,300 digits and more
    if len(text) < HUGE:
        return f"{int(text):,}"
    return f"{text[0]}.{text[1]} x 10^{len(text) - 1}"


def either(numbers: Iterable[int]) -> str:
    """Write whole numbers as alternatives.

    >>> either([4]), either([1, 2]), either([1, 2, 4])
    ('4', '1 or 2', '1, 2 or 4')
    """
    *first, last = (f"{number:,}" for number in numbers)
    return f"{', '.join(first)} or {last}" if first else last


def short(value: Number | None) -> str:
    """Write a loss in plain text with four significant figures.

    >>> short(0.33333333), short(0.0)
    ('0.3333', '0')
    """
    return UNKNOWN if value is None else f"{float(value):.4g}"


def percent(share: Number | None, least: float = LEAST_SHARE) -> str:
    """Write a share as per cent without false precision; nothing that is not all is said to be all.

    Args:
        share: what is told, 1 for all; a loss may be more than all of the variance.
        least: shares below this, or nearer than this to all, are only said to be less, or more.

    >>> percent(0.5), percent(0.6333), percent(0.028), percent(0.99951), percent(2e-7), percent(1.0), percent(1.3)
    ('50%', '63.3%', '2.8%', 'more than 99.9%', 'less than 0.1%', '100%', '130%')
    >>> percent(0.00016, 1e-5), percent(0.999999, 1e-5)
    ('0.016%', 'more than 99.999%')
    """
    if share is None:
        return UNKNOWN
    value = float(share)
    if value in (0.0, 1.0):
        return f"{value:.0%}"
    if 0 < value < least:
        return f"less than {100 * least:g}%"
    if 1 - least < value < 1:
        return f"more than {100 - 100 * least:g}%"
    if value > 1:
        text = f"{value:,.0%}" if value >= 1.1 else f"{value:.1%}"
        return text if text != "100.0%" else "more than 100%"
    edge = min(value, 1 - value)
    figures = 1 if value < 0.5 else 2
    places = max(1, -int(np.floor(np.log10(edge))) - figures) if edge > 0 else 1
    return f"{value:.{places}%}".replace(".0%", "%")


def part(amount: float, of: float) -> str:
    """Write a part of a whole as per cent; small parts keep two figures.

    >>> part(0.00006, 0.477), part(1, 2), part(0.0, 1.0)
    ('0.013%', '50%', '0%')
    """
    return "0%" if of <= 0 or amount <= 0 else percent(amount / of if amount != of else 1.0, SMALLEST_PART)


def of_the_weights(distance: float | None) -> str:
    """Write how far weights have moved, relative to their size.

    >>> of_the_weights(0.0123), of_the_weights(3.4), of_the_weights(2e-7)
    ('1.2% of the weights', '3.4 times the weights', 'less than 0.001% of the weights')
    """
    if distance is None:
        return "an unknown distance"
    if distance < 1:
        return f"{percent(max(distance, MACHINE_PRECISION), SMALLEST_PART)} of the weights"
    return f"{distance:.2g} times the weights"


def duration(seconds: float) -> str:
    """Write a time in seconds.

    >>> duration(12.0), duration(1), duration(1234.5), duration(0.25)
    ('12 seconds', '1 second', '1,234 seconds', '0.25 seconds')
    """
    number = f"{seconds:,.0f}" if seconds >= 10 else f"{seconds:.2g}"
    return f"{number} second{'' if number == '1' else 's'}"


def sentence(words: str) -> str:
    """Start with a capital letter.

    >>> sentence("a note"), sentence("")
    ('A note', '')
    """
    return words[:1].upper() + words[1:]


def count(number: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun.

    >>> count(1, "row"), count(2, "row"), count(0, "class", "classes")
    ('1 row', '2 rows', '0 classes')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listing(names: Iterable[object], limit: int = 8) -> str:
    """Join names or numbers for a sentence; a long list ends with how many were left out.

    >>> listing(["a", "b", "c"]), listing(range(9), limit=6), listing([3])
    ('a, b and c', '0, 1, 2, 3, 4, 5 and 3 more', '3')
    """
    texts = [str(name) for name in names]
    if len(texts) > limit:
        return ", ".join(texts[:limit]) + f" and {len(texts) - limit} more"
    return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + f" and {texts[-1]}" if texts else ""


def loss_words(loss: str) -> str:
    """Name a loss in words.

    >>> loss_words("squared"), loss_words("bce")
    ('mean squared error', 'cross-entropy')
    """
    names = {"squared": "mean squared error", "logistic": "logistic loss", "bce": "cross-entropy"}
    return {**names, "cross_entropy": "cross-entropy"}.get(loss, "loss")


def right_words(right: int, rows: int) -> str:
    """Return the rows on the right side in words.

    >>> right_words(4, 4), right_words(1, 3)
    ('4 of 4 rows are right (100%)', '1 of 3 rows is right (33.3%)')
    """
    return f"{right:,} of {rows:,} rows {'is' if right == 1 else 'are'} right ({percent(right / max(rows, 1))})"
