"""Numbers as people read them: grouped digits, four significant figures, per cent, powers of ten."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

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


def amount(number: int, one: str, many: str | None = None) -> str:
    """Write how many there are of a thing, with the thing's word in the singular or the plural.

    >>> amount(1, "row"), amount(1200, "row"), amount(2, "class", "classes")
    ('1 row', '1,200 rows', '2 classes')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(value: float | str) -> str:
    """Write a fraction as per cent, with more figures near 0 and 100 %.

    >>> percent(0.8275), percent(0.9995), percent(0.0), percent(0.95)
    ('82.8%', '99.95%', '0%', '95%')
    """
    part = 100 * float(value)
    if part in (0.0, 100.0):
        return f"{part:.0f}%"
    near_edge = min(abs(part), abs(100 - part))
    places = 1 if near_edge >= 1 or part > 100 else 2
    shown = f"{part:.{places}f}"
    if float(shown) == 0.0:
        return "under 0.01%" if part > 0 else "0%"
    if float(shown) == 100.0 and part < 100:
        return "over 99.99%"
    return f"{shown.rstrip('0').rstrip('.')}%"


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


def listing(names: list[str], limit: int = 8) -> str:
    """Join names for a sentence; a long list ends with how many were left out.

    >>> listing(["a", "b", "c"]), listing(["a", "b", "c"], limit=2)
    ('a, b and c', 'a, b and 1 more')
    """
    if len(names) > limit:
        return ", ".join(names[:limit]) + f" and {len(names) - limit} more"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}" if names else ""


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
