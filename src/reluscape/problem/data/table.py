"""Reading a table of numbers from a text file, every number as an exact decimal."""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import InputError
from ...numbers import files
from ...numbers.seeds import stream
from .cells import decimal_points, is_row_index, truth_numbers
from .classes import many_classes, target_names
from .encoding import encoded

MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-"}
MAX_ROWS = 2000
# largest number that is taken, and one over the smallest; digits of an exponent that is looked at
LARGEST, MOST_EXPONENT_DIGITS = 10**50, 3
# a survey's usual number of random starts, and seconds for one at 1,000 rows, 10 inputs and 8 units
STARTS, SECONDS_PER_START = 4000, 0.02


@dataclass(frozen=True)
class Table:
    """A table that was read: exact inputs and targets, and what is worth saying about them.

    Attributes:
        features: names of the input columns.
        target: name of the target column.
        X: (n, d) object array of Fraction.
        y: (n,) object array of Fraction; -1 and +1 for a classification of two classes, 0, ..., k - 1 for more.
        task: "regression" or "classification".
        classes: names of the classes by their numbers for a classification, else None.
        warnings: plain sentences.
        n_rows: rows in the file before any were dropped or sampled.
        path: the file.
        Y: (n, k) object array of Fraction where several targets were named, else None.
        drawn: how many rows were drawn, None where all are used.
    """

    features: tuple[str, ...]
    target: str
    X: np.ndarray
    y: np.ndarray
    task: str
    classes: dict[int, str] | None
    warnings: tuple[str, ...]
    n_rows: int
    path: str
    Y: np.ndarray | None = None
    drawn: int | None = None


def read_table(
    path: str | Path,
    target: str,
    features: Iterable[str] | None = None,
    drop: Iterable[str] | None = None,
    drop_missing: bool = False,
    regression: bool = False,
    positive: str | None = None,
    rows: int | None = None,
    seed: int = 0,
    max_rows: int | None = MAX_ROWS,
    adapt: bool = False,
) -> Table:
    """Read a delimited text file with a header line.

    Args:
        path: the file; a byte-order mark is tolerated, the delimiter is found (comma, semicolon, tab, bar).
        target: the column to predict. Two values make a classification coded -1 and +1.
        features: the input columns, in this order; default all others.
        drop: columns to leave out.
        drop_missing: leave out rows with a missing value instead of refusing.
        regression: take a numeric target with two values as numbers.
        positive: the class coded +1, all others -1.
        rows: use this many rows, drawn without replacement.
        seed: seeds that draw.
        max_rows: refuse more rows than this unless `rows` is given; None for no limit.
        adapt: True makes columns of 0 and 1 of text, leaves out dates, takes three to ten classes and several targets
            ("a,b"), and draws `max_rows` rows where there are more; each is said in `warnings`.

    Raises:
        InputError: nothing was changed; the message says which column or line and what to do.
    """
    path = Path(path)
    header, body = _read(path)
    targets = target_names(target, header) if adapt else [target]
    chosen = _columns(header, targets, features, drop, path)
    index = {name: header.index(name) for name in (*chosen, *targets)}
    n_rows = len(body)
    told: list[str] = []
    if features is None and len(chosen) > 1 and is_row_index(chosen[0], [row[index[chosen[0]]] for row in body]):
        told.append(f"column {chosen[0]!r} numbers the rows, as the index that pandas writes; it is left out")
        del index[chosen.pop(0)]
    body, warnings = _without_missing(body, index, drop_missing, path)
    usable = len(body)
    if usable < 2:
        raise InputError(f"{path.name} has {usable} usable row{'s' * (usable != 1)}; at least 2 are needed")
    if rows is not None and rows < 2:
        raise InputError(f"--rows {rows} is too few; give at least 2")
    most = rows if rows is not None else max_rows if adapt else None
    drawn = most if most is not None and most < usable else None
    if drawn is not None:
        keep = np.sort(stream(seed, "rows").choice(usable, drawn, replace=False))
        body = [body[i] for i in keep.tolist()]
        why = "" if rows is not None else "; another number with --rows"
        told.append(f"{drawn:,} of {usable:,} rows drawn at random (seed {seed}){why}")
    elif rows is None and max_rows is not None and usable > max_rows:
        minutes = STARTS * SECONDS_PER_START * usable / 1000 * (len(chosen) / 10) ** 2 / 60
        raise InputError(
            f"{path.name} has {usable:,} rows, for which {STARTS:,} random starts at 8 units would take about "
            f"{max(minutes, 1):,.0f} minute(s); choose a random part with --rows {max_rows}"
        )
    numbers = _as_numbers(body, index, set(targets) if positive is not None else set(), set(targets), path)
    warnings = [*told, *warnings, *numbers]
    if adapt:
        warnings += _text_encoded(body, chosen, index)
        if not chosen:
            raise InputError(f"no input column of {path.name} holds numbers or few texts; name some with --features")
    X = _numbers(body, chosen, index, path)
    y, task, classes = _target(
        body, targets[0], index[targets[0]], regression or len(targets) > 1, positive, path, adapt
    )
    Y = None
    if len(targets) > 1:
        others = [_target(body, name, index[name], True, None, path, adapt)[0] for name in targets[1:]]
        Y = np.stack([y, *others], axis=1)
    if classes and len(classes) > 2 and all(_parse(name) is not None for name in classes.values()):
        warnings.append(
            f"the target {target!r} has {len(classes)} whole values, taken as classes (--regression takes numbers)"
        )
    warnings += _suspicious(X, chosen)
    for name, column in zip(targets, [y] if Y is None else Y.T, strict=True):
        if len(set(column)) == 1:
            raise InputError(f"the target {name!r} has the same value in every row; there is nothing to learn")
    return Table(tuple(chosen), target, X, y, task, classes, tuple(warnings), n_rows, str(path), Y, drawn)


def _text_encoded(body: list[list[str]], chosen: list[str], index: dict[str, int]) -> list[str]:
    """Put columns of 0 and 1 in place of columns of text, in place; return what was done, in sentences."""
    told = []
    for name in list(chosen):
        texts = [row[index[name]] for row in body]
        wrong = sum(_parse(text) is None for text in texts)
        if 2 * wrong < len(texts) or not wrong:
            continue
        made, sentence = encoded(name, texts)
        told.append(sentence)
        place = chosen.index(name)
        chosen[place : place + 1] = list(made)
        for new, column in made.items():
            index[new] = len(body[0])
            for row, text in zip(body, column, strict=True):
                row.append(text)
    return told


def column_names(path: Path) -> list[str]:
    """Return the names in the header of a table.

    Raises:
        InputError: the file is no table.
    """
    return _read(path)[0]


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows as text."""
    raw = files.read_limited(path)
    try:
        text = raw.decode("utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")  # has a letter for every byte
    if "\x00" in text:
        raise InputError(f"{path.name} is not a text file; save it as CSV")
    if not text.strip():
        raise InputError(f"{path.name} is empty; it needs a header line and at least 2 rows")
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as problem:
        raise InputError(
            f"{path.name} is no table: {problem}; a value is too long, which an unclosed quote also does"
        ) from None
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if not lines:
        raise InputError(f"{path.name} has no header line; name the columns in its first line")
    header = [cell.strip() for cell in lines[0]]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise InputError(f"{path.name} names the column {repeated[0]!r} twice; rename one")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(header):
            raise InputError(
                f"{path.name} line {number} has {len(line)} values, the header has {len(header)}; mend the line"
            )
    if len(lines) == 1:
        raise InputError(f"{path.name} has a header but no rows; at least 2 are needed")
    return header, lines[1:]


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the header, and the first lines the same way, into most columns."""
    lines = [line for line in text.splitlines() if line.strip()][:20]
    best, most = ",", 1
    for candidate in (",", ";", "\t", "|"):
        widths = {len(row) for row in csv.reader(lines, delimiter=candidate)}
        if len(widths) == 1 and (width := widths.pop()) > most:
            best, most = candidate, width
    if most == 1:
        counts = {c: len(next(csv.reader(lines[:1], delimiter=c))) for c in (",", ";", "\t", "|")}
        best = max(counts, key=lambda c: counts[c])
    return best


def _columns(
    header: list[str], targets: list[str], features: Iterable[str] | None, drop: Iterable[str] | None, path: Path
) -> list[str]:
    """Return the names of the input columns."""
    known = ", ".join(map(repr, header[:12])) + (" ..." if len(header) > 12 else "")
    for target in targets:
        if target not in header:
            raise InputError(f"{path.name} has no column {target!r}; it has {known}")
    left_out = set(drop or ())
    for name in (*left_out, *(features or ())):
        if name not in header:
            raise InputError(f"{path.name} has no column {name!r}; it has {known}")
    chosen = list(features) if features is not None else [name for name in header if name not in targets]
    if set(targets) & set(chosen):
        target = next(name for name in targets if name in chosen)
        raise InputError(f"the target {target!r} cannot be one of the features; leave it out of --features")
    chosen = [name for name in chosen if name not in left_out]
    if not chosen:
        raise InputError("no input column is left; name some with --features or drop fewer")
    return chosen


def _without_missing(
    body: list[list[str]], index: dict[str, int], drop_missing: bool, path: Path
) -> tuple[list[list[str]], list[str]]:
    """Return the rows without missing values, refusing them unless they may be dropped."""
    bad = [(i, name) for i, row in enumerate(body) for name, j in index.items() if row[j].strip().lower() in MISSING]
    if not bad:
        return body, []
    rows = {i for i, _ in bad}
    if not drop_missing:
        line, name = bad[0][0] + 2, bad[0][1]
        raise InputError(
            f"{path.name} line {line}, column {name!r}: the value is missing ({len(rows):,} such row(s) of "
            f"{len(body):,}); {_choices(bad, rows, len(body))}"
        )
    return [row for i, row in enumerate(body) if i not in rows], [f"{len(rows)} row(s) with missing values left out"]


def _choices(bad: list[tuple[int, str]], rows: set[int], n: int) -> str:
    """Return what each way of going on without missing values costs."""
    by_column: dict[str, set[int]] = {}
    for i, name in bad:
        by_column.setdefault(name, set()).add(i)
    text = f"leave those rows out with --drop-missing, which leaves {n - len(rows):,} rows"
    worst = max(by_column, key=lambda name: (len(by_column[name]), name))
    others = {i for i, name in bad if name != worst}
    left = f"--drop {shlex.quote(worst)} leaves {n - len(others):,} rows" if len(others) < len(rows) else ""
    if not left:
        return text
    return f"{text}, or {left}{' with --drop-missing' if others else ''}"


def _parse(text: str) -> Fraction | None:
    """Return a number's exact value, or None for text that is no finite number."""
    cleaned = text.strip().replace("−", "-")
    exponent = re.search(r"[eE][+-]?0*(\d+)$", cleaned)
    if exponent is not None and len(exponent[1]) > MOST_EXPONENT_DIGITS:
        return None
    try:
        return Fraction(cleaned)
    except (ValueError, ZeroDivisionError):
        return None


def _check_sizes(values: np.ndarray, name: str, path: Path) -> None:
    """Refuse numbers whose squares leave the range of floats."""
    for i, value in enumerate(values):
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


def _as_numbers(
    body: list[list[str]], index: dict[str, int], kept: set[str], targets: set[str], path: Path
) -> list[str]:
    """Write True and False as 1 and 0 and decimal commas as points, in place; return what was done, in sentences."""
    truths: list[str] = []
    commas: list[str] = []
    for name, j in index.items():
        if name in kept:
            continue
        texts = [row[j] for row in body]
        truth = truth_numbers(texts) if name not in targets else None
        plain = truth or decimal_points(texts, name, path.name)
        if plain is not None:
            (truths if truth else commas).append(name)
            for row, text in zip(body, plain, strict=True):
                row[j] = text
    told = []
    if truths:
        told.append(f"True and False are read as 1 and 0 in {', '.join(map(repr, truths[:6]))}")
    if commas:
        told.append(f"decimal commas are read in {', '.join(map(repr, commas[:6]))}")
    return told


def _numbers(body: list[list[str]], chosen: list[str], index: dict[str, int], path: Path) -> np.ndarray:
    """Return the input columns as exact decimals."""
    X = np.empty((len(body), len(chosen)), dtype=object)
    text_columns: dict[str, tuple[int, str]] = {}
    for k, name in enumerate(chosen):
        wrong = 0
        for i, row in enumerate(body):
            X[i, k] = _parse(row[index[name]])
            if X[i, k] is None:
                wrong += 1
                text_columns.setdefault(name, (i + 2, row[index[name]].strip()))
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
        _check_sizes(X[:, k], name, path)
    return X


def _target(
    body: list[list[str]], target: str, column: int, regression: bool, positive: str | None, path: Path, adapt: bool
) -> tuple[np.ndarray, str, dict[int, str] | None]:
    """Return the targets, the task and the classes."""
    texts = [row[column].strip() for row in body]
    values = [_parse(t) for t in texts]
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
        line = next(i for i, v in enumerate(values) if v is None) + 2
        raise InputError(f"{path.name} line {line}: the target {target!r} is {texts[line - 2]!r}, not a number")
    several = many_classes(texts, values) if adapt and not regression else None
    if several is not None:
        return several[0], "classification", several[1]
    if numeric and (regression or len(kinds) != 2):
        discrete = 3 <= len(kinds) <= 10 and not regression and all(v.denominator == 1 for v in kinds)
        if discrete and len(texts) >= 3 * len(kinds):
            raise InputError(
                f"the target {target!r} has {len(kinds)} values, which looks like classes; "
                f"choose one with --positive {texts[0]}, or say --regression"
            )
        numbers = np.array(values, dtype=object)
        _check_sizes(numbers, target, path)
        return numbers, "regression", None
    if len(kinds) == 1:
        raise InputError(f"the target {target!r} has the same value in every row; there is nothing to learn")
    if len(kinds) > 2:
        if len(kinds) <= 10:
            raise InputError(
                f"the target {target!r} has {len(kinds)} classes ({', '.join(map(str, kinds))}); "
                f"choose one against the rest with --positive {kinds[0]!r}"
            )
        raise InputError(f"the target {target!r} holds text with {len(kinds)} different values; it must be numbers")
    low, high = kinds
    coded = values if numeric else texts
    y = np.array([Fraction(1) if v == high else Fraction(-1) for v in coded], dtype=object)
    return y, "classification", {-1: texts[coded.index(low)], 1: texts[coded.index(high)]}


def _suspicious(X: np.ndarray, names: list[str]) -> list[str]:
    """Return a sentence for each column that is constant or, beside other columns, looks like a row number."""
    sentences = []
    for j, name in enumerate(names):
        values = set(X[:, j])
        if len(values) == 1:
            sentences.append(f"column {name!r} is constant: it tells nothing (drop it with --drop {name!r})")
        elif len(names) > 1 and len(values) == len(X) and all(v.denominator == 1 for v in values) and len(X) >= 10:
            ordered = sorted(values)
            consecutive = ordered[-1] - ordered[0] == len(X) - 1
            reason = "it numbers the rows" if consecutive else "every value is a different integer, as in an identifier"
            sentences.append(f"column {name!r} looks suspicious: {reason} (drop it with --drop {name!r})")
    return sentences


def column_texts(path: str | Path, name: str) -> list[str] | None:
    """Return a column as text without its missing values, or None where the table has no such column."""
    header, body = _read(Path(path))
    if name not in header:
        return None
    column = header.index(name)
    texts = [row[column].strip() for row in body if row[column].strip().lower() not in MISSING]
    return decimal_points(texts, name, Path(path).name) or texts


def target_is_numeric(path: str | Path, target: str) -> bool:
    """Return whether every value of the target column is a number."""
    texts = column_texts(path, target)
    return texts is not None and all(_parse(text) is not None for text in texts)


def column_classes(path: str | Path, name: str) -> list[str]:
    """Return the different values of a column as text, numbers in their order, anything else in that of letters."""
    found = set(column_texts(path, name) or [])
    numbers = {text: _parse(text) for text in found}
    if all(value is not None for value in numbers.values()):
        return sorted(found, key=lambda text: (numbers[text], text))
    return sorted(found)
