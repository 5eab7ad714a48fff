"""General position: whether every choice of rank-many samples is linearly independent, with the proof or the cost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

import numpy as np

from ...numbers import exact

SUBSET_BUDGET = 200_000
BATCH = 4096


@dataclass(frozen=True)
class GeneralPosition:
    """The answer: `status` is "certified", "refuted" or "not checked".

    Attributes:
        status: what is known.
        dependent: rows of a linearly dependent subset where refuted, else None.
        cost: number of subsets that a full check has to look at.
    """

    status: str
    dependent: tuple[int, ...] | None
    cost: int

    def __bool__(self) -> bool:
        """Return True only where it is certified."""
        return self.status == "certified"

    def __str__(self) -> str:
        """Return the answer in words."""
        if self.status == "certified":
            return f"general position, certified over {self.cost:,} subsets"
        if self.status == "refuted":
            return f"not in general position: rows {self.dependent} are linearly dependent"
        return f"general position not checked: it would take {self.cost:,} determinants"


def general_position(
    rows: np.ndarray, rank: int, zero_rows: tuple[int, ...], parallel: tuple[tuple[int, ...], ...]
) -> GeneralPosition:
    """Decide general position of integer rows in their own span; only the number of subsets limits the check."""
    n = len(rows)
    cost = comb(n, rank) if rank else 0
    if zero_rows:
        return GeneralPosition("refuted", zero_rows[:1], cost)
    if parallel and rank > 1:
        return GeneralPosition("refuted", parallel[0][:2], cost)
    if rank <= 1:
        return GeneralPosition("certified", None, cost)
    if cost > SUBSET_BUDGET:
        return GeneralPosition("not checked", None, cost)
    core_rows = rows[:, list(exact.pivot_columns(rows))]
    dependent = _dependent_subset(core_rows, rank)
    return GeneralPosition("refuted" if dependent else "certified", dependent, cost)


def _dependent_subset(primitive: np.ndarray, rank: int) -> tuple[int, ...] | None:
    """Return the first rank-subset with determinant zero; floats clear the obvious ones, integers decide the rest."""
    float_rows = exact.scaled_floats(primitive)
    # |fl(det) - det| by LU with partial pivoting on entries of size at most 1 is far below this for rank <= 30.
    bound = exact.UNIT_ROUNDOFF * 4.0**rank * rank**3 * 8.0
    subsets = combinations(range(len(primitive)), rank)
    while batch := list(islice(subsets, BATCH)):
        index = np.array(batch)
        close = np.abs(np.linalg.det(float_rows[index])) <= bound
        for subset in index[close]:
            if int(exact.fmpz_matrix(primitive[subset]).det()) == 0:
                return tuple(int(i) for i in subset)
    return None
