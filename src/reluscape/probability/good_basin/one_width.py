"""One width: every set of at most that many states with its probability, so that any law of cells will do."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any

import flint
import numpy as np

from ...errors import TooLarge
from ...numbers.estimates import Probability
from ...numbers.intervals import outward, precise_intervals
from ...problem.data import Dataset
from .set_values import SetValues
from .sets import NEAR, States

MOST_SETS = 1_000_000
BLOCK = 1 << 14


def number_of_sets(states: int, width: int) -> int:
    """Return the number of sets of at most `width` states, never more than that of multisets of `width` states."""
    return sum(comb(states, k) for k in range(min(width, states) + 1))


def check_size(states: States, width: int) -> None:
    """Raise TooLarge where more than a million sets of states would have to be valued."""
    count = number_of_sets(len(states), width)
    if count > MOST_SETS:
        raise TooLarge(
            f"{count:,} sets of at most {width} of {len(states)} states, {MOST_SETS:,} are feasible; "
            "simulate with good_basin_probability(..., exact=False), or take a smaller width",
            count,
        )


def value_law(data: Dataset, states: States, width: int, output_bias: bool) -> dict[Fraction, Any]:
    """Return {exact value: probability} in ascending order; probabilities are fractions or `flint.arb`."""
    check_size(states, width)
    values = SetValues(data, states, output_bias)
    shares: dict[Fraction, Any] = {}
    chance = Chances(states, width)
    with precise_intervals():
        for subset in sets_up_to(len(states), width):
            value, p = values.exact(subset), chance.exactly(subset)
            shares[value] = shares[value] + p if value in shares else p
    return dict(sorted(shares.items()))


def probability_of(
    data: Dataset, states: States, width: int, threshold: Fraction, output_bias: bool, law: str
) -> Probability:
    """Return P[Bas <= threshold] for one width, exact or certified."""
    check_size(states, width)
    values = SetValues(data, states, output_bias)
    chance = Chances(states, width)
    near = NEAR * (float(np.mean(np.asarray(data.y) ** 2)) if data.n else 0.0)
    total, some = chance.zero, False
    with precise_intervals():
        for block in _blocks(sets_up_to(len(states), width)):
            floats = values.floats(block)
            for subset, value in zip(block, floats.tolist(), strict=True):
                close = abs(value - float(threshold)) <= near
                if values.exact(subset) <= threshold if close else value < float(threshold):
                    total, some = total + chance.exactly(subset), True
        if not some:  # no set of so few states is good: an interval would not say that it cannot happen
            return Probability.exact(Fraction(0), "initialization", law)
        if states.rational:
            return Probability.exact(total, "initialization", law)
        low, high = outward(total)
    return Probability.certified(max(0.0, low), min(1.0, high), "initialization", law)


class Chances:
    """Probabilities that the alive states of `width` independent units are exactly a given set.

    Args:
        states: the states of one unit.
        width: number of units.
    """

    def __init__(self, states: States, width: int) -> None:
        self.states, self.width = states, width
        self.zero = Fraction(0) if states.rational else flint.arb(0)
        self._powers: dict[tuple[int, ...], Any] = {}

    def _power(self, picks: tuple[int, ...]) -> Any:
        """Return the probability that every unit is dead or in one of these states."""
        if picks not in self._powers:
            base = self.states.dead + sum((self.states.shares[j] for j in picks), self.zero)
            self._powers[picks] = base**self.width if self.width else self.zero + 1
        return self._powers[picks]

    def exactly(self, picks: tuple[int, ...]) -> Any:
        """Return the probability of exactly these states, by inclusion and exclusion."""
        total = self.zero
        for k in range(len(picks) + 1):
            for part in combinations(picks, k):
                total = total + (-1) ** (len(picks) - k) * self._power(part)
        return total


def sets_up_to(states: int, width: int) -> Iterator[tuple[int, ...]]:
    """Yield every set of at most `width` states, small ones first."""
    for k in range(min(width, states) + 1):
        yield from combinations(range(states), k)


def _blocks(sets: Iterator[tuple[int, ...]]) -> Iterator[list[tuple[int, ...]]]:
    block: list[tuple[int, ...]] = []
    for subset in sets:
        block.append(subset)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block
