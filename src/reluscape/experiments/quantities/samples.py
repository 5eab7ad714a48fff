"""The samples of a trial: drawn from a law, afresh or once for all trials, or read from a table of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import InputError, TooLarge
from ...numbers.seeds import stream
from ...problem.data import Dataset
from ...problem.data.examples import load
from ...problem.data.scaling import standardize
from ...problem.data.table import read_table
from .laws import INPUTS, TARGETS, draw_inputs, draw_targets, unknown_targets
from .values import size

FRESH = "fresh"
# entries of the largest array that a trial draws, 400 MB
MOST_NUMBERS = 50_000_000
# what every quantity on samples takes: sizes and laws, whether all trials share one draw, a table's target column
SAMPLES: dict[str, Any] = {
    "n": None,
    "d": None,
    "data": "normal",
    "targets": "normal",
    "data_seed": FRESH,
    "target": "",
}
INPUTS_ONLY = {name: value for name, value in SAMPLES.items() if name != "targets"}
OF_A_LAW = ("n", "d", "targets", "data_seed")
NAMED = ("breast_cancer", "diabetes", "linnerud", "xor")
FOLDER = "folder"


def is_table(data: Any) -> bool:
    """Return whether the parameter `data` names a table (a CSV file or a data set by name) and no law."""
    return isinstance(data, str) and (data in NAMED or is_file(data))


def is_file(data: Any) -> bool:
    """Return whether the parameter `data` names a CSV file."""
    return isinstance(data, str) and data.lower().endswith(".csv")


def draw_samples(
    parameters: Mapping[str, Any], rng: np.random.Generator, width: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Return the samples of one trial with their column of ones, (n, d + 1), and their targets, (n,).

    Args:
        parameters: of the cell, those of `SAMPLES` among them. With data_seed "fresh" each trial has samples of its
            own; a whole number names one draw that all trials of the cell share. A table's inputs are standardised,
            its numeric target too; two classes become -1 and +1.
        rng: stream of the trial.
        width: number of units of a teacher.

    Raises:
        InputError: an unknown law, a size that is none, or a table that cannot be read.
    """
    data = parameters["data"]
    if is_table(data):
        return _table(data, str(parameters["target"]), str(parameters.get(FOLDER, ".")))
    n, d = size(parameters, "n"), size(parameters, "d")
    targets, seed = parameters.get("targets", "normal"), _draw_seed(parameters)
    if seed != FRESH:
        rng = stream(seed, "samples", n, d, data, targets)
    X = draw_inputs(rng, data, n, d)
    return X, draw_targets(rng, targets, X, width)


@lru_cache(maxsize=8)
def _table(name: str, target: str, folder: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a table's standardised inputs with a column of ones, and its targets."""
    if name in NAMED:
        data = load(name, bias=True)
    else:
        if not target:
            raise InputError(f'{name} is a table; name its target column, for instance target = "y"')
        data = Dataset.from_table(read_table(Path(folder) / name, target, max_rows=None), bias=True)
    return standardize(data).X, _centred(data)


def _centred(data: Dataset) -> np.ndarray:
    """Return targets of mean 0 and spread 1; labels -1 and +1 stay as they are."""
    if data.y is None:
        raise InputError("the table has no targets")
    y = np.array(data.y)
    if np.isin(y, (-1.0, 1.0)).all():
        return y
    spread = y.std()
    return (y - y.mean()) / (spread if spread > 0 else 1.0)


def check_samples(parameters: Mapping[str, Any], whole: Mapping[str, Any], where: str) -> None:
    """Refuse samples that cannot be drawn: parameters of a law beside a table, unknown laws, sizes beyond memory.

    Args:
        parameters: the parameters that the cell names.
        whole: these and the defaults of the others.
        where: the quantity, for the message.
    """
    data = parameters.get("data", "normal")
    if is_table(data):
        for name in OF_A_LAW:
            if name in parameters:
                raise InputError(f"{where}: {data} brings its own samples; leave {name!r} out")
        return
    if data not in INPUTS:
        choices = ", ".join((*INPUTS, *NAMED))
        raise InputError(f"{where}: unknown data {data!r}; choose {choices}, or name a CSV file")
    if "targets" in whole and whole["targets"] not in TARGETS:
        raise unknown_targets(whole["targets"])
    _draw_seed(whole)
    sizes = {name: size(whole, name) for name in ("n", "d")}
    if not isinstance(whole.get("width", ""), str):  # a word stands for a width that follows from the samples
        sizes["width"] = size(whole, "width")
    rows, columns, units = sizes["n"], sizes["d"] + 1, sizes.get("width", 1)
    most = max(rows * columns, rows * units, units * columns)
    if most > MOST_NUMBERS:
        size_text = ", ".join(f"{name} = {value}" for name, value in sizes.items())
        raise TooLarge(
            f"{where}: {size_text} make a table of {most:.1e} numbers; at most {MOST_NUMBERS:,} are taken, so lower one"
        )


def _draw_seed(parameters: Mapping[str, Any]) -> Any:
    """Return what names the draw of the samples: the word for a fresh one, or a whole number."""
    seed = parameters["data_seed"]
    if seed != FRESH and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
        raise InputError(f'data_seed is {seed!r}; it is "{FRESH}" or a whole number that names one draw')
    return seed
