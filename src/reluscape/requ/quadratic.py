"""Quadratic separability, exactly, and the largest margin of a quadratic function of norm one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from ..errors import SolverError
from ..numbers import exact
from ..numbers.checks import readonly
from ..numbers.tolerances import MACHINE_PRECISION
from ..solvers.linear import strictly_feasible
from .labels import labelled_dataset

__all__ = ["QuadraticSeparation", "quadratically_separable"]


@dataclass(frozen=True, eq=False)
class QuadraticSeparation:
    """Whether a quadratic function has the labels' signs, with the proof, and gamma_quad between two bounds.

    gamma_quad = max over |Q|_* <= 1 of min_i y_i z_i^T Q z_i = min over q >= 0, sum q = 1, of
    |sum_i q_i y_i z_i z_i^T|, z_i = (x_i, 1), with the nuclear and the spectral norm.

    Attributes:
        separable: the exact decision.
        quadratic: (d + 1, d + 1) symmetric Q with y_i z_i^T Q z_i > 0 for all i, doubles read as exact numbers, of
            nuclear norm about 1; None where not separable.
        margin: exact min_i y_i z_i^T Q z_i of this Q, 0 where not separable.
        multipliers: (n,) `Fraction` q >= 0, not all zero, with sum_i q_i y_i z_i z_i^T = 0; None where separable.
        gamma_quad: proven lower bound of gamma_quad, 0 where not separable.
        upper: upper bound from the dual point, up to rounding; close to `gamma_quad` unless the data are badly scaled.
        dual: (n,) the q of that bound, summing to 1.
    """

    separable: bool
    quadratic: np.ndarray | None
    margin: Fraction
    multipliers: np.ndarray | None
    gamma_quad: float
    upper: float
    dual: np.ndarray

    def __bool__(self) -> bool:
        """Return whether the data are quadratically separable."""
        return self.separable


def quadratically_separable(X: Any, y: Any = None) -> QuadraticSeparation:
    """Decide whether some quadratic function q has y_i q(x_i) > 0 for all i, exactly, and bound its best margin.

    Args:
        X: (n, d) samples without a column of ones, or a `Dataset`.
        y: (n,) labels -1 or 1.

    Raises:
        InputError: another label, or no sample.
        SolverError: no quadratic function in doubles shows what exact arithmetic has decided.

    Source: Liang, Sun and Srikant, Definition 1. The margin replaces print's max over |rho| = 1, which depends on the
    number of units.

    Example:
        >>> found = quadratically_separable([[-1], [0], [1]], [1, -1, 1])
        >>> found.separable, found.margin > 0
        (True, True)
        >>> quadratically_separable([[0], [1], [2], [3]], [1, -1, 1, -1]).multipliers.tolist()
        [Fraction(1, 1), Fraction(3, 1), Fraction(3, 1), Fraction(1, 1)]
    """
    data = labelled_dataset(X, y)
    F, signs = data.fractions, [int(s) for s in data.y]
    one = Fraction(1)
    points = [[*row, one] for row in F]
    pairs = list(combinations_with_replacement(range(data.d + 1), 2))
    monomials = np.array(
        [[s * z[i] * z[j] for i, j in pairs] for s, z in zip(signs, points, strict=True)], dtype=object
    )
    decision = strictly_feasible(monomials.reshape(data.n, len(pairs)))
    Z = np.concatenate([data.X, np.ones((data.n, 1))], axis=1)
    if not decision.feasible:
        weights = [Fraction(int(v)) for v in np.asarray(decision.multipliers, dtype=object)]
        total = sum(weights, Fraction(0))
        q = np.array([float(v / total) for v in weights])
        return QuadraticSeparation(False, None, Fraction(0), readonly(weights, object), 0.0, 0.0, readonly(q))
    # the solver's tolerances are absolute: one of the scales brings the margin well above them
    scales = (1.0, float(np.sqrt((Z**2).sum(axis=1).max())), float(np.sqrt(np.median((Z**2).sum(axis=1)))))
    solutions = [_best_margin(Z * data.y[:, None] / size, Z / size) for size in scales]
    k = data.d + 1
    witness = np.zeros((k, k))
    for (i, j), value in zip(pairs, np.asarray(decision.witness), strict=True):
        witness[i, j] += float(value) / 2
        witness[j, i] += float(value) / 2
    candidates = [Q / np.abs(np.linalg.eigvalsh(Q)).sum() for Q in (*(Q for _, Q in solutions), witness) if np.any(Q)]
    margins = [_margin(Q, points, signs) for Q in candidates]
    best = int(np.argmax([float(v) for v in margins]))
    Q, margin = candidates[best], margins[best]
    if margin <= 0:
        raise SolverError(
            "the data are quadratically separable, but no quadratic function in doubles shows it; rescale X"
        )
    # the nuclear norm of Q is 1 up to rounding of d + 1 eigenvalues
    gamma = float(margin) * (1 - 16 * k * k * MACHINE_PRECISION)
    upper, dual = min(
        ((float(np.abs(np.linalg.eigvalsh((Z * (q * data.y)[:, None]).T @ Z)).max()), q) for q, _ in solutions),
        key=lambda pair: pair[0],
    )
    return QuadraticSeparation(True, readonly(Q), margin, None, gamma, upper, readonly(dual))


def _margin(Q: np.ndarray, points: list[list[Fraction]], signs: list[int]) -> Fraction:
    """Return min_i y_i z_i^T Q z_i exactly."""
    E = exact.fraction_matrix(Q)
    values = []
    for z, s in zip(points, signs, strict=True):
        vector = np.array(z, dtype=object)
        values.append(s * (vector @ E @ vector))
    return min(values)


def _best_margin(left: np.ndarray, Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return q on the simplex and Q with nuclear norm about 1, near the two optima, by Clarabel."""
    import clarabel
    import scipy.sparse as sp

    n, size = Z.shape
    upper = [(i, j) for j in range(size) for i in range(j + 1)]
    scale = np.array([1.0 if i == j else np.sqrt(2.0) for i, j in upper])
    rows = np.array([[left[s, i] * Z[s, j] for i, j in upper] for s in range(n)]) * scale
    identity = np.array([1.0 if i == j else 0.0 for i, j in upper])
    # variables (q, t): t I - M(q) and t I + M(q) positive semidefinite, q >= 0, sum q = 1
    psd = [np.hstack([rows.T * sign, -identity[:, None]]) for sign in (1.0, -1.0)]
    total = np.append(np.ones(n), 0.0)[None, :]
    stay = np.hstack([-np.eye(n), np.zeros((n, 1))])
    A = sp.csc_matrix(np.vstack([total, stay, *psd]))
    b = np.concatenate([[1.0], np.zeros(n + 2 * len(upper))])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    cones = [
        clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(n),
        clarabel.PSDTriangleConeT(size), clarabel.PSDTriangleConeT(size),
    ]  # fmt: skip
    cost = np.append(np.zeros(n), 1.0)
    answer = clarabel.DefaultSolver(sp.csc_matrix((n + 1, n + 1)), cost, A, b, cones, settings).solve()
    x, z = np.asarray(answer.x), np.asarray(answer.z)
    q = np.maximum(x[:n], 0.0) if x.shape == (n + 1,) else np.zeros(n)
    if not (np.isfinite(z).all() and np.isfinite(q).all() and q.sum() > 0):
        # both bounds are computed from the points alone, so any points will do
        return np.full(n, 1 / n), np.zeros((size, size))
    first, second = z[1 + n :].reshape(2, -1) / scale
    Q = np.zeros((size, size))
    for (i, j), value in zip(upper, second - first, strict=True):
        Q[i, j] = Q[j, i] = value
    return q / q.sum(), Q if _value(Q, left, Z) > 0 else -Q


def _value(Q: np.ndarray, left: np.ndarray, Z: np.ndarray) -> float:
    """Return the smallest signed value of Q over the samples."""
    return float(np.einsum("ni,ij,nj->n", left, Q, Z).min())
