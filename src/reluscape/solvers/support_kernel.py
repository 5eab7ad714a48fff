"""Basin programs over rays whose minimum is proved against every rounding: the compiled kernel."""

from __future__ import annotations

import numpy as np

from ..numbers.kernels import kernel
from .nonnegative_kernel import project
from .rays_kernel import candidates, inner_products, most_candidates, work_over_rays


@kernel(
    lambda T, gram, y, errors, spans, whole, rays, bias, starts, units, codes, *_: (
        work_over_rays(T, gram, rays, bias, starts, units, codes) + (len(starts) - 1) * 30 * len(y) + T.size
    ),
    seconds=5.0,
    error_model="numpy",
)
def proved_over_rays(
    T: np.ndarray,
    gram: np.ndarray,
    y: np.ndarray,
    errors: np.ndarray,
    spans: np.ndarray,
    whole: np.ndarray,
    ray_starts: np.ndarray,
    bias: int,
    starts: np.ndarray,
    units: np.ndarray,
    codes: np.ndarray,
    tolerance: float,
    unit: float,
    limit: float,
    out: np.ndarray,
) -> None:
    """Solve many programs; program b has the units starts[b] to starts[b + 1].

    The rays S with a weight span L; q is what the projection p on L leaves of y. The value is |q|^2 where p has
    positive weights and every other ray a negative product with q, both by more than rounding can take: the rays are
    off by their errors, p and q by that over the least singular value of the rays in S. A ray in L, where that is sure,
    needs no such product; where |q|^2 counts as zero none does.

    Args:
        T: (Q, n) unit features of the rays, those of the output bias last.
        gram: (Q, Q) their inner products, or (0, 0) to compute those of each program.
        y: (n,) targets.
        errors: (Q,) how far each row of T may be off.
        spans: (S,) dimension of what a unit of each pattern can add to the predictions.
        whole: (S,) bool, the constants lie in what a unit of the pattern can add.
        ray_starts: (S + 1,) rays of each pattern.
        bias: 1 where the last row of T is an output bias.
        starts: (B + 1,) programs.
        units: pattern of each unit.
        codes: sign of each unit, 0 for one without cone.
        tolerance: slope up to which a ray is not worth entering.
        unit: rounding of a sum.
        limit: squared residual that counts as zero.
        out: (B, 5) receives (|q|^2, 0, 0, how far that may be from the minimum, 0); infinity there where unsure.
    """
    Q, n = T.shape
    most = most_candidates(ray_starts, bias, starts, units, codes)
    number, sign, owner = np.empty(most, dtype=np.int64), np.empty(most), np.empty(most, dtype=np.int64)
    G, right, x, scratch = np.empty((most, most)), np.empty(most), np.empty(most), np.empty((most + 3, most))
    basis, R, q = np.empty((most, n)), np.empty((most, most)), np.empty(n)
    h = np.empty(Q)
    for g in range(Q):
        h[g] = np.dot(T[g], y)
    size = np.sqrt(np.dot(y, y))
    for b in range(len(starts) - 1):
        program = slice(starts[b], starts[b + 1])
        m = starts[b + 1] - starts[b]
        count = candidates(ray_starts, bias, Q, units[program], codes[program], number, sign, owner)
        out[b, :] = 0.0
        out[b, 3] = np.inf
        if count < 0:
            continue
        inner_products(T, gram, h, number, sign, count, G, right)
        project(G, right, count, tolerance, scratch, x)
        support = np.flatnonzero(x[:count] > 0.0)
        p = len(support)
        inside, uses, free = np.zeros(Q, np.bool_), np.zeros(m, np.int64), np.zeros(p, np.bool_)
        relative, length = 0.0, 0.0
        bias_count = 0
        for a in range(p):
            j = support[a]
            bias_count += owner[j] < 0
            inside[number[j]] = True
            relative += errors[number[j]] ** 2
            if owner[j] >= 0:
                uses[owner[j]] += 1
            free[a] = owner[j] < 0 or codes[starts[b] + owner[j]] == 0
            # orthogonal to those before, twice is enough
            for t in range(n):
                basis[a, t] = sign[j] * T[number[j], t]
            for c in range(a):
                R[c, a] = 0.0
            for _ in range(2):
                for c in range(a):
                    along = np.dot(basis[c], basis[a])
                    R[c, a] += along
                    for t in range(n):
                        basis[a, t] -= along * basis[c, t]
            R[a, a] = np.sqrt(np.dot(basis[a], basis[a]))
            length = max(length, 1.0 / R[a, a])
            for t in range(n):
                basis[a, t] /= R[a, a]
        relative = np.sqrt(relative) + unit * np.sqrt(max(p, 1))
        if not relative * length < 0.01:
            continue
        weights = np.zeros(p)
        for t in range(n):
            q[t] = y[t]
        for _ in range(2):
            for a in range(p):
                along = np.dot(basis[a], q)
                weights[a] += along
                for t in range(n):
                    q[t] -= along * basis[a, t]
        total = 0.0
        inverse = 0.0
        column = np.empty(p)
        for a in range(p - 1, -1, -1):
            for c in range(a + 1, p):
                weights[a] -= R[a, c] * weights[c]
            weights[a] /= R[a, a]
        for e in range(p):  # columns of the inverse of R
            for a in range(e, -1, -1):
                value = 1.0 if a == e else 0.0
                for c in range(a + 1, e + 1):
                    value -= R[a, c] * column[c]
                column[a] = value / R[a, a]
                inverse += column[a] * column[a]
        inverse = np.sqrt(inverse)
        if p and not 10.0 * relative * inverse < 1.0:
            continue
        square = np.dot(q, q)
        possible = True
        for a in range(p):
            total += abs(weights[a]) * errors[number[support[a]]]
            possible = possible and (free[a] or weights[a] >= 0.0)
        total += unit * size * (1.0 + inverse)
        near = (np.sqrt(square) + total) ** 2
        if possible and near <= limit:
            out[b, 0], out[b, 3] = square, near
            continue
        tilt = 4.0 * relative * max(inverse, 1.0) * size
        weight = 0.0
        for a in range(p):
            weight += weights[a] * weights[a]
        room = 4.0 * relative * inverse * (np.sqrt(weight) + size * inverse)
        complete = False  # the constants lie in L through the rays of one unit, or that unit's rays do through them
        for u in range(m):
            span = spans[units[starts[b] + u]]
            if whole[units[starts[b] + u]] and uses[u] + bias_count >= span:
                uses[u], complete = span, True
        sure = True
        for a in range(p):
            sure = sure and (free[a] or weights[a] > room)
        for j in range(count):
            if not sure:
                break
            u = owner[j]
            if inside[number[j]] or (uses[u] == spans[units[starts[b] + u]] if u >= 0 else complete):
                continue
            sure = sign[j] * np.dot(T[number[j]], q) < -(tilt + (unit + errors[number[j]]) * size)
        if sure:
            out[b, 0], out[b, 3] = square, 2.0 * tilt * np.sqrt(square) + tilt * tilt
