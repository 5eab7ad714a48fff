"""What every report says first: version, command, seed, and what its data are."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from fractions import Fraction
from importlib import metadata
from typing import Any

from .._version import __version__
from ..problem.data import Dataset
from .schema import Data, Header
from .wording import count

PACKAGES = ("numpy", "scipy", "numba", "python-flint")


def opening(kind: str, command: str, seed: int) -> Header:
    """Return the head of a report of schema 1."""
    return {
        "schema": 1,
        "kind": kind,
        "version": __version__,
        "command": command,
        "seed": seed,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version(), **{p: metadata.version(p) for p in PACKAGES}},
    }


def about_data(
    data: Dataset,
    file: str | None,
    classes: dict[int, str] | None,
    output_bias: bool,
    warnings: tuple[str, ...],
) -> Data:
    """Return what there is to say about the data."""
    said = list(warnings)
    floor, constant = _floor(data), _spread(data.y_fractions)
    if data.conflicts:
        groups = len(data.conflicts)
        have = "has" if groups == 1 else "have"
        said.append(f"{count(groups, 'group')} of equal rows {have} different targets: no network fits them all")
    if data.zero_rows:
        zeros = len(data.zero_rows)
        said.append(
            f"{count(zeros, 'row')} {'is' if zeros == 1 else 'are'} zero: no unit can be active there, the loss is "
            "constant"
        )
    if not data.bias:
        said.append("no hidden bias: every unit switches on a hyperplane through the origin")
    if not output_bias:
        said.append("no output bias: predictions carry no free constant")
    position = data.general_position
    return {
        "file": file or "data",
        "target": data.target or "y",
        "features": list(data.features),
        "n": data.n,
        "d": data.d,
        "rank": data.rank,
        "bias": data.bias,
        "hidden_bias": data.bias or _has_constant(data),
        "output_bias": output_bias,
        "task": "classification" if classes else "regression",
        "classes": {f"{k:+d}".replace("+1", "+1"): v for k, v in classes.items()} if classes else None,
        "warnings": said,
        "duplicates": sum(len(group) - 1 for group in data.duplicates),
        "zero_rows": list(data.zero_rows),
        "general_position": {"status": position.status, "text": str(position)},
        "floor_share": float(floor / constant) if floor else None,
        "inputs": "standardised",
    }


def _has_constant(data: Dataset) -> bool:
    """Return whether some column has the same number, not 0, in every row."""
    return data.n > 0 and bool(((data.X[0] == data.X).all(axis=0) & (data.X[0] != 0)).any())


def without_bias(data: Data) -> str | None:
    """Return the sentence on what a missing hidden bias means, None where there is one or a column that does its work.

    >>> without_bias({"hidden_bias": True}) is None
    True
    """
    if data.get("hidden_bias", True):
        return None
    return (
        "Without hidden bias every unit switches on a hyperplane through the origin; give Dataset(X, y, bias=True), "
        "or leave out --no-bias, to have one."
    )


def _floor(data: Dataset) -> Fraction:
    """Return the loss that no function of the inputs can go below: the targets' spread inside groups of equal rows."""
    total = Fraction(0)
    for group in data.conflicts:
        total += len(group) * _spread([data.y_fractions[i] for i in group])
    return total / data.n


def _spread(values: Any) -> Fraction:
    """Return the variance of exact numbers."""
    mean = sum(values, Fraction(0)) / len(values)
    return sum(((v - mean) ** 2 for v in values), Fraction(0)) / len(values)
