"""Samples on orthogonal axes, singletons among them: half-axes are covered or missed, and every law is a fraction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import lcm
from typing import Any

import numpy as np

from ...errors import TooLarge
from ...geometry.arrangement import Arrangement
from ...geometry.volumes.unit_law import orthogonal
from ...numbers.exact import dot
from ...problem.data import Dataset
from ...problem.networks.initialization import get_law

MOST_STATES = 200_000
Terms = dict[Fraction | float, Fraction | float]


@dataclass(frozen=True)
class Axes:
    """Half-axes with the output sign that serves them and what they gain.

    A unit covers a half-axis when it is active there and its output weight has the sign of the best slope
    sum t y / sum t^2, t the places of the samples on it; a half-axis whose best slope is 0 gains nothing and is left
    out. Bas = (floor + sum of the gains of the half-axes that no unit covers) / n.

    Attributes:
        axes: for each axis its half-axes as (wanted sign, gain), one or two.
        floor: sum of squares when every half-axis is covered.
        n: number of samples.
    """

    axes: tuple[tuple[tuple[int, Fraction], ...], ...]
    floor: Fraction
    n: int


def axes_of(data: Dataset, law: Any) -> Axes | None:
    """Return the half-axes of samples on orthogonal lines, or None where they are not.

    On each line a unit is active on one side with probability 1/2, independently of the other lines: for spherical laws
    and any orthogonal lines, for laws with independent signs and lines along the coordinates.
    """
    weight_law = get_law(law)
    arrangement = Arrangement.of(data)
    normals = np.asarray(arrangement.normals)
    along = bool(all(sum(v != 0 for v in row) == 1 for row in normals))
    if not (
        weight_law.symmetric
        and ((along and weight_law.independent_signs) or (weight_law.spherical and orthogonal(normals)))
    ):
        return None
    y = np.asarray(data.y_fractions)
    moments: dict[tuple[int, int], tuple[Fraction, Fraction]] = {}
    for i in range(data.n):
        axis = int(arrangement.row_class[i])
        if axis >= 0:
            column = int(np.flatnonzero(normals[axis] != 0)[0])
            place = Fraction(data.fractions[i, column]) / int(normals[axis, column])
            a, b = moments.get((axis, 1 if place > 0 else -1), (Fraction(0), Fraction(0)))
            moments[axis, 1 if place > 0 else -1] = (a + abs(place) * y[i], b + place**2)
    half: dict[int, list[tuple[int, Fraction]]] = {}
    floor = dot(y, y)
    for (axis, _), (a, b) in moments.items():
        if a != 0:
            half.setdefault(axis, []).append((1 if a > 0 else -1, a * a / b))
            floor -= a * a / b
    return Axes(tuple(tuple(sides) for sides in half.values()), floor, data.n)


def _missed(axes: Axes, sign: int | None, most: Fraction | None) -> dict[tuple[Fraction, Fraction], int]:
    """Return {(base, missed gains): coefficient}: P[missed = U] = sum over S containing U of (-1)^|S - U| base(S)^m.

    base(S) is the probability that one unit covers nothing of S: the mean over its output sign of 2^-(half-axes of S
    that want this sign), and 0 where two of them share an axis.

    Args:
        axes: the half-axes.
        sign: a frozen output sign, or None.
        most: gains beyond this are left out.
    """
    scale = lcm(1, *(gain.denominator for sides in axes.axes for _, gain in sides))
    limit = None if most is None else most * scale
    # counted for each sign: half-axes of S that want it, and whether two of them share an axis; then gains times scale
    states: dict[tuple[int, int, bool, bool, int], int] = {(0, 0, False, False, 0): 1}
    for sides in axes.axes:
        after: dict[tuple[int, int, bool, bool, int], int] = {}
        choices = [(p, q, int(more * scale), factor) for p, q, more, factor in _choices(sides)]
        for (plus, minus, shut_plus, shut_minus, gain), c in states.items():
            for p, q, more, factor in choices:
                total = gain + more
                if limit is None or total <= limit:
                    key = (plus + p % 2, minus + q % 2, shut_plus or p == 2, shut_minus or q == 2, total)
                    after[key] = after.get(key, 0) + factor * c
        states = {key: c for key, c in after.items() if c}
        if len(states) > MOST_STATES:
            raise TooLarge(
                f"more than {MOST_STATES:,} different sums of gains; "
                "simulate with good_basin_probability(..., exact=False)",
                len(states),
            )
    out: dict[tuple[Fraction, Fraction], int] = {}
    for (plus, minus, shut_plus, shut_minus, gain), c in states.items():
        by_sign = {
            1: Fraction(0) if shut_plus else Fraction(1, 2**plus),
            -1: Fraction(0) if shut_minus else Fraction(1, 2**minus),
        }
        base = (by_sign[1] + by_sign[-1]) / 2 if sign is None else by_sign[sign]
        end = (base, Fraction(gain, scale))
        out[end] = out.get(end, 0) + c
    return out


def _choices(sides: tuple[tuple[int, Fraction], ...]) -> Iterator[tuple[int, int, Fraction, int]]:
    """Yield (half-axes of S that want +, that want -, gains of U, (-1)^|S - U|) for the subsets U of S of an axis."""
    for kinds in product(("out", "other", "missed"), repeat=len(sides)):
        members = [(want, gain, kind) for (want, gain), kind in zip(sides, kinds, strict=True) if kind != "out"]
        plus = sum(want > 0 for want, _, _ in members)
        gains = sum((gain for _, gain, kind in members if kind == "missed"), Fraction(0))
        yield plus, len(members) - plus, gains, (-1) ** sum(kind == "other" for _, _, kind in members)


def curve_terms(axes: Axes, threshold: Fraction, sign: int | None) -> Terms:
    """Return the terms of P[Bas <= threshold] as a function of the width."""
    most = threshold * axes.n - axes.floor
    terms: Terms = {}
    if most < 0:
        return terms
    for (base, _), c in _missed(axes, sign, most).items():
        terms[base] = terms.get(base, Fraction(0)) + c
    return {b: c for b, c in terms.items() if c}


def value_law(axes: Axes, width: int, sign: int | None) -> dict[Fraction, Fraction]:
    """Return {value: probability} for one width, in ascending order."""
    law: dict[Fraction, Fraction] = {}
    for (base, gain), c in _missed(axes, sign, None).items():
        value = (axes.floor + gain) / max(axes.n, 1)
        law[value] = law.get(value, Fraction(0)) + c * (base**width if width else Fraction(1))
    return {value: p for value, p in sorted(law.items()) if p}
