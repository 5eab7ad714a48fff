"""Liu's linear systems, exactly: general least squares, derivatives in a cell, saddles and one unit on one sample."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from .. import exact
from ..data import Dataset, as_dataset, check_pattern, readonly
from ..errors import InputError, ShapeError
from .arguments import require, which_form

__all__ = [
    "GeneralSolution", "KinkSystem", "SaddleSystem",
    "liu_general_solution", "liu_lemma_1", "liu_theorem_2", "liu_theorem_3",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class GeneralSolution:
    """All least-squares solutions A^+ b + (I - A^+ A) c of A x = b.

    Attributes:
        shortest: (k,) A^+ b, exact.
        projector: (k, k) I - A^+ A, exact.
        rank: rank of A.
        form: "point" (full column rank), "whole space" (A = 0) or "affine subspace".
        consistent: whether A x = b has a solution; least-squares solutions exist in any case.
    """

    shortest: np.ndarray
    projector: np.ndarray
    rank: int
    form: str
    consistent: bool


def liu_general_solution(A: Any, b: Any) -> GeneralSolution:
    """Return the general least-squares solution of A x = b in exact arithmetic.

    Args:
        A: (n, k) matrix.
        b: (n,) right-hand side.

    Raises:
        ShapeError: shapes that do not fit.

    Source: Liu, Part 1, Section II-B and (12), (13). Print makes rank(A) = rank(A, b) a case of its own; least-squares
    solutions exist without it.

    Example:
        >>> liu_general_solution([[1], [1]], [0, 1]).shortest.tolist()
        [Fraction(1, 2)]
    """
    M, right = exact.fraction_matrix(A), np.array([exact.to_fraction(t) for t in np.asarray(b, dtype=object)])
    if M.ndim != 2 or len(M) != len(right):
        raise ShapeError(f"A has shape {M.shape} and b has length {len(right)}; they need the same number of rows")
    k = M.shape[1]
    null = exact.nullspace(M)
    projector = _zeros(k, k)
    if len(null):
        columns = [exact.solve(null @ null.T, null[:, j]) for j in range(k)]
        projector = null.T @ np.stack([np.asarray(t) for t in columns], axis=1)
    some = np.asarray(exact.solve(M.T @ M, M.T @ right))
    rank = k - len(null)
    form = "point" if rank == k else "whole space" if rank == 0 else "affine subspace"
    shortest = some - projector @ some
    consistent = not any(M @ shortest - right)
    return GeneralSolution(readonly(shortest, object), readonly(projector, object), rank, form, consistent)


def liu_lemma_1(X: Any, y: Any, W: Any, v: Any) -> np.ndarray:
    """Return (m, d) the derivatives dL/dR_j = (2/n) sum of e_i x_i over a unit's active samples, exact.

    A point where the loss is differentiable is a local minimum exactly where all of them vanish.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        W: (m, d) hidden weights, no sample on a unit's hyperplane.
        v: (m,) output weights.

    Raises:
        AssumptionError: a sample lies on a unit's hyperplane, where the loss is not differentiable.

    Source: Liu, Part 1, Lemma 1 and (3)-(8). Print states one direction; the converse holds too.

    Example:
        >>> liu_lemma_1([[1, 0], [0, 1]], [1, 1], [[1, -1]], [1]).tolist()
        [[Fraction(0, 1), Fraction(0, 1)]]
    """
    data = _with_targets(X, y)
    weights, out = exact.fraction_matrix(W), exact.fraction_matrix([v])[0]
    if weights.ndim != 2 or weights.shape[1] != data.d or len(out) != len(weights):
        raise ShapeError(f"W has shape {weights.shape} and v length {len(out)}; expected (m, {data.d}) and m")
    heights = data.fractions @ weights.T
    live = [i for i in range(data.n) if i not in set(data.zero_rows)]
    for i in live:
        require(all(heights[i] != 0), f"no sample on a unit's hyperplane, sample {i} is; use rs.certify there")
    on = heights > 0
    errors = (heights * on) @ out - data.y_fractions
    blocks = (on * errors[:, None]).T @ data.fractions
    return readonly(blocks * Fraction(2, max(data.n, 1)), object)


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
        units: the fitted units, fewer than m.

    Raises:
        AssumptionError: not a proper subset of the units.

    Source: Liu, Part 1, Theorem 2 and (19)-(24). As printed (19) and (21) also hold at minima: where all normals
    vanish the point is a minimum.

    Example:
        >>> liu_theorem_2([[1]], [1], [[False]], []).saddles
        False
    """
    data = _with_targets(X, y)
    P = check_pattern(pattern, data.n)
    chosen = sorted({int(j) for j in units})
    require(all(0 <= j < len(P) for j in chosen) and len(chosen) < len(P), f"a proper subset of {len(P)} units")
    blocks = [data.fractions * _numbers(P[j])[:, None] for j in chosen]
    A = np.concatenate(blocks, axis=1) if blocks else np.zeros((data.n, 0), dtype=object)
    y_exact = np.asarray(data.y_fractions)
    B, b = (A.T @ A, A.T @ y_exact) if chosen else (_zeros(0, 0), np.zeros(0, dtype=object))
    if chosen:
        solutions = liu_general_solution(B, b)
        errors = A @ solutions.shortest - y_exact
    else:
        solutions = GeneralSolution(np.zeros(0, dtype=object), _zeros(0, 0), 0, "point", True)
        errors = -y_exact
    normals = {
        j: readonly((errors * _numbers(P[j])) @ data.fractions, object) for j in range(len(P)) if j not in chosen
    }
    saddles = any(any(g) for g in normals.values())
    return SaddleSystem(readonly(B, object), readonly(b, object), solutions, readonly(errors, object), normals, saddles)


@dataclass(frozen=True, eq=False)
class KinkSystem:
    """The linear system of one unit on the hyperplane of one sample, and the output signs it allows.

    Attributes:
        D: (m d + 1, m d) exact matrix.
        d: (m d + 1,) right-hand side.
        R: (m, d) one solution; there always is one.
        errors: (n,) exact f - y, the same for all solutions.
        left, right: slopes along x_n / |x_n|^2 on the two sides, without the output weight: print's (29) and (30) over
            |x_n|^2.
        signs: output signs of the unit that pass.
    """

    D: np.ndarray
    d: np.ndarray
    R: np.ndarray
    errors: np.ndarray
    left: Fraction
    right: Fraction
    signs: tuple[int, ...]


def liu_theorem_3(X: Any, y: Any, pattern: Any, unit: int, sample: int, form: str | None = None) -> KinkSystem:
    """Solve D R = d for one unit on one sample's hyperplane and return the output signs that pass.

    With beta the slope on the inactive side, s beta <= 0 <= s (beta + e_n) ("corrected", the default), or both strict
    ("printed"). Whether a solution has the pattern assumed is decided by `rs.kink_minima`, for any number of kinks.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        pattern: (m, n) bool; the entry of the unit and the sample is not looked at.
        unit: the unit on the border.
        sample: the sample whose hyperplane it lies on, not zero.
        form: "printed" or "corrected".

    Raises:
        AssumptionError: a unit or sample that does not exist, or a sample 0.

    Source: Liu, Part 1, Theorem 3, Lemma 3 and (26)-(46). Printed shapes are (K + 1) d; D R = d is always solvable,
    so the theorem's first condition and the half-spaces (46) are empty; strictness is not necessary.

    Example:
        >>> liu_theorem_3([[1, 0], [0, 1]], [1, -1], [[True, False]], 0, 1).signs
        (1,)
    """
    data = _with_targets(X, y)
    P = check_pattern(pattern, data.n).copy()
    m, d = len(P), data.d
    require(0 <= unit < m and 0 <= sample < data.n, f"a unit below {m} and a sample below {data.n}")
    x = data.fractions[sample]
    size = x @ x
    require(size != 0, f"a sample that is not zero, sample {sample} is")
    chosen = which_form(form, "corrected", ("printed", "corrected"))
    P[unit, sample] = False
    A = np.concatenate([data.fractions * _numbers(row)[:, None] for row in P], axis=1)
    y_exact = np.asarray(data.y_fractions)
    rows, right_side = [], []
    for j in range(m):
        block = A[:, j * d : (j + 1) * d]
        if j == unit:
            block = np.outer(block @ x, x) - size * block
        rows.append(block.T @ A)
        right_side.append(block.T @ y_exact)
    last = np.array([Fraction(0)] * (m * d), dtype=object)
    last[unit * d : (unit + 1) * d] = x
    D = np.concatenate([*rows, last[None, :]])
    b = np.concatenate([*right_side, [Fraction(0)]])
    found = exact.solve(D, b)
    if found is None:  # the system is that of least squares on a subspace
        raise InputError("the linear system of the border has no solution")
    solution = np.asarray(found)
    errors = A @ solution - y_exact
    left = ((errors * _numbers(P[unit])) @ data.fractions @ x) / size
    right = left + errors[sample]
    if chosen == "printed":
        signs = tuple(s for s in (1, -1) if s * left < 0 < s * right)
    else:
        signs = tuple(s for s in (1, -1) if s * left <= 0 <= s * right)
    return KinkSystem(
        readonly(D, object), readonly(b, object), readonly(solution.reshape(m, d), object), readonly(errors, object),
        left, right, signs,
    )  # fmt: skip


def _with_targets(X: Any, y: Any) -> Dataset:
    """Return the data; targets are needed."""
    data = as_dataset(X, y)
    if data.y_fractions is None:
        raise InputError("there are no targets; give y")
    return data


def _numbers(row: np.ndarray) -> np.ndarray:
    """Return booleans as exact 0 and 1."""
    return row.astype(int).astype(object)


def _zeros(a: int, b: int) -> np.ndarray:
    """Return an exact zero matrix."""
    return np.array([[Fraction(0)] * b for _ in range(a)], dtype=object).reshape(a, b)
