"""Which sets of (pattern, sign) states make a good basin: an up-set, decided level by level."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ...basins import BasinEvaluator, basin_value
from ...errors import TooLarge
from ...geometry.volumes.unit_law import UnitLaw
from ...numbers.set_curve import popcounts
from ...problem.data import Dataset

MOST_STATES = 20
NEAR = 1e-6
BLOCK = 1 << 14


@dataclass(frozen=True, eq=False)
class States:
    """The alive states of one unit.

    Attributes:
        patterns: (s, n) bool.
        signs: (s,) -1 or 1.
        shares: s probabilities.
        dead: probability of a dead unit.
    """

    patterns: np.ndarray
    signs: np.ndarray
    shares: list[Any]
    dead: Any
    rational: bool

    def __len__(self) -> int:
        """Return the number of alive states."""
        return len(self.signs)


def states_of(law: UnitLaw, sign: int | None = None) -> States:
    """Return the states of one unit: each pattern with a fair sign, or with a frozen one."""
    if sign is not None:
        return States(law.patterns, np.full(len(law.patterns), sign), law.shares, law.dead, law.rational)
    signs = np.tile([1, -1], len(law.patterns))
    shares = [share / 2 for share in law.shares for _ in (0, 1)]
    return States(np.repeat(law.patterns, 2, axis=0), signs, shares, law.dead, law.rational)


def good_sets(data: Dataset, states: States, threshold: Fraction, output_bias: bool) -> np.ndarray:
    """Return (2^s,) bool: whether the basin with exactly these states has a value of at most the threshold.

    A set that holds a good one is good. The others are valued in floats, level by level; what is too close to the
    threshold is decided by the exact value.

    Raises:
        TooLarge: more than 20 states.
    """
    s = len(states)
    if s > MOST_STATES:
        raise TooLarge(
            f"{s} states of one unit, an exact law takes {MOST_STATES}; "
            "simulate with good_basin_probability(..., exact=False)",
            2**s,
        )
    evaluator = BasinEvaluator(data, None, output_bias)
    scale = float(np.mean(np.asarray(data.y) ** 2)) if data.n else 0.0
    good = np.zeros(1 << s, dtype=bool)
    size = popcounts(s)
    for level in range(s + 1):
        members = np.flatnonzero(size == level)
        for j in range(s):
            inside = members[(members >> j & 1) == 1]
            good[inside] |= good[inside ^ (1 << j)]
        unknown = members[~good[members]]
        for start in range(0, len(unknown), BLOCK):
            block = unknown[start : start + BLOCK]
            picks = _members(block, level, s)
            values = evaluator.values(states.patterns[picks], states.signs[picks])
            near = np.abs(values - float(threshold)) <= NEAR * max(scale, np.finfo(float).tiny)
            good[block] = values <= float(threshold)
            for at in np.flatnonzero(near):
                A, signs = states.patterns[picks[at]], states.signs[picks[at]]
                basin = basin_value(data, None, A, signs, exact=True, output_bias=output_bias)
                good[block[at]] = basin.exact_value is not None and basin.exact_value <= threshold
    return good


def _members(masks: np.ndarray, level: int, s: int) -> np.ndarray:
    """Return the states (B, level) of each mask."""
    bits = (masks[:, None] >> np.arange(s)) & 1
    return np.nonzero(bits)[1].reshape(len(masks), level)
