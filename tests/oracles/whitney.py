"""Numbers of regions by Whitney's sum over subsets and by Zaslavsky's sum over flats (slow, share no code)."""

from __future__ import annotations

import itertools
from fractions import Fraction


def rank(rows) -> int:
    """Return the rank of rational rows by elimination."""
    rows = [[Fraction(v) for v in row] for row in rows]
    found = 0
    for c in range(len(rows[0]) if rows else 0):
        at = next((i for i in range(found, len(rows)) if rows[i][c]), None)
        if at is None:
            continue
        rows[found], rows[at] = rows[at], rows[found]
        for i in range(found + 1, len(rows)):
            factor = rows[i][c] / rows[found][c]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


def regions_by_subsets(X) -> int:
    """Return sum over B of (-1)^(|B| - rank B): the regions of the hyperplanes of the rows, repeats and all."""
    return sum(
        (-1) ** (size - rank(chosen))
        for size in range(len(X) + 1)
        for chosen in itertools.combinations([list(row) for row in X], size)
    )


def regions_by_flats(X) -> int:
    """Return the sum of |mu(F)| over all flats, the Moebius function of their lattice from its definition."""
    rows = [list(row) for row in X]
    flats, fresh = set(), {_closure((), rows)}
    while fresh:
        flats |= fresh
        fresh = {_closure((*flat, i), rows) for flat in fresh for i in range(len(rows)) if i not in flat} - flats
    value = {}
    for flat in sorted(flats, key=len):
        below = [value[other] for other in value if set(other) < set(flat)]
        value[flat] = -sum(below) if below else 1
    return sum(abs(v) for v in value.values())


def _closure(flat, rows) -> tuple[int, ...]:
    """Return the indices of all rows in the span of some."""
    span = [rows[i] for i in flat]
    size = rank(span)
    return tuple(i for i, row in enumerate(rows) if rank([*span, row]) == size)
