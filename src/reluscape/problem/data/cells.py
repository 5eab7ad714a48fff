"""Cells of a text file as programs write them: a row number of pandas, True and False, commas before decimals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...errors import InputError

# texts that stand for a value that is not known
MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-"}
TRUTH = {"true": "1", "false": "0"}
INDEX_NAMES = ("", "Unnamed: 0")
_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
_WHOLE = re.compile(r"[+-]?\d+")


def is_row_index(name: str, texts: Sequence[str]) -> bool:
    """Return whether a column is the row index that pandas and R write first: no name, and different whole numbers.

    >>> is_row_index("", ["0", "1", "2"]), is_row_index("", ["0.5", "1"]), is_row_index("age", ["0", "1"])
    (True, False, False)
    """
    whole = all(text.strip().isascii() and text.strip().isdigit() for text in texts)
    return name in INDEX_NAMES and whole and len({int(text) for text in texts}) == len(texts)


def truth_numbers(texts: Sequence[str]) -> list[str] | None:
    """Return a column of True and False as "1" and "0", or None for any other column.

    >>> truth_numbers(["True", "false"]), truth_numbers(["yes", "no"])
    (['1', '0'], None)
    """
    if not texts or texts[0].strip().lower() not in TRUTH:
        return None
    words = [text.strip().lower() for text in texts]
    return [TRUTH[text] for text in words] if set(words) <= set(TRUTH) else None


def decimal_points(texts: Sequence[str], column: str, file: str) -> list[str] | None:
    """Return a column of numbers with decimal commas with points in their place, or None for any other column.

    Raises:
        InputError: every comma may as well separate thousands, as in 1,234.

    >>> decimal_points(["30,3", "1.250,75", "4"], "x", "t.csv"), decimal_points(["30.3", "4"], "x", "t.csv")
    (['30.3', '1250.75', '4'], None)
    """
    if not any("," in text for text in texts):
        return None
    numerals = [text.strip().replace("−", "-") for text in texts]
    commas = [text for text in numerals if "," in text]
    if not all(_WHOLE.fullmatch(text) for text in numerals if "," not in text):
        return None
    if all(_THOUSANDS.fullmatch(text) for text in commas):
        raise InputError(
            f"{file} column {column!r}: {commas[0]!r} may have a decimal comma or separate thousands; write numbers "
            "with a decimal point and nothing between thousands"
        )
    if not all(_COMMA.fullmatch(text) for text in commas):
        return None
    return [text.replace(".", "").replace(",", ".") if "," in text else text for text in numerals]
