"""Columns of text as numbers: two values become 0 and 1, a few become one column each, dates and names are left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

# most different values of a text column that gets one column for each
MOST_LEVELS = 12
_DAY = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})"
_TIME = r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?"
_DATE = re.compile(f"(?:{_DAY})(?:{_TIME})?")


def is_date(text: str) -> bool:
    """Return whether text is a date as programs write them, with or without a time.

    >>> is_date("2012/01/31"), is_date("31.1.2012"), is_date("2012-01-31T08:15:00Z"), is_date("3-4"), is_date("1.5")
    (True, True, True, False, False)
    """
    return _DATE.fullmatch(text.strip()) is not None


def encoded(name: str, texts: Sequence[str]) -> tuple[dict[str, list[str]], str]:
    """Return the columns of "0" and "1" that a column of text becomes, none for one that is left out, and a sentence.

    >>> encoded("sex", ["m", "f", "m"])
    ({'sex=m': ['1', '0', '1']}, "column 'sex' holds text: 'f' is read as 0 and 'm' as 1")
    >>> sorted(encoded("c", ["r", "g", "b", "r"])[0]), encoded("day", ["2012-01-31", "2012-02-01"])[0]
    (['c=b', 'c=g', 'c=r'], {})
    """
    values = [text.strip() for text in texts]
    levels = sorted(set(values))
    if all(is_date(value) for value in levels):
        return {}, (
            f"column {name!r} holds dates and is left out; give what matters of them as numbers, such as the day of "
            "the year"
        )
    if len(levels) == 1:
        return {}, f"column {name!r} holds one text ({levels[0]!r:.40}) in every row and is left out"
    if len(levels) == 2:
        low, high = levels
        column = ["1" if value == high else "0" for value in values]
        return {f"{name}={high}": column}, f"column {name!r} holds text: {low!r} is read as 0 and {high!r} as 1"
    if len(levels) > MOST_LEVELS:
        return {}, (
            f"column {name!r} holds text with {len(levels):,} different values and is left out (at most {MOST_LEVELS} "
            "get a column each)"
        )
    columns = {f"{name}={level}": ["1" if value == level else "0" for value in values] for level in levels}
    return columns, f"column {name!r} holds text: one column of 0 and 1 for each of its {len(levels)} values"
