"""Compiled kernels: distances from cones, the weights found from inner products, the distance from its residual."""

from __future__ import annotations

import numpy as np

from ...numbers.kernels import inner, kernel
from ...solvers.nonnegative_kernel import project, steps


def _steps(A: np.ndarray, starts: np.ndarray) -> float:
    """Return about how many steps it takes to project on each cone and to look at the residual."""
    sizes = np.diff(starts)
    return float((steps(sizes) + sizes * (2 * sizes + 2 * A.shape[1])).sum())


@kernel(lambda A, y, length, G, h, starts, *_: _steps(A, starts))
def distances(A, y, length, G, h, starts, members, limits, out, support, sure):
    """Fill out with |y - projection|^2 for each cone of generators members[starts[b]:starts[b+1]].

    A (g, n) are unit generators, G (g, g) = A A^T and h (g,) = A y / length, length that of y (n,); support marks the
    members with a positive weight in the projection. Inner products alone would lose the distance where generators
    nearly cancel: an error of the weights enters it as it is there, and squared through the residual. sure tells where
    the residual meets the conditions of a nearest point up to rounding, and rounding is below the noise; it may not
    where generators are nearly dependent. limits are the slope up to which a generator stays out, the error of one
    operation, and the noise.
    """
    most = 1
    for b in range(len(starts) - 1):
        most = max(most, starts[b + 1] - starts[b])
    gram, right, scratch = np.empty((most, most)), np.empty(most), np.empty((most + 3, most))
    weights, residual = np.empty(most), np.empty(len(y))
    for b in range(len(starts) - 1):
        lo = starts[b]
        k = starts[b + 1] - lo
        for a in range(k):
            right[a] = h[members[lo + a]]
            for c in range(k):
                gram[a, c] = G[members[lo + a], members[lo + c]]
        project(gram, right, k, limits[0], scratch, weights)
        cone, mark = members[lo : lo + k], support[lo : lo + k]
        out[b] = _distance(A, y, length, cone, weights, residual, mark)
        sure[b] = stationary(A, length, cone, weights, residual, mark, limits)


@kernel(lambda A, y, length, h, starts, *_: _steps(A, starts) * (1 + A.shape[1] / 10))
def distances_of(A, y, length, h, starts, members, limits, out, support, sure):
    """Fill out as `distances` does, inner products taken from the unit generators themselves."""
    most = 1
    for b in range(len(starts) - 1):
        most = max(most, starts[b + 1] - starts[b])
    gram, right, scratch = np.empty((most, most)), np.empty(most), np.empty((most + 3, most))
    weights, residual = np.empty(most), np.empty(len(y))
    for b in range(len(starts) - 1):
        lo = starts[b]
        k = starts[b + 1] - lo
        for a in range(k):
            right[a] = h[members[lo + a]]
            for c in range(a + 1):
                total = 0.0
                for i in range(A.shape[1]):
                    total += A[members[lo + a], i] * A[members[lo + c], i]
                gram[a, c] = total
                gram[c, a] = total
        project(gram, right, k, limits[0], scratch, weights)
        cone, mark = members[lo : lo + k], support[lo : lo + k]
        out[b] = _distance(A, y, length, cone, weights, residual, mark)
        sure[b] = stationary(A, length, cone, weights, residual, mark, limits)


@inner()
def _distance(A, y, length, members, weights, residual, support):
    """Return |y - length * weighted generators|^2, and mark the generators with a weight."""
    for i in range(len(y)):
        residual[i] = y[i]
    for a in range(len(members)):
        support[a] = weights[a] > 0.0
        if support[a]:
            weight = length * weights[a]
            for i in range(len(y)):
                residual[i] -= weight * A[members[a], i]
    total = 0.0
    for i in range(len(y)):
        total += residual[i] * residual[i]
    return total


@inner()
def stationary(A, length, members, weights, residual, support, limits):
    """Return whether products with the residual are surely zero on the support and not positive elsewhere."""
    tolerance, unit, noise = limits
    n, size = len(residual), 1.0
    for a in range(len(members)):
        size += weights[a]
    rounding = (n + 3) * unit * size
    if rounding > noise:
        return False
    bound = length * (2 * tolerance + 64 * rounding)
    for a in range(len(members)):
        slope = 0.0
        for i in range(n):
            slope += A[members[a], i] * residual[i]
        if slope > bound or (support[a] and slope < -bound):
            return False
    return True
