"""All activation regions of one unit, in lexicographic order, complete and exact on any data."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import InputError, TooLarge
from ...problem.data import as_dataset
from ..arrangement import Arrangement
from ..listing.listing import listed_half, most_regions
from .count import warn_about_decimals
from .table import Regions

# most bytes that the table and the traces behind it may take
MOST_BYTES = 3 * 2**30


def enumerate_regions(X: Any, witnesses: bool = True, prefix: Any = ()) -> Regions:
    """Return every activation region of one unit, each once, in lexicographic order (False before True).

    {1[Xw > 0] : w in R^d, no <w, x_i> = 0 for x_i != 0}. Adding hyperplane k splits the cells that it meets, which are
    the cells of the earlier hyperplanes' traces on it; traces are compared in integers, points proposed in floats are
    kept where an error bound or exact arithmetic proves their sides, and every trace has to be met in the end.

    Args:
        X: (n, d) samples or a Dataset; zero rows are left out and get False in their column.
        witnesses: also return a weight strictly inside each region.
        prefix: (q,) bool or 0/1, q <= n: only regions whose pattern begins like this; the shards of all prefixes of one
            length make up the whole, and each needs only its own share of memory.

    Returns:
        `Regions`: `.patterns` (R, n), `.witnesses` (R, d), `.packed`, `.blocks(size)`, `.zero_rows`, `len()`, `[i]`.

    Raises:
        TooLarge: the table would take more than 3 GB; `.estimate` holds the number of regions, or Cover's bound.
        InputError: a prefix longer than the data, or with entries other than 0 and 1.

    Warns:
        DataWarning: a float array whose decimals, as printed, have another number of regions than its doubles.

    Source: the open regions S_X^A of Karhadkar et al., Section 3, and of Safran and Shamir, Definition 2; the method is
    deletion and restriction (Zaslavsky 1975).

    Example:
        >>> enumerate_regions([[1, 0], [0, 1]]).patterns.astype(int).tolist()
        [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    data = as_dataset(X)
    bits = _prefix(prefix, data.n)
    arrangement = Arrangement.of(data)
    k = len(arrangement.normals)
    sides = _class_sides(arrangement, bits)
    if k == 0 or sides is None:
        words = np.zeros((int(sides is not None), (data.n + 63) // 64), dtype=np.uint64)
        return Regions.of(
            data, arrangement, words, np.zeros((len(words), 0)), {}, (False, True), witnesses, len(bits) > 0
        )
    halves = (not sides or not sides[0], not sides or bool(sides[0]))
    # the other half is the mirror image; ask for the positive one
    upward = sides if halves[1] else tuple(1 - s for s in sides)
    _check_size(arrangement, witnesses, len(upward))
    half = listed_half(arrangement, upward, witnesses)
    if not len(bits):
        warn_about_decimals(X, data, 2 * len(half.bits))
    return Regions.of(data, arrangement, half.bits, half.points, half.fractions, halves, witnesses, len(bits) > 0)


def _prefix(prefix: Any, n: int) -> np.ndarray:
    """Return a prefix as booleans."""
    array = np.asarray(prefix)
    if array.ndim != 1 or len(array) > n:
        raise InputError(f"the prefix has shape {array.shape}; give at most {n} bits, one per sample")
    if array.size and not np.isin(array, (0, 1)).all():
        raise InputError("a prefix holds only 0/1 or False/True")
    return array.astype(bool)


def _check_size(arrangement: Arrangement, witnesses: bool, prefix_length: int) -> None:
    """Refuse a table that does not fit, before anything is listed."""
    k, r = len(arrangement.normals), arrangement.rank
    words = (k + 63) // 64 + (len(arrangement.row_class) + 63) // 64
    each = 4 * words + 4 * (r - 1) + (4 * r if witnesses else 0)
    shards = max(0, prefix_length - 1)
    number, exact = most_regions(arrangement, (MOST_BYTES // each) << shards)
    number >>= shards
    if number * each > MOST_BYTES:
        raise TooLarge(
            f"{k} hyperplanes in rank {r} have {'' if exact else 'up to '}{number:,} regions, about "
            f"{number * each / 2**30:,.1f} GB; list a part of them with prefix=..., or use count_regions and "
            "sample_regions, which need no list",
            estimate=number,
        )


def _class_sides(arrangement: Arrangement, bits: np.ndarray) -> tuple[int, ...] | None:
    """Return the sides of the first hyperplanes that a prefix fixes, or None where it contradicts itself."""
    sides: dict[int, int] = {}
    for i, bit in enumerate(bits.tolist()):
        c, s = int(arrangement.row_class[i]), int(arrangement.row_sign[i])
        if c < 0:
            if bit:
                return None
            continue
        side = int(bit) if s > 0 else 1 - int(bit)
        if sides.setdefault(c, side) != side:
            return None
    return tuple(sides[c] for c in range(len(sides)))
