"""Interior point for basin programs with weight decay: the compiled kernel.

min sum_i l(f_i) + lam sum_j |P u_j| + (kappa / 2) c^2, f = sum_j s_j (X u_j on the cell) + c, o_jt <C_t, u_j> >= 0.

With t_j = (mu + sqrt(mu^2 + lam^2 |P u_j|^2)) / lam the vector p_j = lam P u_j / t_j is strictly shorter than lam, and
tends to lam P u_j / |P u_j|: the norm is treated as primal and dual together by Newton's method on t_j p_j = lam P u_j
(Chan, Golub and Mulet 1999), the cell by slacks and multipliers.
"""

from __future__ import annotations

import numba
import numpy as np

from ..numbers.kernelcache import INNER, KERNEL
from ..numbers.tolerances import DEFAULT, HUGE_PIVOT, SPECK

SQUARED, LOGISTIC = 0, 1
# shares of the way to a border that a step goes; the next one is taken after so many steps without a gain, since long
# steps can go round in a cycle
SHARES, CYCLE = (0.995, 0.9, 0.7, 0.5), 6
# numbers of the policy as the compiled code reads them
PIVOT, RIDGE = DEFAULT.decayed_pivot, DEFAULT.decayed_ridge
LEAST_CENTRING, LEAST_START = DEFAULT.decayed_centring, DEFAULT.decayed_start


@numba.njit(**INNER, error_model="numpy")
def _factor(A: np.ndarray, n: int) -> None:
    """Replace the lower triangle of a positive definite matrix by its Cholesky factor; tiny pivots become huge."""
    for i in range(n):
        for j in range(i):
            total = A[i, j]
            for k in range(j):
                total -= A[i, k] * A[j, k]
            A[i, j] = total / A[j, j]
        pivot = A[i, i]
        top = abs(pivot)
        for k in range(i):
            pivot -= A[i, k] * A[i, k]
        A[i, i] = np.sqrt(pivot) if pivot > PIVOT * top and pivot > SPECK else HUGE_PIVOT


@numba.njit(**INNER, error_model="numpy")
def _solve(A: np.ndarray, n: int, b: np.ndarray) -> None:
    """Replace b by the solution for a factor."""
    for i in range(n):
        total = b[i]
        for k in range(i):
            total -= A[i, k] * b[k]
        b[i] = total / A[i, i]
    for i in range(n - 1, -1, -1):
        total = b[i]
        for k in range(i + 1, n):
            total -= A[k, i] * b[k]
        b[i] = total / A[i, i]


@numba.njit(**INNER, error_model="numpy")
def _copy(source: np.ndarray, target: np.ndarray) -> None:
    """Fill a matrix with another one; an assignment of slices would compile the wording of its errors for seconds."""
    for j in range(source.shape[0]):
        for a in range(source.shape[1]):
            target[j, a] = source[j, a]


@numba.njit(**INNER, error_model="numpy")
def predictions(X: np.ndarray, on: np.ndarray, sign: np.ndarray, u: np.ndarray, c: float, f: np.ndarray) -> None:
    """Fill f with the predictions."""
    n, d = X.shape
    f[:] = c
    for j in range(len(sign)):
        for i in range(n):
            if on[j, i]:
                height = 0.0
                for a in range(d):
                    height += X[i, a] * u[j, a]
                f[i] += sign[j] * height


@numba.njit(**INNER, error_model="numpy")
def derivatives(kind: int, y: np.ndarray, f: np.ndarray, e: np.ndarray, h: np.ndarray) -> float:
    """Fill e and h with the first and second derivatives of the losses at f; return the sum of the losses.

    (f - y)^2 for kind 0, log(1 + exp(-y f)) with y = -1, 1 for kind 1.
    """
    total = 0.0
    for i in range(len(f)):
        if kind == 0:
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


@numba.njit(**KERNEL, error_model="numpy")
def factored(
    X: np.ndarray,
    on: np.ndarray,
    sign: np.ndarray,
    C: np.ndarray,
    pen: np.ndarray,
    lam: float,
    kappa: float,
    has_c: bool,
    u: np.ndarray,
    p: np.ndarray,
    s: np.ndarray,
    z: np.ndarray,
    h: np.ndarray,
    nu: float,
    M: np.ndarray,
    B: np.ndarray,
    H: np.ndarray,
) -> None:
    """Fill M (m, d, d) with the curvature of the norms and B, H with the factors of Newton's matrix.

    H is that of all variables where it is (m d + 1) square; else B holds the factors of the units' blocks and H is the
    n x n matrix that couples them.
    """
    n, d = X.shape
    m, k = s.shape
    for j in range(m):
        square = 0.0
        for a in range(d):
            square += pen[a] * u[j, a] * u[j, a]
        q = np.sqrt(nu * nu + lam * lam * square)
        t = (nu + q) / lam
        for a in range(d):
            for b in range(d):
                value = -pen[a] * pen[b] * (p[j, a] * u[j, b] + p[j, b] * u[j, a]) / (2.0 * q)
                if a == b:
                    value += pen[a]
                M[j, a, b] = lam / t * value
                B[j, a, b] = M[j, a, b]
        for r in range(k):
            weight = z[j, r] / s[j, r]
            for a in range(d):
                wa = weight * C[r, a]
                for b in range(a + 1):
                    B[j, a, b] += wa * C[r, b]
        for a in range(d):
            B[j, a, a] *= 1.0 + RIDGE
    size = m * d
    H[:] = 0.0
    if len(H) == size + 1:
        row = np.zeros(size)
        for i in range(n):
            for j in range(m):
                for a in range(d):
                    row[j * d + a] = sign[j] * X[i, a] if on[j, i] else 0.0
            for a in range(size):
                ha = h[i] * row[a]
                if ha != 0.0:
                    for b in range(a + 1):
                        H[a, b] += ha * row[b]
                    H[size, a] += ha
            H[size, size] += h[i]
        for j in range(m):
            for a in range(d):
                for b in range(a + 1):
                    H[j * d + a, j * d + b] += B[j, a, b]
        H[size, size] += kappa
        _factor(H, size + 1 if has_c else size)
        return
    part = np.zeros((n, d))
    which = np.zeros(n, dtype=np.int64)
    for j in range(m):
        _factor(B[j], d)
        count = 0
        for i in range(n):
            if on[j, i]:
                which[count] = i
                for a in range(d):
                    total = np.sqrt(h[i]) * X[i, a]
                    for q in range(a):
                        total -= B[j, a, q] * part[count, q]
                    part[count, a] = total / B[j, a, a]
                count += 1
        for r in range(count):
            for q in range(r + 1):
                total = 0.0
                for a in range(d):
                    total += part[r, a] * part[q, a]
                H[which[r], which[q]] += total
    for i in range(n):
        H[i, i] += 1.0
    _factor(H, n)


@numba.njit(**KERNEL, error_model="numpy")
def direction(
    X: np.ndarray,
    on: np.ndarray,
    sign: np.ndarray,
    C: np.ndarray,
    o: np.ndarray,
    pen: np.ndarray,
    lam: float,
    kappa: float,
    has_c: bool,
    u: np.ndarray,
    p: np.ndarray,
    s: np.ndarray,
    z: np.ndarray,
    c: float,
    e: np.ndarray,
    h: np.ndarray,
    nu: float,
    target: float,
    second: float,
    M: np.ndarray,
    B: np.ndarray,
    H: np.ndarray,
    du: np.ndarray,
    dp: np.ndarray,
    ds: np.ndarray,
    dz: np.ndarray,
) -> float:
    """Fill the directions towards the point of parameter `target`; return that of c.

    `second` times the products of the directions that the arrays hold at first is taken off (Mehrotra's corrector).
    """
    n, d = X.shape
    m, k = o.shape
    rhs = np.zeros(m * d)
    for j in range(m):
        square, bend = 0.0, 0.0
        for a in range(d):
            square += pen[a] * u[j, a] * u[j, a]
            bend += pen[a] * u[j, a] * du[j, a]
        q = np.sqrt(nu * nu + lam * lam * square)
        t = (nu + q) / lam
        dt = (1.0 + nu / q) * (target - nu) / lam
        bend = second * (lam * bend / q + dt) / t
        for a in range(d):  # from here on dp holds what does not depend on du
            dp[j, a] = (lam * pen[a] * u[j, a] - p[j, a] * dt) / t - bend * dp[j, a]
            rhs[j * d + a] = -dp[j, a]
        for i in range(n):
            if on[j, i]:
                for a in range(d):
                    rhs[j * d + a] -= sign[j] * e[i] * X[i, a]
        for r in range(k):
            height = 0.0
            for a in range(d):
                height += C[r, a] * u[j, a]
            gap = o[j, r] * height - s[j, r]
            dz[j, r] = target - second * ds[j, r] * dz[j, r]
            ds[j, r] = gap
            push = o[j, r] * (dz[j, r] - z[j, r] * gap) / s[j, r]
            for a in range(d):
                rhs[j * d + a] += C[r, a] * push
    rc = -kappa * c
    for i in range(n):
        rc -= e[i]
    dc = 0.0
    size = m * d
    if len(H) == size + 1:
        x = np.zeros(size + 1)
        for a in range(size):
            x[a] = rhs[a]
        x[size] = rc
        _solve(H, size + 1 if has_c else size, x)
        for j in range(m):
            for a in range(d):
                du[j, a] = x[j * d + a]
        dc = x[size] if has_c else 0.0
    else:
        dc = _coupled(X, on, sign, B, H, rhs, h, kappa, rc, has_c, du)
    for j in range(m):
        for a in range(d):
            value = dp[j, a] - p[j, a]
            for b in range(d):
                value += M[j, a, b] * du[j, b]
            dp[j, a] = value
        for r in range(k):
            height = 0.0
            for a in range(d):
                height += C[r, a] * du[j, a]
            ds[j, r] += o[j, r] * height
            dz[j, r] = (dz[j, r] - z[j, r] * ds[j, r]) / s[j, r] - z[j, r]
    return dc


@numba.njit(**INNER, error_model="numpy")
def _coupled(
    X: np.ndarray,
    on: np.ndarray,
    sign: np.ndarray,
    B: np.ndarray,
    K: np.ndarray,
    rhs: np.ndarray,
    h: np.ndarray,
    kappa: float,
    rc: float,
    has_c: bool,
    du: np.ndarray,
) -> float:
    """Fill du with the solution of (blocks + features) from their factors; return that of c."""
    n, d = X.shape
    m = len(sign)
    b, x = np.zeros(n), np.zeros(d)
    root, w = np.zeros(n), np.zeros(n)
    for i in range(n):
        root[i] = w[i] = np.sqrt(h[i])
    for j in range(m):
        for a in range(d):
            x[a] = rhs[j * d + a]
        _solve(B[j], d, x)
        for i in range(n):
            if on[j, i]:
                for a in range(d):
                    b[i] += sign[j] * root[i] * X[i, a] * x[a]
    dc = 0.0
    _solve(K, n, b)
    if has_c:
        _solve(K, n, w)
        above, below = rc, kappa
        for i in range(n):
            above -= root[i] * b[i]
            below += root[i] * w[i]
        dc = above / below
        for i in range(n):
            b[i] += dc * w[i]
    for j in range(m):
        for a in range(d):
            x[a] = rhs[j * d + a]
        for i in range(n):
            if on[j, i]:
                for a in range(d):
                    x[a] -= sign[j] * root[i] * b[i] * X[i, a]
        _solve(B[j], d, x)
        for a in range(d):
            du[j, a] = x[a]
    return dc


@numba.njit(**KERNEL, error_model="numpy")
def longest_step(s: np.ndarray, z: np.ndarray, ds: np.ndarray, dz: np.ndarray, share: float) -> float:
    """Return the step, at most 1, that takes slacks and multipliers a share of the way to zero."""
    step = 1.0
    for j in range(s.shape[0]):
        for r in range(s.shape[1]):
            if ds[j, r] < 0:
                step = min(step, -share * s[j, r] / ds[j, r])
            if dz[j, r] < 0:
                step = min(step, -share * z[j, r] / dz[j, r])
    return step


@numba.njit(**KERNEL, error_model="numpy")
def centring(s: np.ndarray, z: np.ndarray, ds: np.ndarray, dz: np.ndarray, nu: float) -> tuple[float, float]:
    """Return the parameter of the point and the one to aim at, from the step towards parameter 0."""
    m, k = s.shape
    step = longest_step(s, z, ds, dz, 1.0)
    now, after = nu, (1.0 - step) * nu
    if m * k:
        there, ahead = 0.0, 0.0
        for j in range(m):
            for r in range(k):
                there += s[j, r] * z[j, r]
                ahead += (s[j, r] + step * ds[j, r]) * (z[j, r] + step * dz[j, r])
        now, after = (nu + there) / (m * k + 1), (after + ahead) / (m * k + 1)
    share = max(after, 0.0) / now
    return now, max(share * share * share, LEAST_CENTRING) * now


@numba.njit(**KERNEL, error_model="numpy")
def move(
    u: np.ndarray,
    p: np.ndarray,
    s: np.ndarray,
    z: np.ndarray,
    du: np.ndarray,
    dp: np.ndarray,
    ds: np.ndarray,
    dz: np.ndarray,
    lam: float,
    share: float,
) -> float:
    """Move as far as slacks and multipliers stay positive, a share of the way to zero at most; return the step."""
    m, k = s.shape
    step = longest_step(s, z, ds, dz, share)
    for j in range(m):
        square = 0.0
        for a in range(u.shape[1]):
            u[j, a] += step * du[j, a]
            p[j, a] += step * dp[j, a]
            square += p[j, a] * p[j, a]
        if square > lam * lam:
            for a in range(u.shape[1]):
                p[j, a] *= lam / np.sqrt(square)
        for r in range(k):
            s[j, r] += step * ds[j, r]
            z[j, r] += step * dz[j, r]
    return step


@numba.njit(**KERNEL, error_model="numpy")
def gap_of(
    X: np.ndarray,
    on: np.ndarray,
    sign: np.ndarray,
    C: np.ndarray,
    o: np.ndarray,
    pen: np.ndarray,
    lam: float,
    kappa: float,
    has_c: bool,
    u: np.ndarray,
    z: np.ndarray,
    c: float,
    e: np.ndarray,
    loss: float,
) -> float:
    """Return the value minus the lower bound that e with the multipliers z proves, up to rounding.

    The value is at most sum_j (<g_j, u_j> + lam |P u_j|) + ... above the dual's; a pull of more than lam is paid by the
    largest sum of norms that a better point can have.
    """
    n, d = X.shape
    m, k = o.shape
    gap, worst, norms, loose = 0.0, 0.0, 0.0, 0.0
    for j in range(m):
        pull, along, square, free = 0.0, 0.0, 0.0, 0.0
        for r in range(k):
            height = 0.0
            for a in range(d):
                height += o[j, r] * C[r, a] * u[j, a]
            if height < 0:
                loose += (lam + z[j, r]) * -height
        for a in range(d):
            g = 0.0
            for i in range(n):
                if on[j, i]:
                    g += sign[j] * e[i] * X[i, a]
            along += g * u[j, a]
            q = g
            for r in range(k):
                q -= o[j, r] * z[j, r] * C[r, a]
            pull += pen[a] * q * q
            free += (1.0 - pen[a]) * abs(q * u[j, a])
            square += pen[a] * u[j, a] * u[j, a]
        gap += abs(along + lam * np.sqrt(square))
        norms += lam * np.sqrt(square)
        loose += free
        worst = max(worst, np.sqrt(pull) / lam)
    value = loss + norms + kappa * c * c / 2
    gap += max(worst - 1.0, 0.0) * value + loose
    if has_c:
        rest = kappa * c
        for i in range(n):
            rest += e[i]
        gap += abs(rest) * (1.0 + abs(c))  # a better constant may lie that far from 0
        if kappa > 0:
            gap += rest * rest / (2 * kappa)
    return abs(gap)


@numba.njit(**KERNEL, error_model="numpy")
def decayed_point(
    X: np.ndarray,
    y: np.ndarray,
    on: np.ndarray,
    sign: np.ndarray,
    C: np.ndarray,
    o: np.ndarray,
    pen: np.ndarray,
    lam: float,
    kappa: float,
    has_c: bool,
    kind: int,
    accuracy: float,
    limit: int,
    u: np.ndarray,
    z: np.ndarray,
    stats: np.ndarray,
) -> None:
    """Minimise from the zero network; fill u (m, d), z (m, k) and stats (value, gap, c, iterations)."""
    n, d = X.shape
    m, k = o.shape
    f, e, h = np.zeros(n), np.zeros(n), np.zeros(n)
    best_u, best_z = np.zeros((m, d)), np.zeros((m, k))
    du, p, dp = np.zeros((m, d)), np.zeros((m, d)), np.zeros((m, d))
    ds, dz, s = np.zeros((m, k)), np.zeros((m, k)), np.ones((m, k))
    c = stats[2]
    f[:] = c
    scale = derivatives(kind, y, f, e, h)
    start = max(lam, LEAST_START)
    u[:] = 0.0
    z[:] = start
    nu, best, best_value, best_c, steps, last, pace = start, np.inf, np.inf, c, 0, 0, 0
    M, B = np.zeros((m, d, d)), np.zeros((m, d, d))
    size = m * d + 1 if m * d + 1 <= 2 * n or m * d <= 60 else n
    H = np.zeros((size, size))
    small = max(accuracy * scale, SPECK)
    for it in range(limit):
        predictions(X, on, sign, u, c, f)
        loss = derivatives(kind, y, f, e, h)
        gap = gap_of(X, on, sign, C, o, pen, lam, kappa, has_c, u, z, c, e, loss)
        if gap < best:
            value = loss + kappa * c * c / 2
            for j in range(m):
                square = 0.0
                for a in range(d):
                    square += pen[a] * u[j, a] * u[j, a]
                value += lam * np.sqrt(square)
            last = it if gap < 0.5 * best else last
            best, best_value, best_c = gap, value, c
            _copy(u, best_u)
            _copy(z, best_z)
        steps = it
        if best <= small or it - last > 25:
            break
        factored(X, on, sign, C, pen, lam, kappa, has_c, u, p, s, z, h, nu, M, B, H)
        du[:], dp[:], ds[:], dz[:] = 0.0, 0.0, 0.0, 0.0
        direction(X, on, sign, C, o, pen, lam, kappa, has_c, u, p, s, z, c, e, h, nu, 0.0, 0.0, M, B, H, du, dp, ds, dz)
        target = centring(s, z, ds, dz, nu)[1]
        dc = direction(
            X, on, sign, C, o, pen, lam, kappa, has_c, u, p, s, z, c, e, h, nu, target, 1.0, M, B, H, du, dp, ds, dz
        )
        pace = max(pace, (it - last) // CYCLE)
        step = move(u, p, s, z, du, dp, ds, dz, lam, SHARES[min(pace, len(SHARES) - 1)])
        c += step * dc
        nu += step * (target - nu)
    _copy(best_u, u)
    _copy(best_z, z)
    stats[0], stats[1], stats[2], stats[3] = best_value, best, best_c, steps
