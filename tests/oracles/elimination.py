"""Oracle: the Jacobian entry by entry and Gaussian elimination over fractions."""

from fractions import Fraction
from itertools import product


def jacobian_rows(pattern, X, v=None):
    """The Jacobian of a pattern (m rows of n booleans) as nested lists of fractions."""
    v = [1] * len(pattern) if v is None else v
    return [
        [Fraction(v[j]) * Fraction(value) * int(pattern[j][i]) for j in range(len(pattern)) for value in x]
        for i, x in enumerate(X)
    ]


def fraction_rank(rows):
    """Rank by plain elimination."""
    rows = [list(map(Fraction, row)) for row in rows]
    rank = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column] != 0), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(rank + 1, len(rows)):
            factor = rows[r][column] / rows[rank][column]
            if factor:
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


def pattern_rank(pattern, X, v=None):
    """Rank of the Jacobian of a pattern."""
    return fraction_rank(jacobian_rows(pattern, X, v))


def full_fraction(unit_patterns, X, width):
    """Share of the width-tuples of unit patterns whose Jacobian has rank n, tuple by tuple."""
    n = len(X)
    tuples = list(product(unit_patterns, repeat=width))
    return Fraction(sum(pattern_rank(p, X) == n for p in tuples), len(tuples))


def all_patterns(n):
    """All 2^n patterns of one unit."""
    return list(product((False, True), repeat=n))


def step_patterns(n):
    """The 2n patterns of one unit with bias on n ordered points (2 where n = 1)."""
    prefixes = {tuple(i < k for i in range(n)) for k in range(n + 1)}
    suffixes = {tuple(i >= k for i in range(n)) for k in range(n + 1)}
    return sorted(prefixes | suffixes)
