"""Compiled kernels: projections onto cones given by inner products alone."""

from __future__ import annotations

import numba
import numpy as np

from ..solvers.nonnegative_kernel import project


@numba.njit(nogil=True, cache=True)
def reductions(G, h, starts, members, tolerance, out):
    """Fill out with |projection of y onto cone|^2 for each cone of generators members[starts[b]:starts[b+1]].

    G (g, g) are the inner products of unit generators, h (g,) their products with a unit y.
    """
    most = 1
    for b in range(len(starts) - 1):
        most = max(most, starts[b + 1] - starts[b])
    gram, right, scratch = np.empty((most, most)), np.empty(most), np.empty((most + 3, most))
    weights = np.empty(most)
    for b in range(len(starts) - 1):
        lo = starts[b]
        k = starts[b + 1] - lo
        for a in range(k):
            right[a] = h[members[lo + a]]
            for c in range(k):
                gram[a, c] = G[members[lo + a], members[lo + c]]
        out[b] = project(gram, right, k, tolerance, scratch, weights)


@numba.njit(nogil=True, cache=True)
def reductions_of(A, h, starts, members, tolerance, out):
    """Fill out as `reductions` does, inner products taken from the unit generators A (g, n) themselves."""
    most = 1
    for b in range(len(starts) - 1):
        most = max(most, starts[b + 1] - starts[b])
    gram, right, scratch = np.empty((most, most)), np.empty(most), np.empty((most + 3, most))
    weights = np.empty(most)
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
        out[b] = project(gram, right, k, tolerance, scratch, weights)
