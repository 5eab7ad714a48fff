"""Columns of text as exact numbers, and what is wrong or odd about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np

from ...errors import InputError
from .cells import decimal_points, truth_numbers
from .encoding import encoded
from .text_file import Row

# largest number that is taken, and one over the smallest; digits of an exponent that is looked at
LARGEST, MOST_EXPONENT_DIGITS = 10**50, 3


@lru_cache(maxsize=1 << 17)
def parsed(text: str) -> Fraction | None:
    """Return a number's exact value, or None for text that is no finite number."""
    numeral = text.strip().replace("−", "-")
    exponent = re.search(r"[eE][+-]?0*(\d+)$", numeral)
    if exponent is not None and len(exponent[1]) > MOST_EXPONENT_DIGITS:
        return None
    try:
        return Fraction(numeral)
    except (ValueError, ZeroDivisionError):
        return None


def check_sizes(values: np.ndarray, name: str, path: Path) -> None:
    """Refuse numbers whose squares leave the range of floats."""
    try:
        sizes = np.abs(values.astype(float))
        suspects = np.flatnonzero(~((sizes > 2.0 / LARGEST) & (sizes < LARGEST / 2.0)))
    except OverflowError:
        suspects = np.arange(len(values))
    for i in suspects.tolist():
        value = values[i]
        size = abs(value.numerator) if value.denominator == 1 else abs(value)
        if size > LARGEST or 0 < size * LARGEST < 1:
            what = "large" if size > 1 else "small"
            raise InputError(
                f"{path.name} row {i + 1}, column {name!r}: {_short(value)} is too {what} to be squared; "
                "give the column in another unit"
            )


def _short(value: Fraction) -> str:
    """Return a number of any size in a few letters."""
    digits = len(str(abs(value.numerator))) - len(str(value.denominator))
    return f"{'-' if value < 0 else ''}1e{digits}, or near it,"


def as_numbers(
    body: Sequence[list[str]], index: dict[str, int], exempt: set[str], targets: set[str], path: Path
) -> list[str]:
    """Write True and False as 1 and 0 and decimal commas as points, in place; return what was done, in sentences."""
    truths: list[str] = []
    commas: list[str] = []
    for name, j in index.items():
        if name in exempt:
            continue
        texts = [row[j] for row in body]
        truth = truth_numbers(texts) if name not in targets else None
        plain = truth or decimal_points(texts, name, path.name)
        if plain is not None:
            (truths if truth else commas).append(name)
            for row, text in zip(body, plain, strict=True):
                row[j] = text
    sentences = []
    if truths:
        sentences.append(f"True and False are read as 1 and 0 in {', '.join(map(repr, truths[:6]))}")
    if commas:
        sentences.append(f"decimal commas are read in {', '.join(map(repr, commas[:6]))}")
    return sentences


def numbers(body: list[Row], chosen: list[str], index: dict[str, int], path: Path) -> np.ndarray:
    """Return the input columns as exact decimals."""
    X = np.empty((len(body), len(chosen)), dtype=object)
    text_columns: dict[str, tuple[int, str]] = {}
    for k, name in enumerate(chosen):
        wrong = 0
        for i, row in enumerate(body):
            X[i, k] = parsed(row[index[name]])
            if X[i, k] is None:
                wrong += 1
                text_columns.setdefault(name, (row.line, row[index[name]].strip()))
        if wrong and wrong < len(body) / 2:
            line, value = text_columns[name]
            raise InputError(
                f"{path.name} line {line}, column {name!r}: {value[:40]!r} is not a number; mend or drop it"
            )
    if text_columns:
        names = ",".join(text_columns)
        first = next(iter(text_columns))
        raise InputError(
            f"{path.name} column {first!r} holds text ({text_columns[first][1][:40]!r}); "
            f"leave text columns out with --drop {names!r}"
        )
    for k, name in enumerate(chosen):
        check_sizes(X[:, k], name, path)
    return X


def text_encoded(
    body: Sequence[list[str]], names: list[str], index: dict[str, int], rest: Sequence[list[str]] = ()
) -> list[str]:
    """Put columns of 0 and 1 in place of columns of text, in place; return what was done, in sentences.

    Further rows, `rest`, are coded as the body is; a text that the body does not have is 0 everywhere.
    """
    sentences = []
    for name in list(names):
        texts = [row[index[name]] for row in body]
        wrong = sum(parsed(text) is None for text in texts)
        if 2 * wrong < len(texts) or not wrong:
            continue
        columns, sentence = encoded(name, texts)
        sentences.append(sentence)
        place = names.index(name)
        names[place : place + 1] = list(columns)
        for new, column in columns.items():
            index[new] = len(body[0])
            for row, text in zip(body, column, strict=True):
                row.append(text)
        if columns and rest:
            codes = dict(zip((text.strip() for text in texts), zip(*columns.values(), strict=True), strict=True))
            for row in rest:
                row.extend(codes.get(row[index[name]].strip(), ("0",) * len(columns)))
    return sentences


def suspicious(X: np.ndarray, names: list[str]) -> list[str]:
    """Return a sentence for each column that is constant or, beside other columns, looks like a row number."""
    sentences = []
    for j, name in enumerate(names):
        column = X[:, j]
        if all(v == column[0] for v in column):
            sentences.append(f"column {name!r} is constant: it tells nothing (drop it with --drop {name!r})")
            continue
        if len(names) < 2 or len(X) < 10 or not all(v.denominator == 1 for v in column):
            continue
        series = sorted({int(v) for v in column})
        if len(series) == len(X):
            consecutive = series[-1] - series[0] == len(X) - 1
            reason = "it numbers the rows" if consecutive else "every value is a different integer, as in an identifier"
            sentences.append(f"column {name!r} looks suspicious: {reason} (drop it with --drop {name!r})")
    return sentences
