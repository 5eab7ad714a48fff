"""How often the Jacobian has full rank: over all patterns, over the non-empty regions, over a law of initialisation."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from ...bounds.arguments import whole
from ...errors import TieError, TooLarge, UnsupportedError
from ...geometry.regions.count import warn_about_decimals
from ...jacobian.rank import RankOracle, nonzero_samples
from ...numbers.estimates import Probability
from ...numbers.exact import signs_of_products
from ...numbers.seeds import as_generator
from ...problem.data import Dataset, as_dataset
from ...problem.networks.initialization import Law, get_law
from .population import check_population, positively_parallel

__all__ = ["draw_patterns", "full_rank_fraction"]

CHUNK_BYTES = 1 << 24
QUICK_STATES = 16


def full_rank_fraction(
    X: Any,
    width: int,
    population: str,
    law: Any = "normal",
    trials: int = 1000,
    rng: Any = None,
    exact: bool | None = None,
) -> Probability:
    """Return how often the Jacobian with respect to W has full rank, one rank per non-zero sample.

    Args:
        X: samples (n, d) or a Dataset.
        width: number of units m.
        population: "patterns" (all 2^(m n) patterns, most of them empty regions), "regions" (the non-empty
            activation regions, each counted once) or "initialization" (weights drawn from `law`).
        law: law of initialisation, for population "initialization".
        trials: number of draws where the answer is simulated; every draw is decided exactly.
        rng: anything that `numpy.random.default_rng` takes.
        exact: None takes the exact answer where it is cheap, True insists on it, False always simulates.

    Returns:
        Probability with kind "exact", "certified" (initialisation, patterns of known angles) or "sampled", and the
        population it speaks of.

    Raises:
        ZeroRowError: population "regions" and a row of zeros, which leaves no region at all.
        TooLarge: `exact=True` out of reach.

    Warns:
        DataWarning: population "regions" and a float array whose decimals have another number of regions.

    Source: Karhadkar and Montufar, Theorems 2 and 7, Figure 3; their released code decides the rank in single
    precision, which misses full rank near the transition.

    Example:
        >>> full_rank_fraction([[0, 1], [1, 1], [2, 1]], 2, population="regions").value
        Fraction(7, 18)
        >>> full_rank_fraction([[1, 2], [3, 5]], 3, population="patterns").value
        Fraction(49, 64)
    """
    data = as_dataset(X)
    check_population(population, data)
    width = whole("the width", width, 0)
    if population == "regions":
        warn_about_decimals(X, data)
    weight_law = get_law(law)
    law_name = weight_law.name if population == "initialization" else None
    oracle = RankOracle.of(data)
    share = None
    if exact is not False:
        share = _without_sampling(data, oracle, width, population, insist=exact is True)
    if share is not None:
        return Probability.exact(share, population, law_name)
    if exact is not False and population == "initialization":
        answer = _from_the_law(data, oracle, width, weight_law, insist=exact is True)
        if answer is not None:
            return answer
    if exact is True:
        raise TooLarge(
            f"no exact full-rank fraction over {population} at n={oracle.n}, width {width}; "
            "simulate with full_rank_fraction(..., exact=None)"
        )
    trials = whole("trials", trials)
    generator = as_generator(rng)
    full = sum(
        sum(oracle.is_full(pattern) for pattern in patterns)
        for patterns in draw_patterns(data, oracle, width, population, weight_law, trials, generator)
    )
    return Probability.sampled(int(full), trials, population, law_name)


def _without_sampling(data: Dataset, oracle: RankOracle, width: int, population: str, insist: bool) -> Fraction | None:
    """Return the exact fraction where there is a short way to it."""
    if oracle.n == 0:
        return Fraction(1)
    if width * oracle.rank < oracle.n:
        return Fraction(0)
    if population != "patterns" and positively_parallel(data):
        return Fraction(0)  # their columns are equal in every region, and their samples are parallel
    if population == "initialization":
        return None
    if oracle.rank == oracle.n:
        return (1 - Fraction(1, 2**width)) ** oracle.n
    from .small import exact_fraction  # compiles the counting kernels, which a simulation does not need

    return exact_fraction(data, oracle, width, population, insist)


def _from_the_law(data: Dataset, oracle: RankOracle, width: int, law: Law, insist: bool) -> Probability | None:
    """Return the probability at initialisation where that of each pattern of one unit is known; None elsewhere."""
    from .curve import curve_at_initialization
    from .small import MOST_STATES

    try:
        return curve_at_initialization(data, oracle, law, MOST_STATES if insist else QUICK_STATES).probability(width)
    except (TooLarge, UnsupportedError):
        if insist:
            raise
        return None


def draw_patterns(
    data: Dataset, oracle: RankOracle, width: int, population: str, law: Law, trials: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield patterns (t, width, n) on the non-zero samples, `trials` in all."""
    size = max(1, min(trials, CHUNK_BYTES // max(1, width * max(oracle.n, 8 * data.d))))
    while trials > 0:
        t = min(size, trials)
        if population == "patterns":
            patterns = rng.integers(0, 2, (t, width, oracle.n), dtype=np.uint8).astype(bool)
        elif population == "regions":
            from ...geometry.regions.sample import sample_regions

            patterns = np.asarray(sample_regions(data, t * width, rng=rng)).reshape(t, width, data.n)
            patterns = patterns[:, :, nonzero_samples(data)]
        else:
            W, v = law.sample_many(rng, t, width, data.d)
            signs = signs_of_products(data.rows[nonzero_samples(data)], W.reshape(t * width, data.d))
            if (signs == 0).any():
                raise TieError("the law drew a weight exactly on a sample's hyperplane; use a law with a density")
            patterns = (signs > 0).reshape(t, width, oracle.n) & (v != 0)[:, :, None]
        yield np.ascontiguousarray(patterns)
        trials -= t
