"""Numbers of regions and basins, exact where feasible, else a bound with an unbiased estimate beside it."""

from __future__ import annotations

import time
from fractions import Fraction

from ...errors import TooLarge
from ...geometry.arrangement import Arrangement
from ...geometry.counting.counting import cover_number, plan
from ...geometry.regions import count_regions, estimate_regions
from ...numbers.seeds import stream
from ...problem.data import Dataset
from ..claims import claim, plain
from ..schema import Claim

PROPOSALS = 2000
# of a survey's seconds, the share that counting takes; traces and products of integers in one of them
COUNT_SHARE = 0.2
TRACES = {"cover": 1, "plain": 60_000, "compiled": 15_000_000}
PRODUCTS = 2_000_000
# traces that are looked at whatever the time
LEAST_TRACES = 20_000
UNIT_TEXT = "ways one unit can split the samples into active and inactive"
LAYER_TEXT = "activation regions of the layer"
BASIN_TEXT = "activation regions times the signs of the output weights"


def counted(arrangement: Arrangement, seconds: float) -> bool:
    """Return whether a survey of so many seconds counts the regions; an answer that no machine's speed changes."""
    how, steps = plan(arrangement)
    return how != "infeasible" and steps <= max(LEAST_TRACES, COUNT_SHARE * seconds * TRACES[how])


def unit_regions(data: Dataset, seed: int, seconds: float) -> Claim:
    """Return the number of activation regions of one unit as a claim, for a survey of so many seconds."""
    arrangement = Arrangement.of(data)
    try:
        if counted(arrangement, seconds):
            return claim(count_regions(data, zero_rows="drop"), "exact", text=UNIT_TEXT)
    except TooLarge:
        pass
    bound = cover_number(len(arrangement.normals), arrangement.rank)
    work, deadline = COUNT_SHARE * seconds * PRODUCTS / 2, time.monotonic() + COUNT_SHARE * seconds
    estimate = estimate_regions(data, PROPOSALS, stream(seed, "regions"), work=work, deadline=deadline)
    entry = claim(bound, "bound", text=f"at most; {UNIT_TEXT}")
    if estimate.kind == "exact":
        return claim(round(estimate.value), "exact", text=UNIT_TEXT)
    known = claim(round(estimate.value), "sampled", round(estimate.low), round(estimate.high), trials=estimate.trials)
    entry["estimate"] = dict(known)
    return entry


def layer_regions(unit: Claim, width: int, signs: int = 1, text: str = LAYER_TEXT) -> Claim:
    """Return the number of regions of a layer, the unit's to the power of the width (times signs per unit)."""
    value = (int(unit["value"] or 0) * signs) ** width
    entry = claim(value, unit["kind"], text=text if unit["kind"] == "exact" else f"at most; {text}")
    if "estimate" in unit and unit["estimate"]["low"] is not None:
        low, high = (int(Fraction(unit["estimate"][end])) * signs for end in ("low", "high"))
        entry["estimate"] = {"low": plain(low**width), "high": plain(high**width), "kind": "sampled"}
    return entry
