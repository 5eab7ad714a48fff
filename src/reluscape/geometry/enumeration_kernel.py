"""Compiled deletion and restriction: all regions of half an arrangement, in lexicographic order, with checked points.

Hyperplane k splits exactly those cells of the earlier hyperplanes that it meets, and these are the cells of their
traces on it. Both lists are sorted, so that one comparison with the next trace decides a cell: no linear program, no
hashing.
Integers decide which traces are parallel; floats propose a point in each cell, and a side is believed only where the
product exceeds a bound for its rounding error.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from .restriction_kernel import DONE, FULL, INCOMPLETE, NOTHING, OVERFLOW, REPAIR, ROOM, UNCERTAIN, restrict

UNIT = 2.0**-53
# keeps a quotient finite; no product that is believed is this small
SPECK = 1e-290


@numba.njit(nogil=True, cache=True)
def scaled(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return integer rows as columns of floats (d, m) of size about 1, and the power of two of each coordinate.

    Column c holds rows[:, c] / (power[c] * power of the row), correctly rounded.
    """
    m, d = rows.shape
    columns = np.empty((d, m))
    power = np.ones(d)
    for c in range(d):
        top = 0.0
        for j in range(m):
            top = max(top, abs(float(rows[j, c])))
        if top > 0.0:
            power[c] = math.ldexp(1.0, math.frexp(top)[1])
    for j in range(m):
        top = 0.0
        for c in range(d):
            columns[c, j] = float(rows[j, c]) / power[c]
            top = max(top, abs(columns[c, j]))
        scale = math.ldexp(1.0, -math.frexp(top)[1])
        for c in range(d):
            columns[c, j] *= scale
    return columns, power


@numba.njit(nogil=True, cache=True)
def products(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the products (m, m) of the float rows, and for each the error that a product with a point may have.

    A point w = fl(f + t x_k) with |f|_inf <= 1 has products computed as fl(<f, x_j>) + t fl(<x_k, x_j>). Their error is
    below error[j] * (1 + |t| |x_k|_inf): (2 d + 10) roundings of terms that sum up to at most |x_j|_1 times that, and
    one more for the entries; the factor here is twice as large.
    """
    d, m = columns.shape
    table = np.zeros((m, m))
    error = np.zeros(m)
    for k in range(m):
        for c in range(d):
            a = columns[c, k]
            for j in range(m):
                table[k, j] += a * columns[c, j]
    for c in range(d):
        for j in range(m):
            error[j] += abs(columns[c, j])
    for j in range(m):
        error[j] *= (4.0 * d + 20.0) * UNIT
    return table, error


@numba.njit(nogil=True, cache=True, fastmath={"nnan", "nsz", "reassoc"})
def room(path: np.ndarray, values: np.ndarray, slopes: np.ndarray, error: np.ndarray, k: int) -> tuple[float, float]:
    """Return how far a point may move before it meets one of k hyperplanes, and its least distance in error bounds.

    Proposals only, so the order of operations is free; a point on a wrong side makes both negative.
    """
    step, margin = 1e300, 1e300
    for j in range(k):
        inside = path[j] * values[j]
        step = min(step, inside / (abs(slopes[j]) + SPECK))
        margin = min(margin, inside / error[j])
    return step, margin


@numba.njit(nogil=True, cache=True)
def lift(point: np.ndarray, columns: np.ndarray, power: np.ndarray, k: int, pivot: int, out: np.ndarray) -> None:
    """Write the point on hyperplane k whose other coordinates are given, largest coordinate 1."""
    total, top, at = 0.0, 0.0, 0
    for c in range(len(power)):
        if c != pivot:
            value = point[at] * power[c]
            at += 1
            out[c] = value
            top = max(top, abs(value))
            total += value * columns[c, k]
    out[pivot] = -total / columns[pivot, k]
    top = max(top, abs(out[pivot]))
    for c in range(len(power)):
        out[c] /= top


@numba.njit(nogil=True, cache=True)
def merge(
    columns: np.ndarray,
    power: np.ndarray,
    table: np.ndarray,
    error: np.ndarray,
    pivots: np.ndarray,
    ends: np.ndarray,
    trace_bits: np.ndarray,
    trace_points: np.ndarray,
    positive: np.ndarray,
    negative: np.ndarray,
    wanted: np.ndarray,
    state: np.ndarray,
    cursor: np.ndarray,
    path: np.ndarray,
    depth: np.ndarray,
    reach: np.ndarray,
    points: np.ndarray,
    values: np.ndarray,
    prefix: np.ndarray,
    bits: np.ndarray,
    mended: np.ndarray,
    out_bits: np.ndarray,
    out_points: np.ndarray,
) -> int:
    """Walk the tree of prefixes depth first and write its leaves; call again with the same state to go on.

    Args:
        columns: (d, m) the hyperplanes as floats, from `scaled`.
        power: (d,) likewise.
        table: (m, m) from `products`.
        error: (m,) likewise.
        pivots: (m,) the coordinate eliminated on each hyperplane.
        ends: (m + 1,) the traces on hyperplane k are ends[k]..ends[k+1] in the next two.
        trace_bits: (T, words) their sides of the earlier hyperplanes, sorted on each hyperplane.
        trace_points: (T, d-1) a point in each, without the eliminated coordinate.
        positive: (m, out words) bits that the positive side of a hyperplane sets in the output.
        negative: (m, out words) likewise for the negative side.
        wanted: (q,) sides to which the walk is confined.
        state: (3,) top of the stack, leaves written to this output, 1 where `mended` is filled in.
        cursor: (m,) next trace of each hyperplane.
        path: (m,) sides of the node at work, as -1 and +1.
        depth: (m + 1,) the stack: number of hyperplanes decided.
        reach: (m + 1,) size of its points.
        points: (m + 1, d) its points.
        values: (m + 1, m) their products.
        prefix: (m + 1, words) the sides decided.
        bits: (m + 1, out words) output bits set so far.
        mended: (2, d + 1 + m) exact points below and above hyperplane depth[top], their reach and products.
        out_bits: (N, out words) sides of the leaves.
        out_points: (N or 0, d) their points.

    Returns:
        DONE, FULL (output full), REPAIR (no certain point beside hyperplane depth[top]), UNCERTAIN (the point of the
        top is too close to that hyperplane to tell its side), INCOMPLETE (a trace was never met: the input is wrong).
    """
    d, m = columns.shape
    words, out_words = prefix.shape[1], bits.shape[1]
    one = np.uint64(1)
    foot = np.empty(d)
    at_foot = np.empty(m)
    top, written = state[0], state[1]
    while top >= 0:
        k = depth[top]
        alive = True
        while k < m:
            head = cursor[k]
            meets = head < ends[k + 1]
            if meets:
                for t in range(words):
                    if trace_bits[head, t] != prefix[top, t]:
                        meets = False
                        break
            sure = abs(values[top, k]) > error[k] * reach[top]
            above = values[top, k] > 0.0
            word, bit = k >> 6, one << np.uint64(63 - (k & 63))
            if not meets:
                if not sure:
                    depth[top], state[0], state[1] = k, top, written
                    return UNCERTAIN
                if k < len(wanted) and above != (wanted[k] == 1):
                    alive = False
                    break
                if above:
                    prefix[top, word] |= bit
                    path[k] = 1.0
                else:
                    path[k] = -1.0
                for t in range(out_words):
                    bits[top, t] |= positive[k, t] if above else negative[k, t]
                k += 1
                continue
            keep_below = sure and not above
            keep_above = sure and above
            ask_below = k >= len(wanted) or wanted[k] == 0
            ask_above = k >= len(wanted) or wanted[k] == 1
            fresh = (ask_below and not keep_below) or (ask_above and not keep_above)
            step, size = 0.0, 1.0
            if fresh and state[2] == 0:
                lift(trace_points[head], columns, power, k, pivots[k], foot)
                for j in range(m):
                    at_foot[j] = 0.0
                for c in range(d):
                    a = foot[c]
                    for j in range(m):
                        at_foot[j] += a * columns[c, j]
                largest = 0.0
                for c in range(d):
                    largest = max(largest, abs(columns[c, k]))
                step, margin = room(path, at_foot, table[k], error, k)
                step = min(0.5 * step, 1.0 / largest)
                size = 1.0 + step * largest
                # half the way keeps at least half the distance, so twice the error bound is asked of the foot
                if not (
                    step > 0.0 and margin > 4.0 * size and step * table[k, k] - abs(at_foot[k]) > 2.0 * error[k] * size
                ):
                    depth[top], state[0], state[1] = k, top, written
                    return REPAIR
            cursor[k] = head + 1
            above_row = top
            if ask_below:
                if ask_above:
                    below_row = top + 1
                    for t in range(words):
                        prefix[below_row, t] = prefix[top, t]
                    for t in range(out_words):
                        bits[below_row, t] = bits[top, t]
                else:
                    below_row = top
                if keep_below:
                    if below_row != top:
                        reach[below_row] = reach[top]
                        for c in range(d):
                            points[below_row, c] = points[top, c]
                        for j in range(k + 1, m):
                            values[below_row, j] = values[top, j]
                elif state[2] == 0:
                    reach[below_row] = size
                    for c in range(d):
                        points[below_row, c] = foot[c] - step * columns[c, k]
                    for j in range(k + 1, m):
                        values[below_row, j] = at_foot[j] - step * table[k, j]
            if ask_above and not keep_above and state[2] == 0:
                reach[above_row] = size
                for c in range(d):
                    points[above_row, c] = foot[c] + step * columns[c, k]
                for j in range(k + 1, m):
                    values[above_row, j] = at_foot[j] + step * table[k, j]
            # points that exact arithmetic found
            if fresh and state[2] == 1:
                for side in range(2):
                    if (side == 0 and ask_below and not keep_below) or (side == 1 and ask_above and not keep_above):
                        row = (top + 1 if ask_above else top) if side == 0 else top
                        for c in range(d):
                            points[row, c] = mended[side, c]
                        reach[row] = mended[side, d]
                        for j in range(k + 1, m):
                            values[row, j] = mended[side, d + 1 + j]
                state[2] = 0
            if ask_above:
                prefix[above_row, word] |= bit
                for t in range(out_words):
                    bits[above_row, t] |= positive[k, t]
                depth[above_row] = k + 1
                path[k] = 1.0
            if ask_below:
                top = top + 1 if ask_above else top
                for t in range(out_words):
                    bits[top, t] |= negative[k, t]
                path[k] = -1.0
            k += 1
        if alive:
            if written == len(out_bits):
                depth[top], state[0], state[1] = m, top, written
                return FULL
            for t in range(out_words):
                out_bits[written, t] = bits[top, t]
            if len(out_points):
                for c in range(d):
                    out_points[written, c] = points[top, c] / power[c]
            written += 1
        top -= 1
        if top >= 0:
            path[depth[top] - 1] = 1.0
    state[0], state[1] = top, written
    for k in range(1, m):
        if cursor[k] != ends[k + 1]:
            return INCOMPLETE
    return DONE


@numba.njit(nogil=True, cache=True)
def begin(
    columns: np.ndarray, table: np.ndarray, positive: np.ndarray, words: int, points: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return state, path, depth, reach, prefix and bits of a walk that starts on the positive side of hyperplane 0."""
    d, m = columns.shape
    state = np.zeros(3, np.int64)
    path = np.ones(m)
    depth = np.ones(m + 1, np.int64)
    reach = np.ones(m + 1)
    prefix = np.zeros((m + 1, words), np.uint64)
    bits = np.zeros((m + 1, positive.shape[1]), np.uint64)
    prefix[0, 0] = np.uint64(1) << np.uint64(63)
    bits[0] = positive[0]
    for c in range(d):
        points[0, c] = columns[c, 0]
    for j in range(m):
        values[0, j] = table[0, j]
    return state, path, depth, reach, prefix, bits


@numba.njit(nogil=True, cache=True)
def line_trace(rows: np.ndarray, k: int, wanted: np.ndarray, bits: np.ndarray) -> tuple[int, int, float]:
    """Write the sides of hyperplanes 0..k-1 on the half of line k (d = 2) where hyperplane 0 is positive.

    Returns:
        (DONE, OVERFLOW or NOTHING, eliminated coordinate, the other coordinate of a point there).
    """
    pivot = 0 if rows[k, 0] != 0 else 1
    other = 1 - pivot
    lead, side = rows[k, pivot], rows[k, other]
    first = False
    for j in range(k):
        a, b = rows[j, other], rows[j, pivot]
        if abs(float(lead)) * abs(float(a)) + abs(float(side)) * abs(float(b)) >= ROOM:
            return OVERFLOW, pivot, 0.0
        up = (lead * a - b * side > 0) == (lead > 0)
        if j == 0:
            first = up
        inside = up == first
        if j < len(wanted) and inside != (wanted[j] == 1):
            return NOTHING, pivot, 0.0
        if inside:
            bits[j >> 6] |= np.uint64(1) << np.uint64(63 - (j & 63))
    return DONE, pivot, 1.0 if first else -1.0


@numba.njit(
    "Tuple((int64, uint64[:,::1], float64[:,::1]))(int64[:,::1], uint64[:,::1], uint64[:,::1], int8[::1])",
    nogil=True,
    cache=True,
)
def half_cells(
    rows: np.ndarray, positive: np.ndarray, negative: np.ndarray, wanted: np.ndarray
) -> tuple[int, np.ndarray, np.ndarray]:
    """Return all cells on the positive side of hyperplane 0, in lexicographic order, False before True.

    Args:
        rows: (m, d) int64, pairwise non-parallel, m >= 1, d >= 2.
        positive: (m, words) output bits that the positive side of a hyperplane sets.
        negative: (m, words) likewise for the negative side.
        wanted: (q,) the first q sides of the cells asked for, the first of them 1; or empty.

    Returns:
        (DONE, or why these floats and int64 do not suffice, bits (N, words), points (N, d)).
    """
    m, d = rows.shape
    words = (m + 63) >> 6
    ends = np.zeros(m + 1, np.int64)
    pivots = np.zeros(m, np.int64)
    capacity = 2 * m + 2
    trace_bits = np.zeros((capacity, words), np.uint64)
    trace_points = np.empty((capacity, d - 1))
    none = np.empty((0, positive.shape[1]), np.uint64), np.empty((0, d))
    total = 0
    for k in range(1, m):
        ends[k] = total
        if d == 2:
            status, pivot, point = line_trace(rows, k, wanted, trace_bits[total])
            pivots[k] = pivot
            if status == OVERFLOW:
                return OVERFLOW, none[0], none[1]
            if status == DONE:
                trace_points[total, 0] = point
                total += 1
            else:
                trace_bits[total, :] = np.uint64(0)
            continue
        status, pivot, traces, above, below, sides = restrict(rows, k, wanted)
        pivots[k] = pivot
        if status == NOTHING:
            continue
        if status != DONE:
            return status, none[0], none[1]
        status, found_bits, found_points = half_cells(traces, above, below, sides)
        if status != DONE:
            return status, none[0], none[1]
        found = len(found_bits)
        if total + found > capacity:
            capacity = 2 * capacity + found
            grown_bits = np.empty((capacity, words), np.uint64)
            grown_points = np.empty((capacity, d - 1))
            grown_bits[:total] = trace_bits[:total]
            grown_points[:total] = trace_points[:total]
            trace_bits, trace_points = grown_bits, grown_points
        trace_bits[total : total + found] = found_bits
        trace_points[total : total + found] = found_points
        total += found
    ends[m] = total
    columns, power = scaled(rows)
    table, error = products(columns)
    points, values = np.empty((m + 1, d)), np.empty((m + 1, m))
    state, path, depth, reach, prefix, bits = begin(columns, table, positive, words, points, values)
    most = total + 1 if len(wanted) < 2 else total - ends[min(len(wanted), m)] + 1
    out_bits = np.empty((most, positive.shape[1]), np.uint64)
    out_points = np.empty((most, d))
    status = merge(
        columns,
        power,
        table,
        error,
        pivots,
        ends,
        trace_bits,
        trace_points,
        positive,
        negative,
        wanted,
        state,
        ends[:m].copy(),
        path,
        depth,
        reach,
        points,
        values,
        prefix,
        bits,
        np.empty((2, d + 1 + m)),
        out_bits,
        out_points,
    )
    return status, out_bits[: state[1]], out_points[: state[1]]
