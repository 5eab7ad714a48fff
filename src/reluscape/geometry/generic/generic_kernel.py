"""Sweep of an arrangement in general position by dictionary pivoting: compiled, with running error bounds."""

from __future__ import annotations

import numpy as np

from ...numbers.kernels import kernel

UNIT = 2.0**-53
# all bits of a double but its sign
SIZE = 0x7FFFFFFFFFFFFFFF


@kernel(lambda *_: 1.0, seconds=0.0, error_model="numpy")
def sweep_level(
    columns: np.ndarray,
    offsets: np.ndarray,
    m: int,
    first: int,
    out: np.ndarray,
    doubtful: np.ndarray,
) -> int:
    """Write the sides of every region born at a k-subset whose least element is `first`, k >= 1, in subset order.

    A depth-first search keeps, per chosen hyperplane, the dictionary that expresses all products in the remaining
    coordinates; a leaf is one step to a vertex. Beside each dictionary runs a bound for the error of its entries, so
    that a side too close to call marks its region as doubtful instead of being guessed.

    Args:
        columns: (k, p) float64, linear parts by coordinate, entries correctly rounded and at most 1 in size; p > m
            is 32 or a multiple of 64 (loops of fixed length are what the compiler vectorises), filled up with zeros.
        offsets: (p,) float64 likewise; from m on -1 or +1, the side that is written there.
        m: number of hyperplanes.
        first: the least hyperplane of the subsets.
        out: (C(m-1-first, k-1), words) uint64; bit j of a row becomes hyperplane j's side.
        doubtful: (same length,) bool, zero; set where a side is not certain.

    Returns:
        the number of regions written.
    """
    k, width = columns.shape
    one = np.uint64(1)
    table = np.zeros((k, k + 1, width))
    # the sizes of doubles are ordered like their bits, and integers have a fast maximum
    patterns = table.view(np.int64)
    scratch = np.zeros(2)
    scratch_bits = scratch.view(np.int64)
    cost = np.zeros((k, k + 1))
    basis = np.full((k, k + 1), -1, np.int64)
    subset = np.zeros(k, np.int64)
    error = np.zeros(k)
    cost_error = np.zeros(k)
    size = np.zeros(k)
    for j in range(width):
        table[0, 0, j] = offsets[j]
        for c in range(k):
            table[0, c + 1, j] = columns[c, j]
    cost[0, k] = 1.0
    error[0] = 2.0 * UNIT
    size[0] = 1.0
    depth, count = 0, 0
    subset[0] = first - 1
    while depth >= 0:
        now = table[depth]
        delta = error[depth]
        if depth == k - 1:
            free = 0
            for c in range(1, k + 1):
                if basis[depth, c] < 0:
                    free = c
            base, slope = now[0], now[free]
            base_bits, slope_bits = np.int64(0), np.int64(0)
            for j in range(width):
                base_bits = max(base_bits, patterns[depth, 0, j] & SIZE)
                slope_bits = max(slope_bits, patterns[depth, free, j] & SIZE)
            scratch_bits[0], scratch_bits[1] = base_bits, slope_bits
            base_top, slope_top = scratch[0], scratch[1]
            start = subset[depth] + 1
            stop = first + 1 if depth == 0 else m
            for i in range(start, stop):
                pivot = slope[i]
                unsure = not abs(pivot) > 4.0 * delta
                if unsure:
                    doubtful[count] = True
                    count += 1
                    continue
                step = -base[i] / pivot
                step_error = (delta + abs(step) * delta) / (abs(pivot) - delta) + 2.0 * UNIT * abs(step)
                near = (
                    delta * (1.0 + abs(step))
                    + step_error * (slope_top + delta)
                    + 8.0 * UNIT * (base_top + abs(step) * slope_top)
                )
                close = 0
                if width == 32:
                    bits = np.uint64(0)
                    for j in range(32):
                        value = base[j] + step * slope[j]
                        bits |= np.uint64(value > 0.0) << np.uint64(j)
                        close += int(abs(value) <= near)
                    out[count, 0] = bits
                for word in range(width // 64):
                    bits = np.uint64(0)
                    low = word * 64
                    for j in range(64):
                        value = base[low + j] + step * slope[low + j]
                        bits |= np.uint64(value > 0.0) << np.uint64(j)
                        close += int(abs(value) <= near)
                    out[count, word] = bits
                unsure = close != k
                inverse = 1.0 / pivot
                entering = cost[depth, free] * inverse
                entering_error = (cost_error[depth] + abs(entering) * delta) / (abs(pivot) - delta)
                entering_error += 4.0 * UNIT * abs(entering)
                for c in range(1, k + 1):
                    if c == free:
                        row, slope_cost, slope_error = i, entering, entering_error
                    else:
                        row = basis[depth, c]
                        slope_cost = cost[depth, c] - entering * now[c, i]
                        slope_error = (
                            cost_error[depth]
                            + entering_error * (abs(now[c, i]) + delta)
                            + abs(entering) * delta
                            + 4.0 * UNIT * (abs(cost[depth, c]) + abs(entering * now[c, i]))
                        )
                    unsure = unsure or not abs(slope_cost) > slope_error
                    bit = one << np.uint64(row & 63)
                    if slope_cost > 0.0:
                        out[count, row >> 6] |= bit
                    else:
                        out[count, row >> 6] &= ~bit
                doubtful[count] = unsure
                count += 1
            depth -= 1
            continue
        subset[depth] += 1
        i = subset[depth]
        if (depth == 0 and i > first) or i > m - (k - depth):
            depth -= 1
            continue
        free, top = 0, -1.0
        for c in range(1, k + 1):
            if basis[depth, c] < 0 and abs(now[c, i]) > top:
                top = abs(now[c, i])
                free = c
        pivot_column = now[free]
        column_bits, new_bits = np.int64(0), np.int64(0)
        for j in range(width):
            column_bits = max(column_bits, patterns[depth, free, j] & SIZE)
        pivot = pivot_column[i]
        gap = abs(pivot) - delta
        after = table[depth + 1]
        factor_top, cost_top = 0.0, 0.0
        inverse = 1.0 / pivot if pivot != 0.0 else 0.0
        for c in range(k + 1):
            cost_top = max(cost_top, abs(cost[depth, c]))
            if c == free:
                continue
            factor = now[c, i] * inverse
            factor_top = max(factor_top, abs(factor))
            source, target = now[c], after[c]
            for j in range(width):
                target[j] = source[j] - factor * pivot_column[j]
            for j in range(width):
                new_bits = max(new_bits, patterns[depth + 1, c, j] & SIZE)
            cost[depth + 1, c] = cost[depth, c] - factor * cost[depth, free]
            basis[depth + 1, c] = basis[depth, c]
        target = after[free]
        for j in range(width):
            target[j] = pivot_column[j] * inverse
        for j in range(width):
            new_bits = max(new_bits, patterns[depth + 1, free, j] & SIZE)
        scratch_bits[0], scratch_bits[1] = column_bits, new_bits
        column_top, new_top = scratch[0], scratch[1]
        cost[depth + 1, free] = cost[depth, free] * inverse
        basis[depth + 1, free] = i
        if gap > 3.0 * delta:
            factor_error = (delta + factor_top * delta) / gap + 3.0 * UNIT * factor_top
            row_error = delta * (1.0 + factor_top + factor_error) + column_top * factor_error
            row_error += 4.0 * UNIT * (size[depth] + factor_top * column_top)
            pivot_error = (delta + column_top / abs(pivot) * delta) / gap + 3.0 * UNIT * column_top / abs(pivot)
            error[depth + 1] = max(row_error, pivot_error) * (1.0 + 16.0 * UNIT)
            before = cost_error[depth]
            row_noise = before * (1.0 + factor_top + factor_error) + cost_top * factor_error
            row_noise += 4.0 * UNIT * cost_top * (1.0 + factor_top)
            pivot_noise = (before + cost_top / abs(pivot) * delta) / gap + 3.0 * UNIT * cost_top / abs(pivot)
            cost_error[depth + 1] = max(row_noise, pivot_noise) * (1.0 + 16.0 * UNIT)
        else:
            error[depth + 1] = np.inf
            cost_error[depth + 1] = np.inf
        size[depth + 1] = new_top
        depth += 1
        subset[depth] = i
    return count
