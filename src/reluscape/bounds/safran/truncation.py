"""The truth beside Safran and Shamir's Theorem 4: inclusion and exclusion cut off on either side, with arcsine laws."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Any

import flint
import numpy as np

from ...errors import TooLarge
from ...numbers import exact
from ...numbers.intervals import outward, precise_intervals
from ...problem.targets import with_targets
from ..arguments import require, whole

__all__ = ["safran_theorem_4_bounds"]

MOST_SETS = 500_000


def safran_theorem_4_bounds(X: Any, y: Any, width: int, order: int = 2) -> tuple[float, float]:
    """Return a proven interval for P[Bas = 0] on independent samples, by cutting inclusion and exclusion off.

    P = sum over sets S of samples with y != 0 of (-1)^|S| (q(S+)/2 + q(S-)/2)^m, q(S) = P[no sample of S is active],
    S+ and S- the samples of S with positive and negative target: q = 1/2 for one sample, 1/4 + asin(rho)/(2 pi) for
    two, 1/8 + sum asin(rho)/(4 pi) for three. Cut after an odd |S| it is a lower, after an even |S| an upper bound;
    after |S| = 1 it is the printed Theorem 4. With at most `order` targets other than 0 nothing is cut off.

    Args:
        X: (n, d) samples of rank n, or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        width: number of units m.
        order: 1, 2 or 3: the largest |S| that is used; 1 holds for every symmetric law, 2 and 3 for spherical ones.

    Returns:
        low and high, rounded outward from interval arithmetic.

    Raises:
        AssumptionError: rank X < n.
        TooLarge: more than 500,000 sets of samples; take a lower order.

    Source: Safran and Shamir, Theorem 4 and its truth.

    Example:
        >>> low, high = safran_theorem_4_bounds([[1, 0], [0, 1]], [1, -1], 3)
        >>> low <= 1 - 2 * (3 / 4) ** 3 + (1 / 2) ** 3 <= high
        True
    """
    data = with_targets(X, y)
    m, last = whole("width", width, 0), whole("order", order)
    require(data.rank == data.n, f"rank X = n (rank {data.rank}, {data.n} samples)")
    require(last <= 3, "order is at most 3: beyond that the orthant probabilities have no closed form")
    targets = np.asarray(data.y_fractions)
    samples = [i for i in range(data.n) if targets[i] != 0]
    size = comb(len(samples), min(last, len(samples)))
    if size > MOST_SETS:
        raise TooLarge(f"{size:,} sets of {last} samples, {MOST_SETS:,} are feasible; take order={last - 1}", size)
    positive = [bool(targets[i] > 0) for i in samples]
    with precise_intervals():
        low, high = _cut(data.rows[samples] if samples else data.rows[:0], positive, m, last)
    return max(0.0, low), min(1.0, high)


def _cut(rows: np.ndarray, positive: list[bool], m: int, last: int) -> tuple[float, float]:
    """Return the best bounds of the partial sums."""
    n = len(rows)
    if not n or not m:
        return (0.0, 0.0) if n else (1.0, 1.0)
    angle = _angles(rows) if last > 1 else {}
    single = flint.arb(flint.fmpq(3, 4)) ** m
    total = 1 - n * single
    low, high = outward(total)[0], outward(1 - single)[1]  # no more than for one sample alone
    for size in range(2, min(last, n) + 1):
        level = flint.arb(0)
        for subset in combinations(range(n), size):
            first = [i for i in subset if positive[i]]
            second = [i for i in subset if not positive[i]]
            level += ((_none_active(first, angle) + _none_active(second, angle)) / 2) ** m
        total += level if size % 2 == 0 else -level
        if size % 2:
            low = max(low, outward(total)[0])
        else:
            high = min(high, outward(total)[1])
    if last >= n:
        low, high = (end(value, best) for end, value, best in zip((max, min), outward(total), (low, high), strict=True))
    return low, high


def _angles(rows: np.ndarray) -> dict[tuple[int, int], Any]:
    """Return asin of the cosine between every two samples, over 2 pi, as intervals."""
    n = len(rows)
    M = exact.fmpz_matrix(rows)
    gram = M * M.transpose()
    lengths = [flint.arb(gram[i, i]).sqrt() for i in range(n)]
    turn = 2 * flint.arb.pi()
    out = {}
    for i, j in combinations(range(n), 2):
        product = gram[i, j]
        out[i, j] = flint.arb(0) if product == 0 else (flint.arb(product) / (lengths[i] * lengths[j])).asin() / turn
    return out


def _none_active(samples: list[int], angle: dict[tuple[int, int], Any]) -> Any:
    """Return P[<w, x_i> <= 0 for all chosen] for a spherical w and at most three samples."""
    if len(samples) <= 1:
        return flint.arb(1) if not samples else flint.arb(flint.fmpq(1, 2))
    pairs = sum((angle[pair] for pair in combinations(samples, 2)), flint.arb(0))
    return flint.arb(1) / 4 + pairs if len(samples) == 2 else flint.arb(1) / 8 + pairs / 2
