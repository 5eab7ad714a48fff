"""Safran and Shamir's Theorems 2 and 4 on the user's data: hypotheses checked, exact probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import asin, comb, pi
from typing import Any

import numpy as np

from ..data import Dataset, as_dataset
from ..errors import InputError
from ..exact import dot
from .arguments import require, whole

__all__ = [
    "SingletonSlots",
    "safran_theorem_2_exact",
    "safran_theorem_2_slots",
    "safran_theorem_4_bounds",
]


@dataclass(frozen=True)
class SingletonSlots:
    """The half-axes that singleton data occupy, with the best prediction slope on each (squared loss).

    Attributes:
        slopes: {(coordinate, sign of the half-axis): sum |x| y / sum x^2}.
        beta: the least loss any number of units reaches.
    """

    slopes: dict[tuple[int, int], Fraction]
    beta: Fraction


def safran_theorem_2_slots(X: Any, y: Any = None) -> SingletonSlots:
    """Return the occupied half-axes of singleton data.

    Raises:
        AssumptionError: a sample has two coordinates that are not zero.

    Source: Safran and Shamir, Theorem 2.

    Example:
        >>> safran_theorem_2_slots([[2, 0], [-1, 0]], [1, 3]).slopes == {(0, 1): Fraction(1, 2), (0, -1): 3}
        True
    """
    data = with_targets(X, y)
    moments: dict[tuple[int, int], tuple[Fraction, Fraction]] = {}
    for i, (row, target) in enumerate(zip(data.fractions, np.asarray(data.y_fractions), strict=True)):
        used = [j for j, v in enumerate(row) if v != 0]
        require(len(used) <= 1, f"every sample is a singleton (row {i} has {len(used)} coordinates that are not zero)")
        if used:
            j = used[0]
            slot = (j, 1 if row[j] > 0 else -1)
            a, b = moments.get(slot, (Fraction(0), Fraction(0)))
            moments[slot] = (a + abs(row[j]) * target, b + row[j] ** 2)
    total = dot(np.asarray(data.y_fractions), np.asarray(data.y_fractions))
    gain = sum((a * a / b for a, b in moments.values()), Fraction(0))
    slopes = {slot: a / b for slot, (a, b) in moments.items()}
    return SingletonSlots(slopes, (total - gain) / max(data.n, 1))


def safran_theorem_2_exact(X: Any, y: Any, width: int) -> Fraction:
    """Return the exact probability that a random basin on singleton data has the least value beta.

    Given k units with a positive output weight, coordinates are independent. A half-axis whose best slope has sign
    sigma is covered when some unit of that sign is active on it; one with slope 0 always is. Per coordinate: one
    half-axis 1 - 2^-k_s, two of opposite signs (1 - 2^-k)(1 - 2^(k - m)), two of one sign 1 - 2^(1 - k_s) (0 at
    k_s = 0).

    Args:
        X: (n, d) singletons or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        width: number of units m.

    Raises:
        AssumptionError: a sample has two coordinates that are not zero.

    Source: the truth beside Safran and Shamir's Theorem 2; squared loss, any symmetric law with independent
    coordinates' signs.

    Example:
        >>> safran_theorem_2_exact([[1, 0], [0, 1], [-1, 0], [0, -1]], [1, 1, 1, 1], 3)
        Fraction(21, 128)
    """
    slots, m = safran_theorem_2_slots(X, y), whole("width", width, 0)
    wanted: dict[int, list[int]] = {}
    for (j, _), slope in slots.slopes.items():
        if slope != 0:
            wanted.setdefault(j, []).append(1 if slope > 0 else -1)
    total = Fraction(0)
    for k in range(m + 1):
        count = {1: k, -1: m - k}
        product = Fraction(comb(m, k), 2**m)
        for signs in wanted.values():
            if len(signs) == 1:
                product *= 1 - Fraction(1, 2 ** count[signs[0]])
            elif signs[0] != signs[1]:
                product *= (1 - Fraction(1, 2**k)) * (1 - Fraction(1, 2 ** (m - k)))
            else:
                units = count[signs[0]]
                product *= max(Fraction(0), 1 - Fraction(2, 2**units)) if units else 0
        total += product
    return total


def safran_theorem_4_bounds(X: Any, y: Any, width: int, order: int = 2) -> tuple[float, float]:
    """Return a proven interval for P[Bas = 0] on independent samples, by cutting inclusion and exclusion off.

    P = sum over sets S of samples with y != 0 of (-1)^|S| (q(S+)/2 + q(S-)/2)^m, q(S) = P[no sample of S is active],
    S+ and S- the samples of S with positive and negative target. Cut after an odd |S| it is a lower, after an even |S|
    an upper bound; after |S| = 1 it is the printed Theorem 4.

    Args:
        X: (n, d) samples of rank n, or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        width: number of units m.
        order: 1, 2 or 3: the largest |S| that is used.

    Returns:
        low and high, a few units in the last place wide of the sums.

    Raises:
        AssumptionError: rank X < n.

    Source: Safran and Shamir, Theorem 4 and its truth; spherical laws.

    Example:
        >>> low, high = safran_theorem_4_bounds([[1, 0], [0, 1]], [1, -1], 3)
        >>> low <= 1 - 2 * (3 / 4) ** 3 + (1 / 2) ** 3 <= high
        True
    """
    data = with_targets(X, y)
    m, last = whole("width", width, 0), whole("order", order)
    require(data.rank == data.n, f"rank X = n (rank {data.rank}, {data.n} samples)")
    require(last <= 3, "order is at most 3: beyond that the orthant probabilities have no closed form")
    targets = np.asarray(data.y_fractions)
    used = [i for i in range(data.n) if targets[i] != 0]
    unit = data.X / np.linalg.norm(data.X, axis=1, keepdims=True)
    angles = unit @ unit.T
    low, high, total = 0.0, 1.0, 0.0
    for size in range(min(last, len(used)) + 1):
        level = 0.0
        for chosen in combinations(used, size):
            positive = [i for i in chosen if targets[i] > 0]
            negative = [i for i in chosen if targets[i] < 0]
            level += (_none_active(positive, angles) / 2 + _none_active(negative, angles) / 2) ** m
        total += (-1) ** size * level
        margin = 1e-12 * max(1.0, comb(len(used), size))
        if size % 2:
            low = max(low, total - margin)
        else:
            high = min(high, total + margin)
    if len(used) <= last:
        low, high = max(low, total - 1e-12 * 2 ** len(used)), min(high, total + 1e-12 * 2 ** len(used))
    return low, high


def _none_active(chosen: list[int], cosines: np.ndarray) -> float:
    """Return P[<w, x_i> <= 0 for all chosen] for a spherical w and at most three samples."""
    if len(chosen) <= 1:
        return 1.0 if not chosen else 0.5
    pairs = sum(asin(max(-1.0, min(1.0, float(cosines[i, j])))) for i, j in combinations(chosen, 2))
    return 0.25 + pairs / (2 * pi) if len(chosen) == 2 else 0.125 + pairs / (4 * pi)


def with_targets(X: Any, y: Any) -> Dataset:
    """Return the data set, which needs targets."""
    data = as_dataset(X, y)
    if data.y is None:
        raise InputError("this statement needs targets; give y")
    return data
