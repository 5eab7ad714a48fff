"""Fitting a network with every unit held on its face: which samples it is on for, and which lie on its hyperplane."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np
from scipy.linalg.lapack import dpocon, dpotrf, dpotrs

from ..errors import SolverError
from ..numbers import exact
from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION, SPECK
from ..problem.data import Dataset
from ..problem.losses import Loss, able, curvature, fitted, own_minima
from ..solvers.unconstrained import minimise_free

SHARPENINGS = 12
# entries from which normal equations are tried first, and the squared condition up to which they are good
LARGE_FIT, SQUARED_CONDITION = 100_000, 1e10
# over what part of the last stretch curvatures are taken where a step was too long, and the shortest, relative to f
NARROWER, NARROWEST = 0.01, 8.0 * MACHINE_PRECISION


@dataclass(frozen=True, eq=False)
class Fit:
    """A minimiser of the loss over R_j orthogonal to the samples on unit j's hyperplane.

    Attributes:
        R: (m, d) R_j = v_j w_j; `Fraction` where exact, else floats.
        c: output bias, 0 where there is none.
    """

    R: np.ndarray
    c: Any


def float_fit(
    X: np.ndarray,
    y: np.ndarray,
    signs: np.ndarray,
    R0: np.ndarray,
    c0: float | None,
    loss: Loss,
    steps: int = 60,
    slopes: np.ndarray | None = None,
) -> Fit | None:
    """Return the minimiser nearest to R0 in floats, or None where none is found.

    Args:
        X: (n, d) samples.
        y: (n,) targets.
        signs: (m, n) entries -1, 0, 1: off, on the hyperplane, on.
        R0: (m, d) where to stay near.
        c0: output bias to start from, None without one.
        loss: squared, or any convex differentiable loss (Newton with differenced second derivatives).
        steps: most Newton steps.
        slopes: (m,) slope of each unit below 0; None for ReLU.
    """
    m, d = R0.shape
    low = np.zeros(m) if slopes is None else slopes
    bases = [_orthogonal_basis(X[signs[j] == 0]) for j in range(m)]
    M = (
        np.concatenate([np.where(signs[j] > 0, 1.0, low[j])[:, None] * (X @ bases[j].T) for j in range(m)], axis=1)
        if m
        else np.zeros((len(X), 0))
    )
    noise = DEFAULT.rank * MACHINE_PRECISION * max(X.shape, default=1) * np.linalg.norm(X)
    M[:, np.linalg.norm(M, axis=0) <= noise] = 0.0
    p = np.concatenate([bases[j] @ R0[j] for j in range(m)]) if m else np.zeros(0)
    if c0 is not None:
        M, p = np.concatenate([M, np.ones((len(y), 1))], axis=1), np.append(p, c0)
    scale = np.linalg.norm(M, axis=0)
    scale[scale == 0] = 1.0
    if able(loss, "quadratic"):
        p = _shortest_fit(M, y, p, scale)
    else:
        fit = _smooth_fit(M, y, p, scale, loss, steps)
        if fit is None:
            return None
        p = fit
    R, at = np.zeros((m, d)), 0
    for j in range(m):
        R[j] = p[at : at + len(bases[j])] @ bases[j]
        at += len(bases[j])
    return Fit(R, float(p[-1]) if c0 is not None else 0.0)


def _orthogonal_basis(rows: np.ndarray) -> np.ndarray:
    """Return an orthonormal basis (k, d) of the vectors orthogonal to some rows."""
    d = rows.shape[1]
    if len(rows) == 0:
        return np.eye(d)
    _, singular, right = np.linalg.svd(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), SPECK))
    keep = int((singular > DEFAULT.rank * MACHINE_PRECISION * max(rows.shape) * max(singular.max(), SPECK)).sum())
    return right[keep:]


def _shortest_fit(M: np.ndarray, y: np.ndarray, p: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return the least-squares coefficients nearest to p after scaling the columns."""
    if not M.size:
        return p
    if M.size > LARGE_FIT:
        only = _only_fit(M, y, p, scale)
        if only is not None:
            return only
    left, singular, right = np.linalg.svd(M / scale, full_matrices=False)
    keep = singular > DEFAULT.rank * MACHINE_PRECISION * max(M.shape) * singular[0]
    left, singular, right = left[:, keep], singular[keep], right[keep]
    for _ in range(2):  # the second round removes the rounding of the first
        p = p + ((left.T @ (y - M @ p)) / singular) @ right / scale
    return p


def _only_fit(M: np.ndarray, y: np.ndarray, p: np.ndarray, scale: np.ndarray) -> np.ndarray | None:
    """Return the least-squares coefficients where the columns are clearly independent, so that there are no others.

    By the normal equations, which square the condition number: None where that is above `SQUARED_CONDITION`.
    """
    columns = M / scale
    gram = columns.T @ columns
    size = float(np.abs(gram).sum(axis=0).max())
    factor, info = dpotrf(gram, lower=1, clean=0)
    if info or dpocon(factor, size, uplo="L")[0] < 1.0 / SQUARED_CONDITION:
        return None
    for _ in range(3):  # the first leaves a part of 1e-6 or less, the others rounding
        p = p + dpotrs(factor, columns.T @ (y - M @ p), lower=1)[0] / scale
    return p


def _least_squares(M: np.ndarray, r: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return the step of least squares that is shortest after scaling the columns."""
    rcond = DEFAULT.rank * MACHINE_PRECISION * max(M.shape)
    return np.linalg.lstsq(M / scale, r, rcond=rcond)[0] / scale


def _smooth_fit(
    M: np.ndarray, y: np.ndarray, p: np.ndarray, scale: np.ndarray, loss: Loss, steps: int
) -> np.ndarray | None:
    """Return a minimiser of sum_i l((M p)_i, y_i) near p: by Newton's steps, else the proved one, brought near to p.

    None where no point attains the infimum. Newton's steps do not settle where curvatures are infinite at the minimum.
    """
    point, success = _newton(M, y, p, scale, loss, steps)
    if point is None:
        return None
    if success:
        return _sharpened(M, y, point, scale, loss)
    try:
        minimum = minimise_free(M, y, loss)
    except SolverError:
        return None
    if not minimum.attained:
        return None
    for _ in range(2):  # the second round removes the rounding of the first
        p = p + _least_squares(M, M @ (minimum.p - p), scale)
    lower = p if loss.value(M @ p, y).sum() <= loss.value(M @ point, y).sum() else point
    return _sharpened(M, y, lower, scale, loss)


def _sharpened(M: np.ndarray, y: np.ndarray, p: np.ndarray, scale: np.ndarray, loss: Loss) -> np.ndarray:
    """Return a point whose gradient has the digits that the loss no longer shows: Newton's steps as long as it shrinks.

    Samples that are nearly fitted are fitted where that lowers the loss. Fitted ones, whose slopes may hold no digits,
    stay as they are, unless the whole gradient shrinks further without that.
    """
    if not M.size:
        return p
    goals = own_minima(loss, M @ p, y, DEFAULT.zero_loss)
    near = np.isfinite(goals)
    if near.any():
        trial = p + _least_squares(M[near], (goals - M @ p)[near], scale)
        p = trial if loss.value(M @ trial, y).sum() < loss.value(M @ p, y).sum() else p
    on_target = fitted(loss, M @ p, y)
    if on_target.all():
        return p
    ways = [on_target] if not on_target.any() else [on_target, np.zeros_like(on_target)]
    points = [p, *(_shrunk(M, y, p, scale, loss, still) for still in ways)]
    return min(points, key=lambda at: float(np.linalg.norm((M / scale).T @ loss.gradient(M @ at, y))))


def _shrunk(
    M: np.ndarray, y: np.ndarray, p: np.ndarray, scale: np.ndarray, loss: Loss, still: np.ndarray
) -> np.ndarray:
    """Return a point near p with a shorter gradient over the other samples, predictions of those that stay still kept.

    The bends are slopes' differences over the last step, so that Newton's steps also settle where a bend jumps.
    """
    columns = M / scale
    free = _orthogonal_basis(columns[still]).T
    if not free.size:
        return p
    rest = columns @ free
    rest[still] = 0.0
    f = M @ p
    slopes, width = loss.gradient(f, y), DEFAULT.difference_step * (1.0 + np.abs(f))
    length = float(np.linalg.norm(rest.T @ slopes))
    for _ in range(SHARPENINGS):
        with np.errstate(all="ignore"):
            bends = np.nan_to_num((loss.gradient(f + width, y) - loss.gradient(f - width, y)) / (2 * width))
        bends = np.maximum(bends, 0.0)
        weight = np.sqrt(bends + DEFAULT.interior_ridge * (1 + bends.max(initial=0.0)))
        step = _least_squares(weight[:, None] * rest, -slopes / weight, np.ones(rest.shape[1]))
        trial = p + (free @ step) / scale
        there = M @ trial
        new = loss.gradient(there, y)
        shorter = float(np.linalg.norm(rest.T @ new))
        if shorter < length:
            width = np.maximum(np.abs(there - f), NARROWEST * (1.0 + np.abs(there)))
            p, f, slopes, length = trial, there, new, shorter
        else:
            width = np.maximum(NARROWER * width, NARROWEST * (1.0 + np.abs(f)))
    return p


def _newton(
    M: np.ndarray, y: np.ndarray, p: np.ndarray, scale: np.ndarray, loss: Loss, steps: int
) -> tuple[np.ndarray | None, bool]:
    """Minimise sum_i l((M p)_i, y_i) by damped Newton steps; return the point, and whether it settled.

    The point is None where it goes away without end.
    """
    f = M @ p
    value = float(loss.value(f, y).sum())
    for _ in range(steps):
        gradient = loss.gradient(f, y)
        bends = curvature(loss, f, y)
        weight = np.sqrt(bends + DEFAULT.interior_ridge * (1 + bends.max(initial=0.0)))
        step = _least_squares(weight[:, None] * M, -gradient / weight, scale)
        fall = float(gradient @ (M @ step))
        if abs(fall) <= DEFAULT.newton_decrement * (abs(value) + SPECK) or fitted(loss, f, y).all():
            return (p + step if np.isfinite(step).all() else p), True
        factor = 1.0
        while factor > DEFAULT.boundary:
            trial = f + factor * (M @ step)
            new = float(loss.value(trial, y).sum())
            if new < value:
                break
            factor /= 2
        else:
            return p, False
        p, f, value = p + factor * step, trial, new
        if np.abs(p * scale).max(initial=0.0) > 1 / DEFAULT.boundary:
            return None, False
    return p, False


def exact_fit(data: Dataset, signs: np.ndarray, R0: np.ndarray, c0: Any, slopes: np.ndarray | None = None) -> Fit:
    """Return the least-squares minimiser nearest to R0, over the rationals.

    Args:
        data: samples with targets.
        signs: (m, n) entries -1, 0, 1.
        R0: (m, d) floats; units that reach no sample keep their weights (projected on their face).
        c0: None without an output bias.
        slopes: as in `float_fit`.
    """
    m = len(R0)
    low = [Fraction(float(t)) for t in slopes] if slopes is not None else [Fraction(0)] * m
    on, off = ((side > 0).astype(int).astype(object) for side in (signs, -signs))
    reach = [on[j] + low[j] * off[j] for j in range(m)]
    R0 = np.array([[_short(value) for value in row] for row in R0], dtype=object).reshape(m, data.d)
    bases = [_exact_basis(data, signs[j] == 0) for j in range(m)]
    design, owners = [], []
    rows = exact.fmpq_matrix(data.fractions)
    for j in range(m):
        if not reach[j].any() or not len(bases[j]):
            continue
        heights = exact.fractions_of(rows * flint.fmpq_mat(exact.fmpz_matrix(bases[j].T)))
        for k, row in enumerate(bases[j]):
            design.append(reach[j] * heights[:, k])
            owners.append((j, row))
    if c0 is not None:
        design.append(np.array([Fraction(1)] * data.n, dtype=object))
        owners.append((-1, None))
    R = np.array(R0)
    for j in range(m):
        if not reach[j].any():
            R[j] = _project(bases[j], R0[j])
        else:
            R[j] = np.array([Fraction(0)] * data.d, dtype=object)
    c = Fraction(0)
    if design:
        p = _nearest_least_squares(np.array(design, dtype=object), data.y_fractions, owners, R0, c0)
        for (j, row), t in zip(owners, p, strict=True):
            if j < 0:
                c = t
            else:
                R[j] = R[j] + t * row
    return Fit(R, c)


def _short(value: float) -> Fraction:
    """Return a float with about six digits as a fraction; only used to choose among equally good fits."""
    return Fraction(f"{float(value):.6e}")


def _exact_basis(data: Dataset, picks: np.ndarray) -> np.ndarray:
    """Return integer rows that span the vectors orthogonal to the chosen samples."""
    rows = data.rows[picks]
    if len(rows) == 0 or not rows.any():
        return exact.integer_rows(exact.fraction_matrix(np.eye(data.d, dtype=int)))[0]
    free = exact.nullspace(rows)
    return exact.integer_rows(free)[0] if len(free) else np.zeros((0, data.d), dtype=object)


def _project(basis: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the projection of w on the span of independent rows."""
    if len(basis) == 0:
        return np.array([Fraction(0)] * len(w), dtype=object)
    if len(basis) == len(w):
        return w
    coefficients = exact.solve(basis @ basis.T, basis @ w)
    return np.asarray(coefficients) @ basis


def _nearest_least_squares(design: np.ndarray, y: Any, owners: list[Any], R0: np.ndarray, c0: Any) -> np.ndarray:
    """Return the least-squares coefficients of the rows of `design`, nearest to R0 where there are many."""
    integers, scales = exact.integer_rows(design)  # each column of the fit up to a positive factor
    M = exact.fmpz_matrix(integers)
    gram, right = M * M.transpose(), flint.fmpq_mat(M) * exact.fmpq_matrix(np.asarray(y, dtype=object)[:, None])
    P = len(design)
    if int(gram.rank()) == P:
        solution = flint.fmpq_mat(gram).solve(right)
        return np.array([exact.to_fraction(solution[k, 0]) for k in range(P)], dtype=object) / scales
    G = exact.fractions_of(flint.fmpq_mat(gram))
    part = np.asarray(exact.solve(G, exact.fractions_of(right)[:, 0])) / scales
    free = exact.nullspace(G) / scales[None, :]
    m, d = R0.shape

    def weights(p: np.ndarray) -> np.ndarray:
        """Return all R_j and c as one vector."""
        out = np.array([Fraction(0)] * (m * d + 1), dtype=object)
        for (j, row), t in zip(owners, p, strict=True):
            if j < 0:
                out[-1] = t
            else:
                out[j * d : (j + 1) * d] += t * row
        return out

    goal = np.array([*R0.reshape(-1), _short(float(c0 or 0))], dtype=object)
    for j in range(m):
        if not any(owner == j for owner, _ in owners):
            goal[j * d : (j + 1) * d] = Fraction(0)
    directions = np.array([weights(q) for q in free], dtype=object)
    # integer rows of the same lines, so that the products are those of whole numbers
    integers, scales = exact.integer_rows(directions)
    D = exact.fmpz_matrix(integers)
    lacking = flint.fmpq_mat(D) * exact.fmpq_matrix((goal - weights(part))[:, None])
    short = flint.fmpq_mat(D * D.transpose()).solve(lacking)
    moves = np.array([exact.to_fraction(short[k, 0]) for k in range(len(free))], dtype=object) / scales
    return part + exact.fractions_of(exact.fmpq_matrix(moves[None, :]) * exact.fmpq_matrix(free))[0]
