"""The probability that a random initialisation starts in a basin whose value is at most a threshold."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...bounds.safran.truncation import safran_theorem_4_bounds
from ...errors import ReluscapeError, TooLarge, UnsupportedError
from ...geometry.volumes.unit_law import unit_law
from ...numbers.estimates import Probability
from ...numbers.exact import to_fraction
from ...numbers.overflow import refuses_overflow
from ...numbers.tolerances import DEFAULT
from ...numbers.width_curve import WidthCurve
from ...problem.data import Dataset
from ...problem.networks.initialization import get_law
from ...problem.problem import as_problem
from ..sampling import BasinSampler, check_trials, check_width, frozen_signs
from .axes import axes_of, curve_terms
from .curve import good_basin_curve, one_sign
from .one_width import number_of_sets, probability_of
from .sets import MOST_STATES, states_of

CHEAP_SAMPLES = 8
CHEAP_SETS = 20_000
CHEAP_TRIPLES = 40


@refuses_overflow
def good_basin_probability(
    X: Any,
    y: Any = None,
    width: int = 1,
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
        Probability over population "initialization", whose kind says how it was found. "exact" or "certified": from
        the curve in the width (at most 20 states of one unit), a closed form (samples on orthogonal lines), all sets of
        states at this width (at most a million), or, for independent samples and threshold 0, inclusion and exclusion
        cut off on either side with arcsine laws, an interval. "sampled": simulated, for any law; values count as good
        up to `Tolerances.zero_loss` of the mean square of the targets.

    Raises:
        TooLarge: `exact=True` out of reach.
        TieError: the law put a unit exactly on a sample's hyperplane.

    Source: the quantity that Safran and Shamir's Theorems 2 to 6 bound.

    Example:
        >>> sampled = good_basin_probability([[1, 0], [0, 1]], [1, 1], 3, trials=200, rng=0, exact=False)
        >>> sampled.kind, sampled.low < 1 - 2 * (3 / 4) ** 3 + (5 / 8) ** 3 < sampled.high
        ('sampled', True)
    """
    problem = as_problem(X, y, output_bias=output_bias, signs=signs)
    data, output_bias, signs = problem.only(output_bias=True, signs=True), problem.output_bias, problem.signs
    width = check_width(width)
    answer = (
        None
        if exact is False
        else _without_sampling(data, width, threshold, law, signs, output_bias, exact is True, trials)
    )
    if answer is not None:
        return answer
    sampler = BasinSampler(data, None, output_bias, mark_undecided=True)
    values = sampler.values(width, law, check_trials(trials), rng, signs)
    good = is_good(data, values, float(threshold))
    open_count = int(np.isnan(values).sum())
    return Probability.sampled(int(good.sum()), len(values), "initialization", get_law(law).name, undecided=open_count)


def _without_sampling(
    data: Dataset, width: int, threshold: Any, law: Any, signs: Any, output_bias: bool, insist: bool, trials: int
) -> Probability | None:
    """Return the exact or certified probability where it is cheap, or where the caller insists."""
    problem: ReluscapeError | None = None
    name = get_law(law).name
    try:
        sign = one_sign(frozen_signs(signs, width))
        level = to_fraction(threshold)
        axes = None if output_bias else axes_of(data, law)
        if axes is not None:
            return WidthCurve(curve_terms(axes, level, sign), "exact", "initialization", name).probability(width)
        if insist or data.n <= CHEAP_SAMPLES:
            states = states_of(unit_law(data, law), sign)
            if len(states) <= MOST_STATES:
                return good_basin_curve(data, None, threshold, law, signs, output_bias).probability(width)
            if insist or number_of_sets(len(states), width) <= CHEAP_SETS:
                return probability_of(data, states, width, level, output_bias, name)
    except (TooLarge, UnsupportedError) as found:
        problem = found
    interval = _truncated(data, width, threshold, law, signs, output_bias, insist, trials)
    if interval is not None:
        return interval
    if insist:
        raise problem or TooLarge("no exact law for these data; simulate with good_basin_probability(..., exact=False)")
    return None


def _truncated(
    data: Dataset, width: int, threshold: Any, law: Any, signs: Any, output_bias: bool, insist: bool, trials: int
) -> Probability | None:
    """Return the two-sided interval for independent samples and threshold 0, unless simulation would be narrower."""
    weight_law = get_law(law)
    if (
        threshold != 0
        or signs is not None
        or output_bias
        or data.rank < data.n
        or not weight_law.symmetric
        or not data.n
    ):
        return None
    order = 1 if not weight_law.spherical else 3 if data.n <= CHEAP_TRIPLES else 2
    try:
        low, high = safran_theorem_4_bounds(data, None, width, order)
    except TooLarge:
        low, high = safran_theorem_4_bounds(data, None, width, 1)
    if not insist and high - low > trials**-0.5:
        return None
    return Probability.certified(low, high, "initialization", weight_law.name)


def is_good(data: Dataset, values: np.ndarray, threshold: float) -> np.ndarray:
    """Return which values count as at most the threshold, numerically."""
    scale = float(np.mean(data.y**2)) if data.y is not None and data.n else 0.0
    return np.asarray(values <= threshold + DEFAULT.zero_loss * scale)
