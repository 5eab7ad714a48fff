"""Basin programs in rank 1 to 3: each closed cell by its rays, the program as non-negative least squares over them."""

from __future__ import annotations

import numpy as np

from ..numbers.kernels import inner, kernel
from .nonnegative_kernel import project, steps

HIGHEST_RANK = 3
ON_PLANE = 1e-13
# product of a cell's ray, cut out step by step, with a unit sample up to which the ray may be taken to lie on its plane
NEAR_PLANE = 1e-9
# an estimate allows for weights up to this multiple of those found
BEYOND = 100.0


@kernel(lambda C, *_: 30 * C.size + 200, error_model="numpy")
def cell_rays(C: np.ndarray, side: np.ndarray, rays: np.ndarray) -> int:
    """Fill rays (k + 3, r) with the unit rays of {z : side_t <z, C_t> >= 0} and return their number, 0 for no cell.

    A cone of r independent constraints is cut by one half-space after the other; in rank 3 its rays stay in cyclic
    order, in rank 2 they are its two ends. Constraints that are no facets cut nothing off.
    """
    k, r = C.shape
    if r == 1:
        rays[0, 0] = 1.0 if side[0] * C[0, 0] > 0 else -1.0
        for t in range(k):
            if side[t] * C[t, 0] * rays[0, 0] < 0:
                return 0
        return 1
    count = _first_rays(C, side, rays)
    heights, other = np.empty(k + 3), np.empty((k + 3, r))
    for t in range(k):
        lowest = 0.0
        for i in range(count):
            value = 0.0
            for a in range(r):
                value += side[t] * C[t, a] * rays[i, a]
            heights[i] = value if abs(value) > ON_PLANE else 0.0
            lowest = min(lowest, heights[i])
        if lowest == 0.0:
            continue
        new_count = 0
        for i in range(count):
            if heights[i] >= 0.0:
                for a in range(r):
                    other[new_count, a] = rays[i, a]
                new_count += 1
            j = i + 1
            if j == count:
                if r == 2:
                    break
                j = 0
            if heights[i] * heights[j] < 0.0:
                length = 0.0
                for a in range(r):
                    other[new_count, a] = abs(heights[j]) * rays[i, a] + abs(heights[i]) * rays[j, a]
                    length += other[new_count, a] * other[new_count, a]
                for a in range(r):
                    other[new_count, a] /= np.sqrt(length)
                new_count += 1
        count = new_count
        if count < r:
            return 0
        for i in range(count):
            for a in range(r):
                rays[i, a] = other[i, a]
    return count


@inner(error_model="numpy")
def _first_rays(C: np.ndarray, side: np.ndarray, rays: np.ndarray) -> int:
    """Fill rays with those of a cone of r constraints as independent as can be; return their number."""
    k, r = C.shape
    second, best = 0, -1.0
    for t in range(k):
        inner = 0.0
        for a in range(r):
            inner += C[0, a] * C[t, a]
        if 1.0 - inner * inner > best:
            second, best = t, 1.0 - inner * inner
    if r == 2:
        for i in range(2):
            x, y = (0, second) if i == 0 else (second, 0)  # on the border of x, on the positive side of y
            rays[i, 0], rays[i, 1] = -C[x, 1], C[x, 0]
            if (rays[i, 0] * C[y, 0] + rays[i, 1] * C[y, 1]) * side[y] < 0:
                rays[i, 0], rays[i, 1] = C[x, 1], -C[x, 0]
        return 2
    third, best = 0, -1.0
    first = int(np.int64(0))  # a number written as such would be a type of its own, and compiled for itself
    a0, a1, a2 = _cross(C, first, second)
    for t in range(k):
        volume = abs(a0 * C[t, 0] + a1 * C[t, 1] + a2 * C[t, 2])
        if volume > best:
            third, best = t, volume
    for i in range(3):  # on the borders of x and y, on the positive side of z
        x, y, z = (first, second, third) if i == 0 else ((second, third, first) if i == 1 else (third, first, second))
        a0, a1, a2 = _cross(C, x, y)
        length = np.sqrt(a0 * a0 + a1 * a1 + a2 * a2)
        if (a0 * C[z, 0] + a1 * C[z, 1] + a2 * C[z, 2]) * side[z] < 0:
            length = -length
        rays[i, 0], rays[i, 1], rays[i, 2] = a0 / length, a1 / length, a2 / length
    return 3


@inner(error_model="numpy")
def _cross(C: np.ndarray, s: int, t: int) -> tuple[float, float, float]:
    """Return the cross product of rows s and t in rank 3."""
    return (
        C[s, 1] * C[t, 2] - C[s, 2] * C[t, 1],
        C[s, 2] * C[t, 0] - C[s, 0] * C[t, 2],
        C[s, 0] * C[t, 1] - C[s, 1] * C[t, 0],
    )


@inner(error_model="numpy")
def _sharpened(C: np.ndarray, rays: np.ndarray, i: int, near: np.ndarray) -> float:
    """Put ray i of rank 3 anew on the two planes that fix it best; return 1 / the sine between these, else 1.

    near (k,) int64 is working space.
    """
    if C.shape[1] < 3:
        return 1.0
    count = 0
    for t in range(len(C)):
        if abs(C[t, 0] * rays[i, 0] + C[t, 1] * rays[i, 1] + C[t, 2] * rays[i, 2]) <= NEAR_PLANE:
            near[count] = t
            count += 1
    best, n0, n1, n2 = 0.0, 0.0, 0.0, 0.0
    for a in range(count):
        for b in range(a):
            a0, a1, a2 = _cross(C, near[a], near[b])
            length = np.sqrt(a0 * a0 + a1 * a1 + a2 * a2)
            if length > best:
                best, n0, n1, n2 = length, a0 / length, a1 / length, a2 / length
    if best == 0.0:
        return np.inf
    sign = 1.0 if n0 * rays[i, 0] + n1 * rays[i, 1] + n2 * rays[i, 2] > 0 else -1.0
    rays[i, 0], rays[i, 1], rays[i, 2] = sign * n0, sign * n1, sign * n2
    return 1.0 / best


@kernel(lambda C, patterns, *_: len(patterns) * (60 * C.size + 400), error_model="numpy")
def all_rays(
    C: np.ndarray, patterns: np.ndarray, rows: np.ndarray, starts: np.ndarray, rays: np.ndarray, turns: np.ndarray
) -> None:
    """Fill starts (S + 1,), rays, turns: pattern s has the rays starts[s] to starts[s + 1]; none where it is no cell.

    A ray is off by `turns` times the rounding of a unit vector.
    """
    k, r = C.shape
    side, ray_buffer = np.empty(k), np.empty((k + 3, r))
    near = np.empty(k, np.int64)
    starts[0] = 0
    for s in range(len(patterns)):
        for t in range(k):
            side[t] = 1.0 if patterns[s, rows[t]] else -1.0
        count = cell_rays(C, side, ray_buffer)
        for i in range(count):
            turns[starts[s] + i] = _sharpened(C, ray_buffer, i, near)
            for a in range(r):
                rays[starts[s] + i, a] = ray_buffer[i, a]
        starts[s + 1] = starts[s] + count


def work_over_rays(
    T: np.ndarray,
    gram: np.ndarray,
    ray_starts: np.ndarray,
    bias: int,
    starts: np.ndarray,
    units: np.ndarray,
    codes: np.ndarray,
) -> float:
    """Return about how many steps programs over rays take in plain Python; the arguments are those of `over_rays`."""
    rays = np.diff(ray_starts)[units] * np.where(codes == 0, 2, 1)
    before = np.append(0, np.cumsum(rays[: starts[-1]]))
    sizes = np.diff(before[starts]) + 2 * bias
    each = sizes * (2 * sizes + 20) + 200
    return float((steps(sizes) + (each if len(gram) else each * (1 + T.shape[1] / 4))).sum())


@kernel(
    lambda T, errors, gram, h, square, rays, *rest: work_over_rays(T, gram, rays, *rest[:4]),
    error_model="numpy",
)
def over_rays(
    T: np.ndarray,
    errors: np.ndarray,
    gram: np.ndarray,
    h: np.ndarray,
    square: float,
    ray_starts: np.ndarray,
    bias: int,
    starts: np.ndarray,
    units: np.ndarray,
    codes: np.ndarray,
    tolerance: float,
    out: np.ndarray,
) -> None:
    """Solve many programs; program b has the units starts[b] to starts[b + 1].

    Args:
        T: (Q, n) unit features of the rays, those of the output bias last.
        errors: (Q,) how far each row of T may be off.
        gram: (Q, Q) their inner products, or (0, 0) to compute those of each program.
        h: (Q,) products with the targets.
        square: |y|^2.
        ray_starts: (S + 1,) rays of each pattern.
        bias: 1 where the last row of T is an output bias.
        starts: (B + 1,) programs.
        units: pattern of each unit.
        codes: sign of each unit, 0 for one without cone.
        tolerance: slope up to which a ray is not worth entering.
        out: (B, 5) receives (|residual|^2, 0, 0, by how much a network whose weights are up to `BEYOND` times as large
            can be lower, with the rounding of the rays, 0); infinity there where a pattern is no cell.
    """
    Q = len(T)
    most = most_candidates(ray_starts, bias, starts, units, codes)
    number, sign, owner = np.empty(most, dtype=np.int64), np.empty(most), np.empty(most, dtype=np.int64)
    G, right, x, scratch = np.empty((most, most)), np.empty(most), np.empty(most), np.empty((most + 3, most))
    slopes = np.empty(most)
    for b in range(len(starts) - 1):
        program = slice(starts[b], starts[b + 1])
        q = candidates(ray_starts, bias, Q, units[program], codes[program], number, sign, owner)
        for a in range(5):
            out[b, a] = 0.0
        if q < 0:
            out[b, 3] = np.inf
            continue
        inner_products(T, gram, h, number, sign, q, G, right)
        project(G, right, q, tolerance, scratch, x)
        value, total, off = square, 1.0, 0.0
        for a in range(q):
            total += x[a]
            off += x[a] * errors[number[a]]
            slopes[a] = right[a]
            for c in range(q):
                slopes[a] -= G[a, c] * x[c]
            value -= x[a] * (right[a] + slopes[a])
        out[b, 0] = max(value, 0.0)
        size = np.sqrt(out[b, 0])
        worst = 0.0
        for a in range(q):
            slope = abs(slopes[a]) if x[a] > 0.0 else slopes[a]
            worst = max(worst, slope + errors[number[a]] * size)
        out[b, 3] = BEYOND * worst * total + (2.0 * size + off) * off


@inner(error_model="numpy")
def most_candidates(ray_starts: np.ndarray, bias: int, starts: np.ndarray, units: np.ndarray, codes: np.ndarray) -> int:
    """Return the largest number of signed rays of a program."""
    most = 2 * bias
    for b in range(len(starts) - 1):
        size = 2 * bias
        for u in range(starts[b], starts[b + 1]):
            size += (ray_starts[units[u] + 1] - ray_starts[units[u]]) * (2 if codes[u] == 0 else 1)
        most = max(most, size)
    return most


@inner(error_model="numpy")
def candidates(
    ray_starts: np.ndarray,
    bias: int,
    Q: int,
    units: np.ndarray,
    codes: np.ndarray,
    number: np.ndarray,
    sign: np.ndarray,
    owner: np.ndarray,
) -> int:
    """Fill in the signed rays of one program; return how many, or -1 where a unit's pattern is no cell.

    Args:
        ray_starts: (S + 1,) rays of each pattern.
        bias: 1 where the last of the Q rays is an output bias.
        Q: number of rays.
        units: (m,) pattern of each unit.
        codes: (m,) sign of each unit, 0 for one without cone.
        number: receives the rays.
        sign: receives -1.0 or 1.0 for each.
        owner: receives the unit of each, -1 for the output bias.
    """
    q = 0
    for u in range(len(units)):
        first, last = ray_starts[units[u]], ray_starts[units[u] + 1]
        if last == first:
            return -1
        for g in range(first, last):
            for s in (1.0, -1.0):
                if codes[u] == 0 or codes[u] * s > 0:
                    number[q], sign[q], owner[q] = g, s, u
                    q += 1
    if bias:
        for s in (1.0, -1.0):
            number[q], sign[q], owner[q] = Q - 1, s, -1
            q += 1
    return q


@inner(error_model="numpy")
def inner_products(
    T: np.ndarray,
    gram: np.ndarray,
    h: np.ndarray,
    number: np.ndarray,
    sign: np.ndarray,
    q: int,
    G: np.ndarray,
    right: np.ndarray,
) -> None:
    """Fill G (q, q) with the inner products of signed rays and right (q,) with those with the targets."""
    for a in range(q):
        right[a] = sign[a] * h[number[a]]
        for c in range(a + 1):
            if gram.shape[0] > 0:
                value = gram[number[a], number[c]]
            else:
                value = 0.0
                for t in range(T.shape[1]):
                    value += T[number[a], t] * T[number[c], t]
            G[a, c] = G[c, a] = sign[a] * sign[c] * value
