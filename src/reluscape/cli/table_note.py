"""What a command on a table writes; how it was read is noted, so that `verify --data` reads the same numbers again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import CertificateError, InputError
from ..numbers.files import shown
from . import output
from .explain_data import Reading, read_samples
from .input_scale import InputScale
from .pages import results

MOST_NAMED = 20
_FLAGS = ("drop_missing", "regression", "standardize", "bias", "adapt")


def noted(certificate: dict[str, Any], target: str, **how: Any) -> dict[str, Any]:
    """Return the certificate with a note of how its table was read; no proof rests on the note.

    >>> noted({"data": {"n": 2}}, "y", bias=True, rows=None)["data"]["table"]
    {'target': 'y', 'bias': True}
    """
    note = {"target": target, **{name: value for name, value in how.items() if value not in (None, False)}}
    return {**certificate, "data": {**certificate["data"], "table": note}}


def write_all(folder: Path, result: Any, certificate: Path | None, target: str, **how: Any) -> list[Path]:
    """Write a result's JSON and page into its folder, its noted proof where one is asked for; return where."""
    from ..certificates import write

    proof = result.certificate() if certificate is not None else None
    paths = output.write_results(folder, results(folder, result.report))
    if certificate is not None and proof is not None:
        paths.append(write(certificate, noted(proof, target, **how)))
    return paths


def read_again(path: Path, content: dict[str, Any], target: str | None, no_bias: bool) -> tuple[Any, str]:
    """Return the samples of a table as the certificate's note says they were read, and a sentence that says how.

    Raises:
        InputError: the note names no target and none is given, names another one, or was altered.
    """
    from ..certificates import table_note

    try:
        note = table_note(content)
    except CertificateError as problem:
        raise InputError(f"{problem}; give the command's own certificate") from None
    column = target or note.get("target")
    if column is None:
        raise InputError("the table's target is needed; give it with --target")
    if note.get("target", column) != column:
        raise InputError(
            f"the certificate is about the target {shown(note['target'])!r}, --target is {shown(column)!r}; "
            "leave out --target, or give a certificate about that column"
        )
    flags = {name: note.get(name, False) for name in _FLAGS}
    if "loss" in note:
        labels = note.get("labels")
        how = Reading(
            note.get("features"), note.get("drop"), flags["drop_missing"], flags["standardize"], labels, note["loss"]
        )
        how = replace(how, scale=_noted_scale(note))
        data = _scaled_target(read_samples(path, column, 1, how).data, note)
        return data, _how(path, data, note, len(data.fractions))
    from ..problem.data import Dataset, read_table

    table = read_table(
        path,
        column,
        note.get("features"),
        note.get("drop"),
        flags["drop_missing"],
        flags["regression"],
        note.get("positive"),
        note.get("rows"),
        note.get("seed", 0),
        max_rows=None,
        adapt=flags["adapt"],
    )
    data = Dataset.from_table(table, bias=(flags["bias"] if "target" in note else True) and not no_bias)
    classes = {name: f"{number:+d}" for number, name in (table.classes or {}).items()}
    return data, _how(path, data, {"labels": classes, **note}, table.n_rows)


def _noted_scale(note: dict[str, Any]) -> InputScale | None:
    """Return the means and deviations that a note says the inputs were scaled by, or None."""
    if "input_mean" not in note:
        return None
    mean, scale = (_doubles(note.get(name, [])) for name in ("input_mean", "input_scale"))
    if mean.shape != scale.shape or (scale == 0).any():
        raise InputError("the note on the table has no deviation for each mean; give the command's own certificate")
    return InputScale(mean, scale, "the certificate's note")


def _scaled_target(data: Any, note: dict[str, Any]) -> Any:
    """Return the samples with the target standardised as the note says."""
    from ..problem.data import Dataset
    from ..problem.trained.rescaling import scale_of, standardised

    if "target_scale" not in note:
        return data
    y = np.asarray(data.y, dtype=float)
    scale = scale_of(y[:, None], tuple(_doubles(note["target_scale"])))
    if scale is None:
        return data
    X = data.fractions[:, :-1] if data.bias else data.fractions
    return Dataset(X, standardised(y, scale), bias=data.bias, features=data.features, target=data.target)


def _doubles(texts: list[str]) -> np.ndarray:
    """Return texts as finite doubles."""
    try:
        numbers = np.array([float(text) for text in texts])
    except ValueError:
        numbers = np.array([np.nan])
    if not np.isfinite(numbers).all():
        raise InputError("the note on the table holds a text that is no number; give the command's own certificate")
    return numbers


def _how(path: Path, data: Any, note: dict[str, Any], in_file: int) -> str:
    """Return which column, inputs and rows of a table were read, and what was done to them."""
    names = list(data.features or ())
    inputs = ", ".join(names[:MOST_NAMED]) + (f", and {len(names) - MOST_NAMED:,} more" if names[MOST_NAMED:] else "")
    rows = f"{data.n:,} rows" if data.n == in_file else f"{data.n:,} of {in_file:,} rows"
    parts = [f"target {data.target}", f"inputs {inputs}", rows]
    if note.get("labels"):
        parts.append("classes " + ", ".join(f"{name} = {number}" for name, number in note["labels"].items()))
    if note.get("drop_missing"):
        parts.append("rows with missing values left out")
    if note.get("standardize") or "input_mean" in note:
        parts.append("inputs standardised")
    if "target_scale" in note:
        parts.append("target standardised")
    return shown(f"read from {path.name}: {'; '.join(parts)}")
