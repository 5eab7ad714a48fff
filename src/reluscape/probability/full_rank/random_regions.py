"""Full rank over the regions of fresh random data, every region alike: the heat map's cell in the other population."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ...bounds.arguments import whole
from ...bounds.karhadkar.line import share_of_full_rank
from ...errors import InputError
from ...jacobian.rank import RankOracle
from ...numbers.estimates import Probability
from ...numbers.seeds import as_generator
from ...problem.data import Dataset
from .random_data import DATA_LAWS, draw_rows

__all__ = ["full_rank_fraction_random_regions"]


def full_rank_fraction_random_regions(
    n: int,
    d: int,
    width: int,
    data: str = "uniform",
    trials: int = 100,
    rng: Any = None,
    exact: bool | None = None,
) -> Probability:
    """Return the share of non-empty regions with full rank n, each counted alike, on average over random data.

    Each trial draws n samples of d inputs, appends a column of ones, draws one region uniformly and decides its rank
    exactly. For one input the share does not depend on the data, and for n <= d + 1 independent samples it is
    (1 - 2^-m)^n: both are exact.

    Args:
        n: samples.
        d: inputs beside the column of ones.
        width: units m.
        data: "uniform" on [0, 1] or "normal".
        trials: draws, where the answer is simulated.
        rng: anything that `numpy.random.default_rng` takes.
        exact: None takes the closed form where there is one, True insists on it, False simulates.

    Source: Karhadkar and Montufar, Theorem 7, Corollary 5 and Figure 3 (there at initialisation, another population).

    Example:
        >>> full_rank_fraction_random_regions(3, 1, 2).value, full_rank_fraction_random_regions(2, 5, 3).value
        (Fraction(7, 18), Fraction(49, 64))
    """
    n, d, width, trials = whole("n", n, 0), whole("d", d, 0), whole("the width", width, 0), whole("trials", trials)
    if data not in DATA_LAWS:
        raise InputError(f"data is {data!r}; choose one of {', '.join(DATA_LAWS)}")
    population = f"regions, {data} data"
    has_formula = n <= d + 1 or d == 1
    if exact and not has_formula:
        raise InputError("a closed form is known for d=1 and for n <= d + 1 only; leave exact=None")
    if has_formula and exact is not False:
        share = (1 - Fraction(1, 2**width)) ** n if n <= d + 1 else share_of_full_rank(n, width)
        return Probability.exact(share, population)
    from ...geometry.regions.sample import sample_regions

    generator, full = as_generator(rng), 0
    for _ in range(trials):
        rows = draw_rows(generator, n, d, data)
        patterns = np.asarray(sample_regions(Dataset(rows), width, rng=generator))
        full += RankOracle(rows).is_full(np.ascontiguousarray(patterns))
    return Probability.sampled(full, trials, population)
