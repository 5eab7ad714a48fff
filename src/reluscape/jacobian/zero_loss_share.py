"""How often a region holds a zero-loss point: over all patterns, over the non-empty regions, over initialisation."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from ..data import Dataset, as_dataset
from ..errors import InputError, ShapeError, TooLarge
from ..estimates import Probability
from ..exact import fraction_array, sign
from ..initialization import get_law
from ..seeds import as_generator
from .cone_test import zero_loss
from .fraction import check_population, draw_patterns
from .line_coordinates import line_coordinates
from .line_share import MOST_POINTS, share_on_a_line
from .rank import RankOracle, nonzero_samples
from .small import region_patterns

__all__ = ["zero_loss_fraction"]

MOST_TESTS = 2000


def zero_loss_fraction(
    X: Any,
    y: Any,
    v: Any,
    population: str,
    law: Any = "normal",
    trials: int = 200,
    rng: Any = None,
    exact: bool | None = None,
) -> Probability:
    """Return how often an open activation region holds weights W with zero loss, for fixed v.

    Args:
        X: samples (n, d) or a Dataset.
        y: targets (n,), or None.
        v: output weights (m,), fixed; their number is the width.
        population: "patterns", "regions" or "initialization" (the region of a W drawn from `law`).
        law: law of initialisation; its own v is not used.
        trials: draws where the answer is simulated; each is decided exactly.
        rng: anything that `numpy.random.default_rng` takes.
        exact: None takes the exact answer where it is cheap, True insists on it, False simulates.

    Raises:
        ZeroRowError: population "regions" and a row of zeros.
        TooLarge: `exact=True` out of reach.

    Source: Karhadkar and Montufar, Theorem 8, Figures 4 and 5; their released code decides with an absolute tolerance.

    Example:
        >>> zero_loss_fraction([[0, 1], [1, 1]], [1, -1], [1, 1, -1, -1], population="regions").value
        Fraction(9, 16)
    """
    data = as_dataset(X, y)
    if data.y_fractions is None:
        raise ShapeError("the data have no targets; give y")
    check_population(population, data)
    weights = fraction_array(np.asarray(v)).reshape(-1)
    chosen = get_law(law)
    named = chosen.name if population == "initialization" else None
    if exact is not False:
        known = _counted(data, weights, population)
        if known is not None:
            return Probability.exact(known, population)
    if exact is True:
        raise TooLarge(
            f"no exact share at n={data.n}, width {len(weights)} over {population}; leave exact=None to simulate"
        )
    if int(trials) != trials or trials < 1:
        raise InputError(f"trials is {trials!r}; it is a whole number, 1 or more")
    oracle, nonzero = RankOracle.of(data), nonzero_samples(data)
    found = 0
    for patterns in draw_patterns(data, oracle, len(weights), population, chosen, int(trials), as_generator(rng)):
        whole = np.zeros((*patterns.shape[:2], data.n), dtype=bool)
        whole[:, :, nonzero] = patterns
        found += sum(zero_loss(data, None, pattern, weights).exists for pattern in whole)
    return Probability.sampled(found, int(trials), population, named)


def _counted(data: Dataset, weights: np.ndarray, population: str) -> Fraction | None:
    """Return the exact share where there is a short way to it."""
    if population == "initialization" or data.y_fractions is None:
        return None
    nonzero = nonzero_samples(data)
    if population == "regions":
        line = line_coordinates(data, nonzero)
        if line is not None and data.n <= MOST_POINTS:
            y = [data.y_fractions[i] / s for i, s in zip(line.order, line.scale, strict=True)]
            signs = [sign(value) for value in weights]
            return share_on_a_line(line.points, y, signs.count(1), signs.count(-1))
    states = _all_states(data, nonzero, population, len(weights))
    if states is None:
        return None
    tuples = product(range(len(states)), repeat=len(weights))
    good = sum(zero_loss(data, None, states[list(chosen)].reshape(-1, data.n), weights).exists for chosen in tuples)
    return Fraction(good, len(states) ** len(weights))


def _all_states(data: Dataset, nonzero: np.ndarray, population: str, width: int) -> np.ndarray | None:
    """Return the patterns of one unit on all samples, where their tuples are few."""
    n = len(nonzero)
    if population == "patterns":
        if 2 ** (n * width) > MOST_TESTS:
            return None
        every = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1 > 0
    else:
        if (2 * n) ** width > MOST_TESTS and width > 0 and n > 0:
            return None
        every = region_patterns(data)[:, nonzero]
        if len(every) ** width > MOST_TESTS:
            return None
    states = np.zeros((len(every), data.n), dtype=bool)
    states[:, nonzero] = every
    return states
