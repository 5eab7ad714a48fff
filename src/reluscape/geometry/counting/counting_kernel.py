"""Compiled count of the regions of an integer arrangement by deletion and restriction, and what it will cost."""

from __future__ import annotations

from math import comb

import numpy as np

from ...numbers.kernels import kernel
from .restriction_kernel import DONE, restrict

# answers below zero: an integer would leave int64; the budget was reached
WIDE, SPENT = -1, -2


@kernel(
    lambda rows, budget: 100 * min(budget, sum(comb(len(rows), i) for i in range(2, rows.shape[1]))),
    seconds=3.5,
    signature="Tuple((int64, int64))(int64[:,::1], int64)",
)
def count_half(rows: np.ndarray, budget: int) -> tuple[int, int]:
    """Return half the number of regions of pairwise non-parallel hyperplanes, and the traces looked at.

    Each hyperplane adds as many regions as the earlier ones cut on it: N(A) = N(A') + N(A''), by deletion and
    restriction.

    Args:
        rows: (m, d) int64, m >= 1, d >= 2.
        budget: give up after about this many traces.

    Returns:
        (count, traces); instead of the count WIDE where an integer would overflow, SPENT where the budget was reached.
    """
    m, d = rows.shape
    if d == 2:
        return m, 1
    total, cost = 1, 0
    nothing = np.empty(0, np.int8)
    for k in range(1, m):
        if cost > budget:
            return SPENT, cost
        status, _, traces, _, _, _ = restrict(rows, k, nothing, False)
        cost += k
        if status != DONE:
            return WIDE, cost
        if d == 3:
            total += len(traces)
            continue
        below, more = count_half(traces, budget - cost)
        cost += more
        if below < 0:
            return below, cost
        total += below
    return total, cost


@kernel(
    lambda rows, descents, seed: 50 * descents * rows.size, seconds=3.5, signature="float64(int64[:,::1], int64, int64)"
)
def likely_cost(rows: np.ndarray, descents: int, seed: int) -> float:
    """Return an unbiased estimate of the traces that `count_half` looks at, from random descents (Knuth 1975).

    A descent restricts to hyperplane k with probability proportional to k^(d-2) and weighs what it meets by the
    inverse; it ends early where an integer would overflow.
    """
    state = np.uint64(2 * seed + 1)
    mean = 0.0
    nothing = np.empty(0, np.int8)
    for _ in range(descents):
        here, weight, cost = rows, 1.0, 0.0
        while True:
            m, d = here.shape
            cost += weight * m * (m - 1) / 2.0
            if d <= 3 or m < 3:
                break
            total = 0.0
            for k in range(1, m):
                total += float(k) ** (d - 2)
            state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
            left = float(state >> np.uint64(11)) * 2.0**-53 * total
            k = 1
            while k < m - 1 and left >= float(k) ** (d - 2):
                left -= float(k) ** (d - 2)
                k += 1
            weight *= total / float(k) ** (d - 2)
            status, _, traces, _, _, _ = restrict(here, k, nothing, False)
            if status != DONE:
                break
            here = traces
        mean += cost / descents
    return mean
