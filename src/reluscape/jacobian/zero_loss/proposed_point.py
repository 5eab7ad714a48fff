"""The zero-loss decision of larger regions: a linear program in floats proposes, exact arithmetic confirms or declines.

Nothing that floats say is believed: weights are corrected to fit exactly and their signs checked over the rationals, a
refutation is solved for on the support that the program's multipliers name. What cannot be confirmed is left open.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ...numbers import exact
from ...numbers.tolerances import DEFAULT

__all__ = ["proposed"]


def proposed(
    X: np.ndarray, y: np.ndarray, rows: np.ndarray, signs: tuple[int, ...]
) -> np.ndarray | tuple[np.ndarray, np.ndarray] | None:
    """Return exact weights Z (T, r), or an exact refutation (u, mu), or None where neither is confirmed.

    Args:
        X: samples (k, r) as fractions, of rank r, no row of zeros.
        y: targets (k,) as fractions.
        rows: (T, k) bool, the types' activations; each has a non-empty region.
        signs: (T,) sign of each type's output weight, 0 where it adds nothing.
    """
    if not len(y) or not len(rows):
        return None
    # positive factors of samples and targets change nothing, and leave numbers that fit into doubles
    factor = np.array([max(map(abs, x)) for x in X], dtype=object)
    X, y = X / factor[:, None], y / factor
    size = max(map(abs, y)) or Fraction(1)
    y = y / size
    try:
        program = _program(X.astype(float), y.astype(float), rows, signs)
    except np.linalg.LinAlgError:
        return None
    if program is None:
        return None
    margin, Z, u, mu = program
    if margin > DEFAULT.proposal:
        weights = _corrected(X, y, rows, signs, Z)
        return None if weights is None else weights * size
    if margin < -DEFAULT.proposal:
        refutation = _refuted(X, y, rows, signs, u, mu)
        return None if refutation is None else (refutation[0] / factor, refutation[1] / factor)
    return None


def _program(X: np.ndarray, y: np.ndarray, rows: np.ndarray, signs: tuple[int, ...]) -> Any:
    """Return (margin, Z (T, r), u (k,), mu (T, k)) of the program: maximise the least <s x_i, z_j> / |x_i|, up to 1."""
    from scipy.optimize import linprog
    from scipy.sparse import block_diag, csr_matrix, hstack

    (T, k), r = rows.shape, X.shape[1]
    length = np.linalg.norm(X, axis=1)
    Q, R = np.linalg.qr(X / length[:, None])  # equations and inequalities are divided by |x_i|
    equations = hstack(
        [csr_matrix(signs[j] * rows[j][:, None] * Q) for j in range(T)] + [csr_matrix((k, 1))], format="csr"
    )
    sides = block_diag([csr_matrix(-np.where(row, 1.0, -1.0)[:, None] * Q) for row in rows])
    inequalities = hstack([sides, csr_matrix(np.ones((T * k, 1)))], format="csr")
    cost = np.zeros(T * r + 1)
    cost[-1] = -1.0
    result = linprog(
        cost,
        A_ub=inequalities,
        b_ub=np.zeros(T * k),
        A_eq=equations,
        b_eq=y / length,
        bounds=[(None, None)] * (T * r) + [(None, 1.0)],
        method="highs",
    )
    if result.status != 0:
        return None
    Z = np.linalg.solve(R, result.x[:-1].reshape(T, r).T).T
    return result.x[-1], Z, -result.eqlin.marginals / length, -result.ineqlin.marginals.reshape(T, k)


def _corrected(
    X: np.ndarray, y: np.ndarray, rows: np.ndarray, signs: tuple[int, ...], Z: np.ndarray
) -> np.ndarray | None:
    """Return the weights moved a little so that they fit exactly, if they stay strictly inside their cones."""
    from scipy.linalg import qr

    k, r = X.shape
    point = exact.fraction_array(Z)
    J = np.concatenate([s * rows[j][:, None] * X for j, s in enumerate(signs)], axis=1)
    miss = y - exact.fractions_of(exact.fmpq_matrix(J) * exact.fmpq_matrix(point.reshape(-1, 1)))[:, 0]
    order = qr(J.astype(float), mode="r", pivoting=True)[1]
    picks = order[: min(k, J.shape[1])]
    step = exact.solve(J[:, picks], miss)
    if step is None:
        return None
    flat = point.reshape(-1)
    flat[picks] = flat[picks] + step
    products = exact.fractions_of(exact.fmpq_matrix(flat.reshape(-1, r)) * exact.fmpq_matrix(X).transpose())
    inside = all(value > 0 if active else value < 0 for value, active in zip(products.flat, rows.flat, strict=True))
    return flat.reshape(-1, r) if inside else None


def _refuted(
    X: np.ndarray, y: np.ndarray, rows: np.ndarray, signs: tuple[int, ...], u: np.ndarray, mu: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return u and mu solved for exactly on the support of the proposed ones, if they refute."""
    T, k = rows.shape
    top = float(np.abs(mu).max(initial=0.0))
    if top == 0:
        return None
    facets = [np.flatnonzero(mu[j] > DEFAULT.proposal * top) for j in range(T)]
    conditions = []
    for j in range(T):
        if signs[j]:  # sign_j sum of the active u_i x_i lies in the span of the facets
            for normal in exact.nullspace(X[facets[j]]):
                products = [exact.dot(normal, X[i]) if rows[j, i] else Fraction(0) for i in range(k)]
                conditions.append(products)
    functional = _nearest_in_nullspace(np.array(conditions, dtype=object).reshape(len(conditions), k), u)
    if sum((a * b for a, b in zip(functional, y, strict=True)), Fraction(0)) >= 0:
        return None
    multipliers = np.full((T, k), Fraction(0), dtype=object)
    for j in range(T):
        if not signs[j]:
            continue
        total = signs[j] * (functional[rows[j]] @ X[rows[j]])
        if not np.any(total):
            continue
        facet_rows = X[facets[j]] * np.where(rows[j, facets[j]], 1, -1)[:, None]
        solution = exact.solve(facet_rows.T, total) if len(facets[j]) else None
        if solution is None or any(value < 0 for value in solution):
            return None
        multipliers[j, facets[j]] = solution
    return functional, multipliers


def _nearest_in_nullspace(M: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return a vector of the null space of M that agrees with u, as exact dyadic numbers, on the free coordinates."""
    basis = exact.nullspace(M) if len(M) else exact.fraction_array(np.eye(len(u), dtype=int))
    total = np.full(len(u), Fraction(0), dtype=object)
    free = _free_coordinates(basis)
    for vector, coordinate in zip(basis, free, strict=True):
        total = total + vector * (Fraction(float(u[coordinate])) / vector[coordinate])
    return total


def _free_coordinates(basis: np.ndarray) -> list[int]:
    """Return for each basis vector a coordinate on which only it is not zero."""
    counts = (basis != 0).sum(axis=0)
    return [next(int(i) for i in np.flatnonzero((vector != 0) & (counts == 1))) for vector in basis]
