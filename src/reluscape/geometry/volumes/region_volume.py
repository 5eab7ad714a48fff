"""How likely a random weight falls in one given region: a closed formula up to rank 3, draws above."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ...errors import InputError
from ...numbers.estimates import Probability
from ...numbers.exact import signs_of_products
from ...numbers.seeds import as_generator
from ...problem.data import as_dataset, check_pattern
from ...problem.networks.initialization import get_law
from ..arrangement import Arrangement
from ..faces.cone import extreme_rays
from ..low_rank.planar import arc_angles, arcs
from ..low_rank.spherical import polygon, solid_angles

DRAWS = 100_000
BLOCK = 20_000


def region_volume(X: Any, pattern: Any, law: Any = "normal", rng: Any = None, trials: int = DRAWS) -> Probability:
    """Return the probability that a weight drawn from a law falls in one region.

    Args:
        X: (n, d) samples or a `Dataset`; zero rows are ignored.
        pattern: (n,) bool, an activation pattern that some unit has.
        law: name of a law of initialisation or a callable (rng, m, d) -> (W, v).
        rng: anything `numpy.random.default_rng` takes, used only where the volume is sampled.
        trials: number of draws where it is sampled.

    Returns:
        `Probability`: "exact" (a closed formula, rounded) for a rotation-invariant law and rank at most 3, else
        "sampled" with its Clopper-Pearson interval.

    Raises:
        InputError: no unit has the pattern.

    Source: Girard (1629) for rank 3.

    Example:
        >>> round(float(region_volume([[1, 0], [1, 1]], [True, False])), 3)
        0.125
    """
    data = as_dataset(X)
    bits = check_pattern(pattern, data.n, 1)[0]
    arrangement = Arrangement.of(data)
    classes, row_signs = np.asarray(arrangement.row_class), np.asarray(arrangement.row_sign)
    alive = classes >= 0
    signs = np.zeros(len(arrangement.normals), dtype=np.int8)
    signs[classes[alive]] = (np.where(bits, 1, -1) * row_signs)[alive]
    if (arrangement.expand(signs[None])[0] != bits)[alive].any():
        raise InputError("no unit has this activation pattern; is_realizable returns the proof")
    rays = extreme_rays(arrangement, signs)
    weight_law = get_law(law)
    if weight_law.spherical and arrangement.rank <= 3:
        return Probability.exact(_share(arrangement, signs, rays), "initialization", weight_law.name)
    hits, rng = 0, as_generator(rng)
    rows = data.rows[alive]
    for start in range(0, trials, BLOCK):
        size = min(BLOCK, trials - start)
        W = weight_law.sample_many(rng, size, 1, data.d)[0][:, 0]
        hits += int(((signs_of_products(rows, W) > 0) == bits[alive]).all(axis=1).sum())
    return Probability.sampled(hits, trials, "initialization", weight_law.name)


def _share(arrangement: Arrangement, signs: np.ndarray, rays: np.ndarray) -> Fraction | float:
    """Return the share of the sphere that a region of rank at most 3 takes."""
    normals, rank = np.asarray(arrangement.normals), int(arrangement.rank)
    if rank <= 1:
        return Fraction(1, 2) if rank else Fraction(1)
    if rank == 2:
        circle = arcs(np.asarray(arrangement.reduced))
        shares = arc_angles(circle, normals.dot(normals.T))
        return float(shares[(circle.signs == signs).all(axis=1)][0])
    cell = polygon(np.asarray(arrangement.reduced), signs, rays[:, list(arrangement.pivots)])
    return float(solid_angles(cell, normals.dot(normals.T))[0])
