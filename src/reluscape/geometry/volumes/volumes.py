"""How likely a random weight is to fall in each region: exact in effective dimension 2 and 3, with error bars above."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ...errors import SolverError, TooLarge, UnsupportedError
from ...numbers.checks import readonly
from ...numbers.exact import UNIT_ROUNDOFF, signs_of_products
from ...numbers.seeds import as_generator
from ...problem.data import Dataset, as_dataset
from ...problem.networks.initialization import Law, get_law
from ..arrangement import Arrangement
from ..listing.listing import all_patterns, most_regions
from ..low_rank.planar import arc_angles, arcs, square_shares
from ..low_rank.spherical import polygons, solid_angles

BOX_LAWS = ("box", "torch", "he_uniform", "glorot_uniform")
DRAWS = 400_000
BLOCK = 20_000
PAIRS_LIMIT = 200_000
REGIONS_LIMIT = 2_000_000


@dataclass(frozen=True, eq=False)
class Volumes:
    """The probability of each region under a law of the weight.

    Attributes:
        patterns: (R, n) bool, in the order of `enumerate_regions`.
        values: (R,) probabilities.
        errors: (R,) one standard error each; zero where the value is a closed formula.
        fractions: (R,) exact `Fraction`s where the law has rational volumes, else None.
        kind: "exact" (closed formula, rounded) or "sampled".
        law: name of the law.
    """

    patterns: np.ndarray
    values: np.ndarray
    errors: np.ndarray
    fractions: np.ndarray | None
    kind: str
    law: str


def region_volumes(X: Any, law: Any = "normal", rng: Any = None, trials: int = DRAWS) -> np.ndarray:
    """Return the probability that a weight drawn from a law falls in each region.

    Args:
        X: (n, d) samples or a `Dataset`; zero rows are dropped.
        law: "normal" or any rotation-invariant law of initialisation; "box" for the uniform law on [-1, 1]^d and the
            uniform laws of initialisation, which have the same directions; or any other law.
        rng: anything `numpy.random.default_rng` takes, used only where volumes are sampled.
        trials: number of draws where volumes are sampled.

    Returns:
        (R,) in the order of `enumerate_regions`. See `volumes` for error bars and exact fractions.

    Source: Girard (1629) for rank 3; Karhadkar et al., Proposition 11 for the box.

    Example:
        >>> region_volumes([[1, 0], [1, 1]]).round(3).tolist()
        [0.375, 0.125, 0.125, 0.375]
        >>> region_volumes([[-1, 1], [1, 1]], law="box").tolist()
        [0.25, 0.25, 0.25, 0.25]
    """
    return volumes(X, law, rng, trials).values


def volumes(X: Any, law: Any = "normal", rng: Any = None, trials: int = DRAWS) -> Volumes:
    """Return `region_volumes` with patterns, standard errors and exact fractions where they exist."""
    data = as_dataset(X)
    arrangement = Arrangement.of(data)
    box = isinstance(law, str) and law in BOX_LAWS
    weight_law = None if law == "box" else get_law(law)
    name = "box" if weight_law is None else weight_law.name
    rank = int(arrangement.rank)
    symmetric = box or (weight_law is not None and bool(weight_law.symmetric))
    if rank == 0 or (rank == 1 and symmetric):
        signs = np.zeros((1, 0), dtype=np.int8) if rank == 0 else np.array([[-1], [1]], dtype=np.int8)
        shares = [Fraction(1, len(signs))] * len(signs)
        return _ordered(arrangement, signs, np.array(shares, dtype=float), name, shares)
    if box and data.d == 2:
        circle = arcs(np.asarray(arrangement.reduced))
        shares = square_shares(circle)
        return _ordered(arrangement, circle.signs, np.array(shares, dtype=float), name, shares)
    if weight_law is not None and weight_law.spherical and rank <= 3:
        return _rotation_invariant(arrangement, rank, name)
    return _sampled(data, arrangement, weight_law, name, as_generator(rng), trials)


def _rotation_invariant(arrangement: Arrangement, rank: int, name: str) -> Volumes:
    """Return the volumes of a rotation-invariant law in effective dimension 2 or 3."""
    normals = np.asarray(arrangement.normals)
    pivot_normals = np.asarray(arrangement.reduced)
    if rank == 2:
        circle = arcs(pivot_normals)
        shares = arc_angles(circle, normals.dot(normals.T))
        return _ordered(arrangement, circle.signs, shares, name)
    pairs = len(pivot_normals) * (len(pivot_normals) - 1) // 2
    if pairs > PAIRS_LIMIT:
        raise TooLarge(
            f"{len(pivot_normals)} distinct samples meet in up to {pairs:,} points, above {PAIRS_LIMIT:,}; "
            "use at most 630 samples, or sample_regions with the law",
            estimate=pairs,
        )
    cells = polygons(pivot_normals)
    return _ordered(arrangement, cells.signs, solid_angles(cells, normals.dot(normals.T)), name)


def _sampled(
    data: Dataset, arrangement: Arrangement, law: Law | None, name: str, rng: np.random.Generator, trials: int
) -> Volumes:
    """Return shares of random draws over the table of all regions, with their standard errors."""
    bound, is_exact = most_regions(arrangement, REGIONS_LIMIT)
    if bound > REGIONS_LIMIT:
        raise TooLarge(
            f"{'' if is_exact else 'up to '}{bound:,} regions, above {REGIONS_LIMIT:,}; draw patterns with "
            "sample_regions and the law instead",
            estimate=bound,
        )
    patterns = all_patterns(arrangement)
    alive = [i for i in range(data.n) if i not in set(data.zero_rows)]
    table, counts = _keys(patterns), np.zeros(len(patterns))
    for start in range(0, trials, BLOCK):
        size = min(BLOCK, trials - start)
        W = rng.uniform(-1, 1, (size, data.d)) if law is None else law.sample_many(rng, size, 1, data.d)[0][:, 0]
        draws = np.zeros((size, data.n), dtype=bool)
        draws[:, alive] = signs_of_products(data.rows[alive], W) > 0
        keys = _keys(draws)
        places = np.minimum(np.searchsorted(table, keys), len(table) - 1)
        if (table[places] != keys).any():
            raise UnsupportedError(f"the law {name!r} puts weights on a sample's hyperplane; volumes do not add up")
        counts += np.bincount(places, minlength=len(table))
    shares = counts / trials
    # One pseudo-hit keeps the error bar of a region that was never hit away from zero.
    estimates = (shares * trials + 1) / (trials + 2)
    errors = np.sqrt(estimates * (1 - estimates) / trials)
    return Volumes(readonly(patterns), readonly(shares), readonly(errors), None, "sampled", name)


def _keys(patterns: np.ndarray) -> np.ndarray:
    """Return each pattern as one byte string; their order is that of the patterns."""
    bits = np.packbits(patterns, axis=1)
    return bits.view(f"S{bits.shape[1]}")[:, 0]


def _ordered(
    arrangement: Arrangement, signs: np.ndarray, shares: np.ndarray, name: str, fractions: list[Fraction] | None = None
) -> Volumes:
    """Return closed-formula volumes in lexicographic order of the patterns, having checked that they add up to 1."""
    total = float(sum(fractions)) if fractions is not None else math.fsum(shares)
    if abs(total - 1) > 16 * UNIT_ROUNDOFF:
        raise SolverError(f"the volumes of all regions add up to {total!r} and not to 1; please report these data")
    patterns = np.asarray(arrangement.expand(signs), dtype=bool)
    order = np.lexsort(patterns.T[::-1]) if patterns.shape[1] else np.arange(len(patterns))
    exact_values = None if fractions is None else readonly([fractions[i] for i in order], dtype=object)
    zeros = readonly(np.zeros(len(order)))
    return Volumes(readonly(patterns[order]), readonly(shares[order]), zeros, exact_values, "exact", name)
