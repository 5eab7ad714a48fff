"""How often a region holds a zero-loss point: over all patterns, over the non-empty regions, over initialisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...bounds.arguments import whole
from ...jacobian.rank import RankOracle, nonzero_samples
from ...jacobian.zero_loss.decision import zero_loss
from ...numbers.estimates import Probability
from ...numbers.exact import fraction_array
from ...numbers.seeds import as_generator
from ...problem.networks.initialization import get_law
from ...problem.targets import with_targets
from ..full_rank.fraction import draw_patterns
from ..full_rank.population import check_population
from .exact_share import exact_share

__all__ = ["zero_loss_fraction"]


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

    Returns:
        Probability with kind "exact", "certified" (initialisation, patterns of known angles) or "sampled". It is known
        at any width for linearly independent samples, for up to six points on a line with bias, and wherever one unit
        has few patterns.

    Raises:
        ZeroRowError: population "regions" and a row of zeros.
        TooLarge, UnsupportedError: `exact=True` out of reach.

    Source: Karhadkar and Montufar, Theorem 8, Figures 4 and 5; their released code decides with an absolute tolerance.

    Example:
        >>> zero_loss_fraction([[0, 1], [1, 1]], [1, -1], [1, 1, -1, -1], population="regions").value
        Fraction(9, 16)
    """
    data = with_targets(X, y)
    check_population(population, data)
    weights = fraction_array(v).reshape(-1)
    weight_law = get_law(law)
    law_name = weight_law.name if population == "initialization" else None
    if exact is not False:
        answer = exact_share(data, data.y_fractions, weights, population, weight_law, insist=exact is True)
        if answer is not None:
            return answer
    trials = whole("trials", trials)
    oracle, nonzero = RankOracle.of(data), nonzero_samples(data)
    hits = 0
    for patterns in draw_patterns(data, oracle, len(weights), population, weight_law, trials, as_generator(rng)):
        whole_patterns = np.zeros((*patterns.shape[:2], data.n), dtype=bool)
        whole_patterns[:, :, nonzero] = patterns
        hits += sum(zero_loss(data, None, pattern, weights).exists for pattern in whole_patterns)
    return Probability.sampled(hits, trials, population, law_name)
