"""General least-squares solutions and the Moore-Penrose inverse, exactly: the tools of Liu's Section II-B."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ...errors import ShapeError
from ...numbers import exact
from ...numbers.checks import readonly
from ...problem.data import Dataset

__all__ = ["GeneralSolution", "liu_general_solution", "liu_pseudoinverse"]


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


def liu_pseudoinverse(A: Any) -> np.ndarray:
    """Return (k, n) the Moore-Penrose inverse A^+ of a matrix (n, k), over the rationals.

    With a full-rank decomposition A = F G, A^+ = G^T (G G^T)^-1 (F^T F)^-1 F^T.

    Args:
        A: (n, k) integers, fractions, strings or floats (read as dyadic rationals).

    Source: Liu, Part 1, Section II-B.

    Example:
        >>> liu_pseudoinverse([[1], [1]]).tolist()
        [[Fraction(1, 2), Fraction(1, 2)]]
    """
    M = exact.fraction_matrix(A)
    columns = list(exact.pivot_columns(M))
    if not columns:
        return zeros(M.shape[1], M.shape[0])
    F = M[:, columns]
    left = solve_many(F.T @ F, F.T)  # (F^T F)^-1 F^T
    G = left @ M
    return G.T @ solve_many(G @ G.T, left)


def liu_general_solution(A: Any, b: Any) -> GeneralSolution:
    """Return the general least-squares solution A^+ b + (I - A^+ A) c of A x = b, exact.

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
    M, right = exact.fraction_matrix(A), exact.fraction_array(b)
    if right.ndim != 1 or len(M) != len(right):
        raise ShapeError(f"A has shape {M.shape} and b has length {len(right)}; they need the same number of rows")
    k = M.shape[1]
    inverse = liu_pseudoinverse(M)
    projector = identity(k) - inverse @ M if len(M) else identity(k)
    shortest = inverse @ right if len(M) else zeros(k, 1)[:, 0]
    rank = exact.rank(M)
    form = "point" if rank == k else "whole space" if rank == 0 else "affine subspace"
    consistent = not any(M @ shortest - right)
    return GeneralSolution(readonly(shortest, object), readonly(projector, object), rank, form, consistent)


def solve_many(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return A^-1 B of an invertible exact matrix."""
    return exact.fractions_of(
        exact.fmpq_matrix(exact.fraction_matrix(A)).solve(exact.fmpq_matrix(exact.fraction_matrix(B)))
    )


def zeros(a: int, b: int) -> np.ndarray:
    """Return an exact zero matrix."""
    return np.full((a, b), Fraction(0), dtype=object)


def identity(k: int) -> np.ndarray:
    """Return an exact identity matrix."""
    eye = zeros(k, k)
    for i in range(k):
        eye[i, i] = Fraction(1)
    return eye


def network(data: Dataset, W: Any, v: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return W (m, d), v (m,) and the heights <w_j, x_i> (n, m), all exact."""
    weights, out = exact.fraction_matrix(W), exact.fraction_array(v)
    if weights.shape[1] != data.d or out.shape != (len(weights),):
        raise ShapeError(f"W has shape {weights.shape} and v {out.shape}; expected (m, {data.d}) and (m,)")
    return weights, out, data.fractions @ weights.T


def predictions(heights: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Return sum_j v_j relu(height) of every sample."""
    return (heights * numbers(heights > 0)) @ out


def numbers(row: np.ndarray) -> np.ndarray:
    """Return booleans as exact 0 and 1."""
    return np.asarray(row).astype(int).astype(object)


def design(data: Dataset, pattern: np.ndarray) -> np.ndarray:
    """Return A (n, m d) of (11), row i = (I_i1 x_i, ..., I_im x_i)."""
    blocks = [data.fractions * numbers(row)[:, None] for row in pattern]
    return np.concatenate(blocks, axis=1) if blocks else zeros(data.n, 0)
