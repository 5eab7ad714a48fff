"""Karhadkar and Montufar's statements about widths, evaluated on a data set with their hypotheses checked."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import exp

from ...errors import ReluscapeError, TooLarge
from ...problem.data import Dataset
from ..promise import Promise
from .anticoncentration import anticoncentration, anticoncentration_at_most
from .line import is_one_dimensional
from .regions import karhadkar_corollary_5, karhadkar_corollary_5_fraction
from .widths import (
    karhadkar_proposition_11,
    karhadkar_theorem_2,
    karhadkar_theorem_2_fraction,
    karhadkar_theorem_7,
    karhadkar_theorem_8,
    karhadkar_theorem_9,
    karhadkar_theorem_10,
    karhadkar_theorem_12,
)

__all__ = ["promises"]

SOURCE = "Karhadkar and Montufar"
PATTERNS = "uniform over all activation patterns, most of them empty"
REGIONS = "uniform over the non-empty activation regions"
BOX = "weight and bias uniform in [-1, 1]"
ROTATION = "initial weights of a rotation-invariant law"
FULL_RANK = "full-rank Jacobian: no bad differentiable critical point"


def promises(data: Dataset, eps: Fraction) -> list[Promise]:
    """Return one row per statement; `eps` is the tolerated probability."""
    return [
        _theorem_2(data, eps),
        _corollary_5(data, eps),
        _line("Theorem 7", FULL_RANK, data, eps, karhadkar_theorem_7, lambda n, m: 1 - n * exp(-m / (2 * n))),
        _line(
            "Theorem 8",
            "the region holds a zero-loss point",
            data,
            eps,
            lambda n, e: 2 * karhadkar_theorem_8(n, e),
            lambda n, m: 1 - 2 * n * exp(-(m // 2) / (2 * n)),
            "; half of the units have positive, half negative output weights",
        ),
        _line(
            "Theorem 9",
            "every local minimum in the open region is global",
            data,
            eps,
            karhadkar_theorem_9,
            lambda n, m: 1 - n * exp(-m / (2 * n)),
        ),
        _theorem_10(data, eps),
        _proposition_11(data, eps),
        _theorem_12(data, eps),
    ]


def _kept(eps: Fraction) -> float:
    return float(1 - eps)


def _clipped(promise: Callable[[int], float]) -> Callable[[int], float]:
    return lambda m: min(1.0, max(0.0, float(promise(m))))


def _not(statement: str, law: str, event: str, reason: str) -> Promise:
    return Promise(statement, SOURCE, law, False, reason, event=event)


def _general(data: Dataset) -> tuple[bool, str]:
    """Return whether the data may be generic, and what is known in words."""
    if data.zero_rows:
        return False, f"row {data.zero_rows[0]} of X is zero"
    if data.n == 0:
        return False, "there are no samples"
    position = data.general_position
    if position.status == "refuted":
        return False, f"the samples are not generic: {position}"
    return True, f"assumes generic samples ({position})"


def _theorem_2(data: Dataset, eps: Fraction) -> Promise:
    name = "Theorem 2 (corrected)"
    holds, reason = _general(data)
    if not holds:
        return _not(name, PATTERNS, FULL_RANK, reason)
    n, r = data.n, data.rank
    width = karhadkar_theorem_2(n, r, eps)
    at_width = _clipped(lambda m: float(karhadkar_theorem_2_fraction(n, r, m)))
    return Promise(name, SOURCE, PATTERNS, True, reason, width, _kept(eps), FULL_RANK, at_width)


def _corollary_5(data: Dataset, eps: Fraction) -> Promise:
    name = "Corollary 5 (corrected)"
    if data.n == 0 or data.rank < data.n:
        return _not(name, REGIONS, FULL_RANK, f"needs independent samples: rank {data.rank} below n = {data.n}")
    width = karhadkar_corollary_5(data.n, eps)
    at_width = _clipped(lambda m: float(karhadkar_corollary_5_fraction(data.n, m)))
    reason = "exact: the samples are linearly independent"
    return Promise(name, SOURCE, REGIONS, True, reason, width, _kept(eps), FULL_RANK, at_width)


def _line(
    name: str,
    event: str,
    data: Dataset,
    eps: Fraction,
    width: Callable[[int, Fraction], int],
    promise: Callable[[int, int], float],
    extra: str = "",
) -> Promise:
    alone = data.n == 1 and not data.zero_rows  # one sample is one point, whatever its dimension
    if not alone and (data.rank != 2 or data.zero_rows or not is_one_dimensional(_plane_rows(data))):
        return _not(name, REGIONS, event, "needs distinct points on a line, with bias")
    reason = f"distinct points on a line, with bias; output weights not zero{extra}"
    at_width = _clipped(lambda m: promise(data.n, m))
    return Promise(name, SOURCE, REGIONS, True, reason, width(data.n, eps), _kept(eps), event, at_width)


def _plane_rows(data: Dataset) -> list[tuple[int, int]]:
    """Return data of rank 2 in two independent columns."""
    from ...numbers import exact

    columns = list(exact.pivot_columns(data.rows))
    return [(int(a), int(b)) for a, b in data.rows[:, columns]]


def _theorem_10(data: Dataset, eps: Fraction) -> Promise:
    name = "Theorem 10 (corrected), width of the last hidden layer"
    if data.n == 0 or data.duplicates:
        reason = f"rows {data.duplicates[0]} of X are equal" if data.n else "there are no samples"
        return _not(name, PATTERNS, FULL_RANK, reason)
    width = karhadkar_theorem_10(data.n, eps)
    at_width = _clipped(lambda m: 1 - 2.0 ** min(data.n - m, 0) if m >= data.n else 0.0)
    reason = "deep networks; distinct samples, output weights not zero, no condition on the earlier layers"
    return Promise(name, SOURCE, PATTERNS, True, reason, width, _kept(eps), FULL_RANK, at_width)


def _proposition_11(data: Dataset, eps: Fraction) -> Promise:
    name = "Proposition 11"
    ones = [k for k in range(data.d) if all(value == 1 for value in data.fractions[:, k])] if data.n else []
    if data.d != 2 or not ones:
        return _not(name, BOX, FULL_RANK, "needs one input and a column of ones")
    points = list(data.fractions[:, 1 - ones[-1]])
    try:
        width = karhadkar_proposition_11(points, eps)
    except ReluscapeError as error:
        return _not(name, BOX, FULL_RANK, str(error))
    sequence = sorted(points)
    gap = float(min(b - a for a, b in pairwise(sequence)))
    at_width = _clipped(lambda m: 1 - data.n * (1 - gap / 4) ** m)
    reason = f"least gap {gap:g} between points of [-1, 1]; output weights not zero"
    return Promise(name, SOURCE, BOX, True, reason, width, _kept(eps), FULL_RANK, at_width)


def _theorem_12(data: Dataset, eps: Fraction) -> Promise:
    name = "Theorem 12"
    holds, reason = _general(data)
    if not holds:
        return _not(name, ROTATION, FULL_RANK, reason)
    try:
        gamma = float(anticoncentration(data))
    except TooLarge:
        best = anticoncentration_at_most(data)
        least = karhadkar_theorem_12(data.n, data.rank, best, eps)
        reason = f"gamma is out of reach; it is at most {best:.3g}, so that the width would be {least:,} or more"
        return _not(name, ROTATION, FULL_RANK, reason)
    if gamma == 0:
        return _not(name, ROTATION, FULL_RANK, "the samples are not anticoncentrated: gamma = 0")
    width = karhadkar_theorem_12(data.n, data.rank, gamma, eps)
    n, r = data.n, data.rank
    block = -(-n // r)

    def promised(m: int) -> float:
        from scipy.special import bdtr

        return 1 - r * float(bdtr(block - 1, m, gamma)) if m >= block else 0.0

    reason = f"gamma = {gamma:.4g}; {reason}"
    return Promise(name, SOURCE, ROTATION, True, reason, width, _kept(eps), FULL_RANK, _clipped(promised))
