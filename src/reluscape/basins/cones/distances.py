"""How far a target is from many cones that share their generators, in floats."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ...numbers.exact import UNIT_ROUNDOFF
from ...numbers.tolerances import DEFAULT

THREADS = 2
SLICE, LOOSE_SLICE = 10_000, 1_000
# up to this many generators all inner products are kept
MOST_PRODUCTS = 3_000


def unit_generators(A: np.ndarray, free_constant: bool, idle: np.ndarray | None = None) -> np.ndarray:
    """Return generators (g, n) of length one, centred where a constant is free; those marked idle are zero."""
    if free_constant and A.shape[1]:
        A = A - A.mean(axis=1, keepdims=True)
    if idle is not None:
        A = np.where(idle[:, None], 0.0, A)
    length = np.sqrt((A * A).sum(axis=1, keepdims=True))
    return np.ascontiguousarray(A / np.where(length > 0, length, 1.0))


def squared_distances(
    A: np.ndarray, y: np.ndarray, starts: np.ndarray, members: np.ndarray, inner: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (B,) squared distances of y (n,) to cones, which members the nearest points use, and what is sure.

    A distance is sure where its residual meets the conditions of a nearest point up to rounding; it may not where
    generators are nearly dependent.

    Args:
        A: (g, n) generators of length one, or zero; they may repeat or depend on each other.
        y: the target.
        starts: (B + 1,) where each cone begins among the members.
        members: numbers of generators.
        inner: (g, g) their inner products, where they are known.
    """
    from .projection_kernel import distances, distances_of

    length, number = float(np.sqrt(y @ y)), len(starts) - 1
    out, in_use, sure = np.zeros(number), np.zeros(len(members), dtype=bool), np.ones(number, dtype=bool)
    if length == 0.0 or number < 1:
        return out, in_use, sure
    h = np.ascontiguousarray(A @ (y / length))
    if inner is None and len(A) <= MOST_PRODUCTS:
        inner = np.ascontiguousarray(A @ A.T)

    def part(lo: int) -> None:
        hi = min(lo + SLICE, number)
        limits = (DEFAULT.cone_stationarity, UNIT_ROUNDOFF, DEFAULT.barrier)
        rest = (h, starts[lo : hi + 1], members, limits, out[lo:hi], in_use, sure[lo:hi])
        if inner is None:
            distances_of(A, y, length, *rest)
        else:
            distances(A, y, length, inner, *rest)

    if number <= SLICE:
        part(0)
    else:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(part, range(0, number, SLICE)))
    return out, in_use, sure


def loose_squares(
    A: np.ndarray, y: np.ndarray, sides: np.ndarray, starts: np.ndarray, members: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the least sums (B,) of the squares that count, weights of points of the cones with it, and what is sure.

    Args:
        A: (g, n) generators of length one, or zero.
        y: the target.
        sides: (B, n) which residuals of a row count for a cone: all (0), positive (1), negative (2), none (3).
        starts: (B + 1,) where each cone begins among the members.
        members: numbers of generators.
    """
    from .loose_kernel import loose_distances

    length, number = float(np.sqrt(y @ y)), len(starts) - 1
    out, weights, sure = np.zeros(number), np.zeros(len(members)), np.ones(number, dtype=bool)
    if length == 0.0 or number < 1:
        return out, weights, sure
    limits = (DEFAULT.cone_stationarity, UNIT_ROUNDOFF, DEFAULT.barrier)

    def part(lo: int) -> None:
        hi = min(lo + LOOSE_SLICE, number)
        rest = (members, limits, out[lo:hi], weights, sure[lo:hi])
        loose_distances(A, y / length, sides[lo:hi], starts[lo : hi + 1], *rest)

    if number <= LOOSE_SLICE:
        part(0)
    else:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(part, range(0, number, LOOSE_SLICE)))
    return out * length**2, weights * length, sure
