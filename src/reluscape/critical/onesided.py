"""Whether psi(u) = <g, u> + sum_k w_k relu(<r_k, u>) is nowhere negative: decided over the rationals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np

from ..numbers import exact
from ..numbers.fans import MOST_COLUMNS, fan_minima, ray_count
from .inclusion import Inclusion, exact_inclusion
from .units import Lines
from .zonotope import nearest_point

RAY_BUDGET = 1_000_000
FEW_CORNERS = 64
MOST_CORNERS = 4_096


@dataclass(frozen=True, eq=False)
class OneSided:
    """The decision about psi >= 0.

    Attributes:
        holds: True, False, or None where the budget is too small.
        direction: u with psi(u) < 0 where it does not hold.
        multipliers: where it holds, for each choice of corner of the negative lines the numbers lambda in [0, 1] of the
            positive lines that make g + sum = 0; None where rays decided.
        method: "smooth", "independent", "corners", "guess", "inclusion", "rays" or "budget".
        inclusion: one map that gives the numbers lambda of every corner, where that decided.
    """

    holds: bool | None
    direction: np.ndarray | None
    multipliers: tuple[tuple[Fraction, ...], ...] | None
    method: str
    inclusion: Inclusion | None = None


def nowhere_negative(psi: Lines, budget: int = RAY_BUDGET) -> OneSided:
    """Decide psi(u) >= 0 for all u.

    With no line left g must vanish. Independent rows: g = sum_k beta_k r_k needs beta_k <= 0 <= beta_k + w_k. Dependent
    rows: with w_k > 0 only, psi >= 0 says that the zonotope g + sum_k [0, w_k] r_k holds the origin; lines with
    w_k < 0 ask the same for every corner of their part; the alternative is one check on each ray of the fan.

    Args:
        psi: merged lines, rational.
        budget: most rays or corners to try.
    """
    k = len(psi.rows)
    if k == 0:
        zero = not any(psi.g)
        return OneSided(zero, None if zero else -psi.g, ((),) if zero else None, "smooth")
    off = _off_span(psi)
    if off is not None:
        return OneSided(False, off, None, "smooth")
    columns = exact.pivot_columns(psi.rows)
    if len(columns) == k:
        return _independent(psi)
    negative = [i for i in range(k) if psi.weights[i] < 0]
    quick = _corner_test(psi, negative, (0,) * len(negative))
    if quick.holds is False or not negative:
        return quick
    guess = next((u for u in _guesses(psi) if psi.value(u) < 0), None)
    if guess is not None:
        return OneSided(False, guess, None, "guess")
    return _many_lines(psi, columns, negative, budget)


def _many_lines(psi: Lines, columns: tuple[int, ...], negative: list[int], budget: int) -> OneSided:
    """Decide for dependent rows of both signs: few corners, one map for all corners, every ray, or many corners."""
    corners = 2 ** len(negative)
    if corners <= min(FEW_CORNERS, budget):
        return _corners(psi, negative)
    decision = exact_inclusion(psi)
    if decision is not None:
        return OneSided(True, None, None, "inclusion", decision)
    rays = ray_count(len(psi.rows), len(columns))
    if rays <= budget and len(columns) <= MOST_COLUMNS:
        return _rays(psi, columns)
    if corners <= min(MOST_CORNERS, budget):
        return _corners(psi, negative)
    if rays <= budget:
        return _rays(psi, columns)
    return OneSided(None, None, None, "budget")


def vanishes(psi: Lines) -> tuple[bool, np.ndarray | None]:
    """Decide psi == 0 everywhere; otherwise return u with psi(u) != 0.

    Functions relu(<r_k, u>) of pairwise non-parallel rows and linear functions are independent, so psi == 0 only where
    no line is left and g = 0.
    """
    if len(psi.rows) == 0:
        return (True, None) if not any(psi.g) else (False, psi.g)
    row = psi.rows[0]
    base = _generic_point(row, psi.rows[1:])
    others = [(abs(r @ base), abs(r @ row)) for r in psi.rows[1:]]
    step = min((Fraction(a, 2 * b) for a, b in others if b != 0), default=Fraction(1))
    for u in (base, base + step * row, base - step * row):
        if psi.value(u) != 0:
            return False, u
    raise ArithmeticError("a kink has no second difference")  # impossible: the second difference is w |r|^2 step


def _generic_point(row: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return an integer point on the hyperplane of one row and on no other row's hyperplane."""
    basis = exact.integer_rows(exact.nullspace(row[None, :]))[0]
    if len(basis) == 0:
        return np.zeros(len(row), dtype=object)
    base = 1
    while True:
        powers = np.array([base**k for k in range(len(basis))], dtype=object)
        point = powers @ basis
        if all(r @ point != 0 for r in others):
            return point
        base += 1


def _guesses(psi: Lines) -> Iterator[np.ndarray]:
    """Yield cheap directions in which psi is often negative: against g, and both ways along each row."""
    if any(psi.g):
        yield -psi.g
    for row in psi.rows:
        yield row
        yield -row


def _off_span(psi: Lines) -> np.ndarray | None:
    """Return u orthogonal to all rows with <g, u> < 0, or None where g lies in their span."""
    free = exact.nullspace(psi.rows)
    if len(free) == 0:
        return None
    parts = free @ psi.g
    if not any(parts):
        return None
    return -(parts @ free)


def _independent(psi: Lines) -> OneSided:
    """Decide for linearly independent rows whose span holds g."""
    beta = exact.solve(psi.rows.T, psi.g)
    if beta is None:  # the span was checked
        raise ArithmeticError("g does not lie in the span of the rows")
    multipliers = tuple(-b / Fraction(w) for b, w in zip(beta, psi.weights, strict=True))
    heights = [
        -(b + w) if b + w < 0 else (-b if b > 0 else Fraction(0)) for b, w in zip(beta, psi.weights, strict=True)
    ]
    if any(heights):  # psi is separable in the heights <r_k, u>, so every failing row may help at once
        u = exact.solve(psi.rows, np.array(heights, dtype=object))
        return OneSided(False, u, None, "independent")
    return OneSided(True, None, (multipliers,), "independent")


def _corner_test(psi: Lines, negative: list[int], bits: tuple[int, ...]) -> OneSided:
    """Decide whether the zonotope of the positive lines, moved by one corner of the negative ones, holds the origin."""
    g = np.array(psi.g, dtype=object)
    for i, bit in zip(negative, bits, strict=True):
        if bit:
            g = g + psi.weights[i] * psi.rows[i]
    positive = [i for i in range(len(psi.rows)) if psi.weights[i] > 0]
    generators = psi.rows[positive] * psi.weights[positive][:, None]
    p, multipliers = nearest_point(g, generators)
    if any(p):
        return OneSided(False, -p, None, "corners")
    return OneSided(True, None, (tuple(multipliers),), "corners")


def _corners(psi: Lines, negative: list[int]) -> OneSided:
    """Decide by one zonotope per corner of the negative lines."""
    proofs = []
    for bits in product((0, 1), repeat=len(negative)):
        decision = _corner_test(psi, negative, bits)
        if not decision.holds:
            return decision
        proofs.append(decision.multipliers[0])  # type: ignore[index]
    return OneSided(True, None, tuple(proofs), "corners")


def _rays(psi: Lines, columns: tuple[int, ...]) -> OneSided:
    """Decide by the rays of the fan, in coordinates in which the rows have full rank."""
    small = psi.rows[:, list(columns)]
    lines = Lines(psi.g[list(columns)], small, psi.weights)
    u = _negative_ray(lines)
    if u is None:
        return OneSided(True, None, None, "rays")
    full = np.array([Fraction(0)] * psi.rows.shape[1], dtype=object)
    full[list(columns)] = u
    return OneSided(False, full, None, "rays")


def _negative_ray(psi: Lines) -> np.ndarray | None:
    """Return a ray of the fan with psi < 0, or None; the rows have full column rank."""
    if psi.rows.shape[1] > MOST_COLUMNS:
        return next((u for u in fan_rays(psi.rows) if psi.value(u) < 0), None)
    scale = Fraction(1)
    numbers = [Fraction(t) for t in (*psi.g, *psi.weights)]
    for t in numbers:
        scale = Fraction(math.lcm(int(scale), t.denominator))
    whole = np.array([int(t * scale) for t in numbers], dtype=object)
    r = psi.rows.shape[1]
    for rays, values in fan_minima(whole[:r], psi.rows, whole[r:]):
        below = np.flatnonzero(values < 0)
        if len(below):
            return np.array([int(t) for t in rays[below[0]]], dtype=object)
    return None


def fan_rays(rows: np.ndarray) -> Iterator[Any]:
    """Yield both directions of every line that r - 1 independent hyperplanes of rows of rank r share."""
    k, r = rows.shape
    for subset in combinations(range(k), r - 1):
        line = exact.nullspace(rows[list(subset)]) if subset else exact.fraction_matrix([[1]])
        if len(line) == 1:
            yield line[0]
            yield -line[0]
