"""Interior point for basin programs of the squared loss: the compiled kernel for many small ones.

Plain loops over arrays that stand ready: what takes the compiler long is not here. `interior_arrays` is its plain twin.
"""

from __future__ import annotations

import numpy as np

from ..numbers.kernels import inner, kernel

# sums may be taken in any order; infinities stay what they are
ANY_ORDER = {"reassoc", "contract"}


@inner(fastmath=True)
def largest(values: np.ndarray, size: int) -> float:
    """Return the largest of the first numbers; all of them are finite."""
    top = values[0]
    for i in range(1, size):
        top = max(top, values[i])
    return top


@inner(fastmath=ANY_ORDER)
def heights(x: np.ndarray, normals: np.ndarray, units: int, out: np.ndarray) -> None:
    """Fill out with the heights of the first units' weights in x over the constraints, unit by unit."""
    r, k = normals.shape
    for j in range(units):
        lo = j * k
        for a in range(0, r, 2):
            last = min(a + 1, r - 1)
            one, two = x[j * r + a], x[j * r + last] if last > a else 0.0
            for t in range(k):
                value = one * normals[a, t] + two * normals[last, t]
                out[lo + t] = value if a == 0 else out[lo + t] + value


@kernel(lambda L, N, *_: N**3 / 6 + N * N, error_model="numpy", fastmath=ANY_ORDER)
def factor(M: np.ndarray, N: int, dependent: float) -> None:
    """Replace the lower triangle of a positive semidefinite M (N, N) by its Cholesky factor.

    A pivot of at most `dependent` times its diagonal entry becomes infinite in effect (1e150), which leaves its
    variable where it is.
    """
    for i in range(N):
        diagonal = M[i, i]
        pivot = diagonal
        for j in range(0, i - 3, 4):  # four columns share each entry of the row that is read
            f, g, h, e = M[i, j], M[i, j + 1], M[i, j + 2], M[i, j + 3]
            for c in range(j):
                value = M[i, c]
                f -= value * M[j, c]
                g -= value * M[j + 1, c]
                h -= value * M[j + 2, c]
                e -= value * M[j + 3, c]
            f /= M[j, j]
            g = (g - f * M[j + 1, j]) / M[j + 1, j + 1]
            h = (h - f * M[j + 2, j] - g * M[j + 2, j + 1]) / M[j + 2, j + 2]
            e = (e - f * M[j + 3, j] - g * M[j + 3, j + 1] - h * M[j + 3, j + 2]) / M[j + 3, j + 3]
            M[i, j], M[i, j + 1], M[i, j + 2], M[i, j + 3] = f, g, h, e
            pivot -= f * f + g * g + h * h + e * e
        for j in range(i - i % 4, i):
            value = M[i, j]
            for c in range(j):
                value -= M[i, c] * M[j, c]
            value /= M[j, j]
            M[i, j] = value
            pivot -= value * value
        M[i, i] = np.sqrt(pivot) if pivot > dependent * diagonal else 1e150


@kernel(lambda L, N, *_: N**3 / 6 + N * N, error_model="numpy", fastmath=ANY_ORDER)
def solve_factored(L: np.ndarray, N: int, x: np.ndarray) -> None:
    """Solve L L^T x = b in place."""
    for i in range(N):
        value = x[i]
        for c in range(i):
            value -= L[i, c] * x[c]
        x[i] = value / L[i, i]
    for i in range(N - 1, -1, -1):
        x[i] /= L[i, i]
        value = x[i]
        for c in range(i):
            x[c] -= L[i, c] * value


@kernel(lambda *_: 1.0, seconds=0.0, error_model="numpy", fastmath=ANY_ORDER)  # `interior_arrays` is its plain twin
def interior_points(
    U: np.ndarray,
    E: np.ndarray,
    y: np.ndarray,
    normals: np.ndarray,
    table: np.ndarray,
    patterns: np.ndarray,
    sides: np.ndarray,
    starts: np.ndarray,
    units: np.ndarray,
    codes: np.ndarray,
    limits: np.ndarray,
    most: int,
    ready: bool,
    matrices: tuple[np.ndarray, ...],
    vectors: tuple[np.ndarray, ...],
    slots: tuple[np.ndarray, ...],
    out: np.ndarray,
) -> None:
    """Solve many programs over one data set; program b has the units starts[b] to starts[b + 1].

    Minimise |sum_j active_j * (U z_j) + c E - y|^2 / 2 subject to orientation_jt <z_j, C_t> >= 0, by Mehrotra's
    predictor-corrector on the primal-dual system; the Newton matrix is the Gram matrix of the features plus one r x r
    block a unit.

    Args:
        U: (n, r) features with orthonormal columns.
        E: (n,) unit column of the output bias, or (0,) for none.
        y: (n,) targets of about unit length.
        normals: (r, k) unit constraint normals, the columns C_t.
        table: (r (r + 1) / 2, k) products C_ta C_tb, a >= b, or (0, 0) where these are too many.
        patterns: (S, n) bool, the distinct patterns.
        sides: (S, k) bool, the patterns on the samples that the constraints belong to.
        starts: (B + 1,) int64.
        units: pattern numbers, the units with a cone first in each program.
        codes: sign of each unit, 0 for a unit without cone.
        limits: complementarity and residuals at which a search stops; relative diagonal added to the Newton matrix;
            relative pivot below which a direction is left alone.
        most: largest number of iterations.
        ready: whether the second matrix holds the features' products, of the one program that there is then.
        matrices: working space (N, n), (N, N), (N, N) for the N variables of the largest program.
        vectors: six times (N,), at least (k,).
        slots: fifteen times (p k,) for the p units with a cone.
        out: (B, 5) receives |residual|^2 and what separates it from the minimum: complementarity, the primal residual
            times the multipliers, the dual residual times the weights; iterations.

    After the call the fifth vector and the fifth and fourth slots hold minimiser, multipliers and slacks of the last.
    """
    n, r, k, bias = U.shape[0], U.shape[1], normals.shape[1], len(E)
    gap_limit, ridge, dependent = limits[0], limits[1], limits[2]
    F, P, M = matrices
    x, q, dual, step, best_x, terms = vectors
    o, s, mu, best_s, best_mu, primal, pulls, weights, inverse, back, height, step_s, step_mu, corrector, ratio = slots
    for b in range(len(starts) - 1):
        first, m, p, trace = starts[b], starts[b + 1] - starts[b], 0, 0.0
        for j in range(m):
            unit, code = units[first + j], codes[first + j]
            if code != 0:
                p += 1
                for t in range(k):
                    o[j * k + t] = code if sides[unit, t] else -code
            for a in range(r):
                for t in range(n):
                    value = U[t, a] if patterns[unit, t] else 0.0
                    F[j * r + a, t] = value
                    trace += value * value
        N, count = m * r + min(bias, 1), p * k
        if bias > 0:
            for t in range(n):
                F[N - 1, t] = E[t]
                trace += E[t] * E[t]
        base = ridge * max(trace / max(N, 1), 1e-12)
        q_size = 0.0
        for i in range(N):
            for c in range(i + 1 if not ready else 0):
                value = 0.0
                for t in range(n):
                    value += F[i, t] * F[c, t]
                P[i, c] = value
                P[c, i] = value
            value = 0.0
            for t in range(n):
                value += F[i, t] * y[t]
            q[i] = value
            x[i] = 0.0
            best_x[i] = 0.0
            q_size = max(q_size, abs(value))
        # heights of a minimiser are of the order of 1 / sqrt(number of variables)
        first_s, first_mu = min(1.0, 0.6 / np.sqrt(max(m * r, 1))), max(q_size, 1e-8) / np.sqrt(max(k, 1))
        for i in range(count):
            s[i] = first_s
            mu[i] = first_mu
        best_merit, worse, last_step = np.inf, 0, 1.0
        out[b, 1] = np.inf
        for iteration in range(most + 1):
            gap = 0.0
            heights(x, normals, np.int64(p), height)
            for i in range(count):
                primal[i] = o[i] * height[i] - s[i]
                ratio[i] = abs(primal[i])
                inverse[i] = 1.0 / s[i]
                back[i] = 1.0 / mu[i]
                weights[i] = mu[i] * inverse[i]
                pulls[i] = o[i] * mu[i]
                corrector[i] = 0.0
                gap += s[i] * mu[i]
            primal_size = largest(ratio, count) if count > 0 else 0.0
            dual_size, x_size = 0.0, 1.0
            for i in range(N):
                value = -q[i]
                for c in range(N):
                    value += P[i, c] * x[c]
                if i < p * r:
                    j = i // r
                    for t in range(k):
                        value -= pulls[j * k + t] * normals[i - j * r, t]
                dual[i] = value
                dual_size = max(dual_size, abs(value))
                x_size = max(x_size, abs(x[i]))
            merit = max(gap, primal_size / x_size, dual_size)
            worse += 1
            if merit < best_merit:
                best_merit, worse = merit, 0
                for i in range(N):
                    best_x[i] = x[i]
                for i in range(count):
                    best_mu[i] = mu[i]
                    best_s[i] = s[i]
                out[b, 1], out[b, 2], out[b, 3], out[b, 4] = gap, primal_size, dual_size, iteration
            if merit <= gap_limit or iteration == most or worse > 8 or not np.isfinite(merit) or last_step < 1e-9:
                break
            for i in range(N):
                for c in range(i + 1):
                    M[i, c] = P[i, c]
                M[i, i] += base
            for j in range(p):
                for a in range(r):
                    if len(table) == 0:
                        for t in range(k):
                            terms[t] = weights[j * k + t] * normals[a, t]
                    for c in range(a + 1):
                        value, entry = 0.0, a * (a + 1) // 2 + c
                        if len(table) > 0:
                            for t in range(k):
                                value += weights[j * k + t] * table[entry, t]
                        else:
                            for t in range(k):
                                value += terms[t] * normals[c, t]
                        M[j * r + a, j * r + c] += value
            factor(M, N, dependent)
            for phase in range(2):
                for i in range(count):
                    pulls[i] = -o[i] * (mu[i] + weights[i] * primal[i] + corrector[i] * inverse[i])
                for i in range(N):
                    value = -dual[i]
                    if i < p * r:
                        j = i // r
                        for t in range(k):
                            value += pulls[j * k + t] * normals[i - j * r, t]
                    step[i] = value
                solve_factored(M, N, step)
                if count == 0:
                    for i in range(N):
                        x[i] += step[i]
                    break
                heights(step, normals, np.int64(p), height)
                for i in range(count):
                    step_s[i] = o[i] * height[i] + primal[i]
                    step_mu[i] = -(mu[i] + weights[i] * step_s[i] + corrector[i] * inverse[i])
                    ratio[i] = max(-step_s[i] * inverse[i], -step_mu[i] * back[i])
                shrink = max(largest(ratio, count), 1.0)
                if phase == 0:
                    along = 1.0 / shrink
                    after = 0.0
                    for i in range(count):
                        after += (s[i] + along * step_s[i]) * (mu[i] + along * step_mu[i])
                    target = (after / gap) ** 3 * gap / count
                    for i in range(count):
                        corrector[i] = step_s[i] * step_mu[i] - target
                else:
                    last_step = min(1.0, 0.9975 / shrink) if shrink > 1.0 else 1.0
                    for i in range(N):
                        x[i] += last_step * step[i]
                    for i in range(count):
                        s[i] += last_step * step_s[i]
                        mu[i] += last_step * step_mu[i]
        # residuals count with what they multiply: a slack too short with its multipliers, a slope with the weights
        square, x_sum, mu_sum = 0.0, 1.0, 1.0
        for t in range(n):
            value = -y[t]
            for i in range(N):
                value += best_x[i] * F[i, t]
            square += value * value
        for i in range(N):
            x_sum += abs(best_x[i])
        for i in range(count):
            mu_sum += best_mu[i]
        out[b, 0] = square
        out[b, 2] *= mu_sum
        out[b, 3] *= x_sum
