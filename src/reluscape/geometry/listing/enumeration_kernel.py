"""Compiled deletion and restriction: the cells of an arrangement from those of its traces, down to the plane."""

from __future__ import annotations

from math import comb

import numpy as np

from ...numbers.kernels import kernel
from ..counting.restriction_kernel import DONE, NOTHING, restrict
from .plane_kernel import plane_cells
from .prefix_walk_kernel import products, scaled, start, steps, walk


@kernel(
    lambda rows, *_: steps(
        2.0 * sum(comb(len(rows), i) for i in range(1, rows.shape[1])), rows.shape[1], len(rows) + 32
    ),
    seconds=15.0,
    signature="Tuple((int64, uint64[:,::1], float64[:,::1]))"
    "(int64[:,::1], int64[::1], boolean[::1], int8[::1], boolean)",
)
def half_cells(
    rows: np.ndarray, source: np.ndarray, turn: np.ndarray, prefix: np.ndarray, rounding: bool
) -> tuple[int, np.ndarray, np.ndarray]:
    """Return all cells on the positive side of hyperplane 0, in lexicographic order, False before True.

    Args:
        rows: (m, d) int64, pairwise non-parallel, m >= 1, d >= 2.
        source: (n,) the hyperplane that decides each bit of the output, -1 for a bit that is never set.
        turn: (n,) bool, whether its negative side sets the bit.
        prefix: (q,) the first q sides of the cells asked for, the first of them 1; or empty.
        rounding: traces that would leave int64 are rounded, so that the cells are proposals only; where rounding has
            made two hyperplanes one, the answer is OVERFLOW.

    Returns:
        (DONE, or why these floats and int64 do not suffice; bits (N, words); points (N, d)).
    """
    m, d = rows.shape
    if d == 2:
        return plane_cells(rows, source, turn, prefix)
    n = len(source)
    words = (m + 63) >> 6
    ends = np.zeros(m + 1, np.int64)
    pivots = np.zeros(m, np.int64)
    capacity = 4 * m
    trace_bits = np.empty((capacity, words), np.uint64)
    trace_points = np.empty((capacity, d - 1))
    out_bits = np.empty((0, (n + 63) >> 6), np.uint64)
    out_points = np.empty((0, d))
    total = 0
    for k in range(1, m):
        ends[k] = total
        status, pivot, traces, below_source, below_turn, below_wanted = restrict(rows, k, prefix, rounding)
        pivots[k] = pivot
        if status == NOTHING:
            continue
        if status != DONE:
            return status, out_bits, out_points
        status, bits, points = half_cells(traces, below_source, below_turn, below_wanted, rounding)
        if status != DONE:
            return status, out_bits, out_points
        count = len(bits)
        if total + count > capacity:
            capacity = 2 * capacity + count
            grown_bits = np.empty((capacity, words), np.uint64)
            grown_points = np.empty((capacity, d - 1))
            for i in range(total):
                for t in range(words):
                    grown_bits[i, t] = trace_bits[i, t]
                for c in range(d - 1):
                    grown_points[i, c] = trace_points[i, c]
            trace_bits, trace_points = grown_bits, grown_points
        width = bits.shape[1]
        for i in range(count):
            for t in range(words):
                trace_bits[total + i, t] = bits[i, t] if t < width else np.uint64(0)
            for c in range(d - 1):
                trace_points[total + i, c] = points[i, c]
        total += count
    ends[m] = total
    columns, power = scaled(rows)
    table, error = products(columns, m)
    state, depth, doubtful, points, sides = start(columns, table, error, m)
    most = total + 1 if len(prefix) < 2 else total - ends[min(len(prefix), m)] + 1
    out_bits = np.empty((most, (n + 63) >> 6), np.uint64)
    out_points = np.empty((most, d))
    status = walk(
        columns,
        power,
        table,
        error,
        pivots,
        ends,
        trace_bits,
        trace_points,
        prefix,
        source,
        turn,
        state,
        ends[:m].copy(),
        depth,
        doubtful,
        points,
        sides,
        np.empty((2, d)),
        np.empty((2, words), np.uint64),
        np.empty(2, np.int64),
        out_bits,
        out_points,
    )
    return status, out_bits[: state[1]], out_points[: state[1]]
