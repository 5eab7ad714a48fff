"""Sweeps as tables of other libraries: pandas, xarray, Parquet, CSV."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError, UnsupportedError
from ..numbers import files
from .store import Store

ENDINGS = (".csv", ".parquet")
POINT = "point"
STATISTICS = ("trials", "missing", "mean", "standard_error", "low", "high", "least", "most")


def to_dataframe(store: Store, trials: bool = False) -> Any:
    """Return the summary as a pandas data frame, or one row per trial; needs the extra [data].

    Args:
        store: of the sweep.
        trials: True returns the trials instead: cell, quantity, parameters, trial, and one column per number (NaN
            where a trial has none). The plan must have kept them (`keep_trials`).

    Raises:
        UnsupportedError: pandas is not installed.
        InputError: the plan kept no trials.
    """
    pandas = _import("pandas")
    if not trials:
        return pandas.DataFrame(store.summary())
    if not store.plan.keep_trials:
        raise InputError(f"{store.path.name} holds no single trials; run the plan with keep_trials = true")
    frames = []
    for cell in store.plan.cells():
        numbers = store.numbers(cell.quantity)
        for chunk, values in store.trials(cell.index):
            first = chunk * store.plan.chunk
            where = {"cell": cell.index, "quantity": cell.quantity, **cell.parameters}
            columns = dict(zip(numbers, values.T, strict=True))
            frames.append(pandas.DataFrame({**where, "trial": np.arange(first, first + len(values)), **columns}))
    return pandas.concat(frames, ignore_index=True) if frames else pandas.DataFrame()


def to_xarray(store: Store) -> Any:
    """Return the summary as an xarray Dataset; needs the extra [data].

    Its dimensions are the axes of the grid, "point" where the plan zips (the zipped values are coordinates along it),
    and "number". Cells that are not done yet hold NaN, and 0 trials. Its attributes hold the plan and the versions.

    Raises:
        UnsupportedError: xarray is not installed.
    """
    xarray = _import("xarray")
    plan, rows = store.plan, store.summary()
    numbers = list(dict.fromkeys(row["number"] for row in rows))
    points = len(next(iter(plan.zip.values()))) if plan.zip else 0
    shape = (*(len(values) for values in plan.grid.values()), *([points] if points else []), len(numbers))
    dimensions = (*plan.grid, *([POINT] if points else []), "number")
    variables = {}
    for name in STATISTICS:
        whole = name in ("trials", "missing")
        values = np.zeros(shape, dtype=int) if whole else np.full(shape, np.nan)
        flat = values.reshape(-1, len(numbers)) if numbers else values
        for row in rows:
            if row[name] is not None:
                flat[row["cell"], numbers.index(row["number"])] = row[name]
        variables[name] = (dimensions, values)
    coordinates: dict[str, Any] = {**plan.grid, "number": numbers}
    coordinates.update({name: (POINT, values) for name, values in plan.zip.items()})
    attributes = {"plan": json.dumps(plan.to_dict()), "versions": json.dumps(store.versions)}
    return xarray.Dataset(variables, coordinates, attributes)


def export(store: Store, path: str | Path, trials: bool = False) -> Path:
    """Write the summary, or with `trials` one row per trial, as .csv or .parquet, whole or not at all.

    Raises:
        InputError: another ending, or a folder that cannot be written to.
        UnsupportedError: Parquet and trials need the extra [data].
    """
    path = check_export(path, trials)
    if path.suffix == ".csv":
        return files.write_atomic(path, to_dataframe(store, True).to_csv(index=False) if trials else store.to_csv())
    buffer = io.BytesIO()
    to_dataframe(store, trials).to_parquet(buffer, index=False)
    return files.write_atomic(path, buffer.getvalue())


def check_export(path: str | Path, trials: bool = False) -> Path:
    """Return the path of an export, or say before a long run what would be in its way.

    Raises:
        InputError: another ending, or a folder that is not there.
        UnsupportedError: what Parquet and trials need is not installed.
    """
    path = Path(path)
    if path.suffix not in ENDINGS:
        raise InputError(f"{path.name}: choose a name that ends in {' or '.join(ENDINGS)}")
    if not path.absolute().parent.is_dir():
        raise InputError(f"cannot write {path}: there is no folder {path.parent}")
    if trials or path.suffix == ".parquet":
        _import("pandas")
    if path.suffix == ".parquet":
        _import("pyarrow")
    return path


def _import(name: str) -> Any:
    """Import an optional package by name."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise UnsupportedError(f"this needs {name}: pip install {name}") from None
