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
        numbers = _numbers(columns, kept, p, target, size)
        if numbers is not None:
            out.setdefault(tuple(np.flatnonzero(numbers[:p]).tolist()), numbers)
    return out


def _numbers(columns: np.ndarray, kept: list[int], p: int, target: np.ndarray, size: float) -> np.ndarray | None:
    """Return the numbers (p + 1 or p,) of columns that give the target; None where they depend or give another one.

    What rounding left of the target is larger in the numbers of columns that are nearly dependent, in either direction:
    those that are no larger than that are left out where the others give the target too.
    """
    count, out = sum(k < p for k in kept), np.zeros(columns.shape[1])
    x, _, rank, stretch = np.linalg.lstsq(columns[:, kept], target, rcond=SAME)
    if rank < len(kept):
        return None
    noise = NEGLIGIBLE * size / min(float(stretch.min(initial=1.0)), 1.0)
    large = [k for k, t in zip(kept, x, strict=True) if k >= p or abs(t) > noise]
    if len(large) < len(kept):
        fewer = np.linalg.lstsq(columns[:, large], target, rcond=SAME)[0]
        if _gives(columns[:, large], fewer, len(large) - len(kept) + count, target, size):
            out[large] = fewer
            return out
    # where columns are independent the only candidate is taken, whatever rounding leaves
    if count < p and not _gives(columns[:, kept], x, count, target, size):
        return None
    out[kept] = np.append(np.where(x[:count] > NEGLIGIBLE * size, x[:count], 0.0), x[count:])
    return out


def _gives(columns: np.ndarray, x: np.ndarray, count: int, target: np.ndarray, size: float) -> bool:
    """Return whether numbers, the first `count` of which are to be at least 0, give the target up to rounding."""
    below = (x[:count] < -NEGLIGIBLE * size).any()
    return not below and float(np.linalg.norm(columns @ x - target)) <= TIGHT * size


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
