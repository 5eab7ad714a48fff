"""The share of full-rank Jacobians as an exact function of the width."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from ..bounds.line import is_one_dimensional, step_terms
from ..data import as_dataset
from ..errors import TooLarge, UnsupportedError
from .fraction import check_population, positively_parallel
from .rank import RankOracle
from .small import MOST_STATES, good_sets, unit_states

if TYPE_CHECKING:
    from ..widthcurve import WidthCurve

__all__ = ["full_rank_curve"]


def full_rank_curve(X: Any, population: str) -> WidthCurve:
    """Return the share of full-rank Jacobians for every width at once: P(m) = sum_b c_b b^m.

    With M the set of unit patterns that occur, P(m) = sum_T [T has full rank] P(M = T); inclusion and exclusion over
    the subsets of the at most 20 patterns gives finitely many bases. For points on a line with bias, and for linearly
    independent samples, the terms have a closed form at any n.

    Args:
        X: samples (n, d) or a Dataset.
        population: "patterns" or "regions". For "initialization" the pattern probabilities are no rationals: ask
            `full_rank_fraction` width by width.

    Raises:
        TooLarge: more than 20 unit patterns with an active sample.
        ZeroRowError: population "regions" and a row of zeros.

    Source: the truth beside Karhadkar and Montufar's Theorem 2, Corollary 5 and Theorem 7.

    Example:
        >>> curve = full_rank_curve([[0, 1], [1, 1], [2, 1]], population="regions")
        >>> curve(2), curve.width_for(0.95)
        (Fraction(7, 18), 6)
    """
    from ..widthcurve import WidthCurve

    data = as_dataset(X)
    check_population(population, data)
    if population == "initialization":
        raise UnsupportedError(
            "the probabilities of the patterns at initialisation are no rationals; use full_rank_fraction per width"
        )
    oracle = RankOracle.of(data)
    return WidthCurve(_terms(data, oracle, population), "exact", population, None)


def _terms(data: Any, oracle: RankOracle, population: str) -> dict[Fraction | float, Fraction | float]:
    n = oracle.n
    if n == 0:
        return {Fraction(1): Fraction(1)}
    if population == "regions" and positively_parallel(data):
        return {}
    if oracle.rank == n:
        return {Fraction(1, 2**k): Fraction((-1) ** k * comb(n, k)) for k in range(n + 1)}
    if population == "regions" and oracle.rank == 2 and is_one_dimensional(oracle.rows):
        return {Fraction(j, 2 * n): Fraction(c) for j, c in step_terms(n)}
    states, dead = unit_states(data, oracle, population)
    if states is None or len(states) > MOST_STATES:
        count = "too many" if states is None else str(len(states))
        raise TooLarge(
            f"{count} {population} of one unit, a curve takes {MOST_STATES}; use full_rank_fraction for one width"
        )
    return _inclusion_exclusion(good_sets(states, oracle), len(states), dead)


def _inclusion_exclusion(good: np.ndarray, s: int, dead: int) -> dict[Fraction | float, Fraction | float]:
    """Return sum_T good(T) P(M = T) as terms; P(M within T) = ((|T| + dead) / (s + dead))^m."""
    coefficient = good.astype(np.int64)
    for j in range(s):  # c(S) = sum over T containing S of (-1)^|T - S| good(T)
        view = coefficient.reshape(-1, 2, 1 << j)
        view[:, 0] -= view[:, 1]
    sizes = np.zeros(1 << s, dtype=np.int64)
    for j in range(s):
        sizes += np.arange(1 << s) >> j & 1
    total = s + dead
    terms: dict[Fraction | float, Fraction | float] = {}
    for k in range(s + 1):
        c = int(coefficient[sizes == k].sum())
        if c:
            terms[Fraction(k + dead, total)] = Fraction(c)
    return terms
