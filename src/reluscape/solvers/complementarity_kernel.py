"""The interior point's work on slacks and multipliers: compiled loops that the processor takes several numbers at once.

Every array is (p k,): units with a cone by constraints, unit by unit. Sums may be taken in any order; values are
finite, since the caller stops at the first that is not.
"""

from __future__ import annotations

import numba
import numpy as np

from ..numbers.kernelcache import INNER


@numba.njit(**INNER, error_model="numpy", fastmath=True)
def measure(
    h: np.ndarray,
    o: np.ndarray,
    s: np.ndarray,
    mu: np.ndarray,
    primal: np.ndarray,
    pulls: np.ndarray,
    weights: np.ndarray,
    inverse_s: np.ndarray,
    inverse_mu: np.ndarray,
) -> tuple[float, float]:
    """Fill residuals, signed multipliers, weights mu/s and inverses; return sum s mu and the largest residual.

    The heights h are those of x, the orientation o says on which side of each constraint a unit has to lie.
    """
    gap, size = 0.0, 0.0
    for i in range(len(s)):
        value = o[i] * h[i] - s[i]
        primal[i] = value
        size = max(size, abs(value))
        gap += s[i] * mu[i]
        pulls[i] = o[i] * mu[i]
        inverse_s[i] = 1.0 / s[i]
        inverse_mu[i] = 1.0 / mu[i]
        weights[i] = mu[i] * inverse_s[i]
    return gap, size


@numba.njit(**INNER, error_model="numpy", fastmath=True)
def predictor(o: np.ndarray, mu: np.ndarray, weights: np.ndarray, primal: np.ndarray, work: np.ndarray) -> None:
    """Fill the right-hand side of the predictor, -o (mu + weights primal)."""
    for i in range(len(o)):
        work[i] = -o[i] * (mu[i] + weights[i] * primal[i])


@numba.njit(**INNER, error_model="numpy", fastmath=True)
def correction(
    o: np.ndarray,
    mu: np.ndarray,
    weights: np.ndarray,
    primal: np.ndarray,
    step_s: np.ndarray,
    step_mu: np.ndarray,
    inverse_s: np.ndarray,
    target: float,
    corrector: np.ndarray,
    work: np.ndarray,
) -> None:
    """Fill Mehrotra's correction ds dmu - target and the right-hand side that it asks for."""
    for i in range(len(o)):
        value = step_s[i] * step_mu[i] - target
        corrector[i] = value
        work[i] = -o[i] * (mu[i] + weights[i] * primal[i] + value * inverse_s[i])


@numba.njit(**INNER, error_model="numpy", fastmath=True)
def predicted_step(
    h: np.ndarray,
    o: np.ndarray,
    mu: np.ndarray,
    weights: np.ndarray,
    primal: np.ndarray,
    inverse_s: np.ndarray,
    step_s: np.ndarray,
    step_mu: np.ndarray,
) -> float:
    """Fill the predictor's steps; return by how much they must shrink, at least 1, to keep s and mu from 0."""
    shrink = 1.0
    for i in range(len(o)):
        move_s = o[i] * h[i] + primal[i]
        step_s[i] = move_s
        step_mu[i] = -(mu[i] + weights[i] * move_s)
        share = move_s * inverse_s[i]
        shrink = max(shrink, max(-share, 1.0 + share))
    return shrink


@numba.njit(**INNER, error_model="numpy", fastmath=True)
def corrected_step(
    h: np.ndarray,
    o: np.ndarray,
    mu: np.ndarray,
    weights: np.ndarray,
    primal: np.ndarray,
    inverse_s: np.ndarray,
    inverse_mu: np.ndarray,
    corrector: np.ndarray,
    step_s: np.ndarray,
    step_mu: np.ndarray,
) -> float:
    """Fill the corrected steps; return by how much they must shrink, at least 1."""
    shrink = 1.0
    for i in range(len(o)):
        move_s = o[i] * h[i] + primal[i]
        move_mu = -(mu[i] + weights[i] * move_s + corrector[i] * inverse_s[i])
        step_s[i] = move_s
        step_mu[i] = move_mu
        shrink = max(shrink, max(-move_s * inverse_s[i], -move_mu * inverse_mu[i]))
    return shrink


@numba.njit(**INNER, error_model="numpy", fastmath=True)
def gap_after(s: np.ndarray, mu: np.ndarray, step_s: np.ndarray, step_mu: np.ndarray, along: float) -> float:
    """Return sum (s + along ds) (mu + along dmu)."""
    total = 0.0
    for i in range(len(s)):
        total += (s[i] + along * step_s[i]) * (mu[i] + along * step_mu[i])
    return total


@numba.njit(**INNER, error_model="numpy", fastmath=True)
def move(s: np.ndarray, mu: np.ndarray, step_s: np.ndarray, step_mu: np.ndarray, along: float) -> None:
    """Take the step."""
    for i in range(len(s)):
        s[i] += along * step_s[i]
        mu[i] += along * step_mu[i]
