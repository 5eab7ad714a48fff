"""The kinks of a network on its samples: which preactivations are zero, and which of them are one function.

The kink function of (layer, row, unit) is the preactivation with the kinked units of the layers below switched off, a
polynomial in the parameters. Rows share one function where the layer's inputs are the same polynomials: equal samples
with equal patterns below, or no unit below that is on (then it is the bias). In the first layer rows that are multiples
of one another share one up to that factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from .arithmetic import Arithmetic
from .classes import Classes, build_classes
from .dependence import dependent_kinks
from .objective import OFF_EVERYWHERE, Objective


@dataclass(frozen=True)
class Group:
    """Rows on whose kink a unit is, with one kink function.

    Attributes:
        layer, unit: from 0.
        row: the row whose preactivation is taken for the function.
        rows: all rows.
        factors: the preactivation of each row is this multiple of the function, as long as the lower kinks are off.
        parts: the part of the multiplier that each row carries, times its factor; they add up to 1.
        classes: rows whose preactivations agree up to the factor whatever lower kinks and units at zero do, as
            positions in `rows`.
        fixed: None, or the multiplier of a function that vanishes where others do, which may be chosen.
    """

    layer: int
    unit: int
    row: int
    rows: tuple[int, ...]
    factors: tuple[Fraction, ...]
    parts: tuple[Fraction, ...]
    classes: tuple[tuple[int, ...], ...]
    fixed: Fraction | None = None


@dataclass(frozen=True, eq=False)
class Kinks:
    """All kinks.

    Attributes:
        on: for each hidden layer (n, units) integers: 1 where the unit is on and off its kinks, else 0.
        at: for each hidden layer (n, units) booleans: the kinks.
        groups: the kink functions, layer by layer.
        empty: kinks whose function is zero whatever the parameters are, while lower kinks can wake them.
    """

    on: tuple[np.ndarray, ...]
    at: tuple[np.ndarray, ...]
    groups: tuple[Group, ...]
    empty: int = 0

    @property
    def count(self) -> int:
        """Number of (row, unit) pairs on kinks."""
        return int(sum(len(group.rows) for group in self.groups))

    @cached_property
    def free(self) -> tuple[Group, ...]:
        """The kink functions that do not depend on others: each has an unknown multiplier."""
        return tuple(group for group in self.groups if group.fixed is None)

    def multipliers(self, mu: Any, using: Arithmetic) -> list[Any]:
        """Return the multiplier of every kink function, from those of the free ones."""
        unknown = iter(range(len(self.free)))
        return [mu[next(unknown)] if g.fixed is None else using.number(g.fixed) for g in self.groups]

    @cached_property
    def classes(self) -> Classes:
        """The classes of the kink functions, in doubles."""
        return build_classes(self.groups, len(self.at))

    @cached_property
    def is_free(self) -> np.ndarray:
        """(groups,) booleans: the kink functions that do not depend on others."""
        return np.array([g.fixed is None for g in self.groups], dtype=bool)

    def float_multipliers(self, mu: np.ndarray) -> np.ndarray:
        """Return the multiplier of every kink function (groups,) in doubles, from those of the free ones."""
        out = np.array([float(g.fixed or 0) for g in self.groups])
        out[self.is_free] = mu
        return out


def group_kinks(objective: Objective, on: Sequence[np.ndarray], at: Sequence[np.ndarray]) -> Kinks:
    """Return the kinks, grouped; the multiplier of a group is split evenly over its classes."""
    n = len(objective.X)
    (lines, factors), same = objective.lines, objective.equal_rows
    signature: list[Any] = list(same)
    woken = np.zeros(n, dtype=bool)
    groups: list[Group] = []
    masks: list[np.ndarray] = []
    empty = 0
    for layer, (now, on_kink) in enumerate(zip(on, at, strict=True)):
        real = on_kink.copy()
        for unit in range(on_kink.shape[1]):
            members: dict[Any, list[int]] = {}
            for i in np.flatnonzero(on_kink[:, unit]).tolist():
                key = lines[i] if layer == 0 else signature[i]
                if key == OFF_EVERYWHERE and not objective.has_bias[layer]:
                    empty += int(woken[i])
                    real[i, unit] = False
                    continue
                if layer == 0 and objective.has_bias[0]:
                    key = same[i]
                members.setdefault(key, []).append(i)
            for rows in members.values():
                groups.append(_group(layer, unit, rows, objective, factors, same, woken))
        masks.append(real)
        signature = _signatures(signature, np.asarray(now))
        woken = woken | real.any(axis=1) | objective.sleeps(layer)
    now_on = tuple(np.asarray(o, dtype=int) for o in on)
    return Kinks(now_on, tuple(masks), tuple(_with_fixed(objective, now_on, masks, groups)), empty)


def _with_fixed(
    objective: Objective, on: Sequence[np.ndarray], at: Sequence[np.ndarray], groups: Sequence[Group]
) -> list[Group]:
    """Return the groups, those that depend on others with a multiplier of zero to begin with."""
    dependent = dependent_kinks(objective, on, at)
    return [replace(g, fixed=Fraction(0)) if g.row in dependent[g.layer].get(g.unit, ()) else g for g in groups]


def _group(
    layer: int, unit: int, rows: list[int], objective: Objective, factors: list[Fraction], same: list[int],
    woken: np.ndarray,
) -> Group:  # fmt: skip
    """Return one group."""
    one = Fraction(1)
    if layer == 0:
        scales = [one if objective.has_bias[0] else factors[i] / factors[rows[0]] for i in rows]
        parts = (one, *([Fraction(0)] * (len(rows) - 1)))
        return Group(layer, unit, rows[0], tuple(rows), tuple(scales), parts, (tuple(range(len(rows))),))
    classes: dict[int, list[int]] = {}
    for position, i in enumerate(rows):
        classes.setdefault(same[i] if woken[i] else OFF_EVERYWHERE, []).append(position)
    members = tuple(tuple(c) for c in classes.values())
    even = Group(layer, unit, rows[0], tuple(rows), (one,) * len(rows), (one,) * len(rows), members)
    return shared_out(even, [one] * len(members))


def shared_out(group: Group, weights: Sequence[Any]) -> Group:
    """Return a group whose multiplier is split over its classes in proportion to weights, evenly within a class."""
    exact = [Fraction(float(w)).limit_denominator(10**6) for w in weights]
    total = sum(exact, Fraction(0))
    if total == 0:
        return group
    parts = [Fraction(0)] * len(group.rows)
    for weight, members in zip(exact, group.classes, strict=True):
        for position in members:
            parts[position] = weight / total / len(members)
    return replace(group, parts=tuple(parts))


def _signatures(before: list[Any], on: np.ndarray) -> list[Any]:
    """Return for each row what the layer's outputs are as polynomials, as far as rows can share them."""
    numbers: dict[Any, int] = {}
    out = []
    for i, key in enumerate(before):
        pattern = tuple(np.flatnonzero(on[i]).tolist())
        out.append(OFF_EVERYWHERE if not pattern else numbers.setdefault((key, pattern), len(numbers)))
    return out
