"""Compiled kernel: a point near the nearest one of the cone of many states, few generators at a time."""

from __future__ import annotations

import numpy as np

from ...basins.cones.loose_kernel import least_sum, loose_steps
from ...numbers.kernels import inner, kernel

# rounds of a projection, and generators that enter in one
MOST_ROUNDS, ENTERING, USUAL_ROUNDS = 200, 10, 4


def _steps(A: np.ndarray, states: np.ndarray, first: np.ndarray) -> float:
    """Return about how many steps a few rounds take."""
    members = float((first[states + 1] - first[states]).sum())
    return USUAL_ROUNDS * (members * A.shape[1] + loose_steps(np.array([2.0 * ENTERING]), A.shape[1]))


@kernel(lambda A, y, side, states, first, *_: _steps(A, states, first), seconds=4.0)
def near_point(A, y, side, states, first, flat, start, constants, floor, stop, limits, residual):
    """Return (generators that a point uses, the sum of its squares that count, its constant).

    A (g, n) are generators of length one, y (n,) has length one, side (n,) tells which residuals count; the cone is
    that of the generators flat[first[s]:first[s + 1]] of the states s and of the last rows of A, as many as
    `constants`. Those that rise most along the residual enter a few at a time, until none rises more than `stop` or the
    sum is at most `floor`; the start names the first ones. residual (n,) is filled, zero where it does not count.
    """
    n, number, inside = len(y), 0, np.zeros(len(A), np.bool_)
    for s in states:
        number += first[s + 1] - first[s]
    members, number = np.empty(number, np.int64), 0
    for s in states:
        for g in flat[first[s] : first[s + 1]]:
            if not inside[g]:
                inside[g] = True
                members[number] = g
                number += 1
    for g in members[:number]:
        inside[g] = False
    most = len(start) + n + ENTERING + constants + 1
    cone, own, picks, used = np.empty(most, np.int64), np.empty(most), np.empty(most, np.int64), 0
    room, residuals = min(most, 4 * ENTERING), np.empty((2, n))
    rows, table = np.empty((n, room)), np.empty((2 * room + 5, room))
    entering, steepest = np.empty(ENTERING, np.int64), np.empty(ENTERING)
    least, constant, size = np.inf, 0.0, len(start)
    cone[:size] = start
    for _ in range(MOST_ROUNDS):
        for a in range(constants):
            cone[size + a] = len(A) - constants + a
        size += constants
        if size > room:
            room = min(most, 2 * size)
            rows, table = np.empty((n, room)), np.empty((2 * room + 5, room))
        value = least_sum(A, y, cone[:size], side, limits, rows, table, own[:size], residuals)
        if value >= least:
            break
        least = value
        residual[:] = residuals[0]
        for a in range(used):
            inside[picks[a]] = False
        used = 0
        for a in range(size - constants):
            if own[a] > 0.0:
                picks[used] = cone[a]
                inside[cone[a]] = True
                used += 1
        if constants:
            constant = own[size - 2] - own[size - 1]
        if least <= floor:
            break
        count = 0
        for g in members[:number]:
            if inside[g]:
                continue
            slope = _along(A[g], residual)
            if slope <= stop or (count == ENTERING and slope <= steepest[count - 1]):
                continue
            place = min(count, ENTERING - 1)
            while place > 0 and steepest[place - 1] < slope:
                steepest[place], entering[place] = steepest[place - 1], entering[place - 1]
                place -= 1
            steepest[place], entering[place] = slope, g
            count = min(count + 1, ENTERING)
        if count == 0:
            break
        cone[:used] = picks[:used]
        cone[used : used + count] = entering[:count]
        size = used + count
    return picks[:used], least, constant


@inner(fastmath={"reassoc", "contract"})
def _along(a, b):
    """Return the product of two vectors."""
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total
