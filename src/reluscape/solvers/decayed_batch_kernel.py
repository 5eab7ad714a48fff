"""Interior point for many small programs with weight decay: units come from tables of states, each with its cone.

min sum_i l(f_i) + lam sum_j |P_j x_j| + (kappa / 2) c^2 with f = sum_j G_j x_j + c and C_j x_j >= 0, where unit j's
features G_j (n, q), cone C_j and penalised coordinates P_j are those of its state. The method is that of
`decayed_kernel`; with the squared loss the matrix of the features is formed once a program, so that its cost per step
does not grow with n.
"""

from __future__ import annotations

import numba
import numpy as np

from ..numbers.kernelcache import INNER, KERNEL
from .decayed_kernel import _copy, _factor, _solve, derivatives


@numba.njit(**INNER, error_model="numpy")
def _gap(
    grad: np.ndarray,
    x: np.ndarray,
    s_off: np.ndarray,
    C: np.ndarray,
    K: np.ndarray,
    pen: np.ndarray,
    states: np.ndarray,
    z: np.ndarray,
    lam: float,
    kappa: float,
    has_c: bool,
    loss: float,
) -> tuple[float, float]:
    """Return the value minus the lower bound that slopes and multipliers prove, and what a point outside its cone owes.

    grad = F^T e, its last entry sum e. The debt is multipliers times distances: a point of the cone costs that more.
    """
    gap, worst, norms, loose, debt = 0.0, 0.0, 0.0, 0.0, 0.0
    m = len(states)
    for j in range(m):
        s, a0, size = states[j], s_off[j], s_off[j + 1] - s_off[j]
        along, square, pull = 0.0, 0.0, 0.0
        for r in range(K[s]):
            height = 0.0
            for a in range(size):
                height += C[s, r, a] * x[a0 + a]
            if height < 0:
                debt += (lam + z[j, r]) * -height
        for a in range(size):
            q = grad[a0 + a]
            along += q * x[a0 + a]
            square += pen[s, a] * x[a0 + a] * x[a0 + a]
            for r in range(K[s]):
                q -= z[j, r] * C[s, r, a]
            pull += pen[s, a] * q * q
            loose += (1.0 - pen[s, a]) * abs(q * x[a0 + a])
        gap += abs(along + lam * np.sqrt(square))
        norms += lam * np.sqrt(square)
        worst = max(worst, np.sqrt(pull) / lam)
    c = x[s_off[m]]
    gap += max(worst - 1.0, 0.0) * (loss + norms + kappa * c * c / 2) + loose + debt
    if has_c:
        rest = grad[s_off[m]] + kappa * c
        gap += abs(rest) * (1.0 + abs(c))  # a better constant may lie that far from 0
        if kappa > 0:
            gap += rest * rest / (2 * kappa)
    return abs(gap), debt


@numba.njit(**INNER, error_model="numpy")
def _one(
    F: np.ndarray,
    y: np.ndarray,
    kind: int,
    off: np.ndarray,
    C: np.ndarray,
    K: np.ndarray,
    pen: np.ndarray,
    states: np.ndarray,
    lam: float,
    kappa: float,
    has_c: bool,
    start_c: float,
    accuracy: float,
    limit: int,
    stalled: int,
    share: float,
    least: float,
    best_x: np.ndarray,
    best_z: np.ndarray,
) -> tuple[float, float]:
    """Minimise one program; fill the point x (N + 1, c last) and the multipliers z (m, k); return value and gap."""
    n, m = len(y), len(states)
    N = off[m]
    size = N + 1 if has_c else N
    k = best_z.shape[1]
    f, e, h = np.zeros(n), np.zeros(n), np.zeros(n)
    x, p, dx, dp, rhs = np.zeros(N + 1), np.zeros(N), np.zeros(N + 1), np.zeros(N), np.zeros(N + 1)
    s, z, ds, dz = np.ones((m, k)), np.zeros((m, k)), np.zeros((m, k)), np.zeros((m, k))
    grad, base, H = np.zeros(N + 1), np.zeros((N + 1, N + 1)), np.zeros((N + 1, N + 1))
    M = np.zeros((N, N))
    x[N] = start_c
    total = 0
    for j in range(m):
        total += K[states[j]]
    if kind == 0:
        for a in range(N + 1):
            for b in range(a + 1):
                value = 0.0
                for i in range(n):
                    value += F[i, a] * F[i, b]
                base[a, b] = 2.0 * value
    begin = max(lam, 1e-3)
    z[:] = begin
    nu, best, best_value, last, scale = begin, np.inf, np.inf, 0, 0.0
    for it in range(limit):
        for i in range(n):
            value = 0.0
            for a in range(N + 1):
                value += F[i, a] * x[a]
            f[i] = value
        loss = derivatives(kind, y, f, e, h)
        if it == 0:
            scale = max(loss, 1e-300)
        for a in range(N + 1):
            value = 0.0
            for i in range(n):
                value += F[i, a] * e[i]
            grad[a] = value
        gap, debt = _gap(grad, x, off, C, K, pen, states, z, lam, kappa, has_c, loss)
        if gap < best:
            value = loss + debt + kappa * x[N] * x[N] / 2
            for j in range(m):
                square = 0.0
                for a in range(off[j], off[j + 1]):
                    square += pen[states[j], a - off[j]] * x[a] * x[a]
                value += lam * np.sqrt(square)
            last = it if gap < 0.5 * best else last
            best, best_value = gap, value
            for a in range(N + 1):
                best_x[a] = x[a]
            _copy(z, best_z)
        if best <= accuracy * scale or it - last > stalled:
            break
        if kind == 0:
            _copy(base, H)
        else:
            for a in range(N + 1):
                for b in range(a + 1):
                    value = 0.0
                    for i in range(n):
                        value += h[i] * F[i, a] * F[i, b]
                    H[a, b] = value
        H[N, N] += kappa
        M[:] = 0.0
        for j in range(m):
            st, a0, a1 = states[j], off[j], off[j + 1]
            square = 0.0
            for a in range(a0, a1):
                square += pen[st, a - a0] * x[a] * x[a]
            root = np.sqrt(nu * nu + lam * lam * square)
            t = (nu + root) / lam
            for a in range(a0, a1):
                pa = pen[st, a - a0]
                for b in range(a0, a1):
                    pb = pen[st, b - a0]
                    value = -pa * pb * (p[a] * x[b] + p[b] * x[a]) / (2.0 * root)
                    if a == b:
                        value += pa
                    M[a, b] = lam / t * value
                    if b <= a:
                        H[a, b] += M[a, b]
            for r in range(K[st]):
                weight = z[j, r] / s[j, r]
                for a in range(a0, a1):
                    wa = weight * C[st, r, a - a0]
                    for b in range(a0, a + 1):
                        H[a, b] += wa * C[st, r, b - a0]
        for a in range(N):
            H[a, a] *= 1.0 + 1e-15
        _factor(H, size)
        target, step = 0.0, 0.0
        dx[:], dp[:], ds[:], dz[:] = 0.0, 0.0, 0.0, 0.0
        for turn in range(2):
            second = float(turn)
            for j in range(m):
                st, a0, a1 = states[j], off[j], off[j + 1]
                square, bend = 0.0, 0.0
                for a in range(a0, a1):
                    square += pen[st, a - a0] * x[a] * x[a]
                    bend += pen[st, a - a0] * x[a] * dx[a]
                root = np.sqrt(nu * nu + lam * lam * square)
                t = (nu + root) / lam
                dt = (1.0 + nu / root) * (target - nu) / lam
                bend = second * (lam * bend / root + dt) / t
                for a in range(a0, a1):
                    dp[a] = (lam * pen[st, a - a0] * x[a] - p[a] * dt) / t - bend * dp[a]
                    rhs[a] = -dp[a] - grad[a]
                for r in range(K[st]):
                    height = 0.0
                    for a in range(a0, a1):
                        height += C[st, r, a - a0] * x[a]
                    short = height - s[j, r]
                    dz[j, r] = target - second * ds[j, r] * dz[j, r]
                    ds[j, r] = short
                    push = (dz[j, r] - z[j, r] * short) / s[j, r]
                    for a in range(a0, a1):
                        rhs[a] += C[st, r, a - a0] * push
            rhs[N] = -kappa * x[N] - grad[N]
            for a in range(N + 1):
                dx[a] = rhs[a]
            _solve(H, size, dx)
            if not has_c:
                dx[N] = 0.0
            step = 1.0
            length = share if turn else 1.0
            for j in range(m):
                st, a0, a1 = states[j], off[j], off[j + 1]
                for a in range(a0, a1):
                    value = dp[a] - p[a]
                    for b in range(a0, a1):
                        value += M[a, b] * dx[b]
                    dp[a] = value
                for r in range(K[st]):
                    height = 0.0
                    for a in range(a0, a1):
                        height += C[st, r, a - a0] * dx[a]
                    ds[j, r] += height
                    dz[j, r] = (dz[j, r] - z[j, r] * ds[j, r]) / s[j, r] - z[j, r]
                    if ds[j, r] < 0:
                        step = min(step, -length * s[j, r] / ds[j, r])
                    if dz[j, r] < 0:
                        step = min(step, -length * z[j, r] / dz[j, r])
            if turn == 0:
                there, ahead = nu, (1.0 - step) * nu
                for j in range(m):
                    for r in range(K[states[j]]):
                        there += s[j, r] * z[j, r]
                        ahead += (s[j, r] + step * ds[j, r]) * (z[j, r] + step * dz[j, r])
                now = there / (total + 1)
                ratio = max(ahead, 0.0) / there
                target = max(ratio * ratio * ratio, least) * now
        for j in range(m):
            square = 0.0
            for a in range(off[j], off[j + 1]):
                x[a] += step * dx[a]
                p[a] += step * dp[a]
                square += p[a] * p[a]
            if square > lam * lam:
                for a in range(off[j], off[j + 1]):
                    p[a] *= lam / np.sqrt(square)
            for r in range(K[states[j]]):
                s[j, r] += step * ds[j, r]
                z[j, r] += step * dz[j, r]
        x[N] += step * dx[N]
        nu += step * (target - nu)
    return best_value, best


@numba.njit(**KERNEL, error_model="numpy")
def decayed_points(
    G: np.ndarray,
    Q: np.ndarray,
    C: np.ndarray,
    K: np.ndarray,
    pen: np.ndarray,
    y: np.ndarray,
    kind: int,
    lam: float,
    kappa: float,
    has_c: bool,
    start_c: float,
    programs: np.ndarray,
    accuracy: float,
    limit: int,
    stalled: int,
    share: float,
    least: float,
    values: np.ndarray,
    gaps: np.ndarray,
    points: np.ndarray,
    multipliers: np.ndarray,
) -> None:
    """Minimise programs (B, m) of states, -1 for none; fill values and gaps (B,), and where points has rows, points.

    Every state has features in G (S, n, d), sign included, of which the first Q (S,) columns count, a cone of the first
    K (S,) rows of C (S, k, d), each of length 1, and pen (S, d), 1.0 where a coordinate is penalised. y and kind are
    those of `derivatives`. The step goes `share` of the way to a border and aims at `least` times the parameter at
    least; it ends after `limit` steps, or `stalled` of them without a gain. A point (m + 1, d) has c first in its last
    row.
    """
    n, d = G.shape[1], G.shape[2]
    width = programs.shape[1]
    F = np.zeros((n, width * d + 1))
    off = np.zeros(width + 1, dtype=np.int64)
    states = np.zeros(width, dtype=np.int64)
    x, z = np.zeros(width * d + 1), np.zeros((width, C.shape[1]))
    for b in range(len(programs)):
        m = 0
        for j in range(width):
            if programs[b, j] >= 0:
                states[m] = programs[b, j]
                off[m + 1] = off[m] + Q[states[m]]
                for i in range(n):
                    for a in range(Q[states[m]]):
                        F[i, off[m] + a] = G[states[m], i, a]
                m += 1
        N = off[m]
        F[:, N] = 1.0 if has_c else 0.0
        z[:] = 0.0
        values[b], gaps[b] = _one(
            np.ascontiguousarray(F[:, : N + 1]), y, kind, off[: m + 1], C, K, pen, states[:m], lam, kappa, has_c,
            start_c, accuracy, limit, stalled, share, least, x, z[:m],
        )  # fmt: skip
        if len(points):
            points[b] = 0.0
            at = 0
            for j in range(width):
                if programs[b, j] >= 0:
                    for a in range(off[at + 1] - off[at]):
                        points[b, j, a] = x[off[at] + a]
                    for r in range(z.shape[1]):
                        multipliers[b, j, r] = z[at, r]
                    at += 1
            points[b, width, 0] = x[N]
