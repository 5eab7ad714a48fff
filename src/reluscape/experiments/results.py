"""What one unit of work gives, and the statistics of it that are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class ChunkResult:
    """What one unit of work gave: per named number the statistics, or why there are none.

    Attributes:
        cell: index of the cell.
        chunk: number of the chunk inside the cell.
        status: "done", "failed" (an error was raised) or "crashed" (the worker died each time).
        names: the numbers measured in each trial.
        values: (trials, len(names)) floats; NaN where a number does not exist in a trial.
        message: the error's line, or empty.
    """

    cell: int
    chunk: int
    status: str
    names: tuple[str, ...] = ()
    values: np.ndarray | None = None
    message: str = ""


def statistics(values: np.ndarray) -> list[tuple[Any, ...]]:
    """Return count, missing, sum, squared deviations from the mean, least and most of each number over a chunk.

    Args:
        values: (trials, numbers), NaN where a number is missing.

    >>> statistics(np.array([[1.0], [np.nan], [3.0]]))
    [(2, 1, 4.0, 2.0, 1.0, 3.0)]
    """
    there = ~np.isnan(values)
    count = there.sum(axis=0)
    total = np.where(there, values, 0.0).sum(axis=0)
    away = np.where(there, values - total / np.maximum(count, 1), 0.0)
    least = np.where(there, values, np.inf).min(axis=0, initial=np.inf)
    most = np.where(there, values, -np.inf).max(axis=0, initial=-np.inf)
    columns = (count, len(values) - count, total, (away * away).sum(axis=0), least, most)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    return [row if row[0] else (*row[:4], None, None) for row in rows]
