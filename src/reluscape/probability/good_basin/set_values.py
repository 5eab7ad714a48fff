"""Values of sets of states, in floats by the batch and as fractions one by one: all rays of all cells are known."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ...basins.cones import cells_of, generators_of
from ...problem.data import Dataset
from ...solvers.exact_cone import Cone
from .sets import States


class SetValues:
    """Basin values of sets of states over one data set of low rank.

    Args:
        data: samples with targets.
        states: the alive states of one unit.
        output_bias: True adds a free constant.
    """

    def __init__(self, data: Dataset, states: States, output_bias: bool) -> None:
        self.n = data.n
        self.generators = generators_of(cells_of(data), output_bias)
        cells = self.generators.cells
        self.of_state = [
            self.generators.of_state[self.generators.state(cells.locate(pattern), int(sign))]
            for pattern, sign in zip(states.patterns, states.signs, strict=True)
        ]
        table = [self.generators.column(g) for g in range(len(self.generators.columns))]
        self.scale = 1
        y = list(self.generators.targets)
        for v in [*y, *(v for column in table for v in column)]:
            self.scale = np.lcm.reduce([self.scale, v.denominator], dtype=object)
        self.cone = Cone([int(v * self.scale) for v in y])
        self.numbers = [self.cone.add([int(v * self.scale) for v in column]) for column in table]
        self._known: dict[tuple[int, ...], Fraction] = {}

    def generators_of(self, picks: tuple[int, ...]) -> tuple[int, ...]:
        """Return the generators of a set of states."""
        return tuple(sorted({g for j in picks for g in self.of_state[j]}))

    def floats(self, sets: list[tuple[int, ...]]) -> np.ndarray:
        """Return the values of sets of states."""
        return self.generators.values([self.generators_of(subset) for subset in sets])

    def exact(self, chosen: tuple[int, ...]) -> Fraction:
        """Return the exact value of a set of states."""
        members = self.generators_of(chosen)
        if members not in self._known:
            point = self.cone.nearest(among=[self.numbers[g] for g in members])
            total = sum(v * v for v in point.residual)
            self._known[members] = Fraction(total, (point.denominator * int(self.scale)) ** 2 * max(self.n, 1))
        return self._known[members]
