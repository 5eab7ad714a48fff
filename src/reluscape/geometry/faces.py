"""Faces of the arrangement: every covector with a point on it, and the facets and neighbours of one region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np

from .. import exact
from ..data import as_dataset, check_pattern, readonly
from ..errors import InputError, TooLarge
from ..solvers.linear import Rows
from .arrangement import Arrangement
from .cells import cells
from .cone import extreme_rays

__all__ = ["Faces", "Facets", "enumerate_faces", "extreme_rays", "face_bound", "region_facets"]

FACE_LIMIT = 2_000_000


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

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.covectors)


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
        TooLarge: data in general position with as many hyperplanes would have over 2,000,000 faces.

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
    wanted = range(rank + 1) if dim is None else [dim - lineality]
    if dim is not None and not lineality <= dim <= data.d:
        raise InputError(f"dim is {dim}; faces of these data have dimensions {lineality} to {data.d}")
    bound = sum(face_bound(k, rank, j) for j in wanted)
    if bound > FACE_LIMIT:
        raise TooLarge(
            f"up to {bound:,} faces, above {FACE_LIMIT:,}; ask for one dimension (dim={lineality} has at most "
            f"{face_bound(k, rank, 0):,}), for fewer samples, or for the facets of one region",
            estimate=bound,
        )
    covectors, dims, witnesses = [], [], []
    for flat in _flats(np.asarray(arrangement.reduced), min(wanted)):
        j = flat.basis.shape[1]
        if j not in wanted:
            continue
        sides, points = cells(flat.rows)
        signs = np.zeros((len(sides), k), dtype=np.int8)
        signs[:, flat.classes] = sides[:, flat.group] * flat.orientation
        covectors.append(signs)
        dims.append(np.full(len(sides), j + lineality, dtype=np.int64))
        witnesses += [_times(flat.basis, point) for point in points]
    table = np.concatenate(covectors)
    lifted = np.zeros((len(table), data.d), dtype=object)
    if rank:
        lifted[:, list(arrangement.pivots)] = np.array(witnesses, dtype=object).reshape(len(table), rank)
    full = np.zeros((len(table), data.n), dtype=np.int8)
    alive = np.asarray(arrangement.row_class) >= 0
    full[:, alive] = table[:, arrangement.row_class[alive]] * np.asarray(arrangement.row_sign)[alive]
    sizes = np.concatenate(dims)
    order = np.lexsort([*full.T[::-1], sizes])
    return Faces(readonly(full[order]), readonly(sizes[order]), readonly(lifted[order], dtype=object))


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
        turned = signs.copy()
        turned[c] = -turned[c]
        if rows.decide(turned).feasible:
            group = row_class == c
            samples.append(tuple(int(i) for i in np.flatnonzero(group)))
            neighbours.append(bits ^ group)
    return Facets(tuple(samples), readonly(np.array(neighbours, dtype=bool).reshape(len(samples), data.n)))


@dataclass(frozen=True, eq=False)
class _Flat:
    """An intersection of hyperplanes and the arrangement that the others cut in it.

    Attributes:
        basis: (r, j) integers, columns spanning the flat.
        rows: (g, j) integers, one per class of hyperplanes that meet the flat alike.
        classes: the hyperplanes that do not contain the flat.
        group: for each of them, its row.
        orientation: for each of them, +1 or -1 against its row.
    """

    basis: np.ndarray
    rows: np.ndarray
    classes: np.ndarray
    group: np.ndarray
    orientation: np.ndarray


def _flats(normals: np.ndarray, least: int) -> Iterator[_Flat]:
    """Yield every flat of dimension at least `least`, by falling dimension."""
    r = normals.shape[1]
    level: dict[tuple[int, ...], np.ndarray] = {(): np.eye(r, dtype=int).astype(object)}
    for dimension in range(r, least - 1, -1):
        below: dict[tuple[int, ...], np.ndarray] = {}
        for containing, basis in level.items():
            flat = _restricted(normals, containing, basis)
            yield flat
            if dimension > least:
                for g, row in enumerate(flat.rows):
                    members = flat.classes[flat.group == g]
                    key = tuple(sorted({*containing, *members.tolist()}))
                    if key not in below:
                        below[key] = _hyperplane_basis(basis, row)
        level = below


def _restricted(normals: np.ndarray, containing: tuple[int, ...], basis: np.ndarray) -> _Flat:
    """Return a flat with the arrangement restricted to it, parallel hyperplanes merged."""
    inside = set(containing)
    classes = [c for c in range(len(normals)) if c not in inside]
    place: dict[tuple[int, ...], int] = {}
    rows: list[tuple[int, ...]] = []
    group, orientation = [], []
    products = normals[classes].dot(basis) if classes else np.zeros((0, basis.shape[1]), dtype=object)
    primitive = exact.integer_rows(exact.fraction_matrix(products))[0] if products.size else products
    for row in primitive:
        key = tuple(int(v) for v in row)
        sign = 1 if next(v for v in key if v) > 0 else -1
        key = key if sign > 0 else tuple(-v for v in key)
        if key not in place:
            place[key] = len(rows)
            rows.append(key)
        group.append(place[key])
        orientation.append(sign)
    return _Flat(
        basis,
        np.array(rows, dtype=object).reshape(len(rows), basis.shape[1]),
        np.array(classes, dtype=np.int64),
        np.array(group, dtype=np.int64),
        np.array(orientation, dtype=np.int8),
    )


def _hyperplane_basis(basis: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Return an integer basis of the part of a flat on which a row vanishes."""
    kernel = exact.nullspace(np.array([row], dtype=object))
    return basis.dot(exact.integer_rows(kernel)[0].T) if len(kernel) else basis[:, :0]


def _times(basis: np.ndarray, point: list[int]) -> list[int]:
    """Return basis @ point in integers."""
    return [sum(int(a) * b for a, b in zip(row, point, strict=True)) for row in basis]
