"""The activation regions of one unit within a share of the time: counted where it allows that, else estimated."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ...errors import TooLarge
from ...numbers.seeds import stream
from ...problem.data import Dataset
from ..arrangement import Arrangement
from ..counting.counting import cover_number, plan
from .count import count_regions
from .estimate import RegionEstimate, estimate_regions

PROPOSALS = 2000
# of the seconds given, the share that counting takes; traces and products of integers in one of them
COUNT_SHARE = 0.2
TRACES = {"cover": 1, "plain": 60_000, "compiled": 15_000_000}
PRODUCTS = 2_000_000
# traces that are looked at whatever the time
LEAST_TRACES = 20_000


@dataclass(frozen=True, eq=False)
class UnitRegions:
    """How many activation regions one unit has.

    Attributes:
        value: the number, or a bound that it does not exceed.
        is_exact: whether it is the number itself.
        estimate: of the number where only a bound is known, else None.
    """

    value: int
    is_exact: bool
    estimate: RegionEstimate | None = None


def counted(arrangement: Arrangement, seconds: float) -> bool:
    """Return whether the regions are counted in so many seconds; an answer that no machine's speed changes."""
    how, steps = plan(arrangement)
    return how != "infeasible" and steps <= max(LEAST_TRACES, COUNT_SHARE * seconds * TRACES[how])


def unit_regions(data: Dataset, seed: int, seconds: float) -> UnitRegions:
    """Return the number of activation regions of one unit, for work of so many seconds altogether.

    >>> unit_regions(Dataset([[1, 0], [0, 1], [1, 1]]), 0, 1.0).value
    6
    """
    arrangement = Arrangement.of(data)
    try:
        if counted(arrangement, seconds):
            return UnitRegions(count_regions(data, zero_rows="drop"), True)
    except TooLarge:
        pass
    work, deadline = COUNT_SHARE * seconds * PRODUCTS / 2, time.monotonic() + COUNT_SHARE * seconds
    estimate = estimate_regions(data, PROPOSALS, stream(seed, "regions"), work=work, deadline=deadline)
    if estimate.kind == "exact":
        return UnitRegions(round(estimate.value), True)
    return UnitRegions(cover_number(len(arrangement.normals), arrangement.rank), False, estimate)
