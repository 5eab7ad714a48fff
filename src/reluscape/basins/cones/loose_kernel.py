"""Compiled kernel: distances from cones where some rows count on one side of the target only, or not at all."""

from __future__ import annotations

import numpy as np

from ...numbers.kernels import inner, kernel
from ...solvers.nonnegative_kernel import project, steps
from .projection_kernel import stationary

# which residuals of a row count: all, positive ones, negative ones, none
BOTH, POSITIVE, NEGATIVE, NONE = 0, 1, 2, 3
ROUNDS, HALVINGS, USUAL_ROUNDS = 60, 20, 4


def loose_steps(sizes: np.ndarray, n: int) -> float:
    """Return about how many steps the rounds take for cones of some numbers of generators."""
    return USUAL_ROUNDS * float((steps(sizes) + sizes * (sizes + 3) * n).sum())


@kernel(lambda A, y, sides, starts, *_: loose_steps(np.diff(starts), A.shape[1]))
def loose_distances(A, y, sides, starts, members, limits, out, weights, sure):
    """Fill out with the least sum of the squares that count, weights with a point of each cone that has it.

    A (g, n) are generators of length one, y (n,) has length one, cone b is that of members[starts[b]:starts[b+1]],
    sides (B, n) tell which residuals of a row count. sure tells where the residuals that count meet the conditions of
    a least sum up to rounding. limits are those of `distances`.
    """
    n, most = len(y), 1
    for b in range(len(starts) - 1):
        most = max(most, starts[b + 1] - starts[b])
    rows, table, residual = np.empty((n, most)), np.empty((2 * most + 5, most)), np.empty((2, n))
    support = np.empty(most, np.bool_)
    for b in range(len(starts) - 1):
        lo = starts[b]
        k = starts[b + 1] - lo
        cone, own = members[lo : lo + k], weights[lo : lo + k]
        out[b] = least_sum(A, y, cone, sides[b], limits, rows, table, own, residual)
        for a in range(k):
            support[a] = own[a] > 0.0
        sure[b] = out[b] <= limits[2] * limits[2] or stationary(A, 1.0, cone, own, residual[0], support, limits)


@inner()
def least_sum(A, y, cone, side, limits, rows, table, own, residuals):
    """Return the least sum of the squares that count for one cone; fill own with weights of a point that has it.

    The sum is convex and piecewise quadratic: a round projects on the rows that count where it stands, and halves its
    step until the sum falls. rows (n, k or more) and table (2 k + 5 or more, k or more) are working space; residuals
    (2, n) begin with the point's residual, zero where it does not count.
    """
    n, k = len(y), len(cone)
    gram, scratch = table[:k], table[k : 2 * k + 3]
    right, goal = table[2 * k + 3], table[2 * k + 4]
    residual, new_residual = residuals[0], residuals[1]
    counts, new_counts = np.empty(n, np.bool_), np.empty(n, np.bool_)
    for a in range(k):
        right[a], own[a] = 0.0, 0.0
        for c in range(k):
            gram[a, c] = 0.0
        for i in range(n):
            rows[i, a] = A[cone[a], i]
    for i in range(n):
        residual[i] = y[i]
    value = _counted(side, residual, counts)
    for i in range(n):
        if counts[i]:
            _enter(rows[i], y[i], k, 1.0, gram, right)
    for _ in range(ROUNDS):
        for a in range(k):
            for c in range(a):
                gram[c, a] = gram[a, c]
        project(gram, right, k, limits[0], scratch, goal)
        share, rounding, new_value = 1.0, 4.0 * n * limits[1] * value, value
        for _ in range(HALVINGS):
            _residual(A, y, cone, own, goal, share, new_residual)
            new_value = _counted(side, new_residual, new_counts)
            if new_value <= value + rounding:
                break
            share /= 2
        fall = value - new_value
        if fall < -rounding:
            break
        changed = False
        for a in range(k):
            own[a] += share * (goal[a] - own[a])
        for i in range(n):
            residual[i] = new_residual[i]
            if new_counts[i] != counts[i]:
                changed = True
                _enter(rows[i], y[i], k, 1.0 if new_counts[i] else -1.0, gram, right)
                counts[i] = new_counts[i]
        value = new_value
        if value <= limits[2] * limits[2] or fall <= rounding or (share == 1.0 and not changed):
            break
    value = _counted(side, residual, counts)
    for i in range(n):
        if not counts[i]:
            residual[i] = 0.0
    return value


@inner()
def _enter(row, target, k, sign, gram, right):
    """Add a row to the inner products, or take it away; only their lower half is kept."""
    for a in range(k):
        value = sign * row[a]
        if value != 0.0:
            right[a] += value * target
            for c in range(a + 1):
                gram[a, c] += value * row[c]


@inner()
def _residual(A, y, cone, own, goal, share, residual):
    """Fill the residual of weights moved by a share of the way to a goal."""
    for i in range(len(y)):
        residual[i] = y[i]
    for a in range(len(cone)):
        weight = own[a] + share * (goal[a] - own[a])
        if weight != 0.0:
            for i in range(len(y)):
                residual[i] -= weight * A[cone[a], i]


@inner()
def _counted(side, residual, counts):
    """Return the sum of the squares that count, and mark their rows."""
    total = 0.0
    for i in range(len(residual)):
        r = residual[i]
        counts[i] = side[i] == BOTH or (side[i] == POSITIVE and r > 0.0) or (side[i] == NEGATIVE and r < 0.0)
        if counts[i]:
            total += r * r
    return total
