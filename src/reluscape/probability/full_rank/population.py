"""The populations that a share of full ranks is taken over."""

from __future__ import annotations

from ...errors import InputError, ZeroRowError
from ...problem.data import Dataset

POPULATIONS = ("patterns", "regions", "initialization")


def check_population(population: str, data: Dataset) -> None:
    """Refuse an unknown population, and the regions of data with a row of zeros."""
    if population not in POPULATIONS:
        raise InputError(f"population is {population!r}; choose one of {', '.join(POPULATIONS)}")
    if population == "regions" and data.zero_rows:
        raise ZeroRowError(
            f"row {data.zero_rows[0]} of X is zero, so that no activation region is non-empty; remove zero rows first"
        )


def positively_parallel(data: Dataset) -> bool:
    """Whether two samples are positive multiples of one another."""
    rows = [tuple(int(v) for v in row) for row in data.rows if any(row)]
    return len(set(rows)) < len(rows)
