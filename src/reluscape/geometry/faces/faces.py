"""Faces of the arrangement: every covector with a point on it, and the facets and neighbours of one region."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...errors import CertificateError, InputError, TooLarge
from ...numbers.checks import readonly
from ...numbers.exact import sign
from ...problem.data import Dataset, as_dataset, check_pattern
from ...solvers.linear import Rows
from ..arrangement import Arrangement
from .cells import cells
from .cone import extreme_rays
from .face_counts import count_faces, face_bound, face_number, wanted_dimensions
from .flats import flats

__all__ = ["Faces", "Facets", "count_faces", "enumerate_faces", "extreme_rays", "face_bound", "region_facets"]

FACE_LIMIT = 2_000_000
# where the bound is above that, the number is looked for among so many flats
FLATS_FIRST = 40_000


@dataclass(frozen=True, eq=False)
class Faces:
    """Faces of the fan in which the samples' hyperplanes cut weight space.

    Attributes:
        covectors: (F, n) int8, the sign of <w, x_i> on the face; a zero row is 0 everywhere.
        dims: (F,) dimension of each face as a cone in R^d; regions have dimension d.
        witnesses: (F, d) Python integers, a point in the relative interior of each face: exactly zero where the
            covector is, of the right sign elsewhere.
    """

    covectors: np.ndarray
    dims: np.ndarray
    witnesses: np.ndarray
    _data: Dataset = field(repr=False)
    _dim: int | None = field(repr=False)

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.covectors)

    def check(self) -> str:
        """Prove the list a second time: no face twice, every witness in integers, and the number without a list.

        Returns:
            what was checked, as a sentence.

        Raises:
            CertificateError: one of them fails; the message says which.
            TooLarge: the number is out of reach without a list.
        """
        if len(np.unique(self.covectors, axis=0)) != len(self):
            raise CertificateError("a face is listed twice")
        for i, (covector, w) in enumerate(zip(self.covectors.tolist(), self.witnesses, strict=True)):
            if [sign(v) for v in self._data.rows.dot(w)] != covector:
                raise CertificateError(f"the witness of face {i} is not on it")
        number = count_faces(self._data, self._dim)
        if number != len(self):
            raise CertificateError(f"{len(self):,} faces are listed, the arrangement has {number:,}")
        return f"{number:,} faces, each with a point on it, as many as deletion and restriction counts flat by flat"


@dataclass(frozen=True, eq=False)
class Facets:
    """The walls of one region.

    Attributes:
        samples: for each facet, the samples whose common hyperplane carries it.
        neighbours: (f, n) bool, the pattern on the other side of each facet.
    """

    samples: tuple[tuple[int, ...], ...]
    neighbours: np.ndarray


def enumerate_faces(X: Any, dim: int | None = None) -> Faces:
    """List every covector of the samples, with a witness in the relative interior of its face.

    The faces of dimension j lie on the flats (intersections of hyperplanes) of dimension j, where they are the cells
    of the arrangement that the other hyperplanes cut out; all flats are visited, all arithmetic is exact.

    Args:
        X: (n, d) samples or a `Dataset`.
        dim: list only the faces of this dimension in R^d, between d - rank and d; None lists all.

    Returns:
        `Faces`, sorted by dimension and then by covector.

    Raises:
        TooLarge: over 2,000,000 faces; `.estimate` holds their number, or that in general position where even the
            number is out of reach.

    Source: covectors of an oriented matroid; Zaslavsky (1975) counts them flat by flat.

    Example:
        >>> faces = enumerate_faces([[1, 0], [0, 1]])
        >>> len(faces), faces.covectors[0].tolist(), faces.dims.tolist()
        (9, [0, 0], [0, 1, 1, 1, 1, 2, 2, 2, 2])
    """
    data = as_dataset(X)
    arrangement = Arrangement.of(data)
    k, rank = len(arrangement.normals), int(arrangement.rank)
    lineality = data.d - rank
    dimensions = wanted_dimensions(arrangement, dim)
    bound, is_exact = sum(face_bound(k, rank, j) for j in dimensions), False
    if bound > FACE_LIMIT:
        with suppress(TooLarge):
            bound, is_exact = face_number(arrangement, dimensions, FLATS_FIRST), True
    if bound > FACE_LIMIT:
        raise TooLarge(
            f"{'' if is_exact else 'up to '}{bound:,} faces, above {FACE_LIMIT:,}; ask for one dimension (dim="
            f"{lineality} has 1, dim={data.d} the regions), for fewer samples, for their number (count_faces) or for "
            "the facets of one region (region_facets)",
            estimate=bound,
        )
    covectors, dims, witnesses = [], [], []
    for flat in flats(np.asarray(arrangement.reduced), min(dimensions)):
        j = flat.basis.shape[1]
        if j not in dimensions:
            continue
        sides, points = cells(flat.rows)
        signs = np.zeros((len(sides), k), dtype=np.int8)
        signs[:, flat.classes] = sides[:, flat.group] * flat.orientation
        covectors.append(signs)
        dims.append(np.full(len(sides), j + lineality, dtype=np.int64))
        witnesses += [_times(flat.basis, point) for point in points]
    table = np.concatenate(covectors)
    weights = np.zeros((len(table), data.d), dtype=object)
    if rank:
        weights[:, list(arrangement.pivots)] = np.array(witnesses, dtype=object).reshape(len(table), rank)
    full = np.zeros((len(table), data.n), dtype=np.int8)
    alive = np.asarray(arrangement.row_class) >= 0
    full[:, alive] = table[:, arrangement.row_class[alive]] * np.asarray(arrangement.row_sign)[alive]
    sizes = np.concatenate(dims)
    order = np.lexsort([*full.T[::-1], sizes])
    return Faces(readonly(full[order]), readonly(sizes[order]), readonly(weights[order], dtype=object), data, dim)


def region_facets(X: Any, pattern: Any) -> Facets:
    """Return the facets of a region and the regions behind them.

    A hyperplane carries a facet exactly where turning the signs of its samples alone gives another region.

    Args:
        X: (n, d) samples or a `Dataset`; zero rows are ignored and have no facet.
        pattern: (n,) bool, an activation pattern that some unit has.

    Raises:
        InputError: no unit has the pattern.

    Example:
        >>> region_facets([[1, 0], [0, 1], [1, 1]], [True, True, True]).samples
        ((0,), (1,))
    """
    data = as_dataset(X)
    bits = check_pattern(pattern, data.n, 1)[0]
    arrangement = Arrangement.of(data)
    row_class, row_sign = np.asarray(arrangement.row_class), np.asarray(arrangement.row_sign)
    k = len(arrangement.normals)
    signs = np.zeros(k)
    signs[row_class[row_class >= 0]] = (np.where(bits, 1, -1) * row_sign)[row_class >= 0]
    rows = Rows(np.asarray(arrangement.normals))
    if (arrangement.expand(signs[None])[0] != bits)[row_class >= 0].any() or not rows.decide(signs).feasible:
        raise InputError("no unit has this activation pattern; is_realizable returns the proof")
    samples, neighbours = [], []
    for c in range(k):
        other_signs = signs.copy()
        other_signs[c] = -other_signs[c]
        if rows.decide(other_signs).feasible:
            group = row_class == c
            samples.append(tuple(int(i) for i in np.flatnonzero(group)))
            neighbours.append(bits ^ group)
    return Facets(tuple(samples), readonly(np.array(neighbours, dtype=bool).reshape(len(samples), data.n)))


def _times(basis: np.ndarray, point: list[int]) -> list[int]:
    """Return basis @ point in integers."""
    return [sum(int(a) * b for a, b in zip(row, point, strict=True)) for row in basis]
