"""How many regions there are when they are too many to count: an unbiased estimate with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb, inf
from typing import Any

from ...numbers.checks import whole_number
from ...numbers.estimates import Probability
from ...numbers.seeds import as_generator
from ...problem.data import as_dataset
from ...problem.data.position import general_position
from ..arrangement import Arrangement
from .uniform import propose


@dataclass(frozen=True)
class RegionEstimate:
    """A number of regions with its interval.

    Attributes:
        value: the number, an int where exact, else the unbiased estimate acceptance * bound as a `Fraction`.
        low: lower end of the interval.
        high: upper end of the interval, never above `bound`.
        kind: "exact" or "sampled".
        trials: number of proposals where sampled, else None.
        bound: Cover's number of distinct hyperplanes in general position, a proven upper bound.
        acceptance: share of the perturbed regions that the data have, with its interval.
        population: "regions".
        law: "uniform".
    """

    value: int | Fraction
    low: int | Fraction
    high: int | Fraction
    kind: str
    trials: int | None
    bound: int
    acceptance: Probability
    population: str = "regions"
    law: str = "uniform"

    def __float__(self) -> float:
        """Return the value as a float."""
        return float(self.value)

    def __str__(self) -> str:
        """Return the number as a person would read it."""
        if self.kind == "exact":
            return f"{self.value:,} (exact)"
        return f"about {_short(self.value)} ({_short(self.low)} to {_short(self.high)}, {self.trials} trials)"


def estimate_regions(
    X: Any,
    trials: int = 1000,
    rng: Any = None,
    confidence: float = 0.95,
    work: float = inf,
    deadline: float = inf,
) -> RegionEstimate:
    """Estimate the number of activation regions of one unit without enumerating them.

    A region of an infinitesimally perturbed data set, drawn uniformly among its 2 sum_{i<r} C(k-1, i) regions (k
    distinct hyperplanes, rank r), belongs to the data with probability R / (that number); acceptance times the number
    is an unbiased estimate of R.

    Args:
        X: (n, d) samples or a `Dataset`; zero rows are dropped, as in `enumerate_regions`.
        trials: number of proposals.
        rng: anything `numpy.random.default_rng` takes.
        confidence: of the Clopper-Pearson interval.
        work: products of integers after which fewer proposals than `trials` have to do, the same on every machine.
        deadline: on `time.monotonic()`, after which no more proposals are made.

    Returns:
        `RegionEstimate`; exact where general position is certified. `.trials` are the proposals that were made.

    Raises:
        InputError: trials is not positive.

    Source: Cover (1965) for the number in general position.

    Example:
        >>> estimate_regions([[1, 0], [0, 1], [1, 1]]).value
        6
    """
    trials = whole_number("trials", trials, 1)
    arrangement = Arrangement.of(as_dataset(X))
    k, r = len(arrangement.normals), int(arrangement.rank)
    bound = 2 * sum(comb(k - 1, i) for i in range(r)) if k else 1
    if r <= 2 or general_position(arrangement.reduced, r, (), ()):
        return RegionEstimate(bound, bound, bound, "exact", None, bound, Probability.exact(Fraction(1), "regions"))
    hits, trials = propose(arrangement.reduced, trials, as_generator(rng), work, deadline)
    share = Probability.sampled(hits, trials, "regions", "uniform", confidence)
    least = Fraction(min(bound, 2 * k))
    value = Fraction(hits, trials) * bound
    low = min(value, max(least, Fraction(share.low) * bound))
    high = max(least, Fraction(share.high) * bound)
    return RegionEstimate(value, low, high, "sampled", trials, bound, share)


def _short(value: int | Fraction) -> str:
    """Return a number of any size with three digits."""
    whole = round(value)
    if whole < 10**6:
        return f"{whole:,}"
    exponent = len(str(whole)) - 1
    return f"{whole / 10**exponent:.2f}e{exponent}" if exponent < 300 else f"10^{exponent}"
