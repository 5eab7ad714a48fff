"""Minima inside one product of cells: where they are, what they look like, and whether the cells hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from .. import exact
from ..data import Dataset, as_dataset, check_pattern, readonly
from ..errors import InputError, ShapeError
from ..networks import TwoLayerNet
from ..solvers.linear import strictly_feasible
from .components import Component, Face, allowed_signs, make_face, minimisers, sign_choices, units_of
from .optimality import certify
from .verdict import Verdict


@dataclass(frozen=True, eq=False)
class Placed:
    """A point of a product of faces.

    Attributes:
        W, v: exact weights.
        signs: (m,) output signs, 0 for units with R_j = 0.
        data: samples with targets.
    """

    W: np.ndarray
    v: np.ndarray
    signs: np.ndarray
    data: Dataset

    @property
    def net(self) -> TwoLayerNet:
        """The point as doubles."""
        return TwoLayerNet(np.array(self.W, dtype=float), np.array(self.v, dtype=float))

    @cached_property
    def verdict(self) -> Verdict:
        """The verdict of the general test, with its certificate."""
        return certify(self.data, None, self.W, self.v, exact=True)


@dataclass(frozen=True, eq=False)
class CellMinima:
    """The minimisers of the loss over R_j = v_j w_j with the pattern held, and the cells themselves.

    Attributes:
        pattern: (m, n) bool.
        A: (n, m d) floats, row i = (I_i1 x_i, ..., I_im x_i): the prediction is A R.
        rank: exact rank of A.
        exact_loss: the mean squared loss |A R - y|^2 / n of all minimisers.
        exact_solution: (m d,) the minimiser of smallest norm, exact.
        exact_directions: (k, m d) exact basis of the null space of A.
        dims: per unit the dimension of the set of its R_j.
        form: per unit "point", "affine subspace" or "whole space".
        genuine: the open cells hold a minimiser for some choice of output signs.
        signs: (m,) one such choice, 0 where R_j = 0; None where there is none.
        point: exact weights there; None where there is none.
    """

    pattern: np.ndarray
    A: np.ndarray
    rank: int
    exact_loss: Fraction
    exact_solution: np.ndarray
    exact_directions: np.ndarray
    dims: tuple[int, ...]
    form: tuple[str, ...]
    genuine: bool
    signs: np.ndarray | None
    point: Placed | None

    @property
    def solution(self) -> np.ndarray:
        """(m d,) the minimiser of smallest norm, as doubles."""
        return readonly(self.exact_solution, dtype=float)

    @property
    def directions(self) -> np.ndarray:
        """(k, m d) a basis of the directions of all minimisers, as doubles."""
        return readonly(self.exact_directions, dtype=float)

    @property
    def loss(self) -> float:
        """The loss as a double."""
        return float(self.exact_loss)

    @property
    def unique(self) -> bool:
        """Whether there is one minimiser only: rank A = m d."""
        return len(self.exact_directions) == 0

    def hessian(self) -> np.ndarray:
        """Return the Hessian (m d, m d) of the mean squared loss in R: (2 / n) A^T A, positive semidefinite."""
        return 2 / max(len(self.A), 1) * self.A.T @ self.A


def cell_minima(X: Any, y: Any, pattern: Any) -> CellMinima:
    """Return the minimisers of the loss inside one product of cells.

    Inside a product of open cells the loss is |A R - y|^2 / n. Its minimisers are A^+ y plus the null space of A; a
    unit's own set is a point, an affine subspace or the whole space. A minimiser R is a local minimum of the network
    where every R_j lies in the open cell, in its negative, or at 0 (v_j = 0); units with equal patterns and both signs
    leave their sum free. The choice of signs is made jointly.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        pattern: (m, n) bool; a pattern that no weights have is never genuine.

    Returns:
        `CellMinima`.

    Raises:
        InputError: no targets.
        ShapeError: a pattern of another shape.

    Source: Liu, Part 1, Theorem 1 and (10)-(18). Print asks (15)-(17) with <= for inactive samples, where the point
    may lie on a border and be no minimum, forgets R_j = 0, and gives no joint choice of signs for (18).

    Example:
        >>> found = cell_minima([[1, 0], [0, 1]], [1, 1], [[True, False]])
        >>> found.exact_loss, found.form, found.genuine
        (Fraction(1, 2), ('affine subspace',), True)
    """
    data, P = checked(X, y, pattern)
    m, d = len(P), data.d
    faces = [cell_face(data, row) for row in P]
    blocks = [data.fractions * row.astype(int).astype(object)[:, None] for row in P]
    A = np.concatenate(blocks, axis=1) if m else np.zeros((data.n, 0), dtype=object)
    free = exact.nullspace(A) if A.size else _identity(m * d)
    component = minimisers(data, faces)
    particular = np.concatenate([s @ f.basis for s, f in zip(component.start, faces, strict=True)]) if m else A[:0]
    shortest = particular
    if len(free):
        shortest = particular - np.asarray(exact.solve(free @ free.T, free @ particular)) @ free
    dims = tuple(exact.rank(free[:, j * d : (j + 1) * d]) if len(free) else 0 for j in range(m))
    names = tuple("point" if k == 0 else "whole space" if k == d else "affine subspace" for k in dims)
    point = inside_points(data, P)
    placed = point and _genuine(data, faces, P, point)
    return CellMinima(
        pattern=readonly(P), A=readonly(A, dtype=float), rank=m * d - len(free), exact_loss=component.loss,
        exact_solution=readonly(shortest, dtype=object), exact_directions=readonly(free, dtype=object), dims=dims,
        form=names, genuine=placed is not None, signs=placed.signs if placed else None, point=placed or None,
    )  # fmt: skip


def checked(X: Any, y: Any, pattern: Any) -> tuple[Dataset, np.ndarray]:
    """Return the data and the pattern, False on zero rows."""
    data = as_dataset(X, y)
    if data.y_fractions is None:
        raise InputError("there are no targets; give y")
    P = check_pattern(pattern, data.n).copy()
    P[:, list(data.zero_rows)] = False
    return data, P


def _identity(k: int) -> np.ndarray:
    """Return an exact identity matrix."""
    return np.array([[Fraction(int(i == j)) for j in range(k)] for i in range(k)], dtype=object).reshape(k, k)


def cell_face(data: Dataset, row: np.ndarray) -> Face:
    """Return an open cell as a face without kinks."""
    sigma = np.where(row, 1, -1)
    sigma[list(data.zero_rows)] = 0
    return make_face(data, sigma)


def inside_points(data: Dataset, P: np.ndarray) -> list[np.ndarray] | None:
    """Return exact weights inside each unit's open cell, or None where one is empty."""
    live = [i for i in range(data.n) if i not in set(data.zero_rows)]
    points = []
    for row in P:
        signed = data.rows[live] * np.where(row[live], 1, -1).astype(object)[:, None]
        found = strictly_feasible(signed) if live else None
        if found is not None and found.witness is None:
            return None
        witness: Any = found.witness if found is not None else [1] + [0] * (data.d - 1)
        points.append(np.array([exact.to_fraction(t) for t in witness], dtype=object))
    return points


def _genuine(data: Dataset, faces: list[Face], P: np.ndarray, points: list[np.ndarray]) -> Placed | None:
    """Return a minimiser in the open cells, or None where there is none."""
    groups = list(dict.fromkeys(map(tuple, P.tolist())))
    members = [[j for j in range(len(P)) if tuple(P[j].tolist()) == key] for key in groups]
    component = minimisers(data, [faces[g[0]] for g in members])
    allowed = [allowed_signs(data, faces[g[0]], component.errors) for g in members]
    return _first_choice(data, component, allowed, members, points, len(P))


def _first_choice(
    data: Dataset,
    component: Component,
    allowed: Sequence[frozenset[int]],
    members: list[list[int]],
    points: list[np.ndarray],
    m: int,
) -> Placed | None:
    """Return the first feasible choice of signs as exact weights."""
    if not all(allowed):
        return None
    for signs, sums, _ in sign_choices(component, allowed, [len(g) for g in members]):
        W = np.zeros((m, data.d), dtype=object)
        v = np.zeros(m, dtype=object)
        for g, mine, total, face in zip(members, signs, sums, component.faces, strict=True):
            w_part, v_part = units_of(data, face, mine, total, points[g[0]])
            for j, w, t in zip(g, w_part, v_part, strict=True):
                W[j], v[j] = w, t
        return Placed(readonly(W), readonly(v), readonly(np.array([int(t) for t in v], dtype=np.int8)), data)
    return None


@dataclass(frozen=True, eq=False)
class KinkMinima:
    """The minimisers over a product of faces, and whether they are local minima of the network.

    Attributes:
        covectors: (m, n) entries -1, 0, 1.
        exact_loss: the mean squared loss of the minimisers.
        errors: (n,) exact residuals f - y, the same for all minimisers.
        allowed: per unit the output signs that pass the one-sided test, 0 for a silent unit.
        genuine: some choice of signs has a minimiser on the faces that is a local minimum.
        signs: (m,) one such choice, or None.
        point: exact weights there, or None.
    """

    covectors: np.ndarray
    exact_loss: Fraction
    errors: np.ndarray
    allowed: tuple[frozenset[int], ...]
    genuine: bool
    signs: np.ndarray | None
    point: Placed | None


def kink_minima(X: Any, y: Any, covectors: Any) -> KinkMinima:
    """Decide whether a product of faces holds a local minimum, for any number of units on any hyperplanes.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        covectors: (m, n) entries -1, 0, 1: the sign of <w_j, x_i>; as `enumerate_faces` lists them.

    Returns:
        `KinkMinima`.

    Raises:
        InputError: no targets, or a covector that no weights have.
        ShapeError: covectors of another shape.

    Source: Liu, Part 1, Theorem 3 and (26)-(46), of one unit on one sample: print's (29) and (30) are strict and
    only sufficient, (44) always holds, and the activation of w_m itself must be checked with the same sign.

    Example:
        >>> kink_minima([[1, 0], [0, 1]], [1, -1], [[1, 0]]).exact_loss
        Fraction(1, 2)
    """
    data = as_dataset(X, y)
    if data.y_fractions is None:
        raise InputError("there are no targets; give y")
    sigma = np.array(covectors)
    if sigma.ndim != 2 or sigma.shape[1] != data.n:
        raise ShapeError(f"covectors have shape {sigma.shape}, expected (m, {data.n}): one row per unit")
    if sigma.size and not np.isin(sigma, (-1, 0, 1)).all():
        raise InputError("a covector holds only -1, 0 and 1")
    sigma[:, list(data.zero_rows)] = 0
    keys = list(dict.fromkeys(map(tuple, sigma.tolist())))
    members = [[j for j in range(len(sigma)) if tuple(sigma[j].tolist()) == key] for key in keys]
    faces = [make_face(data, key) for key in keys]
    points: list[np.ndarray] = [np.zeros(0)] * len(sigma)
    for g, face in zip(members, faces, strict=True):
        inside = _on_face(data, face)
        for j in g:
            points[j] = inside
    component = minimisers(data, faces)
    allowed = [allowed_signs(data, face, component.errors) for face in faces]
    placed = _first_choice(data, component, allowed, members, points, len(sigma))
    per_unit = {j: signs for g, signs in zip(members, allowed, strict=True) for j in g}
    return KinkMinima(
        covectors=readonly(sigma.astype(np.int8)), exact_loss=component.loss,
        errors=readonly(component.errors, dtype=object), allowed=tuple(per_unit[j] for j in range(len(sigma))),
        genuine=placed is not None, signs=placed.signs if placed else None, point=placed,
    )  # fmt: skip


def _on_face(data: Dataset, face: Face) -> np.ndarray:
    """Return exact weights in the relative interior of a face."""
    off = np.flatnonzero(face.covector)
    zero = np.array([Fraction(0)] * data.d, dtype=object)
    if len(off) == 0:
        return zero
    rows = face.heights[off] * face.covector[off].astype(int).astype(object)[:, None]
    found = strictly_feasible(exact.fraction_matrix(rows)) if rows.shape[1] else None
    if found is None or found.witness is None:
        raise InputError(f"no weights have the covector {face.covector.tolist()}; take it from enumerate_faces")
    return np.array([exact.to_fraction(t) for t in found.witness], dtype=object) @ face.basis
