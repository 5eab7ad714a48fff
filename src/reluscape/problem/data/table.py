"""Reading a table of numbers from a text file, every number as an exact decimal."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import InputError
from ...numbers.seeds import stream
from .cells import MISSING, is_row_index
from .classes import target_names
from .columns import as_numbers, numbers, parsed, suspicious, text_encoded
from .target_column import target_values
from .text_file import Row, read_rows
from .undrawn import undrawn_rows

MAX_ROWS = 2000
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
        undrawn: inputs (r, d) and targets (r, k) of the rows that were not drawn, as floats, None where not asked for.
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
    undrawn: tuple[np.ndarray, np.ndarray] | None = None


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
    undrawn: bool = False,
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
        undrawn: whether the rows that are not drawn are read too, as floats.

    Raises:
        InputError: nothing was changed; the message says which column or line and what to do.
    """
    path = Path(path)
    header, body = read_rows(path)
    targets = target_names(target, header) if adapt else [target]
    columns = _columns(header, targets, features, drop, path)
    index = {name: header.index(name) for name in (*columns, *targets)}
    n_rows = len(body)
    sentences: list[str] = []
    if features is None and len(columns) > 1 and is_row_index(columns[0], [row[index[columns[0]]] for row in body]):
        sentences.append(f"column {columns[0]!r} numbers the rows, as the index that pandas writes; it is left out")
        del index[columns.pop(0)]
    body, warnings = _without_missing(body, index, drop_missing, path)
    usable = len(body)
    if usable < 2:
        raise InputError(f"{path.name} has {usable} usable row{'s' * (usable != 1)}; at least 2 are needed")
    if rows is not None and rows < 2:
        raise InputError(f"--rows {rows} is too few; give at least 2")
    most = rows if rows is not None else max_rows if adapt else None
    sample_size = most if most is not None and most < usable else None
    rest: list[Row] = []
    if sample_size is not None:
        keep = np.sort(stream(seed, "rows").choice(usable, sample_size, replace=False))
        if undrawn:
            rest = [body[i] for i in np.setdiff1d(np.arange(usable), keep).tolist()]
        body = [body[i] for i in keep.tolist()]
        why = "" if rows is not None else "; another number with --rows"
        judging = "; the others judge the fits, and fits of all rows are told" if undrawn else ""
        sentences.append(f"{sample_size:,} of {usable:,} rows drawn at random (seed {seed}){why}{judging}")
    elif rows is None and max_rows is not None and usable > max_rows:
        minutes = STARTS * SECONDS_PER_START * usable / 1000 * (len(columns) / 10) ** 2 / 60
        raise InputError(
            f"{path.name} has {usable:,} rows, for which {STARTS:,} random starts at 8 units would take about "
            f"{max(minutes, 1):,.0f} minute(s); choose a random part with --rows {max_rows}"
        )
    rewritten = as_numbers([*body, *rest], index, set(targets) if positive is not None else set(), set(targets), path)
    warnings = [*sentences, *warnings, *rewritten]
    if adapt:
        warnings += text_encoded(body, columns, index, rest)
        if not columns:
            raise InputError(f"no input column of {path.name} holds numbers or few texts; name some with --features")
    X = numbers(body, columns, index, path)
    y, task, classes = target_values(
        body, targets[0], index[targets[0]], regression or len(targets) > 1, positive, path, adapt
    )
    Y = None
    if len(targets) > 1:
        more = [target_values(body, name, index[name], True, None, path, adapt)[0] for name in targets[1:]]
        Y = np.stack([y, *more], axis=1)
    if classes and len(classes) > 2 and all(parsed(name) is not None for name in classes.values()):
        warnings.append(
            f"the target {target!r} has {len(classes)} whole values, taken as classes (--regression takes numbers)"
        )
    warnings += suspicious(X, columns)
    for name, column in zip(targets, [y] if Y is None else Y.T, strict=True):
        if len(set(column)) == 1:
            raise InputError(f"the target {name!r} has the same value in every row; there is nothing to learn")
    others = None
    if rest:
        codes = None
        if classes is not None:
            codes = {row[index[target]].strip(): float(value) for row, value in zip(body, y, strict=True)}
            if positive is not None:
                codes[""] = -1.0
        places = [index[name] for name in columns]
        titles = {place: name for name, place in index.items()}
        others = undrawn_rows(rest, places, titles, [index[name] for name in targets], codes, path)
    return Table(
        tuple(columns), target, X, y, task, classes, tuple(warnings), n_rows, str(path), Y, sample_size, others
    )


def _columns(
    header: list[str], targets: list[str], features: Iterable[str] | None, drop: Iterable[str] | None, path: Path
) -> list[str]:
    """Return the names of the input columns."""
    listing = ", ".join(map(repr, header[:12])) + (" ..." if len(header) > 12 else "")
    for target in targets:
        if target not in header:
            raise InputError(f"{path.name} has no column {target!r}; it has {listing}")
    left_out = set(drop or ())
    for name in (*left_out, *(features or ())):
        if name not in header:
            raise InputError(f"{path.name} has no column {name!r}; it has {listing}")
    columns = list(features) if features is not None else [name for name in header if name not in targets]
    if set(targets) & set(columns):
        target = next(name for name in targets if name in columns)
        raise InputError(f"the target {target!r} cannot be one of the features; leave it out of --features")
    columns = [name for name in columns if name not in left_out]
    if not columns:
        raise InputError("no input column is left; name some with --features or drop fewer")
    return columns


def _without_missing(
    body: list[Row], index: dict[str, int], drop_missing: bool, path: Path
) -> tuple[list[Row], list[str]]:
    """Return the rows without missing values, refusing them unless they may be dropped."""
    texts = {name: [row[j] for row in body] for name, j in index.items()}
    holes = {text for column in texts.values() for text in set(column) if text.strip().lower() in MISSING}
    if not holes:
        return body, []
    bad = [(i, name) for i, row in enumerate(body) for name, j in index.items() if row[j] in holes]
    rows = {i for i, _ in bad}
    if not drop_missing:
        line, name = body[bad[0][0]].line, bad[0][1]
        raise InputError(
            f"{path.name} line {line}, column {name!r}: the value is missing (in {len(rows):,} of "
            f"{len(body):,} rows); {_choices(bad, rows, len(body))}"
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
