"""Compiled walk over the cells of growing prefixes of hyperplanes: which ones split, and a checked point in each.

Hyperplane k splits exactly those cells of the earlier hyperplanes that it meets, and these are the cells of their
traces on it. Both lists are sorted, so that one comparison with the next trace decides a cell: no linear program, no
hashing. Floats propose a point on each side of a split; it is taken only if every product that has to have a sign
exceeds a bound for its rounding error.
"""

from __future__ import annotations

import math

import numpy as np

from ...numbers.kernels import inner, kernel
from ..counting.restriction_kernel import DONE, FULL, INCOMPLETE, REPAIR, UNCERTAIN

UNIT = 2.0**-53
# keeps a quotient finite; no product that is believed is this small
SPECK = 1e-290
# loops of this fixed length are what the compiler turns into vector compares; half a word of sides
LANES = 32


def steps(traces: float, d: int, width: int) -> float:
    """Return about how many steps a walk takes in plain Python that meets so many traces."""
    return traces * (10 * width + 3 * d * width + 200)


@kernel(lambda m: 0.0, error_model="numpy")
def padded(m: int) -> int:
    """Return m rounded up to whole half words."""
    return (m + LANES - 1) // LANES * LANES


@inner(error_model="numpy")
def scaled(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return integer rows as columns of floats (d, padded m) of size about 1, and the power of two of each coordinate.

    Column c holds rows[:, c] / (power[c] * a power of two of the row), correctly rounded.
    """
    m, d = rows.shape
    columns = np.zeros((d, padded(m)))
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


@kernel(lambda columns, m: 4 * m * columns.size, error_model="numpy")
def products(columns: np.ndarray, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the products (m, padded m) of the float rows, and for each the error of a product with a point.

    The error is -1 where there is no row, so that nothing is ever in doubt there.

    A point w = fl(f + t x_k) with |f|_inf <= 1 has products computed as fl(<f, x_j>) + t fl(<x_k, x_j>). Their error is
    below error[j] * (1 + |t| |x_k|_inf): (2 d + 10) roundings of terms that sum up to at most |x_j|_1 times that, the
    entries' own included; the factor here is twice as large.
    """
    d, width = columns.shape
    table = np.zeros((m, width))
    error = np.zeros(width)
    for k in range(m):
        row = table[k]
        for c in range(d):
            a = columns[c, k]
            column = columns[c]
            for j in range(width):
                row[j] += a * column[j]
    for c in range(d):
        column = columns[c]
        for j in range(width):
            error[j] += abs(column[j])
    for j in range(width):
        error[j] *= (4.0 * d + 20.0) * UNIT
    for j in range(m, width):
        error[j] = -1.0
    return table, error


@inner(error_model="numpy")
def lift(
    traces: np.ndarray, row: int, columns: np.ndarray, power: np.ndarray, k: int, pivot: int, foot: np.ndarray
) -> None:
    """Write the point on hyperplane k whose other coordinates are given, largest coordinate 1."""
    total, top, at = 0.0, 0.0, 0
    for c in range(len(power)):
        if c != pivot:
            value = traces[row, at] * power[c]
            at += 1
            foot[c] = value
            top = max(top, abs(value))
            total += value * columns[c, k]
    foot[pivot] = -total / columns[pivot, k]
    top = max(top, abs(foot[pivot]))
    for c in range(len(power)):
        foot[c] /= top


@inner(error_model="numpy")
def room(
    foot: np.ndarray, columns: np.ndarray, table: np.ndarray, k: int, at_foot: np.ndarray, ratio: np.ndarray
) -> float:
    """Write the products at a point on hyperplane k; return how far it may move along the normal, about.

    The quotients are positive, so that their order is that of their bits, and integers have a fast minimum.
    """
    d, width = columns.shape
    a, b = foot[0], foot[1]
    for j in range(width):
        at_foot[j] = a * columns[0, j] + b * columns[1, j]
    for c in range(2, d):
        a = foot[c]
        for j in range(width):
            at_foot[j] += a * columns[c, j]
    for j in range(width):
        ratio[j] = abs(at_foot[j]) / (abs(table[k, j]) + SPECK)
    order = ratio.view(np.int64)
    least = np.int64(0x7FEFFFFFFFFFFFFF)
    for j in range(k):
        least = order[j] if order[j] < least else least
    order[0] = least
    return ratio[0]


@inner(error_model="numpy")
def place(
    foot: np.ndarray,
    step: float,
    columns: np.ndarray,
    table: np.ndarray,
    at_foot: np.ndarray,
    error: np.ndarray,
    size: float,
    k: int,
    points: np.ndarray,
    sides: np.ndarray,
    row: int,
) -> int:
    """Write the point foot + step * (normal k) and its sides to a row; return the first hyperplane in doubt."""
    d, width = columns.shape
    for c in range(d):
        points[row, c] = foot[c] + step * columns[c, k]
    doubtful = width
    for g in range(width // LANES):
        low = LANES * g
        above, doubt = np.uint64(0), np.uint64(0)
        for j in range(LANES):
            value = at_foot[low + j] + step * table[k, low + j]
            above |= np.uint64(value > 0.0) << np.uint64(LANES - 1 - j)
            # so written that a value that is no number is in doubt
            doubt |= np.uint64(not abs(value) > size * error[low + j]) << np.uint64(LANES - 1 - j)
        if g & 1:
            sides[row, g >> 1] |= above
        else:
            sides[row, g >> 1] = above << np.uint64(LANES)
        if doubt != 0 and doubtful == width:
            doubtful = low
            while doubt & np.uint64(1 << (LANES - 1)) == 0:
                doubt <<= np.uint64(1)
                doubtful += 1
    return doubtful


@inner(error_model="numpy")
def agree(heads: np.ndarray, i: int, sides: np.ndarray, row: int, k: int) -> bool:
    """Return whether the first k sides of two rows are the same."""
    last = k >> 6
    different = np.uint64(0)
    if k & 63:
        different = (heads[i, last] ^ sides[row, last]) >> np.uint64(64 - (k & 63))
    for t in range(last):
        different |= heads[i, t] ^ sides[row, t]
    return different == 0


@inner(error_model="numpy")
def moved(points: np.ndarray, sides: np.ndarray, doubtful: np.ndarray, source: int, target: int) -> None:
    """Copy a point with its sides from one row to another."""
    for c in range(points.shape[1]):
        points[target, c] = points[source, c]
    for t in range(sides.shape[1]):
        sides[target, t] = sides[source, t]
    doubtful[target] = doubtful[source]


@kernel(lambda columns, *rest: steps(len(rest[6]), *columns.shape), seconds=10.0, error_model="numpy")
def walk(
    columns: np.ndarray,
    power: np.ndarray,
    table: np.ndarray,
    error: np.ndarray,
    pivots: np.ndarray,
    ends: np.ndarray,
    trace_bits: np.ndarray,
    trace_points: np.ndarray,
    prefix: np.ndarray,
    source: np.ndarray,
    turn: np.ndarray,
    state: np.ndarray,
    cursor: np.ndarray,
    depth: np.ndarray,
    doubtful: np.ndarray,
    points: np.ndarray,
    sides: np.ndarray,
    mended_points: np.ndarray,
    mended_sides: np.ndarray,
    mended_doubtful: np.ndarray,
    out_bits: np.ndarray,
    out_points: np.ndarray,
) -> int:
    """Walk the tree of prefixes depth first and write its leaves; call again with the same state to go on.

    Args:
        columns: (d, padded m) the hyperplanes as floats, d >= 2.
        power: (d,) power of two of each coordinate.
        table: (m, padded m) their products.
        error: (padded m,) the error of a product with a point.
        pivots: (m,) the coordinate eliminated on each hyperplane.
        ends: (m + 1,) the traces on hyperplane k are ends[k]..ends[k+1] in the next two.
        trace_bits: (T, words) their sides of the earlier hyperplanes, sorted on each hyperplane.
        trace_points: (T, d-1) a point in each, without the eliminated coordinate.
        prefix: (q,) sides to which the walk is confined.
        source: (n,) the hyperplane that decides each bit of the output, -1 for a bit that is never set.
        turn: (n,) bool, whether its negative side sets the bit.
        state: (3,) top of the stack, leaves written to this output, 1 where the mended points are filled in.
        cursor: (m,) next trace of each hyperplane.
        depth: (m + 3,) the stack: number of hyperplanes decided.
        doubtful: (m + 3,) the first hyperplane whose side is in doubt.
        points: (m + 3, d) a point.
        sides: (m + 3, words) its sides.
        mended_points: (2, d) points below and above hyperplane depth[top], found elsewhere.
        mended_sides: (2, words) their sides.
        mended_doubtful: (2,) the first hyperplane that they lie on, padded m if none.
        out_bits: (N, out words) sides of the leaves.
        out_points: (N or 0, d) their points.

    Returns:
        DONE, FULL (output full), REPAIR (no certain point beside hyperplane depth[top]), UNCERTAIN (the point at the
        top is too close to that hyperplane to tell its side), INCOMPLETE (a trace was never met: the input is wrong).
    """
    d, width = columns.shape
    m, words = len(pivots), sides.shape[1]
    spare = m + 2
    one = np.uint64(1)
    foot, at_foot, ratio = np.empty(d), np.empty(width), np.empty(width)
    heads = np.zeros((m, words), np.uint64)
    for k in range(1, m):
        if cursor[k] < ends[k + 1]:
            for t in range(words):
                heads[k, t] = trace_bits[cursor[k], t]
    n = len(source)
    side_count, out_words, with_points = len(prefix), out_bits.shape[1], len(out_points) > 0
    bit = np.empty(64, np.uint64)
    for j in range(64):
        bit[j] = one << np.uint64(63 - j)
    plain = n == m
    word, shift, place_of = np.zeros(n, np.int64), np.zeros(n, np.uint64), np.zeros(n, np.uint64)
    weight, flips = np.zeros(n, np.uint64), np.zeros(n, np.uint64)
    for i in range(n):
        if source[i] >= 0:
            word[i] = source[i] >> 6
            shift[i] = np.uint64(63 - (source[i] & 63))
            place_of[i] = np.uint64(63 - (i & 63))
            weight[i] = one
            flips[i] = one if turn[i] else np.uint64(0)
        plain = plain and source[i] == i and not turn[i]
    top, count = state[0], state[1]
    while top >= 0:
        k = depth[top]
        alive = True
        while True:
            while k < m and not agree(heads, k, sides, top, k):
                if k == doubtful[top] or (
                    k < side_count and (sides[top, k >> 6] & bit[k & 63] != 0) != (prefix[k] == 1)
                ):
                    break
                k += 1
            if k == m:
                break
            above = sides[top, k >> 6] & bit[k & 63] != 0
            if not agree(heads, k, sides, top, k):
                if k == doubtful[top]:
                    depth[top], state[0], state[1] = k, top, count
                    return UNCERTAIN
                alive = False
                break
            keep_below = k != doubtful[top] and not above
            keep_above = k != doubtful[top] and above
            ask_below = k >= side_count or prefix[k] == 0
            ask_above = k >= side_count or prefix[k] == 1
            make_below = ask_below and not keep_below
            make_above = ask_above and not keep_above
            below_row = top + 1 if ask_above else spare - 1
            if state[2] == 1:
                for c in range(d):
                    points[below_row, c], points[spare, c] = mended_points[0, c], mended_points[1, c]
                for t in range(words):
                    sides[below_row, t], sides[spare, t] = mended_sides[0, t], mended_sides[1, t]
                doubtful[below_row], doubtful[spare] = mended_doubtful[0], mended_doubtful[1]
                state[2] = 0
            elif make_below or make_above:
                lift(trace_points, cursor[k], columns, power, k, pivots[k], foot)
                largest = 0.0
                for c in range(d):
                    largest = max(largest, abs(columns[c, k]))
                step = min(0.5 * room(foot, columns, table, k, at_foot, ratio), 1.0 / largest)
                size = 1.0 + step * largest
                certain = True
                if make_below:
                    first = place(foot, -step, columns, table, at_foot, error, size, k, points, sides, below_row)
                    doubtful[below_row] = first
                    certain = first > k and agree(sides, below_row, sides, top, k)
                    certain = certain and sides[below_row, k >> 6] & bit[k & 63] == 0
                if make_above:
                    first = place(foot, step, columns, table, at_foot, error, size, k, points, sides, spare)
                    doubtful[spare] = first
                    certain = certain and first > k and agree(sides, spare, sides, top, k)
                    certain = certain and sides[spare, k >> 6] & bit[k & 63] != 0
                if not certain:
                    depth[top], state[0], state[1] = k, top, count
                    return REPAIR
            cursor[k] += 1
            inside = cursor[k] < ends[k + 1]
            for t in range(words):
                heads[k, t] = trace_bits[cursor[k], t] if inside else np.uint64(0)
            k += 1
            if ask_below and not make_below and ask_above:
                moved(points, sides, doubtful, top, top + 1)
            if make_above:
                moved(points, sides, doubtful, spare, top)
            elif make_below and not ask_above:
                moved(points, sides, doubtful, below_row, top)
            if ask_above and ask_below:
                depth[top] = k
                top += 1
        if alive:
            if count == len(out_bits):
                depth[top], state[0], state[1] = m, top, count
                return FULL
            for t in range(out_words):
                bits = sides[top, t] if plain else np.uint64(0)
                if not plain:
                    for i in range(64 * t, min(64 * t + 64, n)):
                        bits |= (((sides[top, word[i]] >> shift[i]) ^ flips[i]) & weight[i]) << place_of[i]
                out_bits[count, t] = bits
            if with_points:
                for c in range(d):
                    out_points[count, c] = points[top, c] / power[c]
            count += 1
        top -= 1
    state[0], state[1] = top, count
    for k in range(1, m):
        if cursor[k] != ends[k + 1]:
            return INCOMPLETE
    return DONE


@kernel(lambda columns, *_: 4 * columns.size, error_model="numpy")
def start(
    columns: np.ndarray, table: np.ndarray, error: np.ndarray, m: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return state, depth, doubtful, points and sides of a walk on the positive side of hyperplane 0."""
    d, width = columns.shape
    words = (m + 63) >> 6
    state = np.zeros(3, np.int64)
    depth = np.ones(m + 3, np.int64)
    doubtful = np.full(m + 3, width, np.int64)
    points = np.zeros((m + 3, d))
    sides = np.zeros((m + 3, words), np.uint64)
    for c in range(d):
        points[0, c] = columns[c, 0]
    for j in range(m - 1, 0, -1):
        if not abs(table[0, j]) > 2.0 * error[j]:
            doubtful[0] = j
    for j in range(m):
        if j == 0 or table[0, j] > 0.0:
            sides[0, j >> 6] |= np.uint64(1) << np.uint64(63 - (j & 63))
    return state, depth, doubtful, points, sides
