"""Minima inside one product of cells: where they are, what they look like, and whether the cells hold them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from ..numbers import exact
from ..numbers.checks import readonly
from ..problem.data import Dataset, check_signs
from ..problem.losses import Loss, able
from ..problem.problem import Problem, as_problem
from .components import Component, Face, allowed_signs, minimisers
from .other_losses import smooth_minimisers
from .placing import Placed, cell_face, checked, group, inside_points, place_units

ANY_SIGN = frozenset({-1, 0, 1})


@dataclass(frozen=True, eq=False)
class CellMinima:
    """The minimisers of the loss over R_j = v_j w_j with the pattern held, and the cells themselves.

    Attributes:
        pattern: (m, n) bool.
        A: (n, m d) floats, row i = (I_i1 x_i, ..., I_im x_i): the prediction is A R.
        rank: exact rank of A.
        loss: the least mean loss, as a double; where it is not attained the infimum.
        exact_loss: the mean squared loss |A R - y|^2 / n of all minimisers; None for another loss.
        attained: whether the infimum is attained, which the squared loss always does.
        exact_solution: (m d,) the minimiser of smallest norm, exact; None for another loss.
        solution: (m d,) the same as doubles; None where the infimum is not attained.
        exact_directions: (k, m d) exact basis of the null space of A.
        dims: per unit the dimension of the set of its R_j.
        form: per unit "point", "affine subspace" or "whole space".
        genuine: the open cells hold a minimiser for some choice of output signs.
        signs: (m,) one such choice, 0 where R_j = 0; None where there is none.
        point: exact weights there; None where there is none.
        method: "exact", or "numerical" for another loss.
        problem: what was minimised.
    """

    pattern: np.ndarray
    A: np.ndarray
    rank: int
    loss: float
    exact_loss: Fraction | None
    attained: bool
    exact_solution: np.ndarray | None
    solution: np.ndarray | None
    exact_directions: np.ndarray
    dims: tuple[int, ...]
    form: tuple[str, ...]
    genuine: bool
    signs: np.ndarray | None
    point: Placed | None
    method: str
    problem: Problem | None = field(default=None, repr=False, compare=False)

    @property
    def directions(self) -> np.ndarray:
        """(k, m d) a basis of the directions of all minimisers, as doubles."""
        return readonly(self.exact_directions, dtype=float)

    @property
    def unique(self) -> bool:
        """Whether there is one minimiser only: rank A = m d."""
        return len(self.exact_directions) == 0

    def hessian(self) -> np.ndarray:
        """Return the Hessian (m d, m d) of the mean squared loss in R: (2 / n) A^T A, positive semidefinite."""
        return 2 / max(len(self.A), 1) * self.A.T @ self.A


def cell_minima(X: Any, y: Any, pattern: Any, signs: Any = None, loss: Any = "squared") -> CellMinima:
    """Return the minimisers of the loss inside one product of cells.

    Inside a product of open cells the loss is |A R - y|^2 / n. Its minimisers are A^+ y plus the null space of A; a
    unit's own set is a point, an affine subspace or the whole space. A minimiser R is a local minimum of the network
    where every R_j lies in the open cell, in its negative, or at 0 (v_j = 0); units with equal patterns and both signs
    leave their sum free. The choice of signs is made jointly.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        pattern: (m, n) bool; a pattern that no weights have is never genuine.
        signs: (m,) output weights frozen to -1 or 1; None trains them.
        loss: "squared" (closed form, exact), or another convex differentiable loss: numerical, and where no point of
            the formula attains the infimum (separable active samples) `attained` is False and nothing is genuine.

    Returns:
        `CellMinima`.

    Raises:
        InputError: no targets.
        ShapeError: a pattern or signs of another shape.

    Source: Liu, Part 1, Theorem 1 and (10)-(18). Print asks (15)-(17) with <= for inactive samples, where the point
    may lie on a border and be no minimum, forgets R_j = 0, and gives no joint choice of signs for (18).

    Example:
        >>> found = cell_minima([[1, 0], [0, 1]], [1, 1], [[True, False]])
        >>> found.exact_loss, found.form, found.genuine
        (Fraction(1, 2), ('affine subspace',), True)
    """
    problem = as_problem(X, y, loss=loss, signs=signs)
    data, P = checked(problem.only(loss=True, signs=True), None, pattern)
    m, d = len(P), data.d
    frozen = None if problem.signs is None else check_signs(problem.signs, m)
    loss_object = problem.loss
    faces = [cell_face(data, row) for row in P]
    blocks = [data.fractions * row.astype(int).astype(object)[:, None] for row in P]
    A = np.concatenate(blocks, axis=1) if m else np.zeros((data.n, 0), dtype=object)
    free = exact.nullspace(A) if A.size else _identity(m * d)
    full = m * d - len(free)
    # what the null space leaves of a unit: its columns, less those that only they span
    dims = tuple(d - full + exact.rank(np.delete(A, np.s_[j * d : (j + 1) * d], axis=1)) for j in range(m))
    form = tuple("point" if k == 0 else "whole space" if k == d else "affine subspace" for k in dims)
    shape = {
        "pattern": readonly(P), "A": readonly(A, dtype=float), "rank": full,
        "exact_directions": readonly(free, dtype=object), "dims": dims, "form": form,
    }  # fmt: skip
    if able(loss_object, "quadratic"):
        return replace(_squared(data, P, faces, A, free, frozen, loss_object, shape), problem=problem)
    return replace(_smooth(data, P, faces, free, frozen, loss_object, shape), problem=problem)


def _squared(
    data: Dataset,
    P: np.ndarray,
    faces: list[Face],
    A: np.ndarray,
    free: np.ndarray,
    frozen: np.ndarray | None,
    loss: Loss,
    shape: dict[str, Any],
) -> CellMinima:
    """Return the closed form of the squared loss."""
    component = minimisers(data, faces)
    shortest = _flat_minimiser(component, data.d)
    if len(free):
        shortest = _in_row_space(A, shortest)
    placing, points = None, inside_points(data, P)
    if points is not None:
        members = group(P)
        distinct = minimisers(data, [faces[g[0]] for g in members])
        sign_sets = [allowed_signs(data, faces[g[0]], distinct.errors) for g in members]
        placing = place_units(data, distinct, sign_sets, members, points, loss, frozen)
    return CellMinima(
        loss=float(component.loss), exact_loss=component.loss, attained=True,
        exact_solution=readonly(shortest, dtype=object), solution=readonly(shortest, dtype=float),
        genuine=placing is not None, signs=placing.signs if placing else None, point=placing, method="exact", **shape,
    )  # fmt: skip


def _smooth(
    data: Dataset,
    P: np.ndarray,
    faces: list[Face],
    free: np.ndarray,
    frozen: np.ndarray | None,
    loss: Loss,
    shape: dict[str, Any],
) -> CellMinima:
    """Return a numerical minimiser of another loss."""
    minimisers = smooth_minimisers(data, faces, loss)
    solution, placing = None, None
    if minimisers.attained:
        at = np.array(_flat_minimiser(minimisers.component, data.d), dtype=float)
        moves = np.array(free, dtype=float)
        solution = readonly(at - np.linalg.pinv(moves) @ (moves @ at) if len(free) else at)
        points = inside_points(data, P)
        if points is not None:
            members = group(P)
            distinct = smooth_minimisers(data, [faces[g[0]] for g in members], loss)
            placing = place_units(data, distinct.component, [ANY_SIGN] * len(members), members, points, loss, frozen)
    return CellMinima(
        loss=float(minimisers.component.loss), exact_loss=None, attained=minimisers.attained, exact_solution=None,
        solution=solution, genuine=placing is not None, signs=placing.signs if placing else None, point=placing,
        method="numerical", **shape,
    )  # fmt: skip


def _flat_minimiser(component: Component, d: int) -> np.ndarray:
    """Return a minimiser (m d,) of a product of faces, one after another."""
    parts = [s @ f.basis if len(f.basis) else np.zeros(d, dtype=object) for s, f in _pairs(component)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=object)


def _in_row_space(A: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return the orthogonal projection of a point on the span of the rows of a matrix, exactly."""
    rows = A[list(exact.pivot_columns(A.T))] if A.size else A
    if not len(rows):
        return np.array([Fraction(0)] * len(point), dtype=object)
    B = exact.fmpq_matrix(exact.fraction_matrix(rows))
    parts = (B * B.transpose()).solve(B * exact.fmpq_matrix(point[:, None]))
    return np.asarray(exact.fractions_of(B.transpose() * parts)[:, 0])


def _pairs(component: Component) -> list[tuple[np.ndarray, Face]]:
    """Return coefficients and faces side by side."""
    return list(zip(component.start, component.faces, strict=True))


def _identity(k: int) -> np.ndarray:
    """Return an exact identity matrix."""
    return np.array([[Fraction(int(i == j)) for j in range(k)] for i in range(k)], dtype=object).reshape(k, k)
