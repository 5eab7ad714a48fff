"""Targets that are classes, and several targets, as numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ...errors import InputError

# most classes that are told apart, and rows that each needs on average
MOST_CLASSES, ROWS_A_CLASS = 10, 3


def many_classes(texts: list[str], values: list[Any]) -> tuple[np.ndarray, dict[int, str]] | None:
    """Return the numbers 0, ..., k - 1 of three to ten classes and their names; None where the targets are no classes.

    Classes are texts, or whole numbers of which each comes up often.

    Args:
        texts: the targets as text.
        values: the same as numbers, None where one is no number.

    >>> many_classes(["a", "b", "c"] * 3, [None] * 9)[1]
    {0: 'a', 1: 'b', 2: 'c'}
    """
    numeric = all(value is not None for value in values)
    labels: list[Any] = values if numeric else texts
    kinds = sorted(set(labels))
    if not 3 <= len(kinds) <= MOST_CLASSES or len(texts) < ROWS_A_CLASS * len(kinds):
        return None
    if numeric and not all(value.denominator == 1 for value in kinds):
        return None
    number = {kind: k for k, kind in enumerate(kinds)}
    names = {number[kind]: texts[labels.index(kind)] for kind in kinds}
    return np.array([Fraction(number[kind]) for kind in labels], dtype=object), names


def target_names(target: str, header: list[str]) -> list[str]:
    """Return the names of the target columns: one, or several with commas between.

    >>> target_names("a,b", ["a", "b", "c"]), target_names("a,b", ["a,b", "c"]), target_names("y", ["x"])
    (['a', 'b'], ['a,b'], ['y'])
    """
    parts = [part.strip() for part in target.split(",") if part.strip()]
    if target in header or len(parts) < 2 or not all(part in header for part in parts):
        return [target]
    if len(set(parts)) < len(parts):
        raise InputError(f"the targets {target!r} name a column twice; name each once")
    return parts
