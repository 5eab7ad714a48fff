"""The rows of a table that were not drawn, as floats, coded as the drawn ones were."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...errors import InputError
from .columns import parsed


def undrawn_rows(
    rest: Sequence[list[str]],
    columns: list[int],
    names: dict[int, str],
    targets: list[int],
    codes: dict[str, float] | None,
    path: Path,
) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs (r, d) and targets (r, k) of the rows that were not drawn.

    Rows of a class that no drawn row has are left out.

    Args:
        rest: the rows' texts.
        columns: places of the inputs.
        names: names of all columns by their places.
        targets: places of the targets.
        codes: the number of each text of the target, where it has classes; the text "" stands for all others.
        path: the file.

    Raises:
        InputError: a cell is no number.

    >>> X, Y = undrawn_rows([["1", "a"], ["2", "b"]], [0], {0: "x"}, [1], {"a": 1.0}, Path("t.csv"))
    >>> X.tolist(), Y.tolist()
    ([[1.0]], [[1.0]])
    """
    if codes is None:
        return _floats(rest, columns, names, path), _floats(rest, targets, names, path)
    other = codes.get("", np.nan)
    labels = np.array([codes.get(row[targets[0]].strip(), other) for row in rest])
    has_label = np.isfinite(labels)
    return _floats([rest[i] for i in np.flatnonzero(has_label).tolist()], columns, names, path), labels[has_label, None]


def _floats(rows: Sequence[list[str]], columns: list[int], names: dict[int, str], path: Path) -> np.ndarray:
    """Return columns as floats (r, k)."""
    values = np.empty((len(rows), len(columns)))
    for k, j in enumerate(columns):
        texts = [row[j] for row in rows]
        try:
            values[:, k] = np.array(texts, dtype=float)
        except ValueError:
            values[:, k] = [np.nan if (value := parsed(text)) is None else float(value) for text in texts]
        wrong = np.flatnonzero(~np.isfinite(values[:, k]))
        if len(wrong):
            raise InputError(
                f"{path.name}, column {names[j]!r}: {texts[wrong[0]].strip()[:40]!r} is not a number; mend or drop it"
            )
    return values
