"""Interior point for basin programs with weight decay: the compiled kernel, for one program or many.

min sum_i l(f_i) + lam sum_j |P_j x_j| + (kappa / 2) c^2 with f = sum_j G_j x_j + c and C_j x_j >= 0, where unit j's
features G_j, cone C_j and penalised coordinates P_j are those of its state.

|P_j x_j| is t_j with (t_j, P_j x_j) in the second-order cone, whose multiplier is (lam, q_j) with |q_j| <= lam; the
cell has slacks s and multipliers z. Newton's method on the conditions of optimality, with the scaling of Nesterov and
Todd (1997) for the cones and the predictor and corrector of Mehrotra (1992). t_j is eliminated, so that a norm adds
(I - 2 b b^T / (1 + 2 |b|^2)) / eta^2 to Newton's matrix; b, eta come from the scaling. What rounding leaves of the
conditions is taken off by one step of refinement, in which slacks and multipliers are corrected by themselves: active
sides have multipliers so much larger than slacks that the digits of x do not suffice.
"""

from __future__ import annotations

import numpy as np

from ..numbers.kernels import inner, kernel
from ..numbers.tolerances import DEFAULT, SPECK
from .decayed_algebra_kernel import INSIDE, back, blocks, copy, factor, heights, products, pushes, solve, times
from .decayed_gap_kernel import LOGISTIC, SQUARED, derivatives, gap_of

# Newton steps that a program usually takes
STEPS_OF_A_PROGRAM = 25
# numbers of the policy as the compiled code reads them
BORDER = DEFAULT.decayed_border
LEAST_START = DEFAULT.decayed_start
# how many times the rise that curvatures foretell a step may bring, and how often it is halved for that
TRUST, HALVINGS = 3.0, 40
# where a step has left the point that near to the path of centres, a decay that is to fall does so by up to that share
CLOSE, FALL = 0.3, 0.9


@inner(**INSIDE)
def _norm_step(t: float, square: float, along: float, dt: float, dsquare: float, inside: float) -> float:
    """Return the step along (dt, dw) to the border of the cone t >= |w|, 1e300 where there is none.

    square = |w|^2 and dsquare = |dw|^2, along = <w, dw>, inside = t^2 - |w|^2.
    """
    a, b = dt * dt - dsquare, t * dt - along
    room = b * b - a * inside
    if room >= 0.0:
        root = np.sqrt(room)
        if b < 0.0:
            return inside / (root - b)
        if a < 0.0:
            return -(b + root) / a
    return 1e300


@inner(**INSIDE)
def _longest(
    K: np.ndarray,
    pen: np.ndarray,
    states: np.ndarray,
    off: np.ndarray,
    lam: float,
    x: np.ndarray,
    t: np.ndarray,
    q: np.ndarray,
    s: np.ndarray,
    z: np.ndarray,
    dx: np.ndarray,
    dt: np.ndarray,
    dq: np.ndarray,
    ds: np.ndarray,
    dz: np.ndarray,
) -> float:
    """Return the step to the first border."""
    slack, multiplier, step = 0.0, 0.0, 1e300
    for j in range(len(states)):
        st = states[j]
        for r in range(K[st]):
            slack = max(slack, -ds[j, r] / s[j, r])
            multiplier = max(multiplier, -dz[j, r] / z[j, r])
        w2, d2, wd, q2, p2, qp = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for a in range(off[j], off[j + 1]):
            weight = pen[st, a - off[j]]
            w2 += weight * x[a] * x[a]
            d2 += weight * dx[a] * dx[a]
            wd += weight * x[a] * dx[a]
            q2 += q[a] * q[a]
            p2 += dq[a] * dq[a]
            qp += q[a] * dq[a]
        length = np.sqrt(w2)
        step = min(step, _norm_step(t[j], w2, wd, dt[j], d2, (t[j] - length) * (t[j] + length)))
        length = np.sqrt(q2)
        step = min(step, _norm_step(lam, q2, qp, 0.0, p2, (lam - length) * (lam + length)))
    most = max(slack, multiplier)
    return min(step, 1.0 / most) if most > 0.0 else step


@inner(**INSIDE)
def _trusted(y: np.ndarray, f: np.ndarray, e: np.ndarray, h: np.ndarray, way: np.ndarray, step: float) -> float:
    """Return the share of a step over which the logistic slopes rise little more than curvatures foretell.

    Where a loss is next to level its curvature says nothing about how far that lasts.
    """
    foretold = 0.0
    for i in range(len(f)):
        foretold += h[i] * way[i] * way[i]
    share = 1.0
    for _ in range(HALVINGS):
        risen = 0.0
        for i in range(len(f)):
            q = -y[i] * (f[i] + share * step * way[i])
            top = np.exp(-abs(q))
            slope = 1.0 / (1.0 + top) if q >= 0 else top / (1.0 + top)
            risen += (-y[i] * slope - e[i]) * way[i]
        if not risen > TRUST * share * step * foretold:
            break
        share /= 2.0
    return share


def step_work(n: int, N: int, d: int, k: int, curved: bool = False) -> float:
    """Return about how many steps of plain Python one Newton step takes: n rows, N weights, k rows of a cone in d."""
    return N**3 / 6 + N * k * (d / 2 + 8) + 8 * n * N + (n * N * N / 2 if curved else 0.0) + 2500


@kernel(lambda F, h, C, *_: step_work(F.shape[0], F.shape[1], C.shape[1], C.shape[2]), seconds=9.0, **INSIDE)
def advance(
    F: np.ndarray,
    h: np.ndarray,
    C: np.ndarray,
    K: np.ndarray,
    pen: np.ndarray,
    states: np.ndarray,
    off: np.ndarray,
    lam: float,
    kappa: float,
    has_c: bool,
    grad: np.ndarray,
    push: np.ndarray,
    height: np.ndarray,
    x: np.ndarray,
    t: np.ndarray,
    q: np.ndarray,
    s: np.ndarray,
    z: np.ndarray,
    H: np.ndarray,
    share: float,
    least: float,
    kind: int,
    y: np.ndarray,
    f: np.ndarray,
    e: np.ndarray,
) -> float:
    """Go one step, `share` of the way to the first border and at most 1; return its length.

    grad = F^T e, push = C^T z and height = C x are those of the point; H holds F^T diag(h) F and is overwritten.
    """
    m, n, N = len(states), F.shape[0], off[len(states)]
    size = N + 1 if has_c else N
    H[N, N] += kappa
    # of each unit: b0, eta^2, 1 + 2 |b|^2, length of (t, P x) and of (lam, q), change of t, what its product changes by
    unit = np.zeros((7, m))
    b0, eta2, den, sn, zn, dt, g0 = unit[0], unit[1], unit[2], unit[3], unit[4], unit[5], unit[6]
    of_x = np.zeros((7, N + 1))
    b, g, rd, rest, way, dx, dq = of_x[0], of_x[1], of_x[2], of_x[3], of_x[4], of_x[5], of_x[6]
    of_s = np.zeros((3, s.shape[0], s.shape[1]))
    ds, dz, high = of_s[0], of_s[1], of_s[2]
    ahead = np.zeros(n)
    total, count, target, step = 0.0, m, 0.0, 0.0
    for j in range(m):
        st, a0, a1 = states[j], off[j], off[j + 1]
        w2, q2, wq = 0.0, 0.0, 0.0
        for a in range(a0, a1):
            w2 += pen[st, a - a0] * x[a] * x[a]
            q2 += q[a] * q[a]
            wq += x[a] * q[a]
        w2, q2 = np.sqrt(w2), np.sqrt(q2)
        sn[j], zn[j] = np.sqrt((t[j] - w2) * (t[j] + w2)), np.sqrt((lam - q2) * (lam + q2))
        total += t[j] * lam + wq
        middle = 2.0 * np.sqrt(max((1.0 + (t[j] * lam + wq) / (sn[j] * zn[j])) / 2.0, 1.0))
        b0[j] = (t[j] / sn[j] + lam / zn[j]) / middle
        square = 0.0
        for a in range(a0, a1):
            b[a] = (pen[st, a - a0] * x[a] / sn[j] - q[a] / zn[j]) / middle
            square += b[a] * b[a]
        eta2[j], den[j] = sn[j] / zn[j], 1.0 + 2.0 * square
        for a in range(a0, a1):
            for c in range(a, a1):
                H[a, c] -= 2.0 * b[a] * b[c] / (den[j] * eta2[j])
            H[a, a] += pen[st, a - a0] / eta2[j]
            rd[a] = grad[a] - push[a] - q[a]
        for r in range(K[st]):
            total += s[j, r] * z[j, r]
        count += K[st]
    rd[N] = grad[N] + kappa * x[N]
    blocks(C, K, states, off, s, z, H)
    factor(H, size)
    for turn in range(3):  # Mehrotra's predictor, his corrector, and what rounding left of the slopes' condition
        if turn < 2:
            for j in range(m):
                st, a0, a1 = states[j], off[j], off[j + 1]
                for r in range(K[st]):
                    short = height[j, r] - s[j, r]
                    dz[j, r] = (target - (s[j, r] + short) * z[j, r] - ds[j, r] * dz[j, r]) / s[j, r]
                    ds[j, r] = short
                # products of the norms' directions in scaled coordinates, W = eta [[b0, b^T], [b, I + b b^T/(1 + b0)]]
                bw, bq, bl, eta = 0.0, 0.0, 0.0, np.sqrt(eta2[j])
                for a in range(a0, a1):
                    bw += b[a] * dx[a]
                    bq += b[a] * dq[a]
                    bl += b[a] * q[a]
                s0, z0, l0 = (b0[j] * dt[j] - bw) / eta, eta * bq, eta * (b0[j] * lam + bl)
                ws, wz, wl = bw / (1.0 + b0[j]) - dt[j], bq / (1.0 + b0[j]), lam + bl / (1.0 + b0[j])
                both, across, by = 0.0, 0.0, 0.0
                for a in range(a0, a1):
                    s1 = (pen[st, a - a0] * dx[a] + ws * b[a]) / eta
                    z1, l1 = eta * (dq[a] + wz * b[a]), eta * (q[a] + wl * b[a])
                    g[a] = s0 * z1 + z0 * s1
                    both += s1 * z1
                    across += l1 * g[a]
                # W^-1 (l \ (target (1, 0) - l l - products)) with l = W (lam, q)
                y0 = (l0 * (target - s0 * z0 - both) + across) / (sn[j] * zn[j])
                for a in range(a0, a1):
                    g[a] = -(g[a] + y0 * eta * (q[a] + wl * b[a])) / l0
                    by += b[a] * g[a]
                g0[j] = (b0[j] * y0 - by) / eta - lam
                more, lift = by / (1.0 + b0[j]) - y0, 2.0 * b0[j] * g0[j] / den[j]
                dt[j] = eta2[j] * g0[j] / den[j]
                for a in range(a0, a1):
                    dq[a] = pen[st, a - a0] * ((g[a] + more * b[a]) / eta - q[a] + lift * b[a])
        for a in range(N + 1):
            if turn < 2:
                dx[a] = 0.0
            rest[a] = 0.0
        if turn == 2:
            times(F, dx, ahead)
            for i in range(n):
                ahead[i] *= h[i]
            back(F, ahead, rest)
        pushes(C, K, states, off, dz, way)
        for a in range(N):
            rest[a] = way[a] + dq[a] - rd[a] - rest[a]
        rest[N] = -rd[N] - rest[N] - kappa * dx[N]
        solve(H, size, rest)
        if not has_c:
            rest[N] = 0.0
        heights(C, K, states, off, rest, high)
        for j in range(m):
            st = states[j]
            for r in range(K[st]):
                ds[j, r] += high[j, r]
                dz[j, r] -= z[j, r] * high[j, r] / s[j, r]
            along = 0.0
            for a in range(off[j], off[j + 1]):
                along += b[a] * rest[a]
            dt[j] += 2.0 * b0[j] * along / den[j]
            along *= 2.0 / den[j]
            for a in range(off[j], off[j + 1]):
                dq[a] -= pen[st, a - off[j]] * (rest[a] - along * b[a]) / eta2[j]
        for a in range(N + 1):
            dx[a] += rest[a]
        if turn != 1:
            step = _longest(K, pen, states, off, lam, x, t, q, s, z, dx, dt, dq, ds, dz)
            target = max((1.0 - min(step, 1.0)) ** 3, least) * total / max(count, 1)
    step = min(share * step, 1.0)
    if kind == LOGISTIC:
        times(F, dx, ahead)
        step *= _trusted(y, f, e, h, ahead, step)
    for j in range(m):  # norms stay inside their cones in spite of rounding
        st = states[j]
        w2, q2 = 0.0, 0.0
        for a in range(off[j], off[j + 1]):
            x[a] += step * dx[a]
            q[a] += step * dq[a]
            w2 += pen[st, a - off[j]] * x[a] * x[a]
            q2 += q[a] * q[a]
        t[j] = max(t[j] + step * dt[j], np.sqrt(w2) * (1.0 + BORDER), SPECK)
        short = min(1.0, lam * (1.0 - BORDER) / max(np.sqrt(q2), SPECK))
        for a in range(off[j], off[j + 1]):
            q[a] *= short
        for r in range(K[st]):
            s[j, r] += step * ds[j, r]
            z[j, r] += step * dz[j, r]
    x[N] += step * dx[N]
    return step


@kernel(lambda lam, grad, *_: len(grad), seconds=0.5, **INSIDE)
def first_weight(lam: float, grad: np.ndarray, off: np.ndarray, begin: float) -> float:
    """Return the decay to begin with: lam, or `begin` times the largest pull on a unit, where all stay at zero."""
    weight = lam
    for j in range(len(off) - 1):
        square = 0.0
        for a in range(off[j], off[j + 1]):
            square += grad[a] * grad[a]
        weight = max(weight, begin * np.sqrt(square))
    return weight


@kernel(lambda *args: 4 * (args[7].size + args[10].size), seconds=1.0, **INSIDE)
def lightened(
    lam: float,
    weight: float,
    step: float,
    K: np.ndarray,
    pen: np.ndarray,
    states: np.ndarray,
    off: np.ndarray,
    x: np.ndarray,
    t: np.ndarray,
    q: np.ndarray,
    s: np.ndarray,
    z: np.ndarray,
) -> float:
    """Return the next decay on the way down to lam, and shorten multipliers with it, which keeps products alike.

    A small decay at once would let weights run far away, where losses without curvature lead nowhere.
    """
    total, count, longest = 0.0, 0, 0.0
    for j in range(len(states)):
        st = states[j]
        square = 0.0
        total += t[j] * weight
        for a in range(off[j], off[j + 1]):
            square += pen[st, a - off[j]] * x[a] * x[a]
            total += x[a] * q[a]
        for r in range(K[st]):
            total += s[j, r] * z[j, r]
        longest = max(longest, np.sqrt(square))
        count += 1 + K[st]
    if total > CLOSE * count * weight * (1.0 + longest):
        return weight
    share = max(lam / weight, 1.0 - FALL * step)
    for a in range(off[len(states)]):
        q[a] *= share
    for j in range(len(states)):
        for r in range(K[states[j]]):
            z[j, r] *= share
    return max(lam, share * weight)


@kernel(
    lambda G, Q, C, K, pen, y, kind, lam, kappa, has_c, start_c, programs, *_: (
        len(programs)
        * STEPS_OF_A_PROGRAM
        * step_work(len(y), programs.shape[1] * G.shape[2], G.shape[2], C.shape[2], kind != SQUARED)
    ),
    seconds=20.0,
    **INSIDE,
)
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
    patience: int,
    share: float,
    least: float,
    begin: float,
    values: np.ndarray,
    gaps: np.ndarray,
    points: np.ndarray,
    multipliers: np.ndarray,
) -> None:
    """Minimise programs (B, m) of states, -1 for none; fill values and gaps (B,), and where points has rows, points.

    Every state has features in G (S, n, d), sign included, of which the first Q (S,) columns count, a cone of the first
    K (S,) columns of C (S, d, k), each of length 1, and pen (S, d), 1.0 where a coordinate is penalised. y and kind are
    those of `derivatives`. The step goes `share` of the way to a border and aims at `least` times the parameter at
    least; it ends after `limit` steps, or `patience` of them without a gain. Where `begin` is not 0 the decay falls
    from `begin` times the largest pull on a unit. A point (m + 1, d) has c first in its last row.
    """
    n, width, k = G.shape[1], programs.shape[1], C.shape[2]
    off, states = np.zeros(width + 1, dtype=np.int64), np.zeros(width, dtype=np.int64)
    for program in range(len(programs)):
        m = 0
        for j in range(width):
            if programs[program, j] >= 0:
                states[m] = programs[program, j]
                off[m + 1] = off[m] + Q[states[m]]
                m += 1
        N = off[m]
        live, ends = states[:m], off[: m + 1]
        F, base, H = np.zeros((n, N + 1)), np.zeros((N + 1, N + 1)), np.zeros((N + 1, N + 1))
        for i in range(n):
            for j in range(m):
                for a in range(off[j + 1] - off[j]):
                    F[i, off[j] + a] = G[states[j], i, a]
            F[i, N] = 1.0 if has_c else 0.0
        of_row, of_x, of_s = np.zeros((3, n)), np.zeros((5, N + 1)), np.zeros((4, m, k))
        f, e, h = of_row[0], of_row[1], of_row[2]
        x, q, grad, push, best_x = of_x[0], of_x[1], of_x[2], of_x[3], of_x[4]
        s, z, height, best_z = of_s[0], of_s[1], of_s[2], of_s[3]
        t = np.ones(m)
        x[N] = start_c
        times(F, x, f)
        derivatives(kind, y, f, e, h)
        back(F, e, grad)
        now = first_weight(lam, grad, ends, begin)
        least_z = now if now > lam else max(lam, LEAST_START)
        for j in range(m):
            for r in range(k):
                s[j, r], z[j, r] = 1.0, least_z
        best, best_value, last, scale = np.inf, np.inf, 0, 0.0
        for it in range(limit):
            times(F, x, f)
            loss = derivatives(kind, y, f, e, h)
            if it == 0:
                scale = max(loss, SPECK)
                products(F, h, base)
            back(F, e, grad)
            pushes(C, K, live, ends, z, push)
            heights(C, K, live, ends, x, height)
            value, gap, debt = gap_of(kind, y, e, loss, grad, push, height, K, pen, live, ends, x, z, lam, kappa, has_c)
            if gap < best:
                last = it if gap < 0.5 * best else last
                best, best_value = gap, value + debt
                for a in range(N + 1):
                    best_x[a] = x[a]
                copy(z, best_z)
            if best <= accuracy * scale or it - last > patience or not gap < np.inf:
                break
            if kind == SQUARED:
                copy(base, H)
            else:
                products(F, h, H)
            step = advance(
                F, h, C, K, pen, live, ends, now, kappa, has_c, grad, push, height, x, t, q, s, z, H, share, least,
                kind, y, f, e,
            )  # fmt: skip
            if now > lam:
                last = it
                now = lightened(lam, now, step, K, pen, live, ends, x, t, q, s, z)
        values[program], gaps[program] = best_value, best
        if len(points):
            points[program] = 0.0
            at = 0
            for j in range(width):
                if programs[program, j] >= 0:
                    for a in range(off[at + 1] - off[at]):
                        points[program, j, a] = best_x[off[at] + a]
                    for r in range(k):
                        multipliers[program, j, r] = best_z[at, r]
                    at += 1
            points[program, width, 0] = best_x[N]
