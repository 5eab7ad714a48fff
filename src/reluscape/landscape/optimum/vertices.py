"""Vertices of {t >= 0, c: A t + c a = b}, a bounded polytope: all sets of columns, or from one to another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb

import numpy as np
from scipy.optimize import nnls

from ...errors import TooLarge
from ...numbers.tolerances import DEFAULT

# sets of columns up to which each is tried, and sets that are walked through beyond
MOST_TRIED, MOST_WALKED = 20_000, 100_000
SAME, NEGLIGIBLE, TIGHT = DEFAULT.infinite_same, DEFAULT.infinite_negligible, DEFAULT.infinite_tight


def vertices(columns: np.ndarray, free: bool, target: np.ndarray) -> dict[tuple[int, ...], np.ndarray]:
    """Return the numbers (p + 1 or p,) of each vertex under its support; the last column is that of c where it is free.

    A vertex has independent columns, which are part of as many as the rank. These sets are all tried, or walked through
    by exchanging one column for another, as the simplex method does, on all edges.

    Raises:
        TooLarge: too many of them.
    """
    p = columns.shape[1] - int(free)
    rank = int(np.linalg.matrix_rank(columns, tol=SAME)) if columns.size else 0
    size = max(float(np.linalg.norm(target)), np.finfo(float).tiny)
    count = rank - int(free)
    out: dict[tuple[int, ...], np.ndarray] = {}
    walk = p > 0 and comb(p, count) > MOST_TRIED
    for picks in _walked(columns, p, target, size) if walk else combinations(range(p), count):
        kept = [*picks, *range(p, p + int(free))]
        x, _, r, _ = np.linalg.lstsq(columns[:, kept], target, rcond=SAME)
        t = x[:count]
        misses = (t < -NEGLIGIBLE * size).any() or np.linalg.norm(columns[:, kept] @ x - target) > TIGHT * size
        # where columns are independent the only candidate is taken, whatever rounding leaves
        if r < len(kept) or (misses and count < p):
            continue
        numbers = np.zeros(p + int(free))
        numbers[kept] = np.append(np.where(t > NEGLIGIBLE * size, t, 0.0), x[count:])
        out.setdefault(tuple(np.flatnonzero(numbers[:p]).tolist()), numbers)
    return out


def _walked(columns: np.ndarray, p: int, target: np.ndarray, size: float) -> Iterator[tuple[int, ...]]:
    """Yield the sets of independent columns with numbers of at least 0, from one to all others."""
    U, s, _ = np.linalg.svd(columns, full_matrices=False)
    A, b = (U[:, s > SAME].T @ columns), U[:, s > SAME].T @ target
    constant, floor = list(range(p, columns.shape[1])), NEGLIGIBLE * size
    t = nnls(np.concatenate([A, -A[:, constant]], axis=1), b, maxiter=100 * columns.shape[1] + 100)[0]
    first: list[int] = []
    for k in [*np.flatnonzero(t[:p] > floor).tolist(), *np.argsort(-t[:p], kind="stable").tolist()]:
        grown = [*constant, *first, k]
        if k not in first and np.linalg.matrix_rank(A[:, grown], tol=SAME) == len(grown):
            first.append(k)
    waiting = [tuple(sorted(first))]
    seen = set(waiting)
    while waiting:
        here = waiting.pop()
        yield here
        inverse = np.linalg.inv(A[:, [*here, *constant]])
        x, ways = (inverse @ b)[: len(here)], (inverse @ A[:, :p])[: len(here)]
        for k in set(range(p)) - set(here):
            falls = ways[:, k] > SAME
            if not falls.any():
                continue
            steps = np.where(falls, np.maximum(x, 0.0) / np.where(falls, ways[:, k], 1.0), np.inf)
            for i in np.flatnonzero(steps <= steps.min() + floor):
                there = tuple(sorted({*here, k} - {here[i]}))
                if there not in seen:
                    seen.add(there)
                    waiting.append(there)
        if len(seen) > MOST_WALKED:
            raise TooLarge(f"{p} optimal directions: too many sets of units to find m* and M*", len(seen))
