"""Samples of activation patterns: uniform over the regions without listing them, or by a law of initialisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ShapeError, TieError, TooLarge
from ...numbers.checks import whole_number
from ...numbers.entries import entries
from ...numbers.exact import signs_of_products
from ...numbers.seeds import as_generator
from ...problem.data import Dataset, as_dataset
from ...problem.networks.initialization import get_law
from ..arrangement import Arrangement
from ..listing.listing import all_patterns, most_regions
from .uniform import LEAST_SHARE, RareError, collect

BLOCK = 4096
# most regions that are listed where they are too rare among proposals
LIST_LIMIT = 4_000_000


def sample_regions(X: Any, size: int, law: Any = "uniform", rng: Any = None) -> np.ndarray:
    """Draw activation patterns of one unit: uniform over the regions, or as a law of initialisation hits them.

    "uniform" gives each of the R regions probability 1/R, whatever R is; a law gives each region the probability that a
    weight drawn from it falls inside, which may differ between regions by many orders of magnitude. The units of a
    layer are independent under either, so a layer's pattern is a stack of such rows.

    Args:
        X: (n, d) samples or a `Dataset`. Zero rows are dropped: their column is False.
        size: number of patterns.
        law: "uniform", the name of a law of initialisation, or a callable (rng, m, d) -> (W, v).
        rng: anything `numpy.random.default_rng` takes.

    Returns:
        (size, n) bool, independent rows; every row is a region of the data, decided exactly.

    Raises:
        InputError: size is negative, or NaN or infinity in X.
        TooLarge: the data are so degenerate that their regions are too rare among those of a perturbation, and more
            than 4,000,000.
        TieError: a law puts a weight exactly on a sample's hyperplane.

    Source: Zaslavsky's bijection between regions and lowest vertices (one per subset in general position); other data
    by an infinitesimal perturbation and exact rejection.

    Example:
        >>> patterns = sample_regions([[1, 0], [0, 1], [1, 1]], 600, rng=0)
        >>> len(set(map(bytes, patterns)))
        6
    """
    data = as_dataset(X)
    size = whole_number("size", size)
    rng = as_generator(rng)
    if isinstance(law, str) and law == "uniform":
        return _uniform(data, size, rng)
    return _by_law(data, size, law, rng)


def unseen_mass(patterns: Any) -> float:
    """Estimate the probability that the next draw is a pattern not seen yet: the share of patterns seen once.

    Args:
        patterns: (size, n) bool, independent draws; or any array of draws along the first axis.

    Returns:
        Good and Turing's estimate N_1 / N; 1.0 for no draws. It is a probability under the law of the draws, never a
        share of the regions.

    Source: Good (1953).

    Example:
        >>> unseen_mass([[True, False], [True, False], [False, False], [True, True]])
        0.5
    """
    draws = np.asarray(entries(patterns, "patterns"), dtype=bool)
    if draws.ndim == 0:
        raise ShapeError("the patterns are an array (N, n) or (N, m, n), one row per draw")
    if len(draws) == 0:
        return 1.0
    keys = np.packbits(draws.reshape(len(draws), -1), axis=1)
    counts = np.unique(keys, axis=0, return_counts=True)[1]
    return float((counts == 1).sum() / len(draws))


def _uniform(data: Dataset, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return patterns uniform over the regions of the non-zero rows."""
    arrangement = Arrangement.of(data)
    if arrangement.rank == 0 or size == 0:
        return np.zeros((size, data.n), dtype=bool)
    try:
        sides = collect(arrangement.reduced, size, rng)
    except RareError:
        return _from_list(arrangement, size, rng)
    return np.asarray(arrangement.expand(np.where(sides, 1, -1).astype(np.int8)), dtype=bool)


def _from_list(arrangement: Arrangement, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return patterns drawn from the list of all regions."""
    number, exact = most_regions(arrangement, LIST_LIMIT)
    if number > LIST_LIMIT:
        raise TooLarge(
            f"fewer than one in {1 / LEAST_SHARE:,.0f} regions of a small perturbation of these data is one of theirs, "
            f"and {'' if exact else 'up to '}{number:,} regions are too many to list; use fewer samples, or a law of "
            "initialisation",
            estimate=number,
        )
    patterns = all_patterns(arrangement)
    return patterns[rng.integers(len(patterns), size=size)]


def _by_law(data: Dataset, size: int, law: Any, rng: np.random.Generator) -> np.ndarray:
    """Return the patterns of weights drawn from a law, with exact signs."""
    weight_law = get_law(law)
    alive = np.array([i for i in range(data.n) if i not in set(data.zero_rows)], dtype=np.int64)
    out = np.zeros((size, data.n), dtype=bool)
    for start in range(0, size, BLOCK):
        count = min(BLOCK, size - start)
        W = weight_law.sample_many(rng, count, 1, data.d)[0][:, 0]
        signs = signs_of_products(data.rows[alive], W)
        if (signs == 0).any():
            sample = int(alive[np.argwhere(signs == 0)[0, 1]])
            raise TieError(
                f"the law {weight_law.name!r} drew a weight exactly on the hyperplane of sample {sample}; "
                "use a law with a density"
            )
        out[start : start + count, alive] = signs > 0
    return out
