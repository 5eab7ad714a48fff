"""All activation regions of one unit: packed bits, a witness each, in lexicographic order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import exact
from ..data import Dataset, as_dataset, readonly
from ..errors import InputError, SolverError, TooLarge
from ..geometry.arrangement import Arrangement
from ..geometry.counting import cover_number
from ..geometry.enumeration import cells

MOST_REGIONS = 3_000_000


@dataclass(frozen=True, eq=False)
class Regions:
    """The regions of one unit.

    Attributes:
        packed: (R, ceil(n/8)) uint8 bits of the patterns, first sample first.
        n: number of samples.
        zero_rows: samples that are zero; their column is False.
        _witnesses: (R, d) floats, or None where they were not asked for.
    """

    packed: np.ndarray
    n: int
    zero_rows: tuple[int, ...]
    _witnesses: np.ndarray | None

    def __len__(self) -> int:
        """Return the number of regions."""
        return len(self.packed)

    def __getitem__(self, i: int) -> np.ndarray:
        """Return the pattern (n,) of region i."""
        return np.unpackbits(self.packed[i], count=self.n).astype(bool)

    @property
    def patterns(self) -> np.ndarray:
        """(R, n) boolean patterns."""
        return np.unpackbits(self.packed, axis=1, count=self.n).astype(bool)

    @property
    def witnesses(self) -> np.ndarray:
        """(R, d) weights, each strictly inside its region when read as exact dyadic numbers."""
        if self._witnesses is None:
            raise InputError("the regions were listed without witnesses; ask with witnesses=True")
        return self._witnesses

    def blocks(self, size: int = 65_536) -> Iterator[np.ndarray]:
        """Yield the patterns in blocks of at most `size` regions."""
        for start in range(0, len(self), size):
            yield np.unpackbits(self.packed[start : start + size], axis=1, count=self.n).astype(bool)


def enumerate_regions(X: Any, witnesses: bool = True, prefix: Any = ()) -> Regions:
    """Return every activation region of one unit, each once, in lexicographic order (False before True).

    Args:
        X: (n, d) samples or a Dataset; zero rows are left out and get False in their column.
        witnesses: also return a weight strictly inside each region.
        prefix: only regions whose pattern begins with these bits; the shards of all prefixes of one length make up
            the whole.

    Raises:
        TooLarge: more regions than can be listed; `.estimate` holds Cover's bound.

    Source: Karhadkar and Montufar, activation regions; the method is deletion and restriction of the arrangement.

    Example:
        >>> enumerate_regions([[1, 0], [0, 1]]).patterns.astype(int).tolist()
        [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    data = as_dataset(X)
    arrangement = Arrangement.of(data)
    bound = cover_number(len(arrangement.normals), arrangement.rank)
    if bound > MOST_REGIONS:
        raise TooLarge(
            f"{len(arrangement.normals)} hyperplanes in rank {arrangement.rank} have up to {bound:,} regions; "
            f"at most {MOST_REGIONS:,} are listed; count_regions and sample_regions still work",
            estimate=bound,
        )
    bits = np.asarray(prefix).astype(bool).reshape(-1)
    if len(bits) > data.n:
        raise InputError(f"the prefix has {len(bits)} bits for {data.n} samples")
    wanted = _class_prefix(arrangement, bits)
    if wanted is None:
        found: list[Any] = []
    else:
        rows = tuple(tuple(int(v) for v in row) for row in arrangement.reduced)
        found = list(cells(rows, wanted))
    sides = np.array([c[0] for c in found], dtype=bool).reshape(len(found), len(arrangement.normals))
    patterns = arrangement.expand(sides)
    lifted = None
    if witnesses:
        reduced = np.array([[float(v) for v in c[1]] for c in found]).reshape(len(found), arrangement.rank)
        lifted = _checked(data, arrangement, sides, arrangement.lift(reduced))
    keep = (patterns[:, : len(bits)] == bits).all(axis=1)
    packed = np.packbits(patterns[keep], axis=1) if data.n else np.zeros((int(keep.sum()), 0), dtype=np.uint8)
    return Regions(readonly(packed), data.n, arrangement.zero_rows, None if lifted is None else readonly(lifted[keep]))


def _class_prefix(arrangement: Arrangement, bits: np.ndarray) -> tuple[bool, ...] | None:
    """Return the sides of the first hyperplanes that a prefix fixes, or None where it contradicts itself."""
    sides: dict[int, bool] = {}
    for i, bit in enumerate(bits.tolist()):
        c, s = int(arrangement.row_class[i]), int(arrangement.row_sign[i])
        if c < 0:
            if bit:
                return None
            continue
        side = bit if s > 0 else not bit
        if sides.setdefault(c, side) != side:
            return None
    return tuple(sides[c] for c in range(len(sides)))


def _checked(data: Dataset, arrangement: Arrangement, sides: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Return float witnesses whose signs were checked exactly; a rounded one that misses is replaced."""
    from ..solvers.linear import strictly_feasible

    expected = np.where(sides, 1, -1)
    signs = exact.signs_of_products(arrangement.normals, W) if len(W) else expected
    for i in np.flatnonzero((signs != expected).any(axis=1)):
        rows = expected[i][:, None] * arrangement.normals
        answer = strictly_feasible(rows)
        if getattr(answer, "witness", None) is None:
            raise SolverError(f"region {i} was listed but has no witness; please report these data")
        W[i] = np.asarray(answer.witness, dtype=float)
    return W
