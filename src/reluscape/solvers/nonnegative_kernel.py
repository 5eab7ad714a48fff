"""Non-negative least squares from inner products alone: Lawson and Hanson's active sets, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..numbers.kernels import inner, kernel

# where a generator stands: with weight zero, with a positive one, or left out for now
OUTSIDE, INSIDE, BLOCKED = 0.0, 1.0, 2.0
# generators that a projection usually uses
ENTERING = 6


def steps(k: float | np.ndarray) -> Any:
    """Return about how many steps the projection on k generators takes in plain Python."""
    return k * (k + 5) * np.minimum(k, ENTERING) + 20


@kernel(lambda gram, right, k, *_: steps(k))
def project(gram, right, k, tolerance, scratch, x):
    """Fill x with weights >= 0 of the projection of y onto the cone of k generators; return |projection|^2.

    gram (k, k) are the inner products of the generators, right (k,) their products with y, scratch (k + 3, k) working
    space; a generator enters whose slope exceeds the tolerance, one that depends on those inside is left out.
    """
    L, z, state = scratch, scratch[k], scratch[k + 1]
    p = 0
    passive = np.empty(k, np.int64)
    for i in range(k):
        x[i], state[i] = 0.0, OUTSIDE
    for _ in range(10 * k + 10):
        best, best_w = -1, tolerance
        for i in range(k):
            if state[i] != OUTSIDE:
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
            state[best] = BLOCKED
            continue
        state[best] = INSIDE
        p += 1
        for i in range(k):
            if state[i] == BLOCKED:
                state[i] = OUTSIDE
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
            new_count = 0
            for a in range(p):
                i = passive[a]
                if a == worst or x[i] <= 0.0:
                    x[i] = 0.0
                    state[i] = BLOCKED if i == best else OUTSIDE
                else:
                    passive[new_count] = i
                    new_count += 1
            p = new_count
            for a in range(p):
                _grow(gram, passive, a, L)
    total = 0.0
    for a in range(p):
        total += right[passive[a]] * x[passive[a]]
    return total


@inner()
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


@inner()
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
