"""The probability of a good first basin as an exact function of the width."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import UnsupportedError
from ...geometry.volumes.unit_law import unit_law
from ...numbers.entries import entries
from ...numbers.exact import to_fraction
from ...numbers.set_curve import curve_of_sets, moebius
from ...numbers.width_curve import WidthCurve
from ...problem.networks.initialization import get_law
from ...problem.problem import as_problem
from .axes import axes_of, curve_terms
from .sets import good_sets, states_of


def good_basin_curve(
    X: Any, y: Any = None, threshold: Any = 0, law: Any = "normal", signs: Any = None, output_bias: bool = False
) -> WidthCurve:
    """Return P[Bas <= threshold] for every width at once: P(m) = sum_b c_b b^m.

    Basin values depend only on the set M of alive (pattern, sign) states of the units, and a good set stays good when
    states join it: P(m) = sum_T c(T) (P(dead) + P(T))^m over the sets T of states, c by Moebius inversion. Samples on
    orthogonal lines (singletons, orthogonal samples) have a closed form at any number of them.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        threshold: a mean squared loss, exact (a float is the dyadic number it stores).
        law: law of initialisation, by name.
        signs: None, or one frozen sign that all units share: [1] or [-1].
        output_bias: True adds a free constant to every basin.

    Returns:
        `WidthCurve` over population "initialization": kind "exact" where the cells' probabilities are rational, else
        "certified".

    Raises:
        TooLarge: more than 20 states of one unit.
        UnsupportedError: the law has no closed form for these cells.

    Source: the truth beside Safran and Shamir's Theorems 2 and 4.

    Example:
        >>> curve = good_basin_curve([[1, 0], [0, 1]], [1, -1])
        >>> curve(1), curve(3), curve.width_for(0.95)
        (Fraction(0, 1), Fraction(9, 32), 13)
    """
    problem = as_problem(X, y, output_bias=output_bias, signs=signs)
    data, output_bias, signs = problem.only(output_bias=True, signs=True), problem.output_bias, problem.signs
    sign = one_sign(signs)
    threshold = to_fraction(threshold)
    name = get_law(law).name
    axes = None if output_bias else axes_of(data, law)
    if axes is not None:
        return WidthCurve(curve_terms(axes, threshold, sign), "exact", "initialization", name)
    states = states_of(unit_law(data, law), sign)
    good = good_sets(data, states, threshold, output_bias)
    coefficient = moebius(good, len(states))
    return curve_of_sets(coefficient, states.shares, states.dead, states.rational, "initialization", name)


def one_sign(signs: Any) -> int | None:
    """Return the frozen sign that all units share, or None."""
    if signs is None:
        return None
    array = np.unique(np.atleast_1d(entries(signs, "signs")))
    if array.shape != (1,) or array[0] not in (-1, 1):
        raise UnsupportedError("a curve in the width needs one frozen sign for all units: signs=[1] or signs=[-1]")
    return int(array[0])
