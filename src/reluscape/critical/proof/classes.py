"""The bounds of all multipliers in doubles at once: what `class_sums` yields one by one in any arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .kinks import Group


@dataclass(frozen=True, eq=False)
class Entries:
    """The kinks of one hidden layer, one entry for each (row, unit).

    Attributes:
        group, of: the number of its group, and of its class among all classes.
        row, unit: where it is.
        factor: its preactivation is this multiple of the group's function.
        part: the part of the group's multiplier that it carries.
    """

    group: np.ndarray
    of: np.ndarray
    row: np.ndarray
    unit: np.ndarray
    factor: np.ndarray
    part: np.ndarray


@dataclass(frozen=True, eq=False)
class Classes:
    """All classes of kinks as arrays.

    Attributes:
        group: (classes,) the number of each one's group.
        part: (classes,) the part of the group's multiplier that it carries.
        entries: for each hidden layer its kinks.
    """

    group: np.ndarray
    part: np.ndarray
    entries: tuple[Entries, ...]

    def bounds(self, multipliers: np.ndarray, arriving: Sequence[np.ndarray]) -> np.ndarray:
        """Return lower ends, values and upper ends, (..., 3, classes).

        Args:
            multipliers: (..., groups) of all kink functions.
            arriving: for each hidden layer (..., n, units) the signals from above.
        """
        low, high = (np.zeros((*multipliers.shape[:-1], len(self.group))) for _ in range(2))
        for part, signals in zip(self.entries, arriving, strict=True):
            jumps = signals[..., part.row, part.unit] * part.factor
            mine = part.of[:, None] == np.arange(len(self.group))
            up = part.factor > 0
            low += jumps[..., ~up] @ mine[~up]
            high += jumps[..., up] @ mine[up]
        return np.stack([low, multipliers[..., self.group] * self.part, high], axis=-2)

    def carried(self, multipliers: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> list[np.ndarray]:
        """Return for each hidden layer (..., n, units) what multipliers (..., groups) put on its kinks."""
        out = []
        for part, shape in zip(self.entries, shapes, strict=True):
            signals = np.zeros((*multipliers.shape[:-1], *shape))
            signals[..., part.row, part.unit] = multipliers[..., part.group] * part.part
            out.append(signals)
        return out


def build_classes(groups: Sequence[Group], layers: int) -> Classes:
    """Return the classes of kink functions of a number of hidden layers."""
    owner: list[int] = []
    share: list[float] = []
    row_lists: list[list[tuple[Any, ...]]] = [[] for _ in range(layers)]
    for number, g in enumerate(groups):
        for members in g.classes:
            for position in members:
                row_lists[g.layer].append((number, len(owner), g.rows[position], g.unit, float(g.factors[position]),
                                        float(g.parts[position])))  # fmt: skip
            owner.append(number)
            share.append(float(sum(g.parts[position] for position in members)))
    entries = []
    for rows in row_lists:
        table = np.array(rows, dtype=float).reshape(len(rows), 6)
        group, of, row, unit = table[:, :4].astype(int).T
        entries.append(Entries(group, of, row, unit, table[:, 4], table[:, 5]))
    return Classes(np.array(owner, dtype=int), np.array(share), tuple(entries))
