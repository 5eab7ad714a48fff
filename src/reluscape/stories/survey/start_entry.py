"""The part of a width's entry that random starts fill."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...landscape.widths.starts import OTHER_LAW, StartShares
from ..claims import probability_claim
from ..schema import BasinValues

SHOWN_VALUES = 400


def start_entry(starts: StartShares) -> dict[str, Any]:
    """Return what random starts of a width are worth, for the report."""
    entry: dict[str, Any] = {
        "full_rank": probability_claim(starts.full_rank),
        "good": probability_claim(starts.good),
        "zero": probability_claim(starts.zero),
        "better_than_affine": probability_claim(starts.better_than_affine),
        "basin_values": _distribution(starts.values),
    }
    if starts.other_good is not None:
        entry["other_law"] = {"law": OTHER_LAW, "good": probability_claim(starts.other_good)}
    return entry


def _distribution(values: np.ndarray) -> BasinValues:
    """Return a sample of basin values: sorted, thinned where long, with its quartiles."""
    series = np.sort(values[~np.isnan(values)])
    open_count = len(values) - len(series)
    if not len(series):
        return {"sample": [], "kind": "sampled", "trials": len(values), "undecided": open_count}
    sample = (
        series if len(series) <= SHOWN_VALUES else series[np.linspace(0, len(series) - 1, SHOWN_VALUES).astype(int)]
    )
    return {
        "sample": sample.tolist(),
        "min": float(series[0]),
        "quartiles": np.quantile(series, [0.25, 0.5, 0.75]).tolist(),
        "max": float(series[-1]),
        "kind": "sampled",
        "trials": len(values),
        "undecided": open_count,
    }
