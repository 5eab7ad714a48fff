"""Arrangements of rank 3: the polygons that great circles cut out of the sphere, and their share of its area."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import gcd

import numpy as np

from ...numbers.exact import UNIT_ROUNDOFF, sign
from .angles import angle_turns, proven_shares
from .planar import arcs


@dataclass(frozen=True, eq=False)
class Polygons:
    """The cells of an arrangement of rank 3 and their corners.

    Attributes:
        signs: (R, k) int8, one row per cell, in the order of their packed bits.
        cell: (c,) index of the cell that each corner belongs to, ascending.
        corner: (c, 3) integer rays.
        walls: (c, 2) the two hyperplanes that bound the cell at each corner.
    """

    signs: np.ndarray
    cell: np.ndarray
    corner: np.ndarray
    walls: np.ndarray


def polygons(normals: np.ndarray) -> Polygons:
    """Return every cell with its corners, exactly.

    Each point where great circles meet is shared by the sectors around it, and each sector by one cell; so all cells
    appear, with all their corners, when all meeting points are visited.

    Args:
        normals: (k, 3) integers of rank 3, no two parallel.
    """
    rays = _meeting_points(normals)
    sides = _signs(normals, rays)
    rows, owners, bounds = [], [], []
    simple = np.flatnonzero((sides == 0).sum(axis=1) == 2)
    if simple.size:
        through = np.argwhere(sides[simple] == 0)[:, 1].reshape(-1, 2)
        for first in (-1, 1):
            for second in (-1, 1):
                block = sides[simple].copy()
                np.put_along_axis(block, through, np.array([[first, second]], dtype=np.int8), axis=1)
                rows.append(block)
                owners.append(simple)
                bounds.append(through)
    for v in np.flatnonzero((sides == 0).sum(axis=1) > 2):
        meeting = np.flatnonzero(sides[v] == 0)
        pivot = next(c for c in range(3) if rays[v, c] != 0)
        around = arcs(normals[meeting][:, [c for c in range(3) if c != pivot]])
        block = np.repeat(sides[v][None], len(around.signs), axis=0)
        block[:, meeting] = around.signs
        rows.append(block)
        owners.append(np.full(len(block), v))
        bounds.append(np.stack([meeting[around.lines], meeting[np.roll(around.lines, -1)]], axis=1))
    signs, owner, walls = np.concatenate(rows), np.concatenate(owners), np.concatenate(bounds)
    signs, corner = np.concatenate([signs, -signs]), np.concatenate([rays[owner], -rays[owner]])
    keys = np.packbits(signs > 0, axis=1)
    _, first_seen, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    cell = np.ravel(inverse)
    order = np.argsort(cell, kind="stable")
    return Polygons(signs[first_seen], cell[order], corner[order], np.concatenate([walls, walls])[order])


def polygon(normals: np.ndarray, signs: np.ndarray, rays: np.ndarray) -> Polygons:
    """Return one cell from its sides (k,) and its extreme rays (q, 3)."""
    on = normals.dot(rays.T) == 0
    bounding = on.sum(axis=1) == 2
    walls = np.array([np.flatnonzero(on[:, c] & bounding) for c in range(len(rays))], dtype=np.int64)
    return Polygons(signs[None], np.zeros(len(rays), dtype=np.int64), rays, walls)


def solid_angles(polygons: Polygons, gram: np.ndarray) -> np.ndarray:
    """Return each cell's share of the sphere, every digit of the doubles proven.

    Girard's formula: the area of a spherical polygon with q corners is the sum of its angles less (q - 2) pi. The angle
    at a corner is the one between its two walls, known from exact inner products; its share of a full turn is kept as
    an integer over 2^bits.

    Args:
        polygons: the cells.
        gram: (k, k) integers, inner products of the normals in the space where angles are measured.

    Source: Girard (1629).
    """
    counts = np.bincount(polygons.cell)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    first, second = polygons.walls.min(axis=1), polygons.walls.max(axis=1)
    same = polygons.signs[polygons.cell, first] == polygons.signs[polygons.cell, second]
    pairs, place = np.unique(first * len(gram) + second, return_inverse=True)

    def excesses(cells: np.ndarray, bits: int) -> tuple[np.ndarray, int]:
        corners = np.concatenate([np.arange(starts[c], starts[c] + counts[c]) for c in cells])
        picks = np.unique(place[corners])
        turns = np.zeros(len(pairs), dtype=object)
        turns[picks] = angle_turns(gram, [divmod(int(p), len(gram)) for p in pairs[picks]], bits)
        # angle between the normals where the sides differ, else its supplement: inside the cell
        inner = np.where(same, (1 << bits - 1) - turns[place], turns[place])[corners]
        ends = np.concatenate([[0], np.cumsum(counts[cells])[:-1]])
        excess = np.add.reduceat(inner, ends) - [int(q) - 2 << bits - 1 for q in counts[cells]]
        return excess, 2 << bits

    return proven_shares(counts, excesses)


def _meeting_points(normals: np.ndarray) -> np.ndarray:
    """Return one primitive integer ray (V, 3) for each line in which two or more planes meet."""
    rows = [[int(v) for v in row] for row in normals]
    lines = set()
    for a, b in combinations(rows, 2):
        ray = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
        divisor = gcd(*ray)
        if next(v for v in ray if v) < 0:
            divisor = -divisor
        lines.add(tuple(v // divisor for v in ray))
    return np.array(sorted(lines), dtype=object).reshape(len(lines), 3)


def _signs(normals: np.ndarray, rays: np.ndarray) -> np.ndarray:
    """Return the exact signs (V, k) of all products of integer rays and normals."""
    A = np.array([[int(v) / max(abs(int(u)) for u in row) for v in row] for row in normals])
    P = np.array([[int(v) / max(abs(int(u)) for u in ray) for v in ray] for ray in rays])
    products = P @ A.T
    bound = 16 * UNIT_ROUNDOFF * (np.abs(P) @ np.abs(A).T) + 16 * np.finfo(float).tiny
    out = np.sign(products).astype(np.int8)
    for v, j in np.argwhere(np.abs(products) <= bound):
        out[v, j] = sign(sum(int(a) * int(b) for a, b in zip(rays[v], normals[j], strict=True)))
    return out
