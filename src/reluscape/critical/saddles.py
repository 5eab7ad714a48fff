"""Saddle points inside one product of cells: one representative per subset of fitted units."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from ..numbers import exact
from ..numbers.checks import readonly
from ..problem.data import Dataset
from ..problem.networks import TwoLayerNet
from ..problem.problem import Problem, as_problem
from ..solvers.linear import strictly_feasible
from .components import Face, allowed_signs, minimisers, sign_choices, units_of
from .optimality import certify
from .placing import cell_face, checked, group, inside_points
from .verdict import Verdict


@dataclass(frozen=True, eq=False)
class Saddle:
    """Stationary points with one subset of units fitted and the others silent (v_j = 0).

    Attributes:
        units: the fitted units.
        net: a representative as doubles; None where the open cells hold none.
        loss: exact mean squared loss of the subset's fit.
        genuine: the open cells hold such a point.
        strict: some silent unit's derivative does not vanish; then the point is a saddle whose Hessian has a negative
            eigenvalue. Where it is False the point is a local minimum, although print calls it a saddle.
        escape: (dW, dv) along which the loss falls; None where not genuine or not strict.
        W, v: exact weights of the representative, or None.
        verdict: the general test on it, or None.
        problem: what was minimised.
    """

    units: tuple[int, ...]
    net: TwoLayerNet | None
    loss: Fraction
    genuine: bool
    strict: bool
    escape: tuple[Any, ...] | None
    W: np.ndarray | None
    v: np.ndarray | None
    verdict: Verdict | None
    problem: Problem | None = field(default=None, repr=False, compare=False)


def cell_saddles(X: Any, y: Any, pattern: Any) -> list[Saddle]:
    """Return one representative of the stationary points of every proper subset of fitted units.

    The fitted units solve their own least-squares program; with its residuals e each silent unit (v_j = 0) needs
    <g_j, w_j> = 0, g_j the sum of e_i x_i over its active samples, with w_j inside its open cell. The point is a
    saddle exactly where some g_j is not zero.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        pattern: (m, n) bool.

    Returns:
        2^m - 1 entries, smaller subsets first.

    Raises:
        InputError: no targets.
        ShapeError: a pattern of another shape.

    Source: Liu, Part 1, Theorem 2 and (19)-(25). Print's conditions (19) and (21) also hold at minima (g_j = 0 is
    assumed away in the proof only), and saddles do not exist for all subsets: the hyperplane of g_j may miss the cell.

    Example:
        >>> [(s.units, s.loss, s.genuine, s.strict) for s in cell_saddles([[1, 0], [0, 1]], [1, -1], [[True, True]])]
        [((), Fraction(1, 1), True, True)]
    """
    problem = as_problem(X, y)
    data, P = checked(problem.plain_data(), None, pattern)
    m = len(P)
    faces = [cell_face(data, row) for row in P]
    inside = inside_points(data, P)
    saddles = []
    for size in range(m):
        for units in combinations(range(m), size):
            saddles.append(replace(_subset(data, P, faces, inside, units), problem=problem))
    return saddles


def _subset(
    data: Dataset, P: np.ndarray, faces: list[Face], inside: list[np.ndarray] | None, units: tuple[int, ...]
) -> Saddle:
    """Return the entry of one subset."""
    m = len(P)
    members = [[units[k] for k in g] for g in group(P[list(units)])] if units else []
    component = minimisers(data, [faces[g[0]] for g in members])
    silent = [j for j in range(m) if j not in units]
    pulls = {j: faces[j].design.T @ component.errors for j in silent}
    strict = any(any(g) for g in pulls.values())
    weights = {j: _orthogonal_point(data, faces[j], pulls[j]) for j in silent} if inside is not None else {}
    nothing = Saddle(units, None, component.loss, False, strict, None, None, None, None)
    if inside is None or any(w is None for w in weights.values()):
        return nothing
    sign_sets = [allowed_signs(data, faces[g[0]], component.errors) for g in members]
    choice = next(iter(sign_choices(component, sign_sets, [len(g) for g in members])), None)
    if choice is None:
        return nothing
    signs, sums, _ = choice
    W, v = np.zeros((m, data.d), dtype=object), np.zeros(m, dtype=object)
    for g, mine, total in zip(members, signs, sums, strict=True):
        w_part, v_part = units_of(data, faces[g[0]], mine, total, inside[g[0]])
        for j, w, t in zip(g, w_part, v_part, strict=True):
            W[j], v[j] = w, t
    for j, silent_weights in weights.items():
        W[j] = silent_weights
    verdict = certify(data, None, W, v, exact=True)
    net = TwoLayerNet(np.array(W, dtype=float), np.array(v, dtype=float))
    return Saddle(units, net, component.loss, True, strict, verdict.escape, readonly(W), readonly(v), verdict)


def _orthogonal_point(data: Dataset, face: Face, pull: np.ndarray) -> np.ndarray | None:
    """Return weights inside an open cell and orthogonal to the pull, or None where its hyperplane misses the cell."""
    basis = exact.nullspace(pull[None, :]) if any(pull) else np.array(face.basis)
    if len(basis) == 0:
        return None
    off = np.flatnonzero(face.covector)
    if len(off) == 0:
        return np.array([exact.to_fraction(t) for t in basis[0]], dtype=object)
    rows = (data.rows[off] @ basis.T) * face.covector[off].astype(int).astype(object)[:, None]
    if any(not any(row) for row in rows):
        return None
    saddles = strictly_feasible(exact.fraction_matrix(rows))
    if saddles.witness is None:
        return None
    return np.array([exact.to_fraction(t) for t in saddles.witness], dtype=object) @ basis
