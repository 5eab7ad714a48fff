"""The probability that a random initialisation starts in a basin whose value is at most a threshold."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data import Dataset, as_dataset
from ..errors import TooLarge, UnsupportedError
from ..estimates import Probability
from ..initialization import get_law
from ..tolerances import DEFAULT
from .sampling import BasinSampler, check_trials, check_width, frozen_signs

CHEAP_SAMPLES = 8


def good_basin_probability(
    X: Any,
    y: Any,
    width: int,
    threshold: Any = 0,
    law: Any = "normal",
    signs: Any = None,
    output_bias: bool = False,
    trials: int = 1000,
    rng: Any = None,
    exact: bool | None = None,
) -> Probability:
    """Return P[Bas(W_0, v_0) <= threshold] for random first weights.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        width: number of units m.
        threshold: a mean squared loss; equality counts as good.
        law: law of initialisation, by name or as a function (rng, m, d) -> (W, v).
        signs: output signs where they are frozen, (m,) or one for all; None draws them from the law.
        output_bias: True adds a free constant c to every basin.
        trials: number of draws where the answer is simulated.
        rng: anything that `numpy.random.default_rng` takes.
        exact: None takes the exact answer where it is cheap, True insists on it, False always simulates.

    Returns:
        Probability over population "initialization". Sampled values count as good up to `Tolerances.zero_loss` of the
        mean square of the targets.

    Raises:
        TooLarge: `exact=True` out of reach.
        TieError: the law put a unit exactly on a sample's hyperplane.

    Source: the quantity that Safran and Shamir's Theorems 2 to 6 bound.

    Example:
        >>> sampled = good_basin_probability([[1, 0], [0, 1]], [1, 1], 3, trials=200, rng=0, exact=False)
        >>> sampled.kind, sampled.low < 1 - 2 * (3 / 4) ** 3 + (5 / 8) ** 3 < sampled.high
        ('sampled', True)
    """
    data = as_dataset(X, y)
    width = check_width(width)
    known = (
        None if exact is False else _without_sampling(data, width, threshold, law, signs, output_bias, exact is True)
    )
    if known is not None:
        return known
    sampler = BasinSampler(data, None, output_bias)
    values = sampler.values(width, law, check_trials(trials), rng, signs)
    good = is_good(data, values, float(threshold))
    return Probability.sampled(int(good.sum()), len(values), "initialization", get_law(law).name)


def _without_sampling(
    data: Dataset, width: int, threshold: Any, law: Any, signs: Any, output_bias: bool, insist: bool
) -> Probability | None:
    """Return the exact or certified probability where it is cheap, or where the caller insists."""
    from .curve import good_basin_curve

    if not insist and data.n > CHEAP_SAMPLES and signs is None and data.rank < data.n:
        return None
    try:
        frozen = frozen_signs(signs, width)
        return good_basin_curve(data, None, threshold, law, frozen, output_bias).probability(width)
    except (TooLarge, UnsupportedError):
        if insist:
            raise
        return None


def is_good(data: Dataset, values: np.ndarray, threshold: float) -> np.ndarray:
    """Return which values count as at most the threshold, numerically."""
    scale = float(np.mean(data.y**2)) if data.y is not None and data.n else 0.0
    return np.asarray(values <= threshold + DEFAULT.zero_loss * scale)
