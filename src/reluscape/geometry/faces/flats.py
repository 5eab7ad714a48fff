"""Flats: the intersections of hyperplanes, each with the arrangement that the others cut in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb, gcd

import numpy as np

from ...numbers import exact
from ...numbers.seeds import stream
from ..counting.counting import primitive


@dataclass(frozen=True, eq=False)
class Flat:
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


def flats(normals: np.ndarray, least: int) -> Iterator[Flat]:
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


def likely_flats(normals: np.ndarray, size: int, draws: int = 60) -> float:
    """Return an unbiased estimate of a lower bound for the flats of one codimension, without looking at all of them.

    It is the number of independent sets of so many hyperplanes, fewer than the rank, whose intersection lies on no
    other one; in general position these are all flats.
    """
    k = len(normals)
    rng = stream(0, "likely flats")
    hits = 0
    for _ in range(draws):
        picks = rng.choice(k, size, replace=False)
        basis = exact.nullspace(normals[picks]).T if size else np.eye(normals.shape[1], dtype=object)
        if basis.shape[-1] == normals.shape[1] - size:
            others = np.delete(np.arange(k), picks)
            hits += bool((normals[others].dot(basis) != 0).any(axis=1).all())
    return comb(k, size) * hits / draws


def _restricted(normals: np.ndarray, containing: tuple[int, ...], basis: np.ndarray) -> Flat:
    """Return a flat with the arrangement restricted to it, parallel hyperplanes merged."""
    inside = set(containing)
    classes = [c for c in range(len(normals)) if c not in inside]
    place: dict[tuple[int, ...], int] = {}
    group, orientation = [], []
    for row in (normals[classes].dot(basis) if classes else normals[:0]).tolist():
        key = primitive(row)
        group.append(place.setdefault(key, len(place)))
        orientation.append(1 if next(v for v in row if v) > 0 else -1)
    rows = list(place)
    return Flat(
        basis,
        np.array(rows, dtype=object).reshape(len(rows), basis.shape[1]),
        np.array(classes, dtype=np.int64),
        np.array(group, dtype=np.int64),
        np.array(orientation, dtype=np.int8),
    )


def _hyperplane_basis(basis: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Return an integer basis of the part of a flat on which a row vanishes."""
    pivot = min((c for c, v in enumerate(row) if v), key=lambda c: abs(row[c]))
    columns = []
    for c in range(len(row)):
        if c != pivot:
            column = row[pivot] * basis[:, c] - row[c] * basis[:, pivot]
            columns.append(column // gcd(*column.tolist()))
    return np.array(columns, dtype=object).reshape(len(row) - 1, len(basis)).T
