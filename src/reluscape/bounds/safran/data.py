"""Safran and Shamir's Theorems 2 and 4 on the user's data: hypotheses checked, exact probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np

from ...numbers.exact import dot
from ...problem.targets import with_targets
from ..arguments import require, whole

__all__ = [
    "SingletonSlots",
    "safran_theorem_2_exact",
    "safran_theorem_2_slots",
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
        axes = [j for j, v in enumerate(row) if v != 0]
        require(len(axes) <= 1, f"every sample is a singleton (row {i} has {len(axes)} coordinates that are not zero)")
        if axes:
            j = axes[0]
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
    slope_signs: dict[int, list[int]] = {}
    for (j, _), slope in slots.slopes.items():
        if slope != 0:
            slope_signs.setdefault(j, []).append(1 if slope > 0 else -1)
    total = Fraction(0)
    for k in range(m + 1):
        count = {1: k, -1: m - k}
        product = Fraction(comb(m, k), 2**m)
        for signs in slope_signs.values():
            if len(signs) == 1:
                product *= 1 - Fraction(1, 2 ** count[signs[0]])
            elif signs[0] != signs[1]:
                product *= (1 - Fraction(1, 2**k)) * (1 - Fraction(1, 2 ** (m - k)))
            else:
                units = count[signs[0]]
                product *= max(Fraction(0), 1 - Fraction(2, 2**units)) if units else 0
        total += product
    return total
