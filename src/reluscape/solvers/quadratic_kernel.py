"""Interior point for basin programs of the squared loss: the compiled kernel, which never forms the constraints."""

from __future__ import annotations

import numba
import numpy as np

from .cholesky_kernel import factor, solve_factored
from .complementarity_kernel import corrected_step, correction, gap_after, measure, move, predicted_step, predictor
from .small_products_kernel import SMALL, cone_blocks, pulled, times_normals
from .woodbury_kernel import prepare, solve

MORE_VARIABLES = 1.5
ACCURACY = 1e-11


@numba.njit(nogil=True, cache=True, error_model="numpy")
def interior_point(
    U: np.ndarray,
    E: np.ndarray,
    y: np.ndarray,
    C: np.ndarray,
    products: np.ndarray,
    active: np.ndarray,
    orientation: np.ndarray,
    gap_limit: float,
    ridge: float,
    dependent: float,
    limit: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Minimise |sum_j active_j * (U z_j) + c E - y|^2 / 2 subject to orientation_jt <z_j, C_t> >= 0.

    Mehrotra's predictor-corrector on the primal-dual system; the Newton matrix is the Gram matrix of the features plus
    one r x r block a unit, built from the table of products C_ta C_tb.

    Args:
        U: (n, r) features with orthonormal columns.
        E: (n,) unit column of the output bias, or (0,) for none.
        y: (n,) targets of about unit length.
        C: (k, r) unit constraint normals.
        products: (k, r (r + 1) / 2) with C_ta C_tb, a >= b; or (0, 0) where the table would be too large.
        active: (m, n) 0.0 or 1.0; units with a cone first, then units without.
        orientation: (p, k) -1.0 or 1.0 for the p <= m units with a cone.
        gap_limit: complementarity and residuals at which the search stops.
        ridge: relative diagonal added to the Newton matrix.
        dependent: relative pivot below which a direction is left alone.
        limit: largest number of iterations.

    Returns:
        x (m r + bias,), multipliers (p, k), slacks (p, k), and (|residual|^2, gap, primal residual, dual residual,
        iterations).
    """
    n, r = U.shape
    m = active.shape[0]
    p, k = orientation.shape
    bias = 1 if E.shape[0] > 0 else 0
    N = m * r + bias
    F = np.zeros((N, n))
    for j in range(m):
        for t in range(n):
            if active[j, t] != 0.0:
                for a in range(r):
                    F[j * r + a, t] = U[t, a]
    if bias:
        for t in range(n):
            F[N - 1, t] = E[t]
    tall = p == m and MORE_VARIABLES * n < N and N > 64  # then the n x n system is the smaller one
    P = np.zeros((0, 0)) if tall else np.dot(F, F.T)
    q = np.dot(F, y)
    q_size = 0.0
    for i in range(N):
        q_size = max(q_size, abs(q[i]))
    x = np.zeros(N)
    # heights of a minimiser are of the order of 1 / sqrt(number of variables)
    s = np.full((p, k), min(1.0, 2.0 / np.sqrt(max(m * r, 1))))
    mu = np.empty((p, k))
    start = max(q_size, 1e-8) / np.sqrt(max(k, 1))
    for j in range(p):
        for t in range(k):
            mu[j, t] = start
    count = p * k
    step_s = np.empty((p, k))
    step_mu = np.empty((p, k))
    corrector = np.zeros((p, k))
    work = np.empty((p, k))
    weights = np.empty((p, k))
    inverse_s = np.empty((p, k))
    inverse_mu = np.empty((p, k))
    primal = np.empty((p, k))
    dual = np.empty(N)
    M = np.empty((0, 0)) if tall else np.empty((N, N))
    cones = np.zeros((p if tall else 0, r, r))
    step = np.empty(N)
    scaled = np.empty((k, r))
    stats = np.zeros(5)
    trace = 0.0
    for i in range(N):
        for t in range(n):
            trace += F[i, t] * F[i, t]
    base = ridge * max(trace / max(N, 1), 1e-12)
    best_x = x.copy()
    best_mu = mu.copy()
    best_s = s.copy()
    best_merit = np.inf
    worse = 0
    last_step = 1.0
    after = 0.0
    normals = np.ascontiguousarray(C.T)
    heights = np.empty((p, k))
    moved = np.empty((p, k))
    pull = np.empty((p, r))
    blocks = np.empty((p, products.shape[1]))
    columns = np.ascontiguousarray(products.T) if p * products.size <= SMALL else np.empty((0, 0))
    for iteration in range(limit + 1):
        times_normals(x[: p * r].reshape(p, r), normals, heights)
        gap, primal_size = measure(heights, orientation, s, mu, primal, work, weights, inverse_s, inverse_mu)
        pulled(work, normals, C, pull)
        Px = np.dot(F, np.dot(x, F)) if tall else np.dot(P, x)
        dual_size = 0.0
        x_size = 1.0
        for i in range(N):
            value = Px[i] - q[i]
            if i < p * r:
                value -= pull[i // r, i % r]
            dual[i] = value
            dual_size = max(dual_size, abs(value))
            x_size = max(x_size, abs(x[i]))
        merit = max(gap, primal_size / x_size, dual_size)
        if merit < best_merit:
            best_merit = merit
            best_x[:] = x
            best_mu[:] = mu
            best_s[:] = s
            stats[1], stats[2], stats[3], stats[4] = gap, primal_size, dual_size, iteration
            worse = 0
        else:
            worse += 1
        if merit <= gap_limit or iteration == limit or worse > 8 or not np.isfinite(merit) or last_step < 1e-9:
            break
        if not tall:
            for i in range(N):
                for c in range(i + 1):
                    M[i, c] = P[i, c]
                M[i, i] += base
        if products.shape[0] > 0:
            cone_blocks(weights, products, columns, blocks)
            for j in range(p):
                e = 0
                for a in range(r):
                    for b in range(a + 1):
                        if tall:
                            cones[j, a, b] = blocks[j, e]
                        else:
                            M[j * r + a, j * r + b] += blocks[j, e]
                        e += 1
        else:
            for j in range(p):
                for t in range(k):
                    for a in range(r):
                        scaled[t, a] = weights[j, t] * C[t, a]
                block = np.dot(normals, scaled)
                for a in range(r):
                    for b in range(a + 1):
                        if tall:
                            cones[j, a, b] = block[a, b]
                        else:
                            M[j * r + a, j * r + b] += block[a, b]
        if tall:
            prepared = prepare(F, cones, base, bias)
        else:
            factor(M, dependent)
        for phase in range(2):
            if phase == 0:
                predictor(orientation, mu, weights, primal, work)
            else:
                ratio = after / gap
                target = ratio * ratio * ratio * gap / count
                correction(orientation, mu, weights, primal, step_s, step_mu, inverse_s, target, corrector, work)
            pulled(work, normals, C, pull)
            for i in range(N):
                step[i] = -dual[i]
                if i < p * r:
                    step[i] += pull[i // r, i % r]
            if tall:
                step[:] = solve(F, cones, base, bias, prepared, step, ACCURACY)
            else:
                solve_factored(M, step)
            times_normals(step[: p * r].reshape(p, r), normals, moved)
            if phase == 0:
                if count == 0:
                    for i in range(N):
                        x[i] += step[i]
                    break
                shrink = predicted_step(moved, orientation, mu, weights, primal, inverse_s, step_s, step_mu)
                after = gap_after(s, mu, step_s, step_mu, 1.0 / shrink)
            else:
                shrink = corrected_step(
                    moved, orientation, mu, weights, primal, inverse_s, inverse_mu, corrector, step_s, step_mu
                )
                along = min(1.0, 0.9975 / shrink) if shrink > 1.0 else 1.0
                last_step = along
                for i in range(N):
                    x[i] += along * step[i]
                move(s, mu, step_s, step_mu, along)
    residual = np.dot(best_x, F)
    square = 0.0
    for t in range(n):
        residual[t] -= y[t]
        square += residual[t] * residual[t]
    stats[0] = square
    return best_x, best_mu, best_s, stats


@numba.njit(nogil=True, cache=True, error_model="numpy")
def interior_point_many(
    U: np.ndarray,
    E: np.ndarray,
    y: np.ndarray,
    C: np.ndarray,
    products: np.ndarray,
    patterns: np.ndarray,
    rows: np.ndarray,
    starts: np.ndarray,
    units: np.ndarray,
    codes: np.ndarray,
    gap_limit: float,
    ridge: float,
    dependent: float,
    limit: int,
    out: np.ndarray,
) -> None:
    """Solve many programs over one data set; program b has the units starts[b] to starts[b + 1].

    The other arguments are those of `interior_point`.

    Args:
        U: (n, r) features.
        E: (n,) bias column or (0,).
        y: (n,) targets.
        C: (k, r) constraint normals.
        products: table of their products.
        patterns: (S, n) bool, the distinct patterns.
        rows: (k,) the sample that each constraint belongs to.
        starts: (B + 1,) int64.
        units: pattern numbers, the units with a cone first in each program.
        codes: sign of each unit, 0 for a unit without cone.
        gap_limit: where the search stops.
        ridge: relative diagonal.
        dependent: relative pivot.
        limit: largest number of iterations.
        out: (B, 5) receives (|residual|^2, gap, primal residual, dual residual, iterations).
    """
    n, k = U.shape[0], C.shape[0]
    for b in range(len(starts) - 1):
        m = starts[b + 1] - starts[b]
        p = 0
        for j in range(m):
            if codes[starts[b] + j] != 0:
                p += 1
        active = np.empty((m, n))
        orientation = np.empty((p, k))
        for j in range(m):
            unit = units[starts[b] + j]
            code = codes[starts[b] + j]
            for t in range(n):
                active[j, t] = 1.0 if patterns[unit, t] else 0.0
            if j < p:
                for t in range(k):
                    orientation[j, t] = code if patterns[unit, rows[t]] else -code
        found = interior_point(U, E, y, C, products, active, orientation, gap_limit, ridge, dependent, limit)
        out[b] = found[3]
