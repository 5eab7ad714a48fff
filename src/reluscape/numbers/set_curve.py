"""From the sets of unit states that are good to the probability of a good set, as a function of the width."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from .intervals import precise_intervals
from .width_curve import WidthCurve


def popcounts(s: int) -> np.ndarray:
    """Return the number of states of each of the 2^s sets.

    >>> popcounts(2).tolist()
    [0, 1, 1, 2]
    """
    size = np.zeros(1 << s, dtype=np.int64)
    for j in range(s):
        size += np.arange(1 << s) >> j & 1
    return size


def moebius(good: np.ndarray, s: int) -> np.ndarray:
    """Return c(T) with P(good) = sum_T c(T) P(all units are dead or in T), for 2^s booleans.

    >>> moebius(np.array([False, True]), 1).tolist()
    [-1, 1]
    """
    coefficient = good.astype(np.int64)
    for j in range(s):  # c(U) = sum over T containing U of (-1)^|T - U| good(T)
        view = coefficient.reshape(-1, 2, 1 << j)
        view[:, 0] -= view[:, 1]
    return coefficient


def curve_of_sets(
    coefficient: np.ndarray, shares: Sequence[Any], dead: Any, rational: bool, population: str, law: str | None
) -> WidthCurve:
    """Return sum_T coefficient(T) (P(dead) + P(T))^m as a curve.

    Args:
        coefficient: (2^s,) integers, as `moebius` returns them; bit j of an index says whether state j belongs to T.
        shares: s probabilities of the states, `Fraction` or `flint.arb`.
        dead: probability of a unit in none of them.
        rational: whether the probabilities are fractions.
        population: what is counted.
        law: law of initialisation, or None.
    """
    bases = sums_over_sets(shares, dead, rational)
    if not rational:
        bases[-1] = flint.arb(1)  # the probabilities of all states and of none sum to 1
    masks = np.flatnonzero(coefficient).tolist()
    if rational:
        terms: dict[Fraction | float, Fraction | float] = {}
        for mask in masks:
            terms[bases[mask]] = terms.get(bases[mask], Fraction(0)) + int(coefficient[mask])
        return WidthCurve({b: c for b, c in terms.items() if c}, "exact", population, law)
    balls = tuple((bases[mask], flint.arb(int(coefficient[mask]))) for mask in masks)
    float_terms: dict[Fraction | float, Fraction | float] = {}
    for base, c in balls:
        float_terms[float(base)] = float_terms.get(float(base), 0.0) + float(c)
    return WidthCurve(float_terms, "certified", population, law, balls, _least_size(coefficient, len(shares)))


def _least_size(coefficient: np.ndarray, s: int) -> int:
    """Return the size of the smallest good set, which as many units at least have to be in; 0 where none is good."""
    good = np.array(coefficient, dtype=np.int64)
    for j in range(s):  # good(T) = sum over U containing T of c(U)
        view = good.reshape(-1, 2, 1 << j)
        view[:, 0] += view[:, 1]
    return int(popcounts(s)[good != 0].min(initial=s)) if good.any() else 0


def sums_over_sets(shares: Sequence[Any], dead: Any, rational: bool) -> list[Any]:
    """Return P(dead) + P(T) for every set T of s states, 2^s of them in the order of their bits.

    >>> sums_over_sets([Fraction(1, 2)], Fraction(1, 2), True)
    [Fraction(1, 2), Fraction(1, 1)]
    """
    with precise_intervals():
        sums = [Fraction(dead) if rational else flint.arb(0) + dead]
        for share in shares:
            sums += [value + share for value in sums]
    return sums
