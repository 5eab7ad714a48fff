"""Numbering the states of a whole network: multisets of unit states, or ordered tuples where units are labelled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement, product
from math import comb

import numpy as np


@dataclass(frozen=True)
class NetStates:
    """All states of networks of m units over A unit states, in a fixed order with ranks computed both ways.

    Attributes:
        states: A.
        units: m.
        labelled: ordered tuples instead of multisets.
    """

    states: int
    units: int
    labelled: bool = False

    @property
    def number(self) -> int:
        """How many there are."""
        if self.states == 0:
            return int(self.units == 0)
        return self.states**self.units if self.labelled else comb(self.states + self.units - 1, self.units)

    @cached_property
    def table(self) -> np.ndarray:
        """(number, m) states, each row sorted unless labelled."""
        rows = (
            product(range(self.states), repeat=self.units)
            if self.labelled
            else combinations_with_replacement(range(self.states), self.units)
        )
        flat = np.fromiter((s for row in rows for s in row), dtype=np.int32, count=self.number * self.units)
        return flat.reshape(self.number, self.units)

    @cached_property
    def _binomials(self) -> np.ndarray:
        size = self.states + self.units + 1
        return np.array([[comb(a, b) for b in range(self.units + 1)] for a in range(size)], dtype=np.int64)

    def rank(self, rows: np.ndarray) -> np.ndarray:
        """Return the row of `table` that holds each of some states (B, m), whose entries may come in any order."""
        if self.units == 0:
            return np.zeros(len(rows), dtype=np.int64)
        if self.labelled:
            powers = self.states ** np.arange(self.units - 1, -1, -1)
            return rows @ powers
        rising = np.sort(rows, axis=1) + np.arange(self.units)
        top = self.states + self.units - 1
        complement = top - 1 - rising
        weights = self._binomials[complement, self.units - np.arange(self.units)]
        return self.number - 1 - weights.sum(axis=1)
