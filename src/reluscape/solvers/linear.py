"""Strict feasibility of homogeneous inequalities: a point with positive products, or Gordan's multipliers; exact."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import flint
import numpy as np

from ..numbers import exact
from ..numbers.checks import readonly
from ..numbers.tolerances import DEFAULT, Tolerances


@dataclass(frozen=True, eq=False)
class Feasibility:
    """The decision of {w : <a_i, w> > 0 for all i}, with its proof.

    Attributes:
        feasible: whether the open cone is not empty.
        witness: (d,) a point of the cone: doubles read as exact dyadic numbers, or Python integers where no rounding
            to doubles stays inside; None where the cone is empty.
        multipliers: (n,) Python integers >= 0, not all zero, with sum_i multipliers_i a_i = 0; None where feasible.
    """

    feasible: bool
    witness: np.ndarray | None
    multipliers: np.ndarray | None


class Rows:
    """Integer rows prepared once for many sign patterns.

    Args:
        integers: (n, d) Python integers of any size (object array).
    """

    def __init__(self, integers: np.ndarray) -> None:
        self.integers = np.asarray(integers, dtype=object)
        self.n, self.d = self.integers.shape
        self.zero_row = next((i for i in range(self.n) if not any(self.integers[i])), None)

    @cached_property
    def lists(self) -> list[list[int]]:
        """The rows as lists of Python integers."""
        return [[int(v) for v in row] for row in self.integers]

    @cached_property
    def unit(self) -> np.ndarray:
        """(n, d) float rows of about unit length, each a positive multiple of its integer row up to rounding."""
        floats = np.zeros((self.n, self.d))
        for i, row in enumerate(self.lists):
            top = max(map(abs, row), default=0) or 1
            floats[i] = [v / top for v in row]
        length = np.linalg.norm(floats, axis=1, keepdims=True)
        return floats / np.where(length > 0, length, 1.0)

    def all_positive(self, signs: np.ndarray, w: np.ndarray) -> bool:
        """Return whether signs[i] <a_i, w> > 0 for all i, exactly; w holds doubles."""
        products = signs * (self.unit @ w)
        bound = (self.d + 4) * 4 * exact.UNIT_ROUNDOFF * (np.abs(self.unit) @ np.abs(w)) + np.finfo(float).tiny
        if (products < -bound).any():
            return False
        close = np.flatnonzero(products <= bound)
        point = [Fraction(float(v)) for v in w] if close.size else []
        return all(
            int(signs[i]) * sum((a * int(b) for a, b in zip(point, self.integers[i], strict=True)), Fraction(0)) > 0
            for i in close
        )

    def decide(self, signs: np.ndarray, tolerances: Tolerances = DEFAULT) -> Feasibility:
        """Decide {w : signs[i] <a_i, w> > 0 for all i}; see `strictly_feasible`.

        Args:
            signs: (n,) entries -1 or +1.
            tolerances: where the float search stops; they cannot change the answer.
        """
        if self.n == 0:
            return Feasibility(True, readonly(np.zeros(self.d)), None)
        if self.zero_row is not None:
            return Feasibility(False, None, _multipliers(self.n, [self.zero_row], [1]))
        signs = np.ascontiguousarray(signs, dtype=float)
        if self.n <= self.d:  # few rows in many dimensions: their signed sum often lies inside, and needs no kernel
            middle = signs @ self.unit
            if self.all_positive(signs, middle):
                middle.setflags(write=False)
                return Feasibility(True, middle, None)
        from .min_norm_kernel import min_norm_point

        certain, w, support = min_norm_point(
            self.unit,
            signs,
            tolerances.min_norm_gap,
            tolerances.min_norm_zero,
            tolerances.min_norm_dependent,
            50 * (self.n + self.d),
        )
        if certain or self.all_positive(signs, w):
            w.setflags(write=False)
            return Feasibility(True, w, None)
        relation = _positive_relation([self.lists[i] for i in support], [int(s) for s in signs[support]])
        if relation is not None:
            return Feasibility(False, None, _multipliers(self.n, support, relation))
        return self._decide_exactly(signs, [int(i) for i in support])

    def _decide_exactly(self, signs: np.ndarray, start: list[int]) -> Feasibility:
        """Decide in rational arithmetic alone."""
        rows = self.integers * np.array(signs.astype(int), dtype=object)[:, None]
        point, support, weights = exact_min_norm_point(rows, start)
        if weights is not None:
            return Feasibility(False, None, _multipliers(self.n, support, weights))
        top = max(abs(v) for v in point)
        floats = np.array([v / top for v in point], dtype=float)
        if self.all_positive(signs, floats):
            return Feasibility(True, readonly(floats), None)
        return Feasibility(True, readonly(point, dtype=object), None)


def strictly_feasible(rows: Any) -> Feasibility:
    """Decide whether some w has <a_i, w> > 0 for all i (Gordan's alternative), exactly.

    Either such a w exists, or multipliers lambda >= 0, not all zero, with sum_i lambda_i a_i = 0. Wolfe's min-norm
    point of conv{a_i} in floats proposes one of the two; exact arithmetic checks the proposal, and where it fails
    repeats the search over the rationals, which ends after finitely many steps. The answer is never "unknown".

    Args:
        rows: (n, d) integers of any size, fractions or floats (read as dyadic rationals).

    Returns:
        `Feasibility`; with no rows at all the zero vector is a witness.

    Source: Wolfe, "Finding the nearest point in a polytope" (1976); Gordan (1873).

    Example:
        >>> strictly_feasible([[1, 0], [0, 1]]).feasible
        True
        >>> strictly_feasible([[1, 0], [-2, 0]]).multipliers.tolist()
        [2, 1]
    """
    F = exact.fraction_matrix(rows)
    integers, scales = exact.integer_rows(F)
    decision = Rows(integers).decide(np.ones(len(integers)))
    if decision.multipliers is None or all(s == 1 for s in scales):
        return decision
    ratios = [Fraction(int(m)) / s for m, s in zip(decision.multipliers, scales, strict=True)]
    return Feasibility(False, None, _multipliers(len(integers), range(len(integers)), _primitive(ratios)))


def exact_min_norm_point(rows: np.ndarray, start: list[int]) -> tuple[list[int], list[int], list[int] | None]:
    """Run Wolfe's algorithm over the rationals from a given support.

    The squared length of the point falls at every round and a support never comes back, so the search ends.

    Args:
        rows: (n, d) integers, no zero row.
        start: a support to begin with; it is dropped where it is affinely dependent.

    Returns:
        point (d integers), support and None where <a_i, point> > 0 for all i; else the support and integer weights with
        sum weights_i a_i = 0.
    """
    Z = exact.fmpz_matrix(rows)
    gram_rows = {}

    def gram(i: int) -> flint.fmpz_mat:
        if i not in gram_rows:
            gram_rows[i] = Z * flint.fmpz_mat(rows.shape[1], 1, [int(v) for v in rows[i]])
        return gram_rows[i]

    def hull_point(support: list[int]) -> list[flint.fmpq]:
        """Return the affine weights of the point of the support's affine hull nearest to 0."""
        k = len(support)
        entries = []
        for i in support:
            column = gram(i)
            entries += [column[j, 0] for j in support] + [flint.fmpz(1)]
        system = flint.fmpz_mat(k + 1, k + 1, [*entries, *([1] * k), 0])
        solution = system.solve(flint.fmpz_mat(k + 1, 1, [0] * k + [1]))
        return [solution[a, 0] for a in range(k)]

    support = list(start)
    weights = [flint.fmpq(1, len(support))] * len(support)
    try:
        target = hull_point(support)
    except ZeroDivisionError:
        support = [min(range(len(rows)), key=lambda i: sum(int(v) ** 2 for v in rows[i]))]
        weights, target = [flint.fmpq(1)], [flint.fmpq(1)]
    while True:
        while min(target) < 0:
            step = min(w / (w - t) for w, t in zip(weights, target, strict=True) if t < 0)
            new_weights = [w + step * (t - w) for w, t in zip(weights, target, strict=True)]
            support = [i for i, v in zip(support, new_weights, strict=True) if v > 0]
            weights = [v for v in new_weights if v > 0]
            target = hull_point(support)
        support = [i for i, v in zip(support, target, strict=True) if v > 0]
        weights = [v for v in target if v > 0]
        integer_weights = _primitive([exact.to_fraction(v) for v in weights])
        point = [
            sum(m * int(rows[i, c]) for m, i in zip(integer_weights, support, strict=True))
            for c in range(rows.shape[1])
        ]
        if not any(point):
            return point, support, integer_weights
        products = Z * flint.fmpz_mat(rows.shape[1], 1, point)
        values = [products[i, 0] for i in range(len(rows))]
        entering = min(range(len(rows)), key=values.__getitem__)
        if values[entering] > 0:
            return _primitive(point), support, None
        support.append(entering)
        weights.append(flint.fmpq(0))
        target = hull_point(support)


def _positive_relation(rows: list[list[int]], signs: list[int]) -> list[int] | None:
    """Return the non-negative integer relation among signed rows where all their relations form one line with such."""
    k, d = len(rows), len(rows[0])
    kernel, nullity = flint.fmpz_mat(d, k, [row[c] for c in range(d) for row in rows]).nullspace()
    if int(nullity) != 1:
        return None
    relation = [s * int(kernel[a, 0]) for a, s in enumerate(signs)]
    if all(v <= 0 for v in relation):
        relation = [-v for v in relation]
    if any(v < 0 for v in relation):
        return None
    divisor = math.gcd(*relation)
    return [v // divisor for v in relation]


def _primitive(values: list[Any]) -> list[int]:
    """Return the primitive integer vector on the ray through rational values, not all zero."""
    fractions = [exact.to_fraction(v) for v in values]
    common = math.lcm(*(v.denominator for v in fractions))
    integers = [int(v * common) for v in fractions]
    divisor = math.gcd(*integers)
    return [v // divisor for v in integers]


def _multipliers(n: int, support: Any, weights: list[int]) -> np.ndarray:
    """Return weights of a support as a vector over all n rows."""
    out = np.zeros(n, dtype=object)
    for i, value in zip(support, weights, strict=True):
        out[i] = value
    return readonly(out, dtype=object)
