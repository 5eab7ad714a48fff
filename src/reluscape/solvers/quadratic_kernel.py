"""Interior point for basin programs of the squared loss: the compiled kernel, which never forms the constraints."""

from __future__ import annotations

import numba
import numpy as np

from ..numbers.kernelcache import INNER, KERNEL
from .cholesky_kernel import factor, solve_factored
from .complementarity_kernel import corrected_step, correction, gap_after, measure, move, predicted_step, predictor
from .small_products_kernel import product_transposed, times_normals, times_rows, times_vector, vector_times
from .woodbury_kernel import prepare, solve

MORE_VARIABLES = 1.5
ACCURACY = 1e-11


@numba.njit(**INNER, error_model="numpy", inline="always")
def interior_point(
    U: np.ndarray,
    E: np.ndarray,
    y: np.ndarray,
    normals: np.ndarray,
    products: np.ndarray,
    active: np.ndarray,
    orientation: np.ndarray,
    gap_limit: float,
    ridge: float,
    dependent: float,
    limit: int,
    best_x: np.ndarray,
    best_mu: np.ndarray,
    best_s: np.ndarray,
    stats: np.ndarray,
) -> None:
    """Minimise |sum_j active_j * (U z_j) + c E - y|^2 / 2 subject to orientation_jt <z_j, C_t> >= 0.

    Mehrotra's predictor-corrector on the primal-dual system; the Newton matrix is the Gram matrix of the features plus
    one r x r block a unit, built from the table of products C_ta C_tb.

    Args:
        U: (n, r) features with orthonormal columns.
        E: (n,) unit column of the output bias, or (0,) for none.
        y: (n,) targets of about unit length.
        normals: (r, k) unit constraint normals, the columns C_t.
        products: (r (r + 1) / 2, k) with C_ta C_tb, a >= b; or (0, 0) where the table would be too large.
        active: (m, n) bool; units with a cone first, then units without.
        orientation: (p k,) -1.0 or 1.0 for the p <= m units with a cone.
        gap_limit: complementarity and residuals at which the search stops.
        ridge: relative diagonal added to the Newton matrix.
        dependent: relative pivot below which a direction is left alone.
        limit: largest number of iterations.
        best_x: (m r + bias,) receives the minimiser.
        best_mu: (p k,) receives the multipliers.
        best_s: (p k,) receives the slacks.
        stats: (5,) receives |residual|^2 and what separates it from the minimum: complementarity, the primal residual
            times the multipliers, the dual residual times the weights; iterations.
    """
    n, r = U.shape
    m, k = active.shape[0], normals.shape[1]
    count = len(orientation)
    p = count // max(k, 1)
    bias = 1 if len(E) > 0 else 0
    N = m * r + bias
    F = np.zeros((N, n))
    trace = 0.0
    for j in range(m):
        for t in range(n):
            if active[j, t]:
                for a in range(r):
                    F[j * r + a, t] = U[t, a]
                    trace += U[t, a] * U[t, a]
    if bias:
        for t in range(n):
            F[N - 1, t] = E[t]
            trace += E[t] * E[t]
    base = ridge * max(trace / max(N, 1), 1e-12)
    tall = p == m and MORE_VARIABLES * n < N and N > 64  # then the n x n system is the smaller one
    square, high = (0 if tall else N), (m if tall else 0)
    P, M = np.empty((square, square)), np.empty((square, square))
    if not tall:
        product_transposed(F, F, P)
    cones, factors = np.empty((high, r, r)), np.empty((high, r, r))
    G, S, column = np.empty((high * r, n)), np.empty((n if tall else 0, n)), np.empty(n)
    pivot = 1.0
    q = np.empty(N)
    times_vector(F, y, q)
    q_size = 0.0
    for i in range(N):
        q_size = max(q_size, abs(q[i]))
    # heights of a minimiser are of the order of 1 / sqrt(number of variables)
    height = min(1.0, 2.0 / np.sqrt(max(m * r, 1)))
    start = max(q_size, 1e-8) / np.sqrt(max(k, 1))
    x, s, mu = np.zeros(N), np.empty(count), np.empty(count)
    for i in range(count):
        s[i] = height
        mu[i] = start
    step_s, step_mu, corrector, primal = np.empty(count), np.empty(count), np.empty(count), np.empty(count)
    inverse_s, inverse_mu = np.empty(count), np.empty(count)
    heights, work, weights = np.empty((p, k)), np.empty((p, k)), np.empty((p, k))
    flat_heights, flat_work, flat_weights = heights.reshape(-1), work.reshape(-1), weights.reshape(-1)
    dual, step, Px, fitted = np.empty(N), np.empty(N), np.empty(N), np.empty(n)
    Z, pull = np.empty((p, r)), np.empty((p, r))
    blocks, scaled, block = np.empty((p, len(products))), np.empty((r, k)), np.empty((r, r))
    best_merit = np.inf
    worse = 0
    last_step = 1.0
    after = 0.0
    for iteration in range(limit + 1):
        for i in range(p * r):
            Z[i // r, i % r] = x[i]
        times_normals(Z, normals, heights)
        gap, primal_size = measure(
            flat_heights, orientation, s, mu, primal, flat_work, flat_weights, inverse_s, inverse_mu
        )
        times_rows(work, normals, pull)
        if tall:
            vector_times(x, F, fitted)
            times_vector(F, fitted, Px)
        else:
            times_vector(P, x, Px)
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
            for i in range(N):
                best_x[i] = x[i]
            for i in range(count):
                best_mu[i] = mu[i]
                best_s[i] = s[i]
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
        if len(products) > 0:
            times_rows(weights, products, blocks)
        for j in range(p):
            if len(products) > 0:
                e = 0
                for a in range(r):
                    for b in range(a + 1):
                        block[a, b] = blocks[j, e]
                        e += 1
            else:
                for a in range(r):
                    for t in range(k):
                        scaled[a, t] = weights[j, t] * normals[a, t]
                product_transposed(scaled, normals, block)
            for a in range(r):
                for b in range(a + 1):
                    if tall:
                        cones[j, a, b] = block[a, b]
                    else:
                        M[j * r + a, j * r + b] += block[a, b]
        if tall:
            pivot = prepare(F, cones, base, bias, factors, G, S, column)
        else:
            factor(M, dependent)
        for phase in range(2):
            if phase == 0:
                predictor(orientation, mu, flat_weights, primal, flat_work)
            else:
                ratio = after / gap
                target = ratio * ratio * ratio * gap / count
                correction(
                    orientation, mu, flat_weights, primal, step_s, step_mu, inverse_s, target, corrector, flat_work
                )
            times_rows(work, normals, pull)
            for i in range(N):
                step[i] = -dual[i]
                if i < p * r:
                    step[i] += pull[i // r, i % r]
            if tall:
                solve(F, cones, base, bias, factors, G, S, column, pivot, step, ACCURACY)
            else:
                solve_factored(M, step)
            for i in range(p * r):
                Z[i // r, i % r] = step[i]
            times_normals(Z, normals, heights)
            if phase == 0:
                if count == 0:
                    for i in range(N):
                        x[i] += step[i]
                    break
                shrink = predicted_step(flat_heights, orientation, mu, flat_weights, primal, inverse_s, step_s, step_mu)
                after = gap_after(s, mu, step_s, step_mu, 1.0 / shrink)
            else:
                shrink = corrected_step(
                    flat_heights,
                    orientation,
                    mu,
                    flat_weights,
                    primal,
                    inverse_s,
                    inverse_mu,
                    corrector,
                    step_s,
                    step_mu,
                )
                along = min(1.0, 0.9975 / shrink) if shrink > 1.0 else 1.0
                last_step = along
                for i in range(N):
                    x[i] += along * step[i]
                move(s, mu, step_s, step_mu, along)
    vector_times(best_x, F, fitted)
    stats[0] = 0.0
    for t in range(n):
        stats[0] += (fitted[t] - y[t]) * (fitted[t] - y[t])
    # residuals count with what they multiply: a slack too short with its multipliers, a slope with the weights
    x_sum, mu_sum = 1.0, 1.0
    for i in range(N):
        x_sum += abs(best_x[i])
    for i in range(count):
        mu_sum += best_mu[i]
    stats[2] *= mu_sum
    stats[3] *= x_sum


@numba.njit(**KERNEL, error_model="numpy")
def interior_points(
    U: np.ndarray,
    E: np.ndarray,
    y: np.ndarray,
    C: np.ndarray,
    products: np.ndarray,
    patterns: np.ndarray,
    sides: np.ndarray,
    starts: np.ndarray,
    units: np.ndarray,
    codes: np.ndarray,
    gap_limit: float,
    ridge: float,
    dependent: float,
    limit: int,
    out: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solve many programs over one data set; program b has the units starts[b] to starts[b + 1].

    The other arguments are those of `interior_point`.

    Args:
        U: (n, r) features.
        E: (n,) bias column or (0,).
        y: (n,) targets.
        C: (k, r) constraint normals.
        products: (k, r (r + 1) / 2) table of their products, or (0, 0).
        patterns: (S, n) bool, the distinct patterns.
        sides: (S, k) bool, the patterns on the samples that the constraints belong to.
        starts: (B + 1,) int64.
        units: pattern numbers, the units with a cone first in each program.
        codes: sign of each unit, 0 for a unit without cone.
        gap_limit: where the search stops.
        ridge: relative diagonal.
        dependent: relative pivot.
        limit: largest number of iterations.
        out: (B, 5) receives the `stats` of each.

    Returns:
        of the last program: minimiser x (m r + bias,), multipliers (p k,), slacks (p k,).
    """
    (n, r), k = U.shape, C.shape[0]
    bias = 1 if len(E) > 0 else 0
    targets, normals, table = np.empty(n), np.empty((r, k)), np.empty((products.shape[1], products.shape[0]))
    for t in range(n):
        targets[t] = y[t]
    for t in range(k):
        for a in range(r):
            normals[a, t] = C[t, a]
        for e in range(len(table)):
            table[e, t] = products[t, e]
    x, mu, s = np.empty(0), np.empty(0), np.empty(0)
    for b in range(len(starts) - 1):
        first, m = starts[b], starts[b + 1] - starts[b]
        p = 0
        for j in range(m):
            if codes[first + j] != 0:
                p += 1
        active = np.empty((m, n), np.bool_)
        orientation = np.empty(p * k)
        for j in range(m):
            unit = units[first + j]
            for t in range(n):
                active[j, t] = patterns[unit, t]
            if j < p:
                code = codes[first + j]
                for t in range(k):
                    orientation[j * k + t] = code if sides[unit, t] else -code
        x, mu, s = np.zeros(m * r + bias), np.zeros(p * k), np.zeros(p * k)
        interior_point(
            U, E, targets, normals, table, active, orientation, gap_limit, ridge, dependent, limit, x, mu, s, out[b]
        )
    return x, mu, s
