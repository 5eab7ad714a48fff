"""The exact share of regions with a zero-loss point: a product over samples, points on a line, or set by set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb, prod
from typing import Any

import flint
import numpy as np

from ...errors import TooLarge, UnsupportedError
from ...geometry.arrangement import Arrangement
from ...geometry.volumes.unit_law import unit_law
from ...jacobian.rank import RankOracle, nonzero_samples
from ...jacobian.zero_loss.decision import zero_loss
from ...jacobian.zero_loss.line_coordinates import line_coordinates
from ...jacobian.zero_loss.line_point import step_of
from ...numbers.estimates import Probability
from ...numbers.exact import sign
from ...numbers.intervals import as_probability, precise_intervals
from ...problem.data import Dataset
from ...problem.networks.initialization import Law
from ..full_rank.small import region_patterns
from .line_share import MOST_POINTS, share_at_one_sample, share_on_a_line

__all__ = ["exact_share"]

QUICK_TESTS, MOST_TESTS = 1000, 20_000
MOST_PATTERNS = 64


@dataclass(frozen=True, eq=False)
class _UnitShares:
    """The realizable patterns of one unit with their probabilities.

    Attributes:
        patterns: (a, n) bool, those with an active sample.
        shares: their probabilities, `Fraction` or `flint.arb`.
        dead: probability of a realizable pattern without an active sample.
        rational: whether the probabilities are fractions.
    """

    patterns: np.ndarray
    shares: Sequence[Any]
    dead: Any
    rational: bool


def exact_share(
    data: Dataset, y: np.ndarray, weights: np.ndarray, population: str, law: Law, insist: bool
) -> Probability | None:
    """Return the share of regions that hold weights with zero loss, or None where there is no short way to it.

    Args:
        data: the samples.
        y: exact targets (n,).
        weights: exact output weights (m,); only their signs matter.
        population: "patterns", "regions" or "initialization".
        law: law of initialisation.
        insist: go further, and raise instead of returning None.

    Raises:
        TooLarge, UnsupportedError: out of reach and `insist` is True.
    """
    signs = [sign(value) for value in weights]
    plus, minus, idle = (signs.count(s) for s in (1, -1, 0))
    law_name = law.name if population == "initialization" else None
    nonzero = nonzero_samples(data)
    if any(y[i] != 0 for i in data.zero_rows):
        return Probability.exact(Fraction(0), population, law_name)
    oracle = RankOracle.of(data)
    if oracle.rank == len(nonzero) and (population != "initialization" or _fair(data, nonzero, law)):
        # every pattern is realizable, each bit a fair coin, and the prediction of each sample is free of the others
        chance = prod((share_at_one_sample(y[i], plus, minus) for i in nonzero), start=Fraction(1))
        return Probability.exact(chance, population, law_name)
    try:
        with precise_intervals():
            units = _unit_shares(data, oracle, population, law)
            value = _on_a_line(data, nonzero, y, units, plus, minus)
            if value is None:
                value = _set_by_set(data, units, plus, minus, MOST_TESTS if insist else QUICK_TESTS)
    except (TooLarge, UnsupportedError):
        if insist:
            raise
        return None
    if population == "patterns":  # units with output weight 0 must have a region too
        value = value * (units.dead + sum(units.shares, Fraction(0))) ** idle
    return as_probability(value, population, law_name)


def _fair(data: Dataset, nonzero: np.ndarray, law: Law) -> bool:
    """Whether a weight of the law is active on each of some independent samples with probability 1/2, independently."""
    from ...geometry.volumes.unit_law import orthogonal

    return bool(law.spherical) and orthogonal(data.rows[nonzero])


def _unit_shares(data: Dataset, oracle: RankOracle, population: str, law: Law) -> _UnitShares:
    if population == "initialization":
        lines = len(np.asarray(Arrangement.of(data).normals))
        if oracle.rank > 1 and 2 * lines > MOST_PATTERNS:
            raise TooLarge(
                f"one unit has {2 * lines} patterns or more, an exact share takes {MOST_PATTERNS}", 2 * lines
            )
        units = unit_law(data, law)
        return _UnitShares(units.patterns, units.shares, units.dead, units.rational)
    cover = 2 * sum(comb(oracle.n - 1, k) for k in range(oracle.rank))
    if cover > MOST_PATTERNS:
        raise TooLarge(
            f"one unit has up to {cover} patterns, an exact share takes {MOST_PATTERNS}; "
            "simulate with zero_loss_fraction(..., exact=None)",
            cover,
        )
    patterns = region_patterns(data)
    one = Fraction(1, len(patterns) if population == "regions" else 2**oracle.n)
    alive = patterns.any(axis=1)
    return _UnitShares(patterns[alive], [one] * int(alive.sum()), one * int((~alive).sum()), True)


def _on_a_line(
    data: Dataset, nonzero: np.ndarray, y: np.ndarray, units: _UnitShares, plus: int, minus: int
) -> Any | None:
    """Return the share for at most six points on a line with bias, at any width; None elsewhere."""
    line = line_coordinates(data, nonzero)
    if line is None or len(nonzero) > MOST_POINTS:
        return None
    order = [int(nonzero[i]) for i in line.order]
    shares = {step_of(row[order]): share for row, share in zip(units.patterns, units.shares, strict=True)}
    shares["dead", 0] = units.dead
    targets = [y[i] / s for i, s in zip(order, line.scale, strict=True)]
    return share_on_a_line(line.points, targets, plus, minus, shares)


def _set_by_set(data: Dataset, units: _UnitShares, plus: int, minus: int, most: int) -> Any:
    """Decide every pair of sets of patterns, those of positive and those of negative units, and add up the good ones.

    Whether a region holds a zero-loss point depends on nothing else: units with equal pattern and sign merge, and dead
    ones add nothing.
    """
    a = len(units.patterns)
    tests = prod(sum(comb(a, k) for k in range(min(a, m) + 1)) for m in (plus, minus))
    if tests > most:
        raise TooLarge(
            f"{a} patterns of one unit make {tests} pairs of sets, an exact share takes {most}; simulate with "
            "zero_loss_fraction(..., exact=None)",
            tests,
        )
    chances = [_exactly(units, m) for m in (plus, minus)]
    total: Any = Fraction(0) if units.rational else flint.arb(0)
    for positive in _subsets(a, plus):
        for negative in _subsets(a, minus):
            v = [1] * len(positive) + [-1] * len(negative)
            rows = units.patterns[[*positive, *negative]].reshape(len(v), data.n)
            if zero_loss(data, None, rows, v).exists:
                total = total + chances[0][_mask(positive)] * chances[1][_mask(negative)]
    return total


def _subsets(a: int, most: int) -> list[tuple[int, ...]]:
    return [subset for k in range(min(a, most) + 1) for subset in combinations(range(a), k)]


def _mask(picks: Sequence[int]) -> int:
    return sum(1 << j for j in picks)


def _exactly(units: _UnitShares, m: int) -> dict[int, Any]:
    """Return for every set of at most m patterns the probability that m units use exactly these, dead units apart."""
    start: Any = Fraction(units.dead) if units.rational else flint.arb(0) + units.dead
    within, chances = {0: start}, {0: start**m}
    for subset in _subsets(len(units.patterns), m)[1:]:
        mask, last = _mask(subset), 1 << subset[-1]
        within[mask] = within[mask ^ last] + units.shares[subset[-1]]
        chances[mask] = within[mask] ** m
    for j in range(len(units.patterns)):  # with a set come all its subsets
        for mask in chances:
            if mask >> j & 1:
                chances[mask] = chances[mask] - chances[mask ^ (1 << j)]
    return chances
