"""Each promise of Karhadkar and Montufar's theorems on a data set, with the truth about the same event beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..bounds.arguments import tolerated_share, whole
from ..bounds.karhadkar.promises import BOX, PATTERNS, REGIONS, ROTATION, promises
from ..bounds.promise import Promise
from ..errors import TooLarge, UnsupportedError
from ..jacobian.rank import RankOracle
from ..numbers.estimates import Probability
from ..numbers.seeds import as_generator
from ..problem.data import Dataset, as_dataset
from ..problem.networks.initialization import get_law
from .full_rank.curve import curve_at_initialization, full_rank_curve
from .full_rank.fraction import QUICK_STATES, full_rank_fraction
from .zero_loss.share import zero_loss_fraction

__all__ = ["Beside", "promises_beside_truth"]

# population of a promise -> population and law here; PyTorch's law is the box's for one input
_POPULATIONS = {
    PATTERNS: ("patterns", "normal"),
    REGIONS: ("regions", "normal"),
    BOX: ("initialization", "torch"),
    ROTATION: ("initialization", "normal"),
}
_ZERO_LOSS = "the region holds a zero-loss point"
_DEEP = "Theorem 10"
# signs drawn for one truth, and the fewest draws that are worth it
MOST_SIGNS, FEWEST = 100_000_000, 20


@dataclass(frozen=True)
class Beside:
    """A promise and the truth.

    Attributes:
        promise: the row of `reluscape.bounds.table`.
        truth: probability of the promised event at the promised width, over the promise's own population; None where
            the promise does not apply, speaks of deep networks, needs targets that are not given, or asks for a width
            at which not even 20 regions can be drawn with reasonable effort.
        regions: the same over the non-empty regions, each counted alike; None where there are none or as for truth.
        least_width: the least width at which the promised probability is reached, where the exact curve is known.
    """

    promise: Promise
    truth: Probability | None = None
    regions: Probability | None = None
    least_width: int | None = None

    def __iter__(self) -> Iterator[Any]:
        """Yield promise, truth, regions, least width."""
        return iter((self.promise, self.truth, self.regions, self.least_width))


def promises_beside_truth(X: Any, y: Any = None, eps: Any = 0.05, trials: int = 200, rng: Any = None) -> list[Beside]:
    """Return every promise about a width with the probability that its event has in truth.

    Exact where that is cheap, else simulated with every draw decided exactly; each probability names its population
    and kind. Output weights are 1 and -1 in turn where a statement depends on their signs.

    Args:
        X: samples (n, d) or a Dataset, the column of ones included where the network has a bias.
        y: targets (n,), for Theorem 8; None leaves its truth open.
        eps: tolerated probability, 0 < eps < 1.
        trials: draws where the truth is simulated, fewer at very large widths.
        rng: anything that `numpy.random.default_rng` takes.

    Source: Karhadkar and Montufar, Theorems 2, 7, 8, 9, 12, Corollary 5, Proposition 11.

    Example:
        >>> rows = promises_beside_truth([["-1", 1], ["0", 1], ["1", 1]], eps="0.05")
        >>> for promise, truth, regions, least in rows:
        ...     if promise.statement == "Theorem 7":
        ...         print(promise.width, float(truth) > 0.95, least)
        25 True 6
    """
    data, share = as_dataset(X, y), tolerated_share(eps)
    trials, generator = whole("trials", trials), as_generator(rng)
    return [_beside(data, promise, 1 - share, trials, generator) for promise in promises(data, share)]


def _beside(data: Dataset, promise: Promise, probability: Any, trials: int, rng: np.random.Generator) -> Beside:
    width = promise.width
    if not promise.applies or width is None or promise.statement.startswith(_DEEP):
        return Beside(promise)
    population, law = _POPULATIONS[promise.law]
    trials = min(trials, MOST_SIGNS // (width * max(data.n, 1)))
    if trials < FEWEST:
        return Beside(promise, least_width=_least_width(data, population, law, probability))
    if promise.event == _ZERO_LOSS:
        if data.y is None:
            return Beside(promise)
        v = np.resize([1, -1], width)
        truth = zero_loss_fraction(data, None, v, population, law, trials, rng)
        return Beside(promise, truth, truth, None)
    truth = full_rank_fraction(data, width, population, law, trials, rng)
    regions = truth if population == "regions" else full_rank_fraction(data, width, "regions", law, trials, rng)
    return Beside(promise, truth, regions, _least_width(data, population, law, probability))


def _least_width(data: Dataset, population: str, law: str, probability: Any) -> int | None:
    try:
        if population == "initialization":
            curve = curve_at_initialization(data, RankOracle.of(data), get_law(law), QUICK_STATES)
        else:
            curve = full_rank_curve(data, population)
        return curve.width_for(probability)
    except (TooLarge, UnsupportedError):
        return None
