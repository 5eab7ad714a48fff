"""What random starts of a width are worth before any training: basin values, ranks, the chance of a good one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...numbers.clock import Clock
from ...numbers.estimates import Probability
from ...numbers.tolerances import DEFAULT
from ...probability.random_starts import Sampler
from ...problem.networks.initialization import get_law
from .settings import Settings

POPULATION = "random initialisations of this width"
OTHER_LAW = "torch"


@dataclass(frozen=True, eq=False)
class StartShares:
    """Shares of the random starts of a width.

    Attributes:
        values: (trials,) basin values, NaN where one is undecided.
        full_rank: starts whose Jacobian has full rank.
        good: starts whose basin value is at most the mark.
        zero: starts whose basin holds a network without loss.
        better_than_affine: starts whose basin holds a network better than every plane.
        other_good: good starts by `OTHER_LAW`, None where that is the law asked for.
    """

    values: np.ndarray
    full_rank: Probability
    good: Probability
    zero: Probability
    better_than_affine: Probability
    other_good: Probability | None


def share(values: np.ndarray, mark: float, law: str) -> Probability:
    """Return the sampled share of random starts whose basin value is at most a mark; undecided ones widen it."""
    hits, open_count = int((values <= mark).sum()), int(np.isnan(values).sum())
    return Probability.sampled(hits, len(values), POPULATION, law, undecided=open_count)


def start_shares(
    sampler: Sampler, settings: Settings, width: int, mark: float, constant: float, affine: float, clock: Clock
) -> StartShares:
    """Return what random starts of a width are worth."""
    law = get_law(settings.law).name
    starts = sampler.draw("starts", width, settings.law, settings.trials, clock.part(0.6), ranks=True)
    below = np.nextafter(affine - DEFAULT.zero_loss * constant, -np.inf)
    other = None
    if law != OTHER_LAW:
        other_starts = sampler.draw("starts", width, OTHER_LAW, settings.trials, clock)
        other = share(other_starts.values, mark, OTHER_LAW)
    return StartShares(
        starts.values,
        Probability.sampled(int(starts.full_rank or 0), len(starts.values), POPULATION, law),
        share(starts.values, mark, law),
        share(starts.values, DEFAULT.zero_loss * constant, law),
        share(starts.values, below, law),
        other,
    )


def good_share(sampler: Sampler, settings: Settings, width: int, mark: float, clock: Clock) -> Probability:
    """Return the share of random starts of a width whose basin value is at most a mark."""
    starts = sampler.draw("starts", width, settings.law, settings.trials, clock)
    return share(starts.values, mark, get_law(settings.law).name)
