"""What a command on a table writes; how it was read is noted, so that `verify --data` reads the same numbers again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import InputError
from . import output
from .explain_data import Reading, read_samples

_LISTS = ("features", "drop")
_FLAGS = ("drop_missing", "regression", "standardize", "bias")


def noted(certificate: dict[str, Any], target: str, **how: Any) -> dict[str, Any]:
    """Return the certificate with a note of how its table was read; no proof rests on the note.

    >>> noted({"data": {"n": 2}}, "y", bias=True, rows=None)["data"]["table"]
    {'target': 'y', 'bias': True}
    """
    note = {"target": target, **{name: value for name, value in how.items() if value not in (None, False)}}
    return {**certificate, "data": {**certificate["data"], "table": note}}


def write_all(folder: Path, name: str, result: Any, certificate: Path | None, target: str, **how: Any) -> list[Path]:
    """Write a result's JSON and page into its folder, its noted proof where one is asked for; return where."""
    from ..certificates import write
    from ..pagelink import render_page

    proof = result.certificate() if certificate is not None else None
    named: dict[str, Any] = {name: result.to_json, "report.html": lambda: render_page(result.report)}
    written = output.write_results(folder, named)
    if certificate is not None and proof is not None:
        written.append(write(certificate, noted(proof, target, **how)))
    return written


def read_again(path: Path, content: dict[str, Any], target: str | None, no_bias: bool) -> Any:
    """Return the samples of a table as the certificate's note says they were read.

    Raises:
        InputError: the note names no target and none is given, or it was altered.
    """
    block = content.get("data")
    note = block.get("table", {}) if isinstance(block, dict) else {}
    if not isinstance(note, dict):
        raise InputError("the certificate's note on its table was altered; give --target")
    column = target or note.get("target")
    if column is None:
        raise InputError("the table's target is needed; give it with --target")
    flags = {name: bool(note.get(name, False)) for name in _FLAGS}
    lists = {name: note.get(name) for name in _LISTS}
    for name, value in lists.items():
        if value is not None and not (isinstance(value, list) and all(isinstance(part, str) for part in value)):
            raise InputError(f"the certificate's note on its table was altered: {name} is {value!r}")
    if "loss" in note:
        codes = note.get("labels")
        if not isinstance(note["loss"], str) or not (codes is None or isinstance(codes, dict)):
            raise InputError("the certificate's note on its table was altered; give the command's own certificate")
        how = Reading(
            lists["features"], lists["drop"], flags["drop_missing"], flags["standardize"], codes, note["loss"]
        )
        return read_samples(path, str(column), 1, how).data
    from ..data import read_table

    rows, seed, positive = note.get("rows"), note.get("seed", 0), note.get("positive")
    if not isinstance(rows, int | None) or not isinstance(seed, int) or not isinstance(positive, str | None):
        raise InputError("the certificate's note on its table was altered; give the command's own certificate")
    table = read_table(
        path,
        str(column),
        lists["features"],
        lists["drop"],
        flags["drop_missing"],
        flags["regression"],
        positive,
        rows,
        seed,
        max_rows=None,
    )
    return table.dataset(bias=(flags["bias"] if "target" in note else True) and not no_bias)
