"""Theorem 12's gamma: how far the activation patterns of one random unit keep from every hyperplane."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, islice
from math import acos, ceil, comb, log10, pi
from typing import Any

import numpy as np

from ..data import Dataset, as_dataset
from ..errors import TooLarge
from ..estimates import Probability
from .line import is_one_dimensional

__all__ = ["anticoncentration", "anticoncentration_at_most"]

MOST_HYPERPLANES = 300_000
BATCH = 8192


def anticoncentration(X: Any) -> Probability:
    """Return gamma = 1 - max over u != 0 of P(<u, a> = 0), where a = 1[X w > 0] and w is rotation-invariant.

    gamma is at most 1/2 and at most the angle of any two samples over pi. It is 0 for repeated samples, 1/2 for
    orthogonal ones, and for n points on a line with bias the least angle between neighbours over pi, or 1/2 if that
    is less. Else the maximum runs over the hyperplanes spanned by the patterns that occur.

    Args:
        X: samples (n, d) or a Dataset; rows of zeros give 0 (their activation is constant).

    Raises:
        TooLarge: too many hyperplanes, or no exact probabilities of the patterns in this dimension.

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
    known = _known(data)
    value = known if known is not None else _over_hyperplanes(data)
    return Probability.exact(value, "patterns of one unit", "rotation-invariant")


def anticoncentration_at_most(data: Dataset) -> float:
    """Return an upper bound on gamma: 1/2, or the least angle between two samples over pi."""
    return min(0.5, _least_angle(data.X) / pi) if data.n > 1 else 0.5


def _known(data: Dataset) -> Fraction | float | None:
    """Return gamma where it has a closed form."""
    rows = [tuple(int(v) for v in row) for row in data.rows]
    if data.zero_rows or len(set(rows)) < len(rows):
        return Fraction(0)
    if data.n <= 1 or all(sum(a * b for a, b in zip(p, q, strict=True)) == 0 for p, q in combinations(rows, 2)):
        return Fraction(1, 2)
    if data.rank == 2:
        from .. import exact

        columns = list(exact.pivot_columns(data.rows))
        if is_one_dimensional(data.rows[:, columns]):
            return anticoncentration_at_most(data)
    return None


def _least_angle(X: np.ndarray) -> float:
    """Return the least angle between two samples."""
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    cosine = np.clip(unit @ unit.T, -1, 1)
    i, j = np.triu_indices(len(X), 1)
    # the arc cosine loses half of the digits near 1: take the chord there
    chords = np.linalg.norm(unit[i] - unit[j], axis=1)
    k = int(np.argmin(chords))
    return float(2 * np.arcsin(chords[k] / 2)) if chords[k] < 1 else acos(float(cosine[i[k], j[k]]))


def _over_hyperplanes(data: Dataset) -> float:
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
    if np.linalg.matrix_rank(P.astype(float)) < n:
        return 0.0
    dead = float(volumes[~alive].sum())
    heaviest = 0.0
    subsets = combinations(range(len(P)), n - 1)
    while batch := list(islice(subsets, BATCH)):
        normals = _normals(P[np.array(batch)])
        normals = normals[normals.any(axis=1)]
        if len(normals):
            heaviest = max(heaviest, float(((normals @ P.T == 0) * mass).sum(axis=1).max()))
    return 1.0 - dead - heaviest


def _pattern_law(data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return the patterns of one unit (R, n) and their probabilities (R,)."""
    from ..geometry.volumes import volumes

    if data.rank > 3:
        raise TooLarge("the probabilities of the activation patterns have a closed form up to rank 3 only")
    found = volumes(data)
    return found.patterns, found.values


def _normals(spanning: np.ndarray) -> np.ndarray:
    """Return the integer cofactor vectors orthogonal to 0/1 rows (B, n - 1, n); zero where these are dependent."""
    n = spanning.shape[2]
    columns = np.arange(n)
    minors = [np.linalg.det(spanning[:, :, columns != k].astype(float)) * (-1) ** k for k in range(n)]
    return np.rint(np.stack(minors, axis=1)).astype(np.int64)
