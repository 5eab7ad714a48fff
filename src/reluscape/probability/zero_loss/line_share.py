"""One input with bias: the exact share of regions that hold a zero-loss point, at any width in the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from ...errors import InputError, ShapeError, TooLarge
from ...jacobian.zero_loss.line_cone import LineCone, at_rest, second_differences
from ...numbers import exact

__all__ = ["MOST_POINTS", "share_at_one_sample", "share_on_a_line", "zero_loss_fraction_1d"]

MOST_POINTS = 6
INT64_SAFE = 2**61


def zero_loss_fraction_1d(x: Sequence[Any], y: Sequence[Any], v: Sequence[Any]) -> Fraction:
    """Return the share of the (2n)^m regions of n distinct points with bias that hold a zero-loss point, exactly.

    Whether a region does depends only on which generators (x - x_k)_+ and (x_k - x)_+ occur with which sign. All sets
    of them are decided, and the regions with each set are counted by inclusion and exclusion, so that the cost does
    not depend on the width.

    Args:
        x: distinct points (n,), at most 6.
        y: targets (n,).
        v: output weights (m,); only their signs matter, and units with weight 0 count but add nothing.

    Raises:
        TooLarge: more than 6 points; `zero_loss_fraction` simulates then.
        InputError: a repeated point.

    Source: the truth beside Karhadkar and Montufar's Theorem 8 and Figure 4.

    Example:
        >>> zero_loss_fraction_1d([0, 1], [1, -1], [1, -1]), zero_loss_fraction_1d([0, 1, 2], [1, -1, 1], [1, 1, -1])
        (Fraction(1, 4), Fraction(5, 27))
    """
    for name, values in (("x", x), ("y", y), ("v", v)):
        if not np.iterable(values) or isinstance(values, str):
            raise InputError(f"{name} is {values!r}; it is a list of numbers")
    points = [exact.to_fraction(value) for value in x]
    targets = [exact.to_fraction(value) for value in y]
    if len(targets) != len(points):
        raise ShapeError(f"y has {len(targets)} values for {len(points)} points")
    if len(set(points)) < len(points):
        raise InputError("a point is repeated; merge repeated points first")
    order = sorted(range(len(points)), key=points.__getitem__)
    signs = [exact.sign(exact.to_fraction(value)) for value in v]
    share: Fraction = share_on_a_line(
        [points[i] for i in order], [targets[i] for i in order], signs.count(1), signs.count(-1)
    )
    return share


def share_on_a_line(
    t: Sequence[Fraction], y: Sequence[Fraction], plus: int, minus: int, shares: Mapping[Any, Any] | None = None
) -> Any:
    """Return the share for increasing points and numbers of units with positive and negative output weight.

    Args:
        t: increasing points.
        y: targets.
        plus: number of units with positive output weight.
        minus: number of units with negative output weight.
        shares: for n >= 2 the probability of each step of one unit, keyed as `step_of` names it; None gives each
            1/(2n). Fractions, or intervals (`flint.arb`), of which the result then is one.
    """
    n = len(t)
    if n == 0:
        return Fraction(1)
    if n == 1:
        return share_at_one_sample(y[0], plus, minus)
    if n > MOST_POINTS:
        raise TooLarge(
            f"{n} points have 2^{4 * n - 4} sets of generators, the exact share takes {MOST_POINTS} points; "
            "use zero_loss_fraction, which simulates",
            2 ** (4 * n - 4),
        )
    good = _good_sets(t, y)
    weights = [np.array(_words(n, m, shares), dtype=object) for m in (plus, minus)]
    rows = [sum(weights[1][row].tolist(), 0 * weights[1][0]) for row in good]
    total = sum((a * b for a, b in zip(weights[0].tolist(), rows, strict=True)), 0 * rows[0])
    return total if shares is not None else Fraction(int(total), (2 * n) ** (plus + minus))


def share_at_one_sample(y: Fraction, plus: int, minus: int) -> Fraction:
    """Return the share for a single sample.

    Each unit is active with probability 1/2; predictions are all numbers with the signs that occur.
    """
    none_plus, none_minus = Fraction(1, 2**plus), Fraction(1, 2**minus)
    if y == 0:
        return none_plus * none_minus + (1 - none_plus) * (1 - none_minus)
    return 1 - (none_plus if y > 0 else none_minus)


def _generator_bits(n: int) -> dict[tuple[str, int], int]:
    """Number the generators of one sign: right and left at the inner points, right at the first, left at the last."""
    names = [("right", 0), *((side, k) for k in range(1, n - 1) for side in ("right", "left")), ("left", n - 1)]
    return {name: bit for bit, name in enumerate(names)}


def _words(n: int, units: int, shares: Mapping[Any, Any] | None) -> list[Any]:
    """Return, for every set of generators, how many words of step patterns, or what share of them, use exactly it."""
    bits = _generator_bits(n)
    masks = [(0, 1 if shares is None else shares["dead", 0])]
    for kind in ("suffix", "prefix"):
        for cut in range(0 if kind == "suffix" else 1, n):
            cone = LineCone([Fraction(k) for k in range(n)])
            (cone.add_suffix if kind == "suffix" else cone.add_prefix)(cut, 1)
            present = [("right", k) for k in range(n) if cone.right[k]] + [
                ("left", k) for k in range(n) if cone.left[k]
            ]
            mask = sum(1 << bits[name] for name in present if name in bits)
            masks.append((mask, 1 if shares is None else shares[kind, cut]))
    size = 1 << len(bits)
    within: list[Any] = [0 * masks[0][1]] * size
    for mask, share in masks:
        within[mask] += share
    for b in range(len(bits)):
        for mask in range(size):
            if mask >> b & 1:
                within[mask] += within[mask ^ (1 << b)]
    words = [count**units for count in within]
    for b in range(len(bits)):
        for mask in range(size):
            if mask >> b & 1:
                words[mask] -= words[mask ^ (1 << b)]
    return words


def _good_sets(t: Sequence[Fraction], y: Sequence[Fraction]) -> np.ndarray:
    """Return, for every set of positive and of negative generators, whether the targets are reached (2^L, 2^L) bool."""
    n = len(t)
    scale = lcm(*(value.denominator for value in t))
    points = [Fraction(int(value * scale)) for value in t]
    slopes, bends = second_differences(points, y)
    whole = lcm(*(b.denominator for b in bends), slopes[0].denominator, y[0].denominator)
    bits = _generator_bits(n)
    masks = np.arange(1 << len(bits))
    tables = [_local_tables(points, k, bends[k] * whole) for k in range(n)]
    local = [_local_state(masks, bits, k) for k in range(n)]
    index = [here[:, None] + (here[None, :] << 2) for here in local]
    solvable = np.ones((len(masks), len(masks)), dtype=bool)
    for k in range(1, n - 1):
        solvable &= ~tables[k].rest[index[k]]
    for facing in (1, -1):
        for k0 in range(n):
            start = (y[0] + slopes[0] * (points[k0] - points[0])) * whole
            gaps = [int(points[k0] - p) for p in points]
            bound = abs(start) + sum(
                abs(g) * max(abs(c) for c in tb.cost[1] + tb.cost[-1]) for g, tb in zip(gaps, tables, strict=True)
            )
            dtype = np.int64 if bound < INT64_SAFE else object
            total = np.full(solvable.shape, int(start), dtype=dtype)
            feasible = np.ones(solvable.shape, dtype=bool)
            loose = np.zeros(solvable.shape, dtype=bool)
            for k in range(n):
                if k == k0:
                    continue
                side = facing if k < k0 else -facing
                total = total + (np.array(tables[k].cost[side], dtype=dtype) * gaps[k])[index[k]]
                feasible &= tables[k].allowed[side][index[k]]
                loose |= tables[k].loose[side][index[k]]
            solvable &= ~(feasible & ((total * facing < 0) | ((total == 0) & loose)))
    return solvable


class _Tables:
    """What each of the 16 sets of signed generators at one point means for the rays."""

    def __init__(self) -> None:
        self.rest = np.zeros(16, dtype=bool)
        self.allowed = {s: np.zeros(16, dtype=bool) for s in (1, -1)}
        self.loose = {s: np.zeros(16, dtype=bool) for s in (1, -1)}
        self.cost: dict[int, list[int]] = {s: [0] * 16 for s in (1, -1)}


def _local_tables(points: Sequence[Fraction], k: int, bend: Fraction) -> _Tables:
    tables = _Tables()
    for state in range(16):  # bits: right +, left +, right -, left -
        cone = LineCone(points)
        cone.right[k] = {s for s, bit in ((1, 1), (-1, 4)) if state & bit}
        cone.left[k] = {s for s, bit in ((1, 2), (-1, 8)) if state & bit}
        tables.rest[state] = bool(at_rest(cone.right[k], cone.left[k], bend))
        for s in (1, -1):
            feasible, cost, loose = cone.side(k, bend, s)
            tables.allowed[s][state], tables.loose[s][state] = feasible, loose
            tables.cost[s][state] = int(cost)
    return tables


def _local_state(masks: np.ndarray, bits: dict[tuple[str, int], int], k: int) -> np.ndarray:
    """Return the two bits (right, left) of a point within the masks of one sign."""
    state = np.zeros(len(masks), dtype=np.int64)
    for value, side in ((1, "right"), (2, "left")):
        if (side, k) in bits:
            state |= value * (masks >> bits[side, k] & 1)
    return state
