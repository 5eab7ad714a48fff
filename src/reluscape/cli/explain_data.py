"""The table of an explanation as the model means it: one target, several, or classes with one output each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from .input_scale import InputScale, input_scale, read_npz_scale


@dataclass(frozen=True)
class Reading:
    """How the table is to be read.

    Attributes:
        features, drop: columns to take and to leave out, or None.
        drop_missing: leave out rows with missing values.
        standardize: scale the inputs.
        codes: {class: number as text}, or None.
        loss: two classes of text become 0 and 1 for a loss of such labels or None, else -1 and 1.
        scale: means and deviations of the inputs, None for those of the rows that are read.
    """

    features: list[str] | None
    drop: list[str] | None
    drop_missing: bool
    standardize: bool
    codes: dict[str, str] | None
    loss: str | None
    scale: InputScale | None = None


@dataclass(frozen=True, eq=False)
class Samples:
    """What was read.

    Attributes:
        data: samples with a column of ones, and with targets where there is one output.
        Y: (n, k) targets for k > 1 outputs, else None.
        classes: names of two classes by their number, or None.
        warnings: what is worth saying.
        scale: the means and deviations that the inputs were scaled by, None where they were not.
    """

    data: Any
    Y: np.ndarray | None
    classes: dict[int, str] | None
    warnings: tuple[str, ...]
    scale: InputScale | None = None


def read_samples(path: Path, target: str, outputs: int, how: Reading) -> Samples:
    """Return the samples for a model of some outputs.

    Args:
        path: the CSV file.
        target: its target column; for several outputs also their columns A,B,C.
        outputs: number of the model's outputs.
        how: the options.
    """
    if outputs == 1:
        return _single(path, target, how)
    from ..problem.data.target_column import column_classes, column_texts

    names = [part.strip() for part in target.split(",") if part.strip()]
    if column_texts(path, target) is None and len(names) > 1:
        return _columns(path, names, outputs, how)
    classes = _ordered(column_classes(path, target), how.codes)
    if classes and len(classes) != outputs:
        raise InputError(
            f"the model has {outputs} outputs, but the target {target!r} has {len(classes)} different values; "
            "give as many target columns as outputs, --target A,B"
        )
    return _classes(path, target, classes or [""], how)


def label_codes(text: str | None) -> dict[str, str] | None:
    """Return {class: number as text} of NEG=-1,POS=1."""
    if text is None:
        return None
    parts = [part.split("=", 1) for part in text.split(",") if "=" in part]
    codes = {name.strip(): number.strip() for name, number in parts}
    if len(codes) < 2 or len(codes) != len(text.split(",")):
        raise InputError(f"--labels is {text!r}; give every class its number, for instance NEG=-1,POS=1")
    return codes


def scaled_reading(how: Reading, scaler: Path | None, target: str, outputs: int, with_target: bool) -> Reading:
    """Return how to read the table once the scaler's file is known: an npz of numbers, or the training rows.

    Raises:
        InputError: the file cannot be read, or says nothing about the target where that is standardised too.
    """
    if scaler is None:
        return how
    if scaler.suffix.lower() == ".npz":
        scale = read_npz_scale(scaler)
    else:
        scale = input_scale(read_samples(scaler, target, outputs, replace(how, standardize=False)).data, scaler.name)
    if with_target and scale.target is None:
        raise InputError(
            f"{scaler.name} says nothing about the target; add target_mean and target_scale, or give the training CSV"
        )
    return replace(how, scale=scale)


def _single(path: Path, target: str, how: Reading) -> Samples:
    """Read one target: numbers as they are, two classes as -1 and 1 or as asked."""
    from ..problem.data import read_table
    from ..problem.data.target_column import target_is_numeric
    from ..problem.losses import labels_of

    as_numbers = how.codes is None and target_is_numeric(path, target)
    table = read_table(path, target, how.features, how.drop, how.drop_missing, regression=as_numbers, max_rows=None)
    codes, y, names = how.codes, table.y, table.classes
    as_zero_one = how.loss is None or labels_of(how.loss) == (0, 1)
    if codes is None and as_zero_one and names is not None:
        codes = {names[-1]: "0", names[1]: "1"}
    if codes is not None:
        y = _relabelled(table, codes)
        by_number = {_whole(number): name for name, number in codes.items()}
        names = {number: name for number, name in by_number.items() if number is not None}
    data, scale = _samples(table, y, how)
    return Samples(data, None, names or None, table.warnings, scale)


def _columns(path: Path, names: list[str], outputs: int, how: Reading) -> Samples:
    """Read one column of numbers for each output."""
    from ..problem.data import read_table

    if len(names) != outputs:
        raise InputError(f"the model has {outputs} outputs, --target names {len(names)} columns; name one for each")
    tables = []
    for name in names:
        others = [other for other in names if other != name and other not in (how.features or ())]
        drop = [*(how.drop or []), *others]
        tables.append(read_table(path, name, how.features, drop, how.drop_missing, regression=True, max_rows=None))
    if len({len(table.y) for table in tables}) > 1:
        raise InputError(f"{path.name} misses targets in different rows; remove the rows where one is missing")
    Y = np.array([np.array(table.y, dtype=float) for table in tables]).T
    data, scale = _samples(tables[0], None, how)
    return Samples(data, Y, None, tables[0].warnings, scale)


def _classes(path: Path, target: str, classes: list[str], how: Reading) -> Samples:
    """Read a column of classes: one output for each, 1 where the row belongs to it and 0 elsewhere."""
    from ..problem.data import read_table

    tables = [
        read_table(path, target, how.features, how.drop, how.drop_missing, positive=name or None, max_rows=None)
        for name in classes
    ]
    Y = np.array([np.array(table.y, dtype=float) > 0 for table in tables]).T.astype(float)
    data, scale = _samples(tables[0], None, how)
    return Samples(data, Y, None, tables[0].warnings, scale)


def _samples(table: Any, y: Any, how: Reading) -> tuple[Any, InputScale | None]:
    """Return a table as a data set with a column of ones, scaled where asked, and by what."""
    from ..problem.data import Dataset

    data = Dataset(table.X, y, bias=True, features=table.features, target=table.target)
    if not how.standardize and how.scale is None:
        return data, None
    scale = how.scale if how.scale is not None else input_scale(data)
    return Dataset(scale.applied(data), y, bias=True, features=table.features, target=table.target), scale


def _relabelled(table: Any, codes: dict[str, str]) -> np.ndarray:
    """Return the targets with the numbers asked for."""
    from ..numbers.exact import to_fraction

    if table.classes is None or set(table.classes.values()) != set(codes):
        classes = ", ".join((table.classes or {}).values()) or "numbers"
        raise InputError(f"--labels names {', '.join(codes)}, but the target holds {classes}")
    return np.array([to_fraction(codes[table.classes[int(v)]]) for v in table.y], dtype=object)


def _ordered(classes: list[str], codes: dict[str, str] | None) -> list[str]:
    """Return the classes in the order of their numbers, where these are given."""
    if codes is None:
        return classes
    if set(codes) != set(classes):
        raise InputError(f"--labels names {', '.join(codes)}, but the target holds {', '.join(classes[:10])}")
    places = [_whole(number) for number in codes.values()]
    if sorted(place for place in places if place is not None) != list(range(len(classes))):
        raise InputError(f"--labels must number the outputs 0 to {len(classes) - 1} for a model of several outputs")
    return sorted(classes, key=lambda name: _whole(codes[name]) or 0)


def _whole(text: str) -> int | None:
    """Return text as a whole number, or None."""
    try:
        return int(text)
    except ValueError:
        return None
