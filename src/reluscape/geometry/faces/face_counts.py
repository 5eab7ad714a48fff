"""Numbers of faces without a list of them: flat by flat, each by deletion and restriction."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

from ...errors import InputError, TooLarge
from ...numbers.checks import whole_number
from ...problem.data import as_dataset
from ..arrangement import Arrangement
from ..counting.counting import count_rows
from .flats import flats, likely_flats

# most flats that are looked at, one to two minutes
FLAT_LIMIT = 300_000


def face_bound(k: int, rank: int, j: int) -> int:
    """Return the number of j-dimensional faces of k hyperplanes of a given rank in general position.

    Each of the C(k, rank - j) flats holds the regions of k - (rank - j) hyperplanes of rank j; no other arrangement has
    more.

    >>> [face_bound(3, 3, j) for j in range(4)]
    [1, 6, 12, 8]
    """
    if j == 0:
        return 1
    return comb(k, rank - j) * 2 * sum(comb(k - (rank - j) - 1, i) for i in range(j))


def count_faces(X: Any, dim: int | None = None) -> int:
    """Return the number of faces of the samples' hyperplanes, without listing them: covectors in {-1, 0, +1}^n.

    f_j = sum over flats F of dimension j of R(A^F), the regions that the other hyperplanes cut in F.

    Args:
        X: (n, d) samples or a `Dataset`.
        dim: count only the faces of this dimension in R^d, between d - rank and d; None counts all.

    Raises:
        InputError: no face can have this dimension.
        TooLarge: over 300,000 flats, or the regions of one are out of reach; `.estimate` holds the number of faces
            in general position.

    Source: Zaslavsky (1975), Theorem C summed over flats.

    Example:
        >>> count_faces([[1, 0], [0, 1]]), count_faces([[1, 0], [0, 1]], dim=1)
        (9, 4)
    """
    arrangement = Arrangement.of(as_dataset(X))
    return face_number(arrangement, wanted_dimensions(arrangement, dim))


def wanted_dimensions(arrangement: Arrangement, dim: int | None) -> Sequence[int]:
    """Return dimensions in reduced coordinates for a dimension in R^d, or all of them."""
    lineality = arrangement.d - arrangement.rank
    if dim is None:
        return range(arrangement.rank + 1)
    dim = whole_number("dim", dim)
    if not lineality <= dim <= arrangement.d:
        raise InputError(f"dim is {dim}; faces of these data have dimensions {lineality} to {arrangement.d}")
    return [dim - lineality]


def face_number(arrangement: Arrangement, dimensions: Sequence[int], limit: int = FLAT_LIMIT) -> int:
    """Return the number of faces of some dimensions in reduced coordinates; refuse more than so many flats."""
    k, rank = len(arrangement.normals), arrangement.rank
    if list(dimensions) == [0] or rank == 0:
        return 1
    # the flat of dimension 0 is one alone
    sizes = range(rank - max(1, min(dimensions)) + 1)
    likely = likely_flats(arrangement.reduced, max(sizes, key=lambda size: comb(k, size)))
    passes, number = 0, 0
    for flat in flats(arrangement.reduced, min(dimensions)) if likely <= limit else ():
        if flat.basis.shape[1] in dimensions:
            number += count_rows(flat.rows)
        passes += 1
        if passes > limit:
            break
    if likely > limit or passes > limit:
        bound = sum(face_bound(k, rank, j) for j in dimensions)
        raise TooLarge(
            f"{k} hyperplanes in rank {rank} meet in more than {limit:,} flats, with up to {bound:,} faces; ask for "
            "those of higher dimension (dim=...), or use fewer samples",
            estimate=bound,
        )
    return number
