"""The share of full-rank Jacobians as an exact function of the width."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from ...bounds.karhadkar.line import is_one_dimensional, step_terms
from ...errors import TooLarge
from ...jacobian.rank import RankOracle, nonzero_samples
from ...problem.data import Dataset, as_dataset
from ...problem.networks.initialization import Law, get_law
from .population import check_population, positively_parallel
from .small import MOST_STATES, good_sets, unit_states

if TYPE_CHECKING:
    from ...numbers.width_curve import WidthCurve

__all__ = ["curve_at_initialization", "full_rank_curve"]

Terms = dict[Fraction | float, Fraction | float]


def full_rank_curve(X: Any, population: str, law: Any = "normal") -> WidthCurve:
    """Return the share of full-rank Jacobians for every width at once: P(m) = sum_b c_b b^m.

    With M the set of unit patterns that occur, P(m) = sum_T [T has full rank] P(M = T); inclusion and exclusion over
    the subsets of the at most 20 patterns gives finitely many bases. For points on a line with bias, for linearly
    independent samples, and at initialisation for orthogonal ones, the terms have a closed form at any n.

    Args:
        X: samples (n, d) or a Dataset.
        population: "patterns", "regions" or "initialization".
        law: law of initialisation, by name, for population "initialization"; output weights are not zero.

    Returns:
        WidthCurve; kind "exact" with rational terms, or at initialisation "certified" where the probabilities of the
        patterns are angles: every value and `width_for` are then proven.

    Raises:
        TooLarge: more than 20 unit patterns with an active sample.
        UnsupportedError: no closed form for the probabilities of the patterns under this law.
        ZeroRowError: population "regions" and a row of zeros.

    Source: the truth beside Karhadkar and Montufar's Theorem 2, Corollary 5 and Theorem 7.

    Example:
        >>> curve = full_rank_curve([[0, 1], [1, 1], [2, 1]], population="regions")
        >>> curve(2), curve.width_for(0.95)
        (Fraction(7, 18), 6)
        >>> curve = full_rank_curve([[0, 1], [1, 1], [2, 1]], population="initialization")
        >>> round(curve(2), 6), curve.kind, curve.width_for(0.95)
        (0.277516, 'certified', 8)
    """
    from ...numbers.width_curve import WidthCurve

    data = as_dataset(X)
    check_population(population, data)
    oracle = RankOracle.of(data)
    if population == "initialization":
        return curve_at_initialization(data, oracle, get_law(law))
    return WidthCurve(_terms(data, oracle, population), "exact", population, None)


def curve_at_initialization(data: Dataset, oracle: RankOracle, law: Law, most: int = MOST_STATES) -> WidthCurve:
    """Return the curve for weights drawn from a law, where the probabilities of one unit's patterns are known.

    Raises:
        TooLarge: more than `most` patterns with an active sample.
        UnsupportedError: the law of the patterns has no closed form.
    """
    from ...geometry.arrangement import Arrangement
    from ...geometry.volumes.unit_law import orthogonal, unit_law
    from ...numbers.set_curve import curve_of_sets, moebius
    from ...numbers.width_curve import WidthCurve

    def exactly(terms: Terms) -> WidthCurve:
        return WidthCurve(terms, "exact", "initialization", law.name)

    if oracle.n == 0:
        return exactly({Fraction(1): Fraction(1)})
    if positively_parallel(data):
        return exactly({})
    if law.spherical and orthogonal(data.rows[nonzero_samples(data)]):
        return exactly(_independent(oracle.n))
    lines = len(np.asarray(Arrangement.of(data).normals))
    if oracle.rank > 1 and 2 * lines - 1 > most:  # each line through 0 cuts off two patterns at least
        raise TooLarge(f"{2 * lines - 1} patterns of one unit or more, a curve takes {most}; use full_rank_fraction")
    units = unit_law(data, law)
    if len(units.patterns) > most:
        raise TooLarge(f"{len(units.patterns)} patterns of one unit, a curve takes {most}; use full_rank_fraction")
    states = np.ascontiguousarray(units.patterns[:, nonzero_samples(data)])
    coefficient = moebius(good_sets(states, oracle), len(states))
    return curve_of_sets(coefficient, units.shares, units.dead, units.rational, "initialization", law.name)


def _independent(n: int) -> Terms:
    """Return (1 - 2^-m)^n."""
    return {Fraction(1, 2**k): Fraction((-1) ** k * comb(n, k)) for k in range(n + 1)}


def _terms(data: Dataset, oracle: RankOracle, population: str) -> Terms:
    n = oracle.n
    if n == 0:
        return {Fraction(1): Fraction(1)}
    if population == "regions" and positively_parallel(data):
        return {}
    if oracle.rank == n:
        return _independent(n)
    if population == "regions" and oracle.rank == 2 and is_one_dimensional(oracle.rows):
        return {Fraction(j, 2 * n): Fraction(c) for j, c in step_terms(n)}
    states, dead = unit_states(data, oracle, population)
    if states is None or len(states) > MOST_STATES:
        count = "too many" if states is None else str(len(states))
        raise TooLarge(
            f"{count} {population} of one unit, a curve takes {MOST_STATES}; use full_rank_fraction for one width"
        )
    return _inclusion_exclusion(good_sets(states, oracle), len(states), dead)


def _inclusion_exclusion(good: np.ndarray, s: int, dead: int) -> Terms:
    """Return sum_T good(T) P(M = T) as terms; P(M within T) = ((|T| + dead) / (s + dead))^m."""
    from ...numbers.set_curve import moebius, popcounts

    coefficient, sizes = moebius(good, s), popcounts(s)
    total = s + dead
    terms: Terms = {}
    for k in range(s + 1):
        c = int(coefficient[sizes == k].sum())
        if c:
            terms[Fraction(k + dead, total)] = Fraction(c)
    return terms
