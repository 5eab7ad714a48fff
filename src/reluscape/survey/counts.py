"""Numbers of regions and basins, exact where feasible, else a bound with an unbiased estimate beside it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..claims import claim, plain
from ..data import Dataset
from ..errors import TooLarge
from ..geometry.arrangement import Arrangement
from ..geometry.counting import cover_number
from ..regions import count_regions, estimate_regions
from ..seeds import stream

PROPOSALS = 2000
UNIT_TEXT = "ways one unit can split the samples into active and inactive"
LAYER_TEXT = "activation regions of the layer"
BASIN_TEXT = "activation regions times the signs of the output weights"


def unit_regions(data: Dataset, seed: int) -> dict[str, Any]:
    """Return the number of activation regions of one unit as a claim."""
    try:
        return claim(count_regions(data, zero_rows="drop"), "exact", text=UNIT_TEXT)
    except TooLarge:
        arrangement = Arrangement.of(data)
        bound = cover_number(len(arrangement.normals), arrangement.rank)
        estimate = estimate_regions(data, PROPOSALS, rng=stream(seed, "regions"))
        entry = claim(bound, "bound", text=f"at most; {UNIT_TEXT}")
        if estimate.kind == "exact":
            return claim(round(estimate.value), "exact", text=UNIT_TEXT)
        entry["estimate"] = claim(
            round(estimate.value), "sampled", round(estimate.low), round(estimate.high), trials=PROPOSALS
        )
        return entry


def layer_regions(unit: dict[str, Any], width: int, signs: int = 1, text: str = LAYER_TEXT) -> dict[str, Any]:
    """Return the number of regions of a layer, the unit's to the power of the width (times signs per unit)."""
    value = (int(unit["value"]) * signs) ** width
    entry = claim(value, unit["kind"], text=text if unit["kind"] == "exact" else f"at most; {text}")
    if "estimate" in unit and unit["estimate"]["low"] is not None:
        low, high = (int(Fraction(unit["estimate"][end])) * signs for end in ("low", "high"))
        entry["estimate"] = {"low": plain(low**width), "high": plain(high**width), "kind": "sampled"}
    return entry
