"""The table of a unit's regions: half of it stored, bits packed, patterns and weights unpacked on access."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import CertificateError, InputError
from ...numbers.exact import sign, signs_of_products
from ...problem.data import Dataset
from ..arrangement import Arrangement
from ..counting.counting import count
from ..listing.listing import live_bits, unpacked

# products decided at once
CHECKED_ENTRIES = 5_000_000

if TYPE_CHECKING:
    from .show import RegionView


@dataclass(frozen=True, eq=False)
class Regions:
    """The regions of one unit, in lexicographic order of their patterns (False before True, first sample first).

    The regions with the first sample inactive are the mirror images of the others, in reverse order, so that only the
    latter are stored.

    Attributes:
        n: number of samples.
        zero_rows: samples that are zero; their column is False.
        kind: always "exact".
    """

    n: int
    zero_rows: tuple[int, ...]
    _arrangement: Arrangement
    _bits: np.ndarray
    _points: np.ndarray | None
    _fractions: dict[int, tuple[Fraction, ...]]
    _halves: tuple[bool, bool]
    _data: Dataset
    _prefix: bool
    kind: str = "exact"

    @classmethod
    def of(
        cls,
        data: Dataset,
        arrangement: Arrangement,
        bits: np.ndarray,
        points: np.ndarray,
        fractions: dict[int, tuple[Fraction, ...]],
        halves: tuple[bool, bool],
        witnesses: bool,
        prefix: bool,
    ) -> Regions:
        """Wrap the positive half: uint64 bits (H, words), points (H, rank), and which of the halves are listed."""
        bits.setflags(write=False)
        points.setflags(write=False)
        witness_points = points if witnesses else None
        return cls(
            len(arrangement.row_class),
            arrangement.zero_rows,
            arrangement,
            bits,
            witness_points,
            fractions,
            halves,
            data,
            prefix,
        )

    def __len__(self) -> int:
        """Return the number of regions."""
        return len(self._bits) * sum(self._halves)

    def __getitem__(self, i: Any) -> np.ndarray:
        """Return the pattern (n,) of region i, or the patterns of a slice or an array of regions."""
        if isinstance(i, slice):
            return self._unpacked(np.arange(*i.indices(len(self))))
        request = np.asarray(i)
        if request.dtype == bool and request.shape == (len(self),):
            request = np.flatnonzero(request)
        if request.ndim > 1 or (request.size and request.dtype.kind not in "iu"):
            raise InputError("ask for regions by a whole number, a slice, or an array of numbers or booleans")
        places = np.where(request < 0, request + len(self), request).astype(np.int64)
        if ((places < 0) | (places >= len(self))).any():
            raise IndexError(f"region {i} of {len(self)}: numbers run from 0 to {len(self) - 1}")
        return self._unpacked(places) if places.ndim else self._unpacked(places[None])[0]

    def __repr__(self) -> str:
        """Return what the table holds, in one line."""
        weights = "with" if self._points is not None else "without"
        shard = " of a shard" if self._prefix else ""
        size = (self._bits.nbytes + (self._points.nbytes if self._points is not None else 0)) / 2**20
        return f"Regions({len(self):,} regions{shard} of {self.n} samples, {weights} witnesses, {size:.1f} MB)"

    @property
    def packed(self) -> np.ndarray:
        """(R, ceil(n/8)) uint8, the bits of the patterns, first sample first."""
        return self._packed(np.arange(len(self)))

    @property
    def patterns(self) -> np.ndarray:
        """(R, n) boolean patterns."""
        return self._unpacked(np.arange(len(self)))

    @property
    def witnesses(self) -> np.ndarray:
        """(R, d) weights, each strictly inside its region when read as exact dyadic numbers.

        Where a region is too narrow for doubles the array holds objects: floats, and `Fraction` in those regions.
        """
        if self._points is None:
            raise InputError("the regions were listed without witnesses; ask with witnesses=True")
        points = self._points
        if self._fractions:
            points = points.astype(object)
            for i, point in self._fractions.items():
                points[i] = point
        weights = self._arrangement.lift(points)
        lower, upper = self._halves
        out = np.concatenate([-weights[::-1]] * lower + [weights] * upper)
        out.setflags(write=False)
        return out

    def check(self) -> str:
        """Prove the table a second time: order, every witness in exact arithmetic, and the number without the list.

        Raises:
            CertificateError: one of them fails; the message says which.
            TooLarge: the number is out of reach without the list.

        Returns:
            what was checked, as a sentence.
        """
        bits = self._bits
        rising = np.zeros(max(0, len(bits) - 1), dtype=bool)
        for word in range(bits.shape[1] - 1, -1, -1):
            later = bits[1:, word] > bits[:-1, word]
            same = bits[1:, word] == bits[:-1, word]
            rising = later | (same & rising)
        if bits.shape[1] and not rising.all():
            raise CertificateError("the patterns are not in strictly rising order")
        if self._points is not None:
            rows, size = self._data.rows, max(1, CHECKED_ENTRIES // max(1, self.n))
            for start in range(0, len(bits), size):
                inside = range(start, min(start + size, len(bits)))
                points = self._points[inside.start : inside.stop]
                if any(i in self._fractions for i in inside):
                    points = points.astype(object)
                    for i in self._fractions.keys() & set(inside):
                        points[i - start] = self._fractions[i]
                signs = _exact_signs(rows, self._arrangement.lift(points))
                sides = unpacked(bits[inside.start : inside.stop], self.n)
                wrong = ((signs > 0) != sides) | ((signs == 0) & (np.asarray(self._arrangement.row_class) >= 0))
                if wrong.any():
                    first = start + int(np.argwhere(wrong)[0, 0])
                    raise CertificateError(f"the witness of stored region {first} is not inside it")
        if self._prefix:
            return f"{len(self):,} regions of a shard, in order, each with a point inside"
        number = count(self._arrangement)
        if number != len(self):
            raise CertificateError(f"the table has {len(self):,} regions, the arrangement {number:,}")
        points_too = ", each with a point inside" if self._points is not None else ""
        return f"{number:,} regions, in order{points_too}, as many as deletion and restriction counts"

    def show(self, i: int, law: Any = "normal", rng: Any = None) -> RegionView:
        """Return region i in a form to look at: its active samples, facets, volume and a weight inside."""
        from .show import show_region

        return show_region(self._data, self[i], law, rng)

    def blocks(self, size: int = 65_536) -> Iterator[np.ndarray]:
        """Yield the patterns in blocks of at most `size` regions."""
        if size < 1:
            raise InputError(f"the block size is {size}; it is at least 1")
        for start in range(0, len(self), size):
            yield self._unpacked(np.arange(start, min(start + size, len(self))))

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield the patterns one by one."""
        for block in self.blocks():
            yield from block

    def _unpacked(self, places: np.ndarray) -> np.ndarray:
        """Return the patterns of some regions."""
        out = np.unpackbits(self._packed(places), axis=1, count=self.n).view(bool)
        out.setflags(write=False)
        return out

    def _packed(self, places: np.ndarray) -> np.ndarray:
        """Return the packed bits of some regions."""
        half, lower = len(self._bits), self._halves[0]
        in_mirror = (places < half) & lower
        rows = np.where(in_mirror, half - 1 - places, places - half * lower)
        live = live_bits(self._arrangement)
        words = np.where(in_mirror[:, None], live & ~self._bits[rows], self._bits[rows])
        return words.astype(">u8").view(np.uint8)[:, : (self.n + 7) // 8]


def _exact_signs(rows: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the exact signs (R, n) of products with doubles or fractions."""
    if points.dtype != object:
        return signs_of_products(rows, points)
    return np.array([[sign(v) for v in rows.dot(np.array([Fraction(u) for u in w], dtype=object))] for w in points])
