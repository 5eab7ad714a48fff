"""Where the minima of a product of cells lie, what they look like, and whether the cells hold them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from ...errors import TooLarge
from ...numbers import exact
from ...numbers.checks import readonly
from ...problem.data import Dataset, check_pattern
from ...problem.targets import with_targets
from ...solvers.linear import strictly_feasible
from ..arguments import require, which_form
from .solution import GeneralSolution, design, identity, liu_general_solution, zeros

__all__ = ["CellForm", "Genuine", "TwoSamples", "liu_genuine", "liu_minima", "liu_two_samples"]

MOST_CHOICES = 100_000


@dataclass(frozen=True, eq=False)
class CellForm:
    """All minimisers R of the loss with the pattern held.

    Attributes:
        A: (n, m d) exact.
        solutions: A^+ y + (I - A^+ A) c.
        dims: per unit the dimension of the set of its R_j, the rank of its rows of I - A^+ A.
        form: per unit "point", "affine subspace" or "whole space".
        loss: |A A^+ y - y|^2 / n.
        zero: whether that is 0: y lies in the range of A.
    """

    A: np.ndarray
    solutions: GeneralSolution
    dims: tuple[int, ...]
    form: tuple[str, ...]
    loss: Fraction
    zero: bool


def liu_minima(X: Any, y: Any, pattern: Any) -> CellForm:
    """Return the minimisers A^+ y + (I - A^+ A) c of the loss with the pattern held, their forms and their loss.

    `rs.cell_minima` does the same and says whether the cells hold them.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        pattern: (m, n) bool.

    Raises:
        InputError, ShapeError: no targets, or a pattern of another shape.

    Source: Liu, Part 1, (10)-(14). Print's case a) asks rank(A) = rank(A, y), which least squares do not need, and
    case b) N > Kd should read N >= Kd.

    Example:
        >>> found = liu_minima([[1, 0], [0, 1]], [1, 1], [[True, False]])
        >>> found.loss, found.form, found.dims
        (Fraction(1, 2), ('affine subspace',), (1,))
    """
    data = with_targets(X, y)
    P = check_pattern(pattern, data.n)
    A = design(data, P)
    solutions = liu_general_solution(A, data.y_fractions)
    errors = A @ solutions.shortest - data.y_fractions
    loss = sum((e * e for e in errors), Fraction(0)) / max(data.n, 1)
    d = data.d
    dims = tuple(exact.rank(solutions.projector[j * d : (j + 1) * d]) for j in range(len(P)))
    form = tuple("point" if k == 0 else "whole space" if k == d else "affine subspace" for k in dims)
    return CellForm(readonly(A, object), solutions, dims, form, loss, loss == 0)


@dataclass(frozen=True, eq=False)
class Genuine:
    """Whether the cells hold one of their minimisers.

    Attributes:
        genuine: the answer.
        signs: (m,) output signs of the choice that works, 0 for R_j = 0; None without one.
        R: (m, d) exact minimiser of that choice, or None.
        choices: number of choices of signs that were tried.
    """

    genuine: bool
    signs: tuple[int, ...] | None
    R: np.ndarray | None
    choices: int


def liu_genuine(X: Any, y: Any, pattern: Any, form: str | None = None) -> Genuine:
    """Decide whether some minimiser R of the pattern has every R_j where its unit's cell asks for it.

    With s_j the sign of the output weight, "corrected" asks s_j (2 I_ij - 1) <R_j, x_i> > 0 for all samples, or
    R_j = 0 with a silent unit (s_j = 0), for one choice of signs for all units together; "printed" asks > 0 where the
    unit is on and only <= 0 where it is off, and knows no silent unit. Units of one pattern and both signs may take
    any sum. Every choice of signs is tried; `rs.cell_minima` prunes them.

    Args:
        X: (n, d) samples or a `Dataset`, no sample 0.
        y: (n,) targets.
        pattern: (m, n) bool.
        form: "printed" or "corrected" (the default).

    Raises:
        AssumptionError: a zero sample, or a pattern that no weights have ("feasible" in print).
        TooLarge: more than 100,000 choices of signs.

    Source: Liu, Part 1, (15)-(18).

    Example:
        >>> [liu_genuine([[1], [1]], [1, -1], [[1, 1]], form).signs for form in ("corrected", "printed")]
        [(0,), None]
    """
    data = with_targets(X, y)
    P = check_pattern(pattern, data.n)
    variant = which_form(form, "corrected", ("printed", "corrected"))
    require(not data.zero_rows, f"no sample is zero; sample {next(iter(data.zero_rows), 0)} is")
    for j, row in enumerate(P):
        require(_sided(data, row) is not None, f"the pattern is feasible; no weights have that of unit {j}")
    m, options = len(P), (1, -1, 0) if variant == "corrected" else (1, -1)
    if len(options) ** m > MOST_CHOICES:
        raise TooLarge(f"{len(options) ** m:,} choices of signs; use rs.cell_minima", estimate=len(options) ** m)
    solutions = liu_general_solution(design(data, P), data.y_fractions)
    tries = 0
    for signs in product(options, repeat=m):
        tries += 1
        R = _placed(data, P, solutions, signs, strict=variant == "corrected")
        if R is not None:
            return Genuine(True, signs, readonly(R, object), tries)
    return Genuine(False, None, None, tries)


def _sided(data: Dataset, row: np.ndarray) -> np.ndarray | None:
    """Return weights strictly on the pattern's side of every sample, or None."""
    answer = strictly_feasible(data.fractions * np.where(row, 1, -1).astype(object)[:, None])
    return answer.witness


def _placed(
    data: Dataset, P: np.ndarray, solutions: GeneralSolution, signs: tuple[int, ...], strict: bool
) -> np.ndarray | None:
    """Return a minimiser R (m, d) with the signs asked for, or None: unknowns are (1, c) up to a positive factor."""
    d, k = data.d, solutions.projector.shape[1]
    affine = np.concatenate([solutions.shortest[:, None], solutions.projector], axis=1)
    positive, equal, weak = [np.concatenate([identity(1), zeros(1, k)], axis=1)], [zeros(0, k + 1)], [zeros(0, k + 1)]
    for j, sign in enumerate(signs):
        block = affine[j * d : (j + 1) * d]
        if sign == 0:
            equal.append(block)
            continue
        heights = sign * (data.fractions @ block)
        positive.append(heights[P[j]])
        (positive if strict else weak).append(-heights[~P[j]])
    point = mixed_feasible(np.concatenate(positive), np.concatenate(weak), np.concatenate(equal))
    return None if point is None else (affine @ (point / point[0])).reshape(-1, d)


def mixed_feasible(positive: np.ndarray, weak: np.ndarray, equal: np.ndarray) -> np.ndarray | None:
    """Return t with positive t > 0, weak t >= 0 and equal t = 0, exact, or None where there is none.

    Gordan's multipliers of the strict system name weak rows that vanish on the whole cone; they become equations.
    """
    while True:
        chart = exact.nullspace(equal) if len(equal) else identity(positive.shape[1])
        if len(chart) == 0:
            return None
        rows = np.concatenate([positive, weak]) @ chart.T
        blank = np.array([not any(row) for row in rows])
        if blank[: len(positive)].any():
            return None
        weak, rows = weak[~blank[len(positive) :]], rows[~blank]
        answer = strictly_feasible(rows)
        if answer.witness is not None:
            return np.array([exact.to_fraction(t) for t in answer.witness], dtype=object) @ chart
        equations = np.asarray([t != 0 for t in answer.multipliers])  # type: ignore[union-attr]
        if equations[: len(positive)].any():
            return None
        equations = equations[len(positive) :]
        equal, weak = np.concatenate([equal, weak[equations]]), weak[~equations]


@dataclass(frozen=True, eq=False)
class TwoSamples:
    """One cell of the illustrative example: one unit with output weight 1 on the samples (1, 0) and (0, 1).

    Attributes:
        pattern: which of the two samples the unit is on for.
        loss: least mean squared loss of the cell's formula.
        form: "point", "affine subspace" or "whole space".
        genuine: whether the open cell holds a minimiser.
    """

    pattern: tuple[bool, bool]
    loss: Fraction
    form: str
    genuine: bool


def liu_two_samples(y: Any) -> list[TwoSamples]:
    """Return the four cells r1 to r4 of the example with the output weight frozen to 1.

    Args:
        y: the two targets; print takes (1, 1) and (1, -1).

    Source: Liu, Part 1, Section IV-B and Figure 2.

    Example:
        >>> [(str(cell.loss), cell.form, cell.genuine) for cell in liu_two_samples([1, -1])][2:]
        [('1/2', 'affine subspace', True), ('0', 'point', False)]
    """
    data = with_targets([[1, 0], [0, 1]], y)
    cells = []
    for row in ((False, False), (False, True), (True, False), (True, True)):
        answer = liu_minima(data, None, [row])
        placement = _placed(data, np.array([row]), answer.solutions, (1,), strict=True)
        cells.append(TwoSamples(row, answer.loss, answer.form[0], placement is not None))
    return cells
