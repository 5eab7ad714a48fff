"""Compiled kernels: projections onto cones given by inner products alone."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(nogil=True, cache=True)
def reductions(G, h, starts, members, tolerance, out):
    """Fill out with |projection of y onto cone|^2 for each cone of generators members[starts[b]:starts[b+1]].

    G (g, g) are the inner products of unit generators, h (g,) their products with a unit y.
    """
    most = 1
    for b in range(len(starts) - 1):
        most = max(most, starts[b + 1] - starts[b])
    gram, right, scratch = np.empty((most, most)), np.empty(most), np.empty((most + 3, most))
    for b in range(len(starts) - 1):
        lo = starts[b]
        k = starts[b + 1] - lo
        for a in range(k):
            right[a] = h[members[lo + a]]
            for c in range(k):
                gram[a, c] = G[members[lo + a], members[lo + c]]
        out[b] = _project(gram, right, k, tolerance, scratch)


@numba.njit(nogil=True, cache=True)
def reductions_of(A, h, starts, members, tolerance, out):
    """Fill out as `reductions` does, inner products taken from the unit generators A (g, n) themselves."""
    most = 1
    for b in range(len(starts) - 1):
        most = max(most, starts[b + 1] - starts[b])
    gram, right, scratch = np.empty((most, most)), np.empty(most), np.empty((most + 3, most))
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
        out[b] = _project(gram, right, k, tolerance, scratch)


@numba.njit(nogil=True, cache=True)
def _project(gram, right, k, tolerance, scratch):
    """Return |projection|^2 onto the cone of k generators by Lawson and Hanson's active set."""
    L = scratch
    p = 0
    x = np.zeros(k)
    z = np.empty(k)
    passive = np.empty(k, dtype=np.int64)
    inside = np.zeros(k, dtype=np.bool_)
    blocked = np.zeros(k, dtype=np.bool_)
    for _ in range(10 * k + 10):
        best, best_w = -1, tolerance
        for i in range(k):
            if inside[i] or blocked[i]:
                continue
            w = right[i]
            for a in range(p):
                w -= gram[i, passive[a]] * x[passive[a]]
            if w > best_w:
                best, best_w = i, w
        if best < 0:
            break
        passive[p] = best
        if not _grow(gram, passive, p, L):
            blocked[best] = True
            continue
        inside[best] = True
        p += 1
        for i in range(k):
            blocked[i] = False
        while p > 0:
            _solve(right, passive, p, L, z)
            step, worst = 1.0, -1
            for a in range(p):
                if z[a] <= 0.0:
                    gap = x[passive[a]] - z[a]
                    t = x[passive[a]] / gap if gap > 0.0 else 0.0
                    if t < step or worst < 0:
                        step, worst = t, a
            if worst < 0:
                for a in range(p):
                    x[passive[a]] = z[a]
                break
            for a in range(p):
                x[passive[a]] += step * (z[a] - x[passive[a]])
            kept = 0
            for a in range(p):
                i = passive[a]
                if a == worst or x[i] <= 0.0:
                    x[i] = 0.0
                    inside[i] = False
                    if i == best:
                        blocked[i] = True
                else:
                    passive[kept] = i
                    kept += 1
            p = kept
            for a in range(p):
                _grow(gram, passive, a, L)
    total = 0.0
    for a in range(p):
        total += right[passive[a]] * x[passive[a]]
    return total


@numba.njit(nogil=True, cache=True)
def _grow(gram, passive, p, L):
    """Append row p of the Cholesky factor; False where the new generator depends on the others."""
    row = passive[p]
    rest = gram[row, row]
    for a in range(p):
        value = gram[row, passive[a]]
        for c in range(a):
            value -= L[p, c] * L[a, c]
        L[p, a] = value / L[a, a]
        rest -= L[p, a] * L[p, a]
    if rest <= 1e-12 * gram[row, row]:
        return False
    L[p, p] = np.sqrt(rest)
    return True


@numba.njit(nogil=True, cache=True)
def _solve(right, passive, p, L, z):
    """Solve for the unconstrained optimum on the passive generators."""
    for a in range(p):
        value = right[passive[a]]
        for c in range(a):
            value -= L[a, c] * z[c]
        z[a] = value / L[a, a]
    for a in range(p - 1, -1, -1):
        value = z[a]
        for c in range(a + 1, p):
            value -= L[c, a] * z[c]
        z[a] = value / L[a, a]
