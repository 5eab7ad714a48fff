"""Saddle points inside cells: the linear system of the fitted units, the silent ones' hyperplanes, and strictness."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Any

import numpy as np

from ...numbers.checks import readonly
from ...problem.data import check_pattern
from ...problem.targets import with_targets
from ..arguments import require
from .solution import (
    GeneralSolution,
    design,
    liu_general_solution,
    network,
    numbers,
    predictions,
    zeros,
)

__all__ = ["SaddleSystem", "SecondOrder", "liu_equation_25", "liu_theorem_2"]


@dataclass(frozen=True, eq=False)
class SaddleSystem:
    """The linear system of stationary points with a subset of units fitted and the others silent.

    Attributes:
        B: (k d, k d) exact matrix of the fitted units.
        b: (k d,) its right-hand side.
        solutions: all solutions.
        errors: (n,) exact f - y of all of them.
        normals: per silent unit (d,) the sum of e_i x_i over its active samples: w_j must be orthogonal to it.
        saddles: whether these points are saddles, which needs a normal that is not zero.
    """

    B: np.ndarray
    b: np.ndarray
    solutions: GeneralSolution
    errors: np.ndarray
    normals: dict[int, np.ndarray]
    saddles: bool


def liu_theorem_2(X: Any, y: Any, pattern: Any, units: Any) -> SaddleSystem:
    """Return the system B R = b of the fitted units and the hyperplanes of the silent ones.

    `rs.cell_saddles` decides which of these points lie in their cells.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        pattern: (m, n) bool.
        units: the fitted units, fewer than m; none is a subset too.

    Raises:
        AssumptionError: not a proper subset of the units.

    Source: Liu, Part 1, Theorem 2 and (19)-(24). As printed (19) and (21) also hold at minima: where all normals
    vanish the point is a minimum.

    Example:
        >>> liu_theorem_2([[1]], [1], [[False]], []).saddles, liu_theorem_2([[1]], [1], [[True]], []).saddles
        (False, True)
    """
    data = with_targets(X, y)
    P = check_pattern(pattern, data.n)
    picks = sorted({int(j) for j in units})
    require(all(0 <= j < len(P) for j in picks) and len(picks) < len(P), f"a proper subset of the {len(P)} units")
    A = design(data, P[picks])
    target = np.asarray(data.y_fractions)
    if picks:
        B, b = A.T @ A, A.T @ target
        solutions = liu_general_solution(B, b)
        errors = A @ solutions.shortest - target
    else:
        B, b, errors = zeros(0, 0), zeros(0, 1)[:, 0], -target
        solutions = GeneralSolution(readonly(b, object), readonly(B, object), 0, "point", True)
    silent = [j for j in range(len(P)) if j not in picks]
    normals = {j: readonly((errors * numbers(P[j])) @ data.fractions, object) for j in silent}
    saddles = any(any(g) for g in normals.values())
    return SaddleSystem(readonly(B, object), readonly(b, object), solutions, readonly(errors, object), normals, saddles)


@dataclass(frozen=True, eq=False)
class SecondOrder:
    """The loss near a stationary point when one silent unit is turned on.

    Attributes:
        first, second: the two terms of (25) for the sum of squares, 2 sum e_i I_i dz <dw, x_i> and
            sum I_i dz^2 <w, x_i>^2.
        exact: the full change of the sum of squares, print's higher terms included.
        eigenvalue: upper bound [a - sqrt(a^2 + 4 b^2)] / 2 of the smallest Hessian eigenvalue of the mean loss, with
            a = (2/n) sum I_i <w, x_i>^2 and b = (2/n) |sum I_i e_i x_i|; below 0 wherever the normal is not zero.
    """

    first: Fraction
    second: Fraction
    exact: Fraction
    eigenvalue: float


def liu_equation_25(X: Any, y: Any, W: Any, v: Any, unit: int, dz: Any, dw: Any) -> SecondOrder:
    """Return the change of the loss when a silent unit's output weight moves by dz and its weights by dw.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        W: (m, d) hidden weights, none on a sample's hyperplane.
        v: (m,) output weights, 0 at `unit`.
        unit: the silent unit, with <w, sum e_i x_i over its active samples> = 0.
        dz: change of its output weight.
        dw: (d,) change of its weights that switches it on or off for no sample.

    Raises:
        AssumptionError: a unit that is not silent or not stationary, or a step that leaves its cell.

    Source: Liu, Part 1, (25); exact here, print drops terms above second order.

    Example:
        >>> change = liu_equation_25([[1, 0], [0, 1]], [1, -1], [[1, 1]], [0], 0, "1/8", ["1/2", "-1/2"])
        >>> change.first, change.second, change.exact
        (Fraction(-1, 4), Fraction(1, 32), Fraction(-27, 128))
    """
    data = with_targets(X, y)
    weights, out, heights = network(data, W, v)
    require(0 <= unit < len(out), f"a unit below {len(out)}")
    require(out[unit] == 0, f"unit {unit} is silent; its output weight is {out[unit]}")
    steps, scales, moves = network(data, [dw], [dz])
    step, scale, rise = steps[0], scales[0], moves[:, 0]
    on = heights[:, unit] > 0
    require(
        all(heights[i, unit] != 0 for i in range(data.n) if i not in set(data.zero_rows)), "no sample on its border"
    )
    require(bool(((heights[:, unit] + rise > 0) == on).all()), "the step stays inside the unit's cell")
    errors = predictions(heights, out) - data.y_fractions
    active = numbers(on)
    normal = (errors * active) @ data.fractions
    require(normal @ weights[unit] == 0, f"unit {unit} is stationary: <w, sum e_i x_i> = 0")
    reach = active * heights[:, unit]
    first = 2 * scale * (normal @ step)
    second = scale * scale * (reach @ reach)
    shift = scale * active * (heights[:, unit] + rise)
    full = sum(((e + s) ** 2 - e * e for e, s in zip(errors, shift, strict=True)), Fraction(0))
    a, b = float(2 * (reach @ reach)) / max(data.n, 1), 2 * sqrt(float(normal @ normal)) / max(data.n, 1)
    return SecondOrder(first + Fraction(0), second + Fraction(0), full, (a - sqrt(a * a + 4 * b * b)) / 2)
