"""Newton's method on the face of a basin with weight decay: where the kinks and the units at zero are known."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve, null_space
from scipy.optimize import nnls

from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION

ROUNDS, HALVINGS = 30, 30


def pull(g: np.ndarray, normals: np.ndarray, in_penalty: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (q, z): the shortest q = g + normals^T z in the penalised coordinates with z >= 0, and 0 in the others.

    |q| is the largest <g, u> over u in the cone {normals u >= 0} with |P u| <= 1.
    """
    if not len(normals):
        return g, np.zeros(0)
    weight = np.where(in_penalty, 1.0, DEFAULT.decayed_free)
    size = float(np.abs(g).max(initial=0.0))
    if size == 0.0:
        return g, np.zeros(len(normals))
    z = nnls((normals * weight).T, -g * weight / size, maxiter=50 * len(normals) + 100)[0] * size
    return g + normals.T @ z, z


def face_newton(
    X: np.ndarray,
    y: np.ndarray,
    pattern: np.ndarray,
    signs: np.ndarray,
    bases: list[np.ndarray],
    decay: Any,
    loss: Any,
    curvature: Any,
    u: np.ndarray,
    c: float,
) -> tuple[np.ndarray, float]:
    """Return (u, c) with the lowest value where u_j = bases_j^T t_j; every unit that has a basis stays away from zero.

    Args:
        X: (n, d) samples.
        y: (n,) targets.
        pattern: (m, n) activations.
        signs: (m,) output signs.
        bases: for each unit (q, d), orthonormal rows; (0, d) for a unit at zero.
        decay: the penalty.
        loss: value and gradient.
        curvature: function (f, y) of second derivatives.
        u: (m, d) where to begin.
        c: the output bias there.
    """
    pen, lam, kappa = decay.penalised, float(decay.lam), float(decay.kappa)
    features = [s * (a[:, None] * (X @ B.T)) for s, a, B in zip(signs, pattern, bases, strict=True)]
    F = np.concatenate([*features, np.full((len(X), int(decay.has_constant)), 1.0)], axis=1)
    ends = np.cumsum([0] + [len(B) for B in bases])
    t = np.concatenate([*[B @ w for B, w in zip(bases, u, strict=True)], np.full(int(decay.has_constant), c)])

    def value(t: np.ndarray) -> float:
        with np.errstate(over="ignore", invalid="ignore"):  # a step that leads far away is halved
            norms = [np.linalg.norm((t[a:b] @ B)[pen]) for a, b, B in zip(ends, ends[1:], bases, strict=False)]
            rest = kappa * t[-1] ** 2 / 2 if decay.has_constant else 0.0
            return float(np.sum(loss.value(F @ t, y)) + lam * sum(norms) + rest)

    now = value(t)
    for _ in range(ROUNDS if len(t) else 0):
        f = F @ t
        g = F.T @ np.asarray(loss.gradient(f, y), dtype=float)
        H = F.T @ (curvature(f, y)[:, None] * F)
        for a, b, B in zip(ends, ends[1:], bases, strict=False):
            w = (t[a:b] @ B)[pen]
            r = float(np.linalg.norm(w))
            if b > a and r > 0:
                along = B[:, pen] @ w / r
                g[a:b] += lam * along
                H[a:b, a:b] += lam / r * (B[:, pen] @ B[:, pen].T - np.outer(along, along))
        if decay.has_constant:
            g[-1] += kappa * t[-1]
            H[-1, -1] += kappa
        root = _scale(np.diag(H))
        step = _newton_step(H / np.outer(root, root), -g / root) / root
        share = 1.0
        for _ in range(HALVINGS):
            ahead = value(t + share * step)
            if ahead <= now + MACHINE_PRECISION * 8 * abs(now):
                break
            share /= 2
        else:
            break
        t, now = t + share * step, ahead
        if np.linalg.norm(step * root) <= 4 * MACHINE_PRECISION * np.linalg.norm(t * root):
            break
    weights = np.array([t[a:b] @ B for a, b, B in zip(ends, ends[1:], bases, strict=False)]).reshape(u.shape)
    return weights, float(t[-1]) if decay.has_constant else 0.0


def _scale(diagonal: np.ndarray) -> np.ndarray:
    """Return what rows and columns of a Hessian are divided by; where nothing bends, what the largest is.

    >>> _scale(np.array([4.0, 0.0, 1.0])).tolist()
    [2.0, 2.0, 1.0]
    """
    top = max(float(diagonal.max(initial=0.0)), np.finfo(float).tiny)
    return np.asarray(np.sqrt(np.where(diagonal > MACHINE_PRECISION**2 * top, diagonal, top)))


def _newton_step(H: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Return a solution of H x = g for a positive definite matrix, the shortest one where it is singular."""
    try:
        factor = cho_factor(H, lower=True, check_finite=False)
        if np.diag(factor[0]).min(initial=1.0) > DEFAULT.decayed_cholesky:
            return np.asarray(cho_solve(factor, g, check_finite=False))
    except np.linalg.LinAlgError:
        pass
    return np.asarray(np.linalg.lstsq(H, g, rcond=len(g) * MACHINE_PRECISION)[0])


def face_bases(normals: np.ndarray, kinks: np.ndarray, live: np.ndarray) -> list[np.ndarray]:
    """Return for each unit orthonormal rows of the subspace on which its kinks vanish, none for a unit at zero."""
    d = normals.shape[1]
    bases = []
    for on, alive in zip(kinks, live, strict=True):
        if not alive:
            bases.append(np.zeros((0, d)))
        elif not on.any():
            bases.append(np.eye(d))
        else:
            bases.append(null_space(normals[on], rcond=DEFAULT.face_rank).T)
    return bases
