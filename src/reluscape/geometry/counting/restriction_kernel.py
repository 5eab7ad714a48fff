"""Compiled restriction of an integer arrangement to one of its hyperplanes."""

from __future__ import annotations

import numpy as np

from ...numbers.kernels import inner, kernel

# answers of the kernels; every other one than DONE is a reason to go on elsewhere, never a result
DONE, FULL, REPAIR, UNCERTAIN, OVERFLOW, INCOMPLETE, NOTHING = 0, 1, 2, 3, 4, 5, 6

# products and sums of integers stay below 2**62, so int64 never wraps
ROOM = 2.0**62


@inner("int64(int64, int64)", error_model="numpy")
def gcd(a: int, b: int) -> int:
    """Return the greatest common divisor of two non-negative integers."""
    while b:
        a, b = b, a % b
    return a


@kernel(
    lambda rows, k, *_: 40 * k * rows.shape[1] + 100,
    signature="Tuple((int64, int64, int64[:, ::1], int64[::1], boolean[::1], int8[::1]))"
    "(int64[:, ::1], int64, int8[::1], boolean)",
    error_model="numpy",  # no divisor is zero
)
def restrict(
    rows: np.ndarray, k: int, prefix: np.ndarray, rounding: bool
) -> tuple[int, int, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Restrict hyperplanes 0..k-1 to hyperplane k, eliminating a column, and merge those that become parallel.

    The first of several parallel traces keeps its orientation, so that an order by sides stays one.

    Args:
        rows: (m, d) int64, pairwise non-parallel, k >= 1, d >= 2.
        k: the hyperplane.
        prefix: (q,) int8 sides of the first q hyperplanes, or empty.
        rounding: where int64 would overflow, go on with integers of 50 bits in about the same proportion.

    Returns:
        (status, pivot column, traces (g, d-1), source (k,) the trace of each hyperplane, turn (k,) whether it is turned
        round, wanted sides of the first traces). status NOTHING: no cell of the traces has the wanted sides.
    """
    d = rows.shape[1]
    pivot = -1
    top = 0
    for c in range(d):
        size = abs(rows[k, c])
        top = max(top, size)
        if size > 0 and (pivot < 0 or size < abs(rows[k, pivot])):
            pivot = c
    lead = rows[k, pivot]
    traces = np.empty((k, d - 1), np.int64)
    source = np.empty(k, np.int64)
    turn = np.empty(k, np.bool_)
    sides = np.empty(k if k < len(prefix) else len(prefix), np.int8)
    for j in range(len(sides)):
        sides[j] = -1
    slots = 4
    while slots < 2 * k:
        slots *= 2
    table = np.empty(slots, np.int64)
    for i in range(slots):
        table[i] = -1
    upward = np.empty(k, np.bool_)
    for j in range(k):
        turn[j] = False
    number = 0
    for j in range(k):
        trace = traces[number]
        factor = rows[j, pivot]
        a, b = 1, 0
        in_floats = False
        if factor != 0:
            common = gcd(abs(lead), abs(factor))
            a = abs(lead) // common
            b = factor // common if lead > 0 else -(factor // common)
            largest = 0
            for c in range(d):
                largest = max(largest, abs(rows[j, c]))
            if float(a) * float(largest) + float(abs(b)) * float(top) >= ROOM:
                if not rounding:
                    return OVERFLOW, pivot, traces, source, turn, sides
                in_floats = True
        divisor = 0
        at = 0
        first = 0
        scale = 0.0
        if in_floats:
            divisor = 1
            for c in range(d):
                scale = max(scale, abs(float(a) * float(rows[j, c]) - float(b) * float(rows[k, c])))
            if scale == 0.0:
                return OVERFLOW, pivot, traces, source, turn, sides
            scale = 2.0**50 / scale
        for c in range(d):
            if c != pivot:
                if in_floats:
                    value = int(scale * (float(a) * float(rows[j, c]) - float(b) * float(rows[k, c])))
                else:
                    value = a * rows[j, c] - b * rows[k, c]
                trace[at] = value
                at += 1
                if value != 0 and divisor != 1:
                    divisor = gcd(divisor, abs(value)) if divisor else abs(value)
                if first == 0:
                    first = value
        if first == 0:
            # rounding has made two hyperplanes one
            return OVERFLOW, pivot, traces, source, turn, sides
        up = first > 0
        key = np.uint64(0)
        for c in range(d - 1):
            if divisor > 1:
                trace[c] //= divisor
            key = (key ^ np.uint64(trace[c] if up else -trace[c])) * np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(29)
        slot = np.int64(key & np.uint64(slots - 1))
        group = number
        while table[slot] >= 0:
            candidate = table[slot]
            same = True
            for c in range(d - 1):
                if traces[candidate, c] != (trace[c] if upward[candidate] == up else -trace[c]):
                    same = False
                    break
            if same:
                group = candidate
                break
            slot = (slot + 1) & (slots - 1)
        if group == number:
            table[slot] = number
            upward[number] = up
            number += 1
        source[j] = group
        turn[j] = upward[group] != up
        if j < len(prefix):
            side = np.int8(1 - prefix[j]) if turn[j] else np.int8(prefix[j])
            if sides[group] >= 0 and sides[group] != side:
                return NOTHING, pivot, traces, source, turn, sides
            sides[group] = side
    count = 0
    while count < len(sides) and sides[count] >= 0:
        count += 1
    return DONE, pivot, traces[:number], source, turn, sides[:count]
