"""Whether an open polyhedral cone is empty, by Fourier-Motzkin elimination over fractions (slow, shares no code)."""

from __future__ import annotations

import itertools
from fractions import Fraction


def open_cone_exists(rows) -> bool:
    """Return whether some w has <a, w> > 0 for every row a."""
    rows = {tuple(_fraction(v) for v in row) for row in rows}
    width = len(next(iter(rows))) if rows else 0
    for c in range(width):
        positive = [r for r in rows if r[c] > 0]
        negative = [r for r in rows if r[c] < 0]
        kept = {r for r in rows if r[c] == 0}
        for p, q in itertools.product(positive, negative):
            kept.add(_primitive(tuple(a / p[c] - b / q[c] for a, b in zip(p, q, strict=True))))
        rows = kept
    return not rows


def realizable_patterns(X) -> set[tuple[bool, ...]]:
    """Return every pattern that one unit can have on the rows of X."""
    X = [[_fraction(v) for v in row] for row in X]
    found = set()
    for bits in itertools.product([False, True], repeat=len(X)):
        if open_cone_exists([[v if b else -v for v in row] for row, b in zip(X, bits, strict=True)]):
            found.add(bits)
    return found


def _primitive(row):
    top = max((abs(v) for v in row), default=Fraction(0))
    return row if top == 0 else tuple(v / top for v in row)


def _fraction(value):
    return Fraction(value.item() if hasattr(value, "item") else value)
