"""The rays of a central fan of hyperplanes, in blocks: exact over the integers, or in floats."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from math import comb

import numpy as np

BLOCK = 20_000
MOST_COLUMNS = 7
SAFE = 2**62


def ray_count(lines: int, rank: int) -> int:
    """Return the most rays that hyperplanes of this many pairwise different lines of this rank can have."""
    return 2 * comb(lines, rank - 1)


def fan_blocks(rows: np.ndarray) -> Iterator[np.ndarray]:
    """Yield (B, r) arrays of one direction for each line that r - 1 independent hyperplanes share.

    The direction is the vector of signed minors of r - 1 rows; blocks of rows without a common line hold zeros there.

    Args:
        rows: (k, r) of rank r, r at most MOST_COLUMNS; int64, Python integers (object) or floats.
    """
    k, r = rows.shape
    choices = combinations(range(k), r - 1)
    while True:
        subsets = list(islice(choices, BLOCK))
        if not subsets:
            return
        if r == 1:
            yield np.ones((1, 1), dtype=rows.dtype)
            continue
        yield _minors(rows[np.array(subsets)])


def fan_minima(g: np.ndarray, rows: np.ndarray, weights: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield blocks (u, value) of rays of both directions with psi(u) = <g, u> + sum_k w_k relu(<r_k, u>).

    Integers are taken in 64 bits where no product can overflow them, else as Python integers.

    Args:
        g: (r,) integers or floats.
        rows: (k, r) of the same kind, of rank r.
        weights: (k,) of the same kind.
    """
    if rows.dtype == object:
        rows, g, weights = _narrow(g, rows, weights)
    for lines in fan_blocks(rows):
        heights = lines @ rows.T
        slope = lines @ g
        zero = 0 * heights
        for sign in (1, -1):
            reach = np.where(sign * heights > 0, sign * heights, zero)
            yield sign * lines, sign * slope + reach @ weights


def _narrow(g: np.ndarray, rows: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return 64-bit integers where every number of the evaluation fits into them."""
    sizes = sorted((max(sum(abs(int(v)) for v in row), 1) for row in rows), reverse=True)
    ray = 1
    for size in sizes[: rows.shape[1] - 1]:
        ray *= size
    total = sum(abs(int(v)) for v in g)
    total += sum(abs(int(w)) * s for w, s in zip(weights, (sum(abs(int(v)) for v in row) for row in rows), strict=True))
    if ray * max(total, sizes[0] if sizes else 1, 1) * rows.shape[1] < SAFE:
        return rows.astype(np.int64), g.astype(np.int64), weights.astype(np.int64)
    return rows, g, weights


def _minors(M: np.ndarray) -> np.ndarray:
    """Return (B, r) vectors orthogonal to the r - 1 rows of each matrix (B, r - 1, r): its signed minors."""
    _, p, r = M.shape
    partial: dict[tuple[int, ...], np.ndarray] = {(): np.ones(len(M), dtype=M.dtype)}
    for row in range(p):
        minors: dict[tuple[int, ...], np.ndarray] = {}
        for columns in combinations(range(r), row + 1):
            total = 0 * M[:, 0, 0]
            for place, column in enumerate(columns):
                rest = columns[:place] + columns[place + 1 :]
                term = M[:, row, column] * partial[rest]
                total = total + term if (row + place) % 2 == 0 else total - term
            minors[columns] = total
        partial = minors
    out = np.empty((len(M), r), dtype=M.dtype)
    for column in range(r):
        rest = tuple(c for c in range(r) if c != column)
        out[:, column] = partial[rest] if column % 2 == 0 else -partial[rest]
    return out
