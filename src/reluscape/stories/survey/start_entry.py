"""What random starts of a width are worth: basins, ranks, the chance of a good one."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...landscape.widths.settings import Settings
from ...numbers.clock import Clock
from ...numbers.estimates import Probability
from ...numbers.tolerances import DEFAULT
from ...probability.random_starts import Sampler
from ...problem.networks.initialization import get_law
from ..claims import probability_claim
from ..schema import BasinValues

SHOWN_VALUES = 400
POPULATION = "random initialisations of this width"
OTHER_LAW = "torch"


def share(values: np.ndarray, mark: float, law: str) -> Probability:
    """Return the sampled share of random starts whose basin value is at most a mark; undecided ones widen it."""
    hits, undecided = int((values <= mark).sum()), int(np.isnan(values).sum())
    return Probability.sampled(hits, len(values), POPULATION, law, undecided=undecided)


def start_entry(
    sampler: Sampler, settings: Settings, width: int, mark: float, constant: float, affine: float, clock: Clock
) -> tuple[dict[str, Any], Probability]:
    """Return the part of a width's entry that random starts fill, and the share of good ones."""
    law = get_law(settings.law).name
    starts = sampler.draw("starts", width, settings.law, settings.trials, clock.part(0.6), ranks=True)
    good = share(starts.values, mark, law)
    below = np.nextafter(affine - DEFAULT.zero_loss * constant, -np.inf)
    entry: dict[str, Any] = {
        "full_rank": probability_claim(
            Probability.sampled(int(starts.full_rank or 0), len(starts.values), POPULATION, law)
        ),
        "good": probability_claim(good),
        "zero": probability_claim(share(starts.values, DEFAULT.zero_loss * constant, law)),
        "better_than_affine": probability_claim(share(starts.values, below, law)),
        "basin_values": _distribution(starts.values),
    }
    if law != OTHER_LAW:
        other = sampler.draw("starts", width, OTHER_LAW, settings.trials, clock)
        entry["other_law"] = {"law": OTHER_LAW, "good": probability_claim(share(other.values, mark, OTHER_LAW))}
    return entry, good


def _distribution(values: np.ndarray) -> BasinValues:
    """Return a sample of basin values: sorted, thinned where long, with its quartiles."""
    ordered = np.sort(values[~np.isnan(values)])
    undecided = len(values) - len(ordered)
    if not len(ordered):
        return {"sample": [], "kind": "sampled", "trials": len(values), "undecided": undecided}
    shown = (
        ordered if len(ordered) <= SHOWN_VALUES else ordered[np.linspace(0, len(ordered) - 1, SHOWN_VALUES).astype(int)]
    )
    return {
        "sample": shown.tolist(),
        "min": float(ordered[0]),
        "quartiles": np.quantile(ordered, [0.25, 0.5, 0.75]).tolist(),
        "max": float(ordered[-1]),
        "kind": "sampled",
        "trials": len(values),
        "undecided": undecided,
    }
