"""How far a point of a basin program with weight decay lies above its bound: losses, conjugates, the gap."""

from __future__ import annotations

import numpy as np

from ..numbers.kernels import inner, kernel
from .decayed_algebra_kernel import INSIDE, back, heights, pushes

SQUARED, LOGISTIC, OTHER = 0, 1, 2


@inner(**INSIDE)
def derivatives(kind: int, y: np.ndarray, f: np.ndarray, e: np.ndarray, h: np.ndarray) -> float:
    """Fill e and h with the first and second derivatives of the losses at f; return the sum of the losses.

    (f - y)^2 for kind 0, log(1 + exp(-y f)) with y = -1, 1 for kind 1.
    """
    total = 0.0
    for i in range(len(f)):
        if kind == SQUARED:
            r = f[i] - y[i]
            total += r * r
            e[i], h[i] = 2.0 * r, 2.0
        else:
            q = -y[i] * f[i]
            top = np.exp(-abs(q))
            total += max(q, 0.0) + np.log1p(top)
            share = 1.0 / (1.0 + top) if q >= 0 else top / (1.0 + top)
            e[i] = -y[i] * share
            h[i] = top / ((1.0 + top) * (1.0 + top))
    return total


@inner(**INSIDE)
def _dual(kind: int, y: np.ndarray, e: np.ndarray, share: float) -> float:
    """Return - sum_i l_i^*(share e_i), a lower bound of sum_i l_i(f_i) - share <e, f> for every f."""
    total = 0.0
    for i in range(len(e)):
        if kind == SQUARED:
            total -= share * e[i] * (y[i] + share * e[i] / 4.0)
        else:
            p = min(share * abs(e[i]), 1.0)
            if p > 0.0:
                total -= p * np.log(p)
            if p < 1.0:
                total -= (1.0 - p) * np.log1p(-p)
    return total


@inner(**INSIDE)
def gap_of(
    kind: int,
    y: np.ndarray,
    e: np.ndarray,
    loss: float,
    grad: np.ndarray,
    push: np.ndarray,
    height: np.ndarray,
    K: np.ndarray,
    pen: np.ndarray,
    states: np.ndarray,
    off: np.ndarray,
    x: np.ndarray,
    z: np.ndarray,
    lam: float,
    kappa: float,
    has_c: bool,
) -> tuple[float, float, float]:
    """Return (value, gap, debt): value minus gap is a lower bound up to rounding, debt what points outside cones owe.

    grad = F^T e, push = C^T z, height = C x. The value is at most sum_j (<g_j, x_j> + lam |P x_j|) + ... above the
    dual's. A pull of more than lam is paid by the sum of norms of a better point, times lam: at most the value, and at
    most (value - D(a e)) / (1 - a) for each a < 1, since D(a e) leaves (1 - a) times that sum.
    """
    along, worst, norms, loose, debt = 0.0, 0.0, 0.0, 0.0, 0.0
    m = len(states)
    for j in range(m):
        st, a0 = states[j], off[j]
        first, square, pull = 0.0, 0.0, 0.0
        for r in range(K[st]):
            if height[j, r] < 0:
                debt -= (lam + z[j, r]) * height[j, r]
        for a in range(a0, off[j + 1]):
            weight = pen[st, a - a0]
            q = grad[a] - push[a]
            first += grad[a] * x[a]
            square += weight * x[a] * x[a]
            pull += weight * q * q
            loose += (1.0 - weight) * abs(q) * (1.0 + abs(x[a]))  # a better bias may lie that far from 0
        along += abs(first + lam * np.sqrt(square))
        norms += lam * np.sqrt(square)
        worst = max(worst, np.sqrt(pull) / lam)
    N = off[m]
    c = x[N]
    value = loss + norms + kappa * c * c / 2
    loose += debt
    if has_c:
        rest = grad[N] + kappa * c
        loose += abs(rest) * (1.0 + abs(c))  # a better constant may lie that far from 0
        if kappa > 0:
            loose += rest * rest / (2 * kappa)
    worst = max(worst, 1.0)
    gap = along + (worst - 1.0) * value + loose
    if kind != OTHER and 0.0 < gap < value:
        rest = np.sqrt(gap / value) / 2.0
        share = (1.0 - rest) / worst
        below = _dual(kind, y, e, share)
        if has_c and kappa > 0:
            below -= share * share * grad[N] * grad[N] / (2 * kappa)
        most = max(value - below + loose, 0.0) / rest
        gap = along + (worst - 1.0) * min(value, most) + loose
    return value, gap, debt


@kernel(lambda kind, y, F, e, loss, C, *_: 3 * F.size + 3 * F.shape[1] * C.shape[2], seconds=1.0, **INSIDE)
def gap_at(
    kind: int,
    y: np.ndarray,
    F: np.ndarray,
    e: np.ndarray,
    loss: float,
    C: np.ndarray,
    K: np.ndarray,
    pen: np.ndarray,
    states: np.ndarray,
    off: np.ndarray,
    lam: float,
    kappa: float,
    has_c: bool,
    x: np.ndarray,
    z: np.ndarray,
    grad: np.ndarray,
    push: np.ndarray,
    height: np.ndarray,
) -> float:
    """Fill grad = F^T e, push = C^T z and height = C x; return the gap of the point x with multipliers z."""
    back(F, e, grad)
    pushes(C, K, states, off, z, push)
    heights(C, K, states, off, x, height)
    return gap_of(kind, y, e, loss, grad, push, height, K, pen, states, off, x, z, lam, kappa, has_c)[1]
