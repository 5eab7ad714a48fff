"""The interior point's work on slacks and multipliers: compiled loops that the processor takes several numbers at once.

Every array is (p, k): units with a cone by constraints. Sums may be taken in any order; values are finite, since the
caller stops at the first that is not.
"""

from __future__ import annotations

import numba
import numpy as np

QUICK = {"nopython": True, "nogil": True, "cache": True, "error_model": "numpy", "fastmath": True}


@numba.jit(**QUICK)
def measure(
    heights: np.ndarray,
    orientation: np.ndarray,
    s: np.ndarray,
    mu: np.ndarray,
    primal: np.ndarray,
    pulls: np.ndarray,
    weights: np.ndarray,
    inverse_s: np.ndarray,
    inverse_mu: np.ndarray,
) -> tuple[float, float]:
    """Fill residuals, signed multipliers, weights mu/s and inverses; return sum s mu and the largest residual."""
    h, o, a, b = heights.reshape(-1), orientation.reshape(-1), s.reshape(-1), mu.reshape(-1)
    out, signed, w, inv_s, inv_mu = (
        primal.reshape(-1),
        pulls.reshape(-1),
        weights.reshape(-1),
        inverse_s.reshape(-1),
        inverse_mu.reshape(-1),
    )
    gap, size = 0.0, 0.0
    for i in range(len(a)):
        value = o[i] * h[i] - a[i]
        out[i] = value
        size = max(size, abs(value))
        gap += a[i] * b[i]
        signed[i] = o[i] * b[i]
        inv_s[i] = 1.0 / a[i]
        inv_mu[i] = 1.0 / b[i]
        w[i] = b[i] * inv_s[i]
    return gap, size


@numba.jit(**QUICK)
def predictor(
    orientation: np.ndarray, mu: np.ndarray, weights: np.ndarray, primal: np.ndarray, work: np.ndarray
) -> None:
    """Fill the right-hand side of the predictor, -o (mu + weights primal)."""
    o, b, w, r, out = orientation.reshape(-1), mu.reshape(-1), weights.reshape(-1), primal.reshape(-1), work.reshape(-1)
    for i in range(len(o)):
        out[i] = -o[i] * (b[i] + w[i] * r[i])


@numba.jit(**QUICK)
def correction(
    orientation: np.ndarray,
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
    o, b, w, r = orientation.reshape(-1), mu.reshape(-1), weights.reshape(-1), primal.reshape(-1)
    ds, dm, inv_s, out, c = (
        step_s.reshape(-1),
        step_mu.reshape(-1),
        inverse_s.reshape(-1),
        work.reshape(-1),
        corrector.reshape(-1),
    )
    for i in range(len(o)):
        value = ds[i] * dm[i] - target
        c[i] = value
        out[i] = -o[i] * (b[i] + w[i] * r[i] + value * inv_s[i])


@numba.jit(**QUICK)
def predicted_step(
    moved: np.ndarray,
    orientation: np.ndarray,
    mu: np.ndarray,
    weights: np.ndarray,
    primal: np.ndarray,
    inverse_s: np.ndarray,
    step_s: np.ndarray,
    step_mu: np.ndarray,
) -> float:
    """Fill the predictor's steps; return by how much they must shrink, at least 1, to keep s and mu from 0."""
    h, o, b, w = moved.reshape(-1), orientation.reshape(-1), mu.reshape(-1), weights.reshape(-1)
    r, inv_s, ds, dm = primal.reshape(-1), inverse_s.reshape(-1), step_s.reshape(-1), step_mu.reshape(-1)
    shrink = 1.0
    for i in range(len(o)):
        move_s = o[i] * h[i] + r[i]
        ds[i] = move_s
        dm[i] = -(b[i] + w[i] * move_s)
        share = move_s * inv_s[i]
        shrink = max(shrink, max(-share, 1.0 + share))
    return shrink


@numba.jit(**QUICK)
def corrected_step(
    moved: np.ndarray,
    orientation: np.ndarray,
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
    h, o, b, w, c = (
        moved.reshape(-1),
        orientation.reshape(-1),
        mu.reshape(-1),
        weights.reshape(-1),
        corrector.reshape(-1),
    )
    r, inv_s, inv_mu = primal.reshape(-1), inverse_s.reshape(-1), inverse_mu.reshape(-1)
    ds, dm = step_s.reshape(-1), step_mu.reshape(-1)
    shrink = 1.0
    for i in range(len(o)):
        move_s = o[i] * h[i] + r[i]
        move_mu = -(b[i] + w[i] * move_s + c[i] * inv_s[i])
        ds[i] = move_s
        dm[i] = move_mu
        shrink = max(shrink, max(-move_s * inv_s[i], -move_mu * inv_mu[i]))
    return shrink


@numba.jit(**QUICK)
def gap_after(s: np.ndarray, mu: np.ndarray, step_s: np.ndarray, step_mu: np.ndarray, along: float) -> float:
    """Return sum (s + along ds) (mu + along dmu)."""
    a, b, ds, dm = s.reshape(-1), mu.reshape(-1), step_s.reshape(-1), step_mu.reshape(-1)
    total = 0.0
    for i in range(len(a)):
        total += (a[i] + along * ds[i]) * (b[i] + along * dm[i])
    return total


@numba.jit(**QUICK)
def move(s: np.ndarray, mu: np.ndarray, step_s: np.ndarray, step_mu: np.ndarray, along: float) -> None:
    """Take the step."""
    a, b, ds, dm = s.reshape(-1), mu.reshape(-1), step_s.reshape(-1), step_mu.reshape(-1)
    for i in range(len(a)):
        a[i] += along * ds[i]
        b[i] += along * dm[i]
