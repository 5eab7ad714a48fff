"""The column to predict: numbers, two classes or several, and its texts before the table is read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import InputError
from .cells import MISSING, decimal_points
from .classes import many_classes
from .columns import check_sizes, parsed
from .text_file import Row, read_rows


def target_values(
    body: list[Row], target: str, column: int, regression: bool, positive: str | None, path: Path, adapt: bool
) -> tuple[np.ndarray, str, dict[int, str] | None]:
    """Return the targets, the task and the classes."""
    texts = [row[column].strip() for row in body]
    values = [parsed(t) for t in texts]
    numeric = all(v is not None for v in values)
    kinds: list[Any] = sorted(set(values) if numeric else set(texts))
    if positive is not None:
        names = {t: t for t in texts}
        if positive not in names:
            raise InputError(f"the target {target!r} has no class {positive!r}; it has {', '.join(sorted(names)[:10])}")
        y = np.array([Fraction(1) if t == positive else Fraction(-1) for t in texts], dtype=object)
        others = [t for t in sorted(names) if t != positive]
        return y, "classification", {-1: others[0] if len(others) == 1 else f"not {positive}", 1: positive}
    if regression and not numeric:
        i = next(i for i, v in enumerate(values) if v is None)
        raise InputError(f"{path.name} line {body[i].line}: the target {target!r} is {texts[i]!r}, not a number")
    several = many_classes(texts, values) if adapt and not regression else None
    if several is not None:
        return several[0], "classification", several[1]
    if numeric and (regression or len(kinds) != 2):
        discrete = 3 <= len(kinds) <= 10 and not regression and all(v.denominator == 1 for v in kinds)
        if discrete and len(texts) >= 3 * len(kinds):
            raise InputError(
                f"the target {target!r} has {len(kinds)} values, which looks like classes; choose one of them as "
                "positive, or take them as numbers",
                {"--positive": f"--positive {texts[0]}", "--regression": "--regression"},
            )
        y = np.array(values, dtype=object)
        check_sizes(y, target, path)
        return y, "regression", None
    if len(kinds) == 1:
        raise InputError(f"the target {target!r} has the same value in every row; there is nothing to learn")
    if len(kinds) > 2:
        odd = [i for i, v in enumerate(values) if v is None]
        if len(odd) <= len(values) // 2:
            raise InputError(
                f"{path.name} line {body[odd[0]].line}: the target {target!r} is {texts[odd[0]][:40]!r} there, not a "
                "number as in most rows; mend it or leave the row out"
            )
        if len(kinds) <= 10:
            raise InputError(
                f"the target {target!r} has {len(kinds)} classes ({', '.join(map(str, kinds))}); choose one of them as "
                "positive against the rest",
                {"--positive": f"--positive {kinds[0]!r}"},
            )
        raise InputError(f"the target {target!r} holds text with {len(kinds)} different values; it must be numbers")
    low, high = kinds
    labels = values if numeric else texts
    y = np.array([Fraction(1) if v == high else Fraction(-1) for v in labels], dtype=object)
    return y, "classification", {-1: texts[labels.index(low)], 1: texts[labels.index(high)]}


def column_texts(path: str | Path, name: str) -> list[str] | None:
    """Return a column as text without its missing values, or None where the table has no such column."""
    header, body = read_rows(Path(path))
    if name not in header:
        return None
    column = header.index(name)
    texts = [row[column].strip() for row in body if row[column].strip().lower() not in MISSING]
    return decimal_points(texts, name, Path(path).name) or texts


def target_is_numeric(path: str | Path, target: str) -> bool:
    """Return whether every value of the target column is a number."""
    texts = column_texts(path, target)
    return texts is not None and all(parsed(text) is not None for text in texts)


def column_classes(path: str | Path, name: str) -> list[str]:
    """Return the different values of a column as text, numbers in their order, anything else in that of letters."""
    texts = set(column_texts(path, name) or [])
    values = {text: parsed(text) for text in texts}
    if all(value is not None for value in values.values()):
        return sorted(texts, key=lambda text: (values[text], text))
    return sorted(texts)
