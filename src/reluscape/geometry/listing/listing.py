"""All regions of an arrangement with the engine that suits its size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...errors import TooLarge
from ..arrangement import Arrangement
from ..counting.counting import count, cover_number, plan
from .half import Half

# up to this many regions, fractions in plain Python are done before compiled code is loaded
FEW_REGIONS = 130


def most_regions(arrangement: Arrangement, limit: int) -> tuple[int, bool]:
    """Return Cover's bound if it is within the limit, else the exact number where it can be had; and whether it is."""
    bound = cover_number(len(arrangement.normals), int(arrangement.rank))
    if bound <= limit or plan(arrangement)[0] == "infeasible":
        return bound, False
    try:
        return count(arrangement), True
    except TooLarge:
        return bound, False


def listed_half(arrangement: Arrangement, sides: Sequence[int] = (), points: bool = True) -> Half:
    """Return the regions on the positive side of the first hyperplane; bits are those of the n samples.

    Args:
        arrangement: of rank 1 or more.
        sides: 0 or 1 for the first hyperplanes, the first of them 1: only regions that begin like this.
        points: False leaves the points out.
    """
    pivot_normals, flips = np.asarray(arrangement.reduced), np.asarray(arrangement.row_sign) < 0
    if cover_number(len(pivot_normals), arrangement.rank) <= FEW_REGIONS:
        from .enumeration_plain import half_regions as plain

        return plain(pivot_normals, arrangement.row_class, flips, sides, points)
    from .enumeration import half_regions

    return half_regions(pivot_normals, arrangement.row_class, flips, sides, points, arrangement.units)


def live_bits(arrangement: Arrangement) -> np.ndarray:
    """Return (words,) uint64 with the bits of the samples that are not zero."""
    n = len(arrangement.row_class)
    alive = np.zeros(64 * ((n + 63) // 64), dtype=bool)
    alive[:n] = np.asarray(arrangement.row_class) >= 0
    return np.packbits(alive).view(">u8").astype(np.uint64)


def unpacked(words: np.ndarray, n: int) -> np.ndarray:
    """Return bits (R, words) uint64 as booleans (R, n)."""
    return np.unpackbits(words.astype(">u8").view(np.uint8), axis=1, count=n).view(bool)


def all_patterns(arrangement: Arrangement) -> np.ndarray:
    """Return the patterns (R, n) of all regions in lexicographic order, zero rows False."""
    n = len(arrangement.row_class)
    if arrangement.rank == 0:
        return np.zeros((1, n), dtype=bool)
    upper = listed_half(arrangement, points=False).bits
    return unpacked(np.concatenate([live_bits(arrangement) & ~upper[::-1], upper]), n)
