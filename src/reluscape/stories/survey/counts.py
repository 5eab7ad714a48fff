"""Numbers of regions and basins as claims: exact, or a bound with an unbiased estimate beside it."""

from __future__ import annotations

from fractions import Fraction

from ...geometry.regions.affordable import UnitRegions
from ..claims import claim, plain
from ..schema import Claim

UNIT_TEXT = "ways one unit can split the samples into active and inactive"
LAYER_TEXT = "activation regions of the layer"
BASIN_TEXT = "activation regions times the signs of the output weights"


def region_claim(regions: UnitRegions) -> Claim:
    """Return the number of activation regions of one unit as a claim."""
    if regions.is_exact:
        return claim(regions.value, "exact", text=UNIT_TEXT)
    entry = claim(regions.value, "bound", text=f"at most; {UNIT_TEXT}")
    estimate = regions.estimate
    if estimate is not None:
        low, high = round(estimate.low), round(estimate.high)
        entry["estimate"] = dict(claim(round(estimate.value), "sampled", low, high, trials=estimate.trials))
    return entry


def layer_regions(unit: Claim, width: int, signs: int = 1, text: str = LAYER_TEXT) -> Claim:
    """Return the number of regions of a layer, the unit's to the power of the width (times signs per unit)."""
    value = (int(unit["value"] or 0) * signs) ** width
    entry = claim(value, unit["kind"], text=text if unit["kind"] == "exact" else f"at most; {text}")
    if "estimate" in unit and unit["estimate"]["low"] is not None:
        low, high = (int(Fraction(unit["estimate"][end])) * signs for end in ("low", "high"))
        entry["estimate"] = {"low": plain(low**width), "high": plain(high**width), "kind": "sampled"}
    return entry
