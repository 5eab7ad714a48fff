"""A bound from below for basin programs with tiny weight decay: slopes are moved until their conditions hold.

Where the decay is tiny beside the samples, what rounding leaves of F^T e - C^T z = q, |q| <= lam, is large beside lam.
A change of the slopes e, the multipliers z and of those q that are shorter than lam makes up for it, all of them as
sums of two doubles; the bound is that of the slopes so moved.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION
from ..problem.losses.curvatures import curvature
from .decayed_gap_kernel import LOGISTIC, SQUARED
from .twofold import column_products, two_sum

ROUNDS = 4
# a norm that is that much shorter than the decay may change
SHORT = 1.0 - 1e-3


def moved_gap(program: Any, at: Any, x: np.ndarray, z: np.ndarray) -> float:
    """Return the value of a point (m d + 1,) minus the bound of slopes near its own; infinity where none are found.

    Args:
        program: features G, cones C, penalised pen, lam, kappa, has_c.
        at: targets y, kind and loss.
        x: the point, its constant last.
        z: (m, k) multipliers of the cones.
    """
    F, C, lam, kappa = program.F, program.C, program.lam, program.kappa
    (m, d, k), n = C.shape, len(at.y)
    f = F @ x
    e = np.asarray(at.loss.gradient(f, at.y), dtype=float)
    bend = curvature(at.loss, f, at.y)
    u, kept = x[:-1].reshape(m, d), program.pen > 0
    norms = np.sqrt((kept * u * u).sum(axis=1))
    value = float(np.sum(at.loss.value(f, at.y))) + lam * float(norms.sum()) + kappa * x[-1] ** 2 / 2
    heights = np.einsum("jdk,jd->jk", C, u)
    debt = float(((lam + z) * np.maximum(-heights, 0.0)).sum())
    size = m * d + int(program.has_c and kappa == 0)
    sides = np.zeros((m, k, m * d))
    for j in range(m):
        sides[j, :, j * d : (j + 1) * d] = -C[j].T
    table = np.zeros((n + m * k + m * d, size))  # of e, z and q
    table[:n] = F[:, :size]
    table[n : n + m * k, : m * d] = sides.reshape(m * k, m * d)
    table[n + m * k :, : m * d] = -np.eye(m * d)
    q = (np.concatenate([e, z.ravel()]) @ table[: n + m * k, : m * d]).reshape(m, d) * kept
    length = np.sqrt((q * q).sum(axis=1))
    free = (kept & (length < SHORT * lam)[:, None]).ravel()
    q *= np.minimum(1.0, lam * (1.0 - 4 * MACHINE_PRECISION) / np.maximum(length, np.finfo(float).tiny))[:, None]
    high = np.concatenate([e, z.ravel(), q.ravel()])
    low = np.zeros_like(high)
    reach = np.concatenate([np.sqrt(bend), z.ravel(), lam * free])
    used = np.flatnonzero(reach > 0)
    system = (reach[used, None] * table[used]).T
    factor, rest = _met_by_units(F[:, :size], C), np.zeros(size)
    for turn in range(ROUNDS):
        whole, small = (_beside(part, n, C.shape, size) for part in (high, low))
        rest = column_products(whole, small, factor)
        if turn == ROUNDS - 1 or not rest.any():
            break
        move = reach[used] * np.linalg.lstsq(system, -rest, rcond=len(high) * MACHINE_PRECISION)[0]
        total, lost = two_sum(high[used], move)
        high[used], low[used] = two_sum(total, low[used] + lost)
        below = np.zeros(len(high), dtype=bool)
        below[n : n + m * k] = high[n : n + m * k] < 0  # the rest is made up for in the next turn
        high[below] = low[below] = 0.0
    e, z, q = high[:n], high[n : n + m * k], high[n + m * k :].reshape(m, d)
    if not np.isfinite(high).all() or (z < 0).any():
        return np.inf
    lower = _dual(at, f, bend, e)
    if program.has_c and kappa > 0:
        lower -= float(e.sum()) ** 2 / (2 * kappa)
    left = rest[: m * d].reshape(m, d)
    pulls = np.sqrt(((q + left) ** 2 * kept).sum(axis=1)) / lam
    loose = float((np.abs(left) * (1.0 + np.abs(u)) * ~kept).sum()) + debt
    if size > m * d:
        loose += abs(rest[-1]) * (1.0 + abs(x[-1]))
    worst = max(float(pulls.max(initial=0.0)), 1.0)
    return max(value - lower, n * MACHINE_PRECISION * abs(value)) + (worst - 1.0) * value + loose


def _met_by_units(F: np.ndarray, C: np.ndarray) -> np.ndarray:
    """Return F^T, -C^T and -1 (n + k + 1, size) in one table: column j d + a holds what meets weight a of unit j.

    Args:
        F: (n, size) features.
        C: (m, d, k) cones.
    """
    n, (m, d, k) = len(F), C.shape
    factor = np.zeros((n + k + 1, F.shape[1]))
    factor[:n] = F
    factor[n : n + k, : m * d] = -C.transpose(2, 0, 1).reshape(k, m * d)
    factor[n + k, : m * d] = -1.0
    return factor


def _beside(values: np.ndarray, n: int, cones: tuple[int, int, int], size: int) -> np.ndarray:
    """Return n slopes e, multipliers z (m k,) and q (m d,) beside the table of `_met_by_units`, same shape."""
    m, d, k = cones
    terms = np.zeros((n + k + 1, size))
    terms[:n] = values[:n, None]
    terms[n : n + k, : m * d] = np.repeat(values[n : n + m * k].reshape(m, k).T, d, axis=1)
    terms[n + k, : m * d] = values[n + m * k :]
    return terms


def _dual(at: Any, f: np.ndarray, bend: np.ndarray, e: np.ndarray) -> float:
    """Return - sum_i l_i^*(e_i); minus infinity where a slope is none of the loss, or none is seen near f."""
    if at.kind == SQUARED:
        return -float(np.sum(e * (at.y + e / 4.0)))
    if at.kind == LOGISTIC:
        p = -at.y * e
        if (p < 0).any() or (p > 1).any():
            return -np.inf
        inner = p[(p > 0) & (p < 1)]
        return -float(np.sum(inner * np.log(inner) + (1.0 - inner) * np.log1p(-inner)))
    before = np.asarray(at.loss.gradient(f, at.y), dtype=float)
    there = f + np.divide(e - before, bend, out=np.zeros_like(f), where=bend > 0)
    slope = np.asarray(at.loss.gradient(there, at.y), dtype=float)
    if (np.abs(slope - e) > DEFAULT.rank * MACHINE_PRECISION * (1.0 + np.abs(e))).any():
        return -np.inf
    return float(np.sum(np.asarray(at.loss.value(there, at.y), dtype=float) - slope * there))
