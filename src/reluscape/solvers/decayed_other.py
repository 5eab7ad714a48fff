"""Interior point for basin programs with weight decay whose loss the compiled kernel does not know."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..numbers.tolerances import MACHINE_PRECISION, Tolerances
from .decayed_algebra_kernel import products
from .decayed_gap_kernel import OTHER, gap_at
from .decayed_kernel import LEAST_START, advance, first_weight, lightened

STEPS, STALLED = 480, 100
# shares of the way to a border that a step goes; the next one is taken after so many steps without a gain
SHARES, CYCLE = (0.995, 0.9, 0.7, 0.5), 24
# least share of the parameter that a step aims at
CENTRING = 1e-2
# how many times the rise that curvatures foretell a step may bring, and how often it is halved for that
TRUST, HALVINGS = 3.0, 40


def other_point(
    F: np.ndarray,
    y: np.ndarray,
    C: np.ndarray,
    pen: np.ndarray,
    lam: float,
    kappa: float,
    has_c: bool,
    loss: Any,
    start_c: float,
    accuracy: float,
    tolerances: Tolerances,
    begin: float,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the point (m d + 1,), multipliers (m, k) and gap; slopes over each move give curvatures.

    Args:
        F: (n, m d + 1) features, the constant's last.
        y: (n,) targets.
        C: (m, d, k) columns of the cones, each of length 1.
        pen: (m, d), 1.0 where a coordinate is penalised.
        lam: what multiplies the norms.
        kappa: what multiplies c^2 / 2.
        has_c: whether there is a constant.
        loss: value and gradient.
        start_c: the constant at first.
        accuracy: gap, as a share of the first loss, that is small enough.
        tolerances: policy.
        begin: from how many times the largest pull on a unit the decay falls, 0 where it does not.
    """
    (m, d, k), n = C.shape, len(y)
    units = np.full(m, k), pen, np.arange(m), np.arange(m + 1) * d
    x, t, q = np.zeros(m * d + 1), np.ones(m), np.zeros(m * d)
    x[-1] = start_c
    e = np.asarray(loss.gradient(F @ x, y), dtype=float)
    weight = first_weight(lam, F.T @ e, units[3], begin)
    s, z = np.ones((m, k)), np.full((m, k), weight if weight > lam else max(lam, LEAST_START))
    scratch, H = (np.zeros(m * d + 1), np.zeros(m * d + 1), np.zeros((m, k))), np.zeros((m * d + 1, m * d + 1))
    ridge, reach = float(np.sqrt(MACHINE_PRECISION)), np.full(n, 1.0)
    last, best, pace, scale = 0, np.inf, 0, None
    keep = x.copy(), z.copy()
    for it in range(STEPS):
        f = F @ x
        e = np.asarray(loss.gradient(f, y), dtype=float)
        rise = np.asarray(loss.gradient(f + reach, y), dtype=float)
        rise = rise - np.asarray(loss.gradient(f - reach, y), dtype=float)
        # a straight stretch is taken to bend within the size of its prediction for as long as steps are that long
        h = np.maximum(rise / (2 * reach), np.minimum(reach / (1.0 + np.abs(f)), 1.0) * np.abs(e) / (1.0 + np.abs(f)))
        h = h + ridge * max(float(h.max(initial=0.0)), ridge)
        total = float(np.sum(loss.value(f, y)))
        scale = abs(total) if scale is None else scale
        gap = gap_at(OTHER, y, F, e, total, C, *units, lam, kappa, has_c, x, z, *scratch)
        if gap < best:
            last = it if gap < best / 2 else last
            best, keep = gap, (x.copy(), z.copy())
        if best <= accuracy * scale or it - last > STALLED or not np.isfinite(gap):
            break
        pace = max(pace, (it - last) // CYCLE)
        before = x.copy(), t.copy(), q.copy(), s.copy(), z.copy()
        share = SHARES[min(pace, len(SHARES) - 1)]
        products(F, h, H)
        step = advance(
            F, h, C, *units, weight, kappa, has_c, *scratch, x, t, q, s, z, H, share, CENTRING, OTHER, y, f, e
        )
        ahead = F @ (x - before[0])
        short = _trusted(loss, y, f, e, h, ahead)
        if short < 1:
            for now, then in zip((x, t, q, s, z), before, strict=True):
                now[...] = then + short * (now - then)
        if weight > lam:
            last, weight = it, lightened(lam, weight, step * short, *units, x, t, q, s, z)
        # as far as the step went, or as the shortest that went too far
        moves = np.maximum(short * np.abs(ahead) / 2, 2 * short * np.abs(ahead) if short < 1 else 0.0)
        reach = np.maximum(moves, tolerances.difference_step * (1.0 + np.abs(f)))
    return keep[0], keep[1], best


def _trusted(loss: Any, y: np.ndarray, f: np.ndarray, e: np.ndarray, h: np.ndarray, way: np.ndarray) -> float:
    """Return the share of a step over which the losses' slopes rise no more than a few times what curvatures foretell.

    Where a loss is straight its curvature says nothing about how far that lasts.
    """
    share, foretold = 1.0, float((h * way) @ way)
    for _ in range(HALVINGS):
        risen = float((np.asarray(loss.gradient(f + share * way, y), dtype=float) - e) @ way)
        if not risen > TRUST * share * foretold:
            break
        share /= 2
    return share
