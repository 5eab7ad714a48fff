"""Compiled kernel: projections onto cones given by inner products alone."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(nogil=True, cache=True)
def reductions(G, h, starts, members, tolerance, out):
    """Fill out with |projection of y onto cone|^2 for each cone of generators members[starts[b]:starts[b+1]].

    Lawson and Hanson's active set on inner products: G (g, g) of unit generators, h (g,) their products with y.
    """
    most = 1
    for b in range(len(starts) - 1):
        most = max(most, starts[b + 1] - starts[b])
    L = np.empty((most, most))
    x = np.empty(most)
    z = np.empty(most)
    passive = np.empty(most, dtype=np.int64)
    inside = np.empty(most, dtype=np.bool_)
    blocked = np.empty(most, dtype=np.bool_)
    for b in range(len(starts) - 1):
        lo = starts[b]
        k = starts[b + 1] - lo
        p = 0
        for i in range(k):
            inside[i] = False
            blocked[i] = False
            x[i] = 0.0
        for _ in range(10 * k + 10):
            best, best_w = -1, tolerance
            for i in range(k):
                if inside[i] or blocked[i]:
                    continue
                w = h[members[lo + i]]
                for a in range(p):
                    w -= G[members[lo + i], members[lo + passive[a]]] * x[passive[a]]
                if w > best_w:
                    best, best_w = i, w
            if best < 0:
                break
            passive[p] = best
            if not _grow(G, members, lo, passive, p, L):
                blocked[best] = True
                continue
            inside[best] = True
            p += 1
            for i in range(k):
                blocked[i] = False
            while p > 0:
                _solve(h, members, lo, passive, p, L, z)
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
                    _grow(G, members, lo, passive, a, L)
        total = 0.0
        for a in range(p):
            total += h[members[lo + passive[a]]] * x[passive[a]]
        out[b] = total


@numba.njit(nogil=True, cache=True)
def _grow(G, members, lo, passive, p, L):
    """Append row p of the Cholesky factor; False where the new generator depends on the others."""
    row = members[lo + passive[p]]
    rest = G[row, row]
    for a in range(p):
        value = G[row, members[lo + passive[a]]]
        for c in range(a):
            value -= L[p, c] * L[a, c]
        L[p, a] = value / L[a, a]
        rest -= L[p, a] * L[p, a]
    if rest <= 1e-12 * G[row, row]:
        return False
    L[p, p] = np.sqrt(rest)
    return True


@numba.njit(nogil=True, cache=True)
def _solve(h, members, lo, passive, p, L, z):
    """Solve for the unconstrained optimum on the passive generators."""
    for a in range(p):
        value = h[members[lo + passive[a]]]
        for c in range(a):
            value -= L[a, c] * z[c]
        z[a] = value / L[a, a]
    for a in range(p - 1, -1, -1):
        value = z[a]
        for c in range(a + 1, p):
            value -= L[c, a] * z[c]
        z[a] = value / L[a, a]
