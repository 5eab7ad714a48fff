"""Theorem 12's gamma: how far the activation patterns of one random unit keep from every hyperplane."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, islice, pairwise
from math import ceil, comb, log10
from typing import Any

import flint
import numpy as np

from ...errors import TooLarge
from ...geometry.volumes.unit_law import NIVEN
from ...numbers.estimates import Probability
from ...numbers.exact import dot, fmpq, pivot_columns, rank
from ...numbers.intervals import as_probability, outward, precise_intervals
from ...numbers.tolerances import DEFAULT, MACHINE_PRECISION
from ...problem.data import Dataset, as_dataset
from .line import in_turn, is_one_dimensional

__all__ = ["anticoncentration", "anticoncentration_at_most"]

MOST_HYPERPLANES = 300_000
BATCH = 8192
# vectors whose products with all others are held at once
ROWS = 512


def anticoncentration(X: Any) -> Probability:
    """Return gamma = 1 - max over u != 0 of P(<u, a> = 0), where a = 1[X w > 0] and w is rotation-invariant.

    gamma is at most 1/2 and at most the angle of any two samples over pi. It is 0 for repeated samples, 1/2 for
    orthogonal ones, and for n points on a line with bias the least angle between neighbours over pi, or 1/2 if that
    is less. Else the maximum runs over the hyperplanes spanned by the patterns that occur.

    Args:
        X: samples (n, d) or a Dataset; rows of zeros give 0 (their activation is constant).

    Returns:
        `Probability`: a `Fraction` of kind "exact" where gamma is one, else a proven interval of kind "certified".

    Raises:
        TooLarge: too many hyperplanes (7 rows of rank 3 in general position), or no exact probabilities of the
            patterns in this dimension.

    Source: Karhadkar and Montufar, Theorem 12 (its law of patterns is not defined there). On a line with bias write
    S_k for the sums u_1 + ... + u_k and S for the whole sum: <u, a> is S_k or S - S_k on the patterns with their cut
    after k. If S = 0 the mass lost is at least that of the rarest cut; if not, each cut loses one of its two sides.

    Example:
        >>> round(float(anticoncentration([[-1, 1], [0, 1], [1, 1]])), 12)
        0.25
        >>> anticoncentration([[1, 0], [0, 3]]).value
        Fraction(1, 2)
    """
    data = as_dataset(X)
    with precise_intervals():
        closed_form = _known(data)
        value = closed_form if closed_form is not None else _over_hyperplanes(data)
        return as_probability(value, "patterns of one unit", "rotation-invariant")


def anticoncentration_at_most(data: Dataset) -> float:
    """Return an upper bound on gamma: 1/2, or the angle of the two samples that are nearest to each other over pi."""
    if data.n < 2 or data.zero_rows:
        return 0.5
    unit = data.rows / np.array([[max(abs(int(v)) for v in row)] for row in data.rows], dtype=object)
    unit = unit.astype(float)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    first, second = _nearest(unit)
    with precise_intervals():
        share = _angle(data.rows[first], data.rows[second])
        return min(0.5, float(share) if isinstance(share, Fraction) else outward(share)[1])


def _nearest(unit: np.ndarray) -> tuple[int, int]:
    """Return the numbers of the two vectors of length 1 that are nearest to each other."""
    best, pair = math.inf, (0, 1)
    for begin in range(0, len(unit) - 1, ROWS):
        part = unit[begin : begin + ROWS]
        cosines = part @ unit.T
        cosines[np.arange(len(unit)) <= begin + np.arange(len(part))[:, None]] = -np.inf
        # cosines of near vectors have lost their digits, differences have not
        i, j = np.nonzero(cosines >= cosines.max() - DEFAULT.cosine_rounding)
        for k in range(0, len(i), BATCH):
            lengths = np.linalg.norm(part[i[k : k + BATCH]] - unit[j[k : k + BATCH]], axis=1)
            least = int(np.argmin(lengths))
            if lengths[least] < best:
                best, pair = float(lengths[least]), (begin + int(i[k + least]), int(j[k + least]))
    return pair


def _known(data: Dataset) -> Fraction | flint.arb | None:
    """Return gamma where it has a closed form."""
    rows = [tuple(int(v) for v in row) for row in data.rows]
    if data.zero_rows or len(set(rows)) < len(rows):
        return Fraction(0)
    if data.n <= 1 or all(dot(p, q) == 0 for p, q in combinations(rows, 2)):
        return Fraction(1, 2)
    if data.rank == 2:
        plane = [(int(a), int(b)) for a, b in data.rows[:, list(pivot_columns(data.rows))]]
        if is_one_dimensional(plane):
            order = in_turn(plane)
            return _least([_angle(rows[i], rows[j]) for i, j in pairwise(order)])
    return None


def _angle(p: Sequence[int], q: Sequence[int]) -> Fraction | flint.arb:
    """Return the angle of two integer vectors over pi: a fraction where it is one, else an interval."""
    product, lengths = dot(p, q), dot(p, p) * dot(q, q)
    square = product**2 / lengths
    if square in NIVEN:  # shares of a full turn
        return 2 * NIVEN[square] if product >= 0 else 1 - 2 * NIVEN[square]
    sine = flint.arb(fmpq(lengths - product**2)).sqrt()
    return flint.arb.atan2(sine, flint.arb(fmpq(product))) / flint.arb.pi()


def _least(shares: Sequence[Fraction | flint.arb]) -> Fraction | flint.arb:
    """Return the least of some angles over pi, or 1/2 where that is less."""
    fractions = [share for share in shares if isinstance(share, Fraction)]
    best: Fraction | flint.arb = min([Fraction(1, 2), *fractions])
    for share in shares:
        if isinstance(share, flint.arb):
            # two angles that are no rational share of the turn may be equal: then their intervals overlap
            best = (
                share.min(best if isinstance(best, flint.arb) else flint.arb(fmpq(best)))
                if not _below(best, share)
                else best
            )
    return best


def _below(best: Fraction | flint.arb, share: flint.arb) -> bool:
    """Return whether one number is certainly below the other."""
    return bool((best if isinstance(best, flint.arb) else flint.arb(fmpq(best))) < share)


def _over_hyperplanes(data: Dataset) -> Fraction | flint.arb:
    """Return gamma from the probabilities of all patterns, hyperplane by hyperplane."""
    n = data.n
    cover = 2 * sum(comb(n - 1, k) for k in range(data.rank))
    cost = comb(cover - 1, n - 1)
    if cost > MOST_HYPERPLANES or n > 10:
        raise TooLarge(
            f"gamma needs the masses of about 10^{ceil(log10(cost))} hyperplanes (limit {MOST_HYPERPLANES}); "
            f"it is at most {anticoncentration_at_most(data):.3g}",
            cost,
        )
    patterns, volumes = _pattern_law(data)
    alive = patterns.any(axis=1)
    P, mass = patterns[alive].astype(np.int64), volumes[alive]
    if rank(P) < n:
        return Fraction(0)
    # what a hyperplane misses is added up, so that nothing cancels however small it is
    least = math.inf
    subsets = combinations(range(len(P)), n - 1)
    while batch := list(islice(subsets, BATCH)):
        normals = _normals(P[np.array(batch)])
        normals = normals[normals.any(axis=1)]
        if len(normals):
            least = min(least, float(((normals @ P.T != 0) * mass).sum(axis=1).min()))
    # each volume is off by a rounding at most, each of the sums by one for every term
    return flint.arb(least, least * 2 * len(P) * MACHINE_PRECISION)


def _pattern_law(data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return the patterns of one unit (R, n) and their probabilities (R,)."""
    from ...geometry.volumes.volumes import volumes

    if data.rank > 3:
        raise TooLarge("the probabilities of the activation patterns have a closed form up to rank 3 only")
    law = volumes(data)
    return law.patterns, law.values


def _normals(spanning: np.ndarray) -> np.ndarray:
    """Return the integer cofactor vectors orthogonal to 0/1 rows (B, n - 1, n); zero where these are dependent."""
    n = spanning.shape[2]
    columns = np.arange(n)
    minors = [np.linalg.det(spanning[:, :, columns != k].astype(float)) * (-1) ** k for k in range(n)]
    return np.rint(np.stack(minors, axis=1)).astype(np.int64)
