"""How common genuine local minima are: the share of products of cells that hold one, good or bad."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations_with_replacement
from math import comb, factorial
from typing import Any

import numpy as np

from ..critical.genuine import GenuineCells
from ..errors import InputError, TooLarge
from ..geometry.regions import count_regions, enumerate_regions, sample_regions
from ..numbers.estimates import Probability
from ..numbers.exact import to_fraction
from ..numbers.seeds import as_generator
from ..numbers.tolerances import DEFAULT
from ..problem.data import Dataset
from ..problem.problem import Problem, as_problem
from .sampling import check_trials, check_width

EXACT_PRODUCTS = 3_000


@dataclass(frozen=True, eq=False)
class GenuineShare:
    """The share of products of cells that hold a genuine differentiable local minimum.

    Attributes:
        genuine: probability that the open cells hold one.
        good: probability that they hold one with loss at most the threshold.
        bad: probability that they hold one with a higher loss.
        threshold: the loss up to which a minimum counts as good.
        lowest: lowest loss of a genuine minimum that was met, None where none was.
        problem: what was minimised.
    """

    genuine: Probability
    good: Probability
    bad: Probability
    threshold: Any
    lowest: Any
    problem: Problem | None = field(default=None, repr=False, compare=False)


def genuine_minimum_share(
    X: Any,
    y: Any = None,
    width: int = 1,
    threshold: Any = None,
    *,
    population: str,
    law: Any = "normal",
    trials: int = 1000,
    rng: Any = None,
    exact: bool | None = None,
) -> GenuineShare:
    """Return how many products of cells hold a genuine local minimum of the mean squared loss, good or bad.

    A product of open cells holds one where a minimiser of its formula lies inside, for some choice of output signs
    (`cell_minima`). The question is left open in print; the experiment is ours.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        width: number of units m.
        threshold: losses up to this count as good; None takes the lowest loss met, so that the sampled share of good
            minima is then no unbiased estimate.
        population: "regions" (every ordered choice of m cells alike) or "initialization" (cells of random first
            weights).
        law: law of initialisation, where that is the population.
        trials: number of draws where the answer is sampled.
        rng: anything that `numpy.random.default_rng` takes.
        exact: None lists all products where there are few, True insists on it, False always samples. Exact shares are
            over regions only.

    Returns:
        `GenuineShare`; sampled probabilities carry Clopper-Pearson intervals.

    Raises:
        InputError: no targets, another population.
        TooLarge: `exact=True` and too many products.

    Source: our own experiment, on the question that Liu, Part 1, leaves to its second part; the criterion is that of
    (15)-(18), corrected.

    Example:
        >>> share = genuine_minimum_share([[1, 0], [0, 1]], [1, -1], 1, population="regions")
        >>> share.genuine.value, share.good.value, share.bad.value, share.threshold
        (Fraction(3, 4), Fraction(1, 2), Fraction(1, 4), Fraction(1, 2))
    """
    problem, width = as_problem(X, y), check_width(width)
    data = problem.plain_data()
    if population not in ("regions", "initialization"):
        raise InputError(f"population is {population!r}; it is 'regions' or 'initialization'")
    if population == "regions" and exact is not False:
        products = _products(data, width)
        if products <= EXACT_PRODUCTS:
            return replace(_listed(data, width, threshold), problem=problem)
        if exact:
            raise TooLarge(
                f"{products:,} products of cells, above {EXACT_PRODUCTS:,}; "
                "sample them with genuine_minimum_share(..., exact=False)",
                estimate=products,
            )
    elif exact:
        raise InputError("the share at initialisation is sampled only; leave exact at None or False")
    return replace(_sampled(data, width, threshold, population, law, check_trials(trials), rng), problem=problem)


def _products(data: Dataset, width: int) -> int:
    """Return the number of choices of cells up to relabelling."""
    return comb(int(count_regions(data, zero_rows="drop")) + width - 1, width)


def _listed(data: Dataset, width: int, threshold: Any) -> GenuineShare:
    """Decide every product exactly."""
    cells = np.asarray(enumerate_regions(data, witnesses=False).patterns)
    test = GenuineCells(data, exact=True)
    minima: list[tuple[Any, int]] = []
    for choice in combinations_with_replacement(range(len(cells)), width):
        genuine, loss = test.decide(cells[list(choice)])
        if genuine:
            minima.append((loss, _orders(choice)))
    total = len(cells) ** width
    lowest = min((loss for loss, _ in minima), default=None)
    limit = lowest if threshold is None else to_fraction(threshold)
    good = Fraction(sum(k for loss, k in minima if loss <= limit), total)
    both = Fraction(sum(k for _, k in minima), total)
    every, fine, poor = (Probability.exact(value, "regions") for value in (both, good, both - good))
    return GenuineShare(every, fine, poor, limit, lowest)


def _orders(picks: tuple[int, ...]) -> int:
    """Return the number of orders of a list with repetitions."""
    total = factorial(len(picks))
    for k in set(picks):
        total //= factorial(picks.count(k))
    return total


def _sampled(
    data: Dataset, width: int, threshold: Any, population: str, law: Any, trials: int, rng: Any
) -> GenuineShare:
    """Decide the products of random draws."""
    draw_law = "uniform" if population == "regions" else law
    patterns = sample_regions(data, trials * width, draw_law, as_generator(rng)).reshape(trials, width, data.n)
    test = GenuineCells(data)
    losses = [loss for genuine, loss in map(test.decide, patterns) if genuine]
    lowest = min(losses, default=None)
    limit: Any = lowest if threshold is None else threshold
    room = DEFAULT.zero_loss * float(np.mean(np.asarray(data.y, dtype=float) ** 2)) if data.n else 0.0
    good = sum(float(loss) <= float(limit) + room for loss in losses) if losses else 0
    name = None if population == "regions" else (law if isinstance(law, str) else getattr(law, "__name__", "custom"))
    counts = (len(losses), good, len(losses) - good)
    every, fine, poor = (Probability.sampled(count, trials, population, name) for count in counts)
    return GenuineShare(every, fine, poor, limit, lowest)
