"""All covectors of an arrangement as compositions of cocircuits, over fractions (slow, shares no code)."""

from __future__ import annotations

import itertools
from fractions import Fraction


def kernel(rows, width):
    """Return a basis of the null space of the rows, by elimination."""
    rows = [list(map(Fraction, row)) for row in rows]
    pivots = []
    for c in range(width):
        at = next((i for i in range(len(pivots), len(rows)) if rows[i][c]), None)
        if at is None:
            continue
        p = len(pivots)
        rows[p], rows[at] = rows[at], rows[p]
        rows[p] = [v / rows[p][c] for v in rows[p]]
        for i in range(len(rows)):
            if i != p and rows[i][c]:
                rows[i] = [a - rows[i][c] * b for a, b in zip(rows[i], rows[p], strict=True)]
        pivots.append(c)
    basis = []
    for free in (c for c in range(width) if c not in pivots):
        vector = [Fraction(0)] * width
        vector[free] = Fraction(1)
        for i, c in enumerate(pivots):
            vector[c] = -rows[i][free]
        basis.append(vector)
    return basis


def covectors(X) -> set[tuple[int, ...]]:
    """Return every sign vector of (<w, x_1>, ..., <w, x_n>), w in R^d."""
    X = [[Fraction(v) for v in row] for row in X]
    n, d = len(X), len(X[0])
    rank = d - len(kernel(X, d))
    circuits = set()
    for subset in itertools.combinations(X, max(rank - 1, 0)):
        null = kernel(subset, d)
        if len(null) != d - rank + 1:
            continue
        for w in null:
            values = [sum(a * b for a, b in zip(row, w, strict=True)) for row in X]
            if any(values):
                signs = tuple((v > 0) - (v < 0) for v in values)
                circuits |= {signs, tuple(-s for s in signs)}
    found, fresh = {(0,) * n}, {(0,) * n}
    while fresh:
        fresh = {tuple(a or b for a, b in zip(v, c, strict=True)) for v in fresh for c in circuits} - found
        found |= fresh
    return found
