"""Whether psi(u) = <g, u> + sum_k w_k relu(<r_k, u>) is nowhere negative: decided in floats, with the margin."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from ..numbers.fans import MOST_COLUMNS, fan_minima, ray_count
from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION
from .inclusion import float_inclusion
from .units import Lines

FEW_CORNERS = 16
MOST_CORNERS = 1_024
MOST_LINES = 2_000
RAY_BUDGET = 1_000_000


@dataclass(frozen=True, eq=False)
class FloatDecision:
    """A decision in floats.

    Attributes:
        holds: True, False, or None (budget).
        direction: u with psi(u) < 0 where it does not hold.
        margin: smallest distance of a multiplier from 0 and 1 where it holds; infinite without kinks.
        residual: length of what the multipliers leave of g.
    """

    holds: bool | None
    direction: np.ndarray | None
    margin: float
    residual: float


def nowhere_negative_float(psi: Lines, tolerance: float) -> FloatDecision:
    """Decide psi(u) >= 0 for all u up to a tolerance.

    Args:
        psi: merged lines with unit rows.
        tolerance: lengths up to this count as zero.
    """
    k = len(psi.rows)
    if k == 0:
        length = float(np.linalg.norm(psi.g))
        return _decision(psi, length <= tolerance, -psi.g, np.inf, length)
    dual = _plain_dual(psi.rows)
    if dual is not None:
        off = psi.g - psi.rows.T @ (dual @ psi.g)
        if np.linalg.norm(off) > tolerance:
            return _decision(psi, False, -off, 0.0, float(np.linalg.norm(off)))
        return _independent(psi, dual, tolerance)
    left, singular, right = np.linalg.svd(psi.rows, full_matrices=False)
    keep = singular > singular[0] * max(psi.rows.shape) * MACHINE_PRECISION * DEFAULT.rank
    span = right[keep]
    off = psi.g - span.T @ (span @ psi.g)
    if np.linalg.norm(off) > tolerance:
        return _decision(psi, False, -off, 0.0, float(np.linalg.norm(off)))
    if keep.sum() == k:
        return _independent(psi, (left / singular) @ right, tolerance)
    return _dependent(psi, span, tolerance)


def _plain_dual(rows: np.ndarray) -> np.ndarray | None:
    """Return vectors (k, d) in the span of unit rows, each of which meets its own at 1 and no other; None unless plain.

    Rows are plainly independent where their products say so without a decomposition of the rows.
    """
    if not 1 < len(rows) <= rows.shape[1]:
        return None
    products = rows @ rows.T
    sizes = np.linalg.eigvalsh(products)
    return np.linalg.solve(products, rows) if sizes[0] > DEFAULT.plain_rows * sizes[-1] else None


def _decision(psi: Lines, holds: bool, u: np.ndarray, margin: float, residual: float) -> FloatDecision:
    """Return a decision; a direction that turns out not to fall leaves the question open."""
    if holds:
        return FloatDecision(True, None, margin, residual)
    return FloatDecision(False if psi.value(u) < 0 else None, u, 0.0, residual)


def _independent(psi: Lines, dual: np.ndarray, tolerance: float) -> FloatDecision:
    """Decide for independent rows: g = sum beta_k r_k with beta_k <= 0 <= beta_k + w_k; dual rows meet r_k at 1."""
    beta = dual @ psi.g
    over, under = beta, -(beta + psi.weights)
    worst = int(np.argmax(np.maximum(over, under)))
    excess = float(max(over[worst], under[worst]))
    if excess > tolerance:
        heights = np.where(under >= over, under, -over) * (np.maximum(over, under) > tolerance)
        return _decision(psi, False, heights @ dual, 0.0, excess)
    multipliers = -beta / psi.weights
    margin = float(np.minimum(multipliers, 1 - multipliers).min())
    return FloatDecision(True, None, max(margin, 0.0), max(excess, 0.0))


def _dependent(psi: Lines, span: np.ndarray, tolerance: float) -> FloatDecision:
    """Decide for dependent rows: guesses, few corners, every ray, one map for all corners, or many corners."""
    guess = _best_guess(psi, tolerance)
    if guess is not None:
        return FloatDecision(False, guess, 0.0, float(abs(psi.value(guess))))
    negative, positive = np.flatnonzero(psi.weights < 0), np.flatnonzero(psi.weights > 0)
    corners = 2 ** len(negative)
    if corners <= FEW_CORNERS and len(positive) <= MOST_LINES:
        return _corners(psi, negative, positive, tolerance)
    if len(span) <= MOST_COLUMNS and ray_count(len(psi.rows), len(span)) <= RAY_BUDGET:
        return _rays(psi, span, tolerance)
    solution = float_inclusion(psi)
    if solution is not None and solution[1] >= 0:
        return FloatDecision(True, None, solution[1], 0.0)
    if corners <= MOST_CORNERS and len(positive) <= MOST_LINES:
        return _corners(psi, negative, positive, tolerance)
    return FloatDecision(None, None, 0.0, 0.0)


def _rays(psi: Lines, span: np.ndarray, tolerance: float) -> FloatDecision:
    """Decide by every ray of the fan, in orthonormal coordinates of the rows' span."""
    rows, g = psi.rows @ span.T, span @ psi.g
    lowest, at = 0.0, np.zeros(len(g))
    for rays, values in fan_minima(g, rows, psi.weights):
        length = np.linalg.norm(rays, axis=1)
        clear = length > DEFAULT.parallel
        relative = np.where(clear, values, 0.0) / np.where(clear, length, 1.0)
        k = int(np.argmin(relative))
        if relative[k] < lowest:
            lowest, at = float(relative[k]), rays[k] / length[k]
    if lowest < -tolerance:
        return _decision(psi, False, at @ span, 0.0, -lowest)
    return FloatDecision(True, None, 0.0, -lowest)


def _corners(psi: Lines, negative: np.ndarray, positive: np.ndarray, tolerance: float) -> FloatDecision:
    """Decide by one box-constrained least-squares fit per corner of the negative lines."""
    margin, residual = np.inf, 0.0
    for bits in product((0.0, 1.0), repeat=len(negative)):
        g = psi.g + (np.array(bits) * psi.weights[negative]) @ psi.rows[negative]
        p, multipliers = _box_fit(g, psi.rows[positive] * psi.weights[positive][:, None])
        residual = max(residual, float(np.linalg.norm(p)))
        if residual > tolerance:
            return _decision(psi, False, -p, 0.0, residual)
        margin = min(margin, float(np.minimum(multipliers, 1 - multipliers).min(initial=np.inf)))
    return FloatDecision(True, None, max(margin, 0.0), residual)


def _best_guess(psi: Lines, tolerance: float) -> np.ndarray | None:
    """Return the most negative of the cheap unit directions, or None where none is negative."""
    rows = psi.rows[np.argsort(-np.abs(psi.weights))[:MOST_LINES]]
    length = np.linalg.norm(psi.g)
    candidates = np.concatenate([rows, -rows, -psi.g[None, :] / length] if length > 0 else [rows, -rows])
    values = candidates @ psi.g + np.maximum(candidates @ psi.rows.T, 0.0) @ psi.weights
    best = int(np.argmin(values))
    return candidates[best] if values[best] < -tolerance else None


def _box_fit(g: np.ndarray, generators: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the shortest g + sum lambda_k z_k with lambda in [0, 1], and lambda."""
    if len(generators) == 0:
        return g, np.zeros(0)
    from scipy.optimize import lsq_linear

    scale = float(np.abs(generators).max())
    solution = lsq_linear(
        generators.T / scale, -g / scale, bounds=(0.0, 1.0), method="bvls", tol=DEFAULT.box_fit, max_iter=2000
    )
    multipliers = np.clip(solution.x, 0.0, 1.0)
    return g + multipliers @ generators, multipliers


def vanishes_float(psi: Lines, tolerance: float) -> tuple[bool, np.ndarray | None]:
    """Decide psi == 0 up to a tolerance; otherwise return u with psi(u) != 0."""
    if len(psi.rows) == 0:
        zero = bool(np.linalg.norm(psi.g) <= tolerance)
        return zero, None if zero else psi.g
    row = psi.rows[int(np.argmax(np.abs(psi.weights)))]
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(64, len(row)))
    directions -= np.outer(directions @ row, row)
    directions = np.concatenate([directions, directions + 0.1 * row, directions - 0.1 * row, [row, -row], [psi.g]])
    norms = np.linalg.norm(directions, axis=1)
    directions = directions[norms > 0] / norms[norms > 0][:, None]
    values = directions @ psi.g + np.maximum(directions @ psi.rows.T, 0.0) @ psi.weights
    return False, directions[int(np.argmax(np.abs(values)))]
