"""Arrangements of rank 3: the polygons that great circles cut out of the sphere, and their exact share of its area."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import gcd

import numpy as np

from ..exact import UNIT_ROUNDOFF, sign
from .planar import arcs


@dataclass(frozen=True, eq=False)
class Polygons:
    """The cells of an arrangement of rank 3 and their corners.

    Attributes:
        signs: (R, k) int8, one row per cell, in the order of their packed bits.
        cell: (c,) index of the cell that each corner belongs to, ascending.
        corner: (c, 3) integer rays.
    """

    signs: np.ndarray
    cell: np.ndarray
    corner: np.ndarray


def polygons(normals: np.ndarray) -> Polygons:
    """Return every cell with its corners, exactly.

    Each point where great circles meet is shared by the sectors around it, and each sector by one cell; so all cells
    appear, with all their corners, when all meeting points are visited.

    Args:
        normals: (k, 3) integers of rank 3, no two parallel.
    """
    rays = _meeting_points(normals)
    sides = _signs(normals, rays)
    rows, owners = [], []
    simple = np.flatnonzero((sides == 0).sum(axis=1) == 2)
    if simple.size:
        through = np.argwhere(sides[simple] == 0)[:, 1].reshape(-1, 2)
        for first in (-1, 1):
            for second in (-1, 1):
                block = sides[simple].copy()
                np.put_along_axis(block, through, np.array([[first, second]], dtype=np.int8), axis=1)
                rows.append(block)
                owners.append(simple)
    for v in np.flatnonzero((sides == 0).sum(axis=1) > 2):
        meeting = np.flatnonzero(sides[v] == 0)
        pivot = next(c for c in range(3) if rays[v, c] != 0)
        around = arcs(normals[meeting][:, [c for c in range(3) if c != pivot]]).signs
        block = np.repeat(sides[v][None], len(around), axis=0)
        block[:, meeting] = around
        rows.append(block)
        owners.append(np.full(len(around), v))
    signs, owner = np.concatenate(rows), np.concatenate(owners)
    signs, corner = np.concatenate([signs, -signs]), np.concatenate([rays[owner], -rays[owner]])
    packed = np.packbits(signs > 0, axis=1)
    _, first_seen, inverse = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    cell = np.ravel(inverse)
    order = np.argsort(cell, kind="stable")
    return Polygons(signs[first_seen], cell[order], corner[order])


def solid_angles(found: Polygons, frame: np.ndarray) -> np.ndarray:
    """Return each cell's share of the sphere, from Van Oosterom and Strackee's triangle formula.

    tan(area / 2) = |p . (q x r)| / (1 + p.q + q.r + r.p) for unit vectors; each polygon is a fan of triangles.

    Args:
        found: the cells.
        frame: (3, 3) floats, frame @ ray is the ray in orthonormal coordinates.

    Source: Van Oosterom and Strackee, IEEE Trans. Biomed. Eng. 30 (1983).
    """
    scale = np.array([max(abs(int(v)) for v in ray) for ray in found.corner], dtype=object)
    points = np.array(found.corner / scale[:, None], dtype=float) @ frame.T
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    counts = np.bincount(found.cell)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    shares = np.zeros(len(counts))
    for q in np.unique(counts):
        cells = np.flatnonzero(counts == q)
        shares[cells] = _areas(points[starts[cells][:, None] + np.arange(q)]) / (4 * np.pi)
    return shares


def _areas(corners: np.ndarray) -> np.ndarray:
    """Return the areas of convex spherical polygons (G, q, 3) with q corners in any order."""
    q = corners.shape[1]
    center = corners.sum(axis=1)
    center /= np.linalg.norm(center, axis=1, keepdims=True)
    offset = corners - center[:, None]
    # Two directions at right angles to the centre, the first towards the farthest corner.
    far = np.linalg.norm(offset, axis=2).argmax(axis=1)
    first = np.take_along_axis(offset, far[:, None, None], axis=1)[:, 0]
    first -= (first * center).sum(axis=1, keepdims=True) * center
    second = np.cross(center, first)
    turn = np.arctan2((offset * second[:, None]).sum(axis=2), (offset * first[:, None]).sum(axis=2))
    corners = np.take_along_axis(corners, turn.argsort(axis=1)[:, :, None], axis=1)
    area = np.zeros(len(corners))
    p = corners[:, 0]
    for a in range(1, q - 1):
        s, t = corners[:, a], corners[:, a + 1]
        volume = np.abs((p * np.cross(s - p, t - p)).sum(axis=1))
        area += 2 * np.arctan2(volume, 1 + (p * s).sum(axis=1) + (s * t).sum(axis=1) + (t * p).sum(axis=1))
    return area


def _meeting_points(normals: np.ndarray) -> np.ndarray:
    """Return one primitive integer ray (V, 3) for each line in which two or more planes meet."""
    rows = [[int(v) for v in row] for row in normals]
    found = set()
    for a, b in combinations(rows, 2):
        ray = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
        divisor = gcd(*ray)
        if next(v for v in ray if v) < 0:
            divisor = -divisor
        found.add(tuple(v // divisor for v in ray))
    return np.array(sorted(found), dtype=object).reshape(len(found), 3)


def _signs(normals: np.ndarray, rays: np.ndarray) -> np.ndarray:
    """Return the exact signs (V, k) of all products of integer rays and normals."""
    A = np.array([[int(v) / max(abs(int(u)) for u in row) for v in row] for row in normals])
    P = np.array([[int(v) / max(abs(int(u)) for u in ray) for v in ray] for ray in rays])
    products = P @ A.T
    bound = 16 * UNIT_ROUNDOFF * (np.abs(P) @ np.abs(A).T)
    out = np.sign(products).astype(np.int8)
    for v, j in np.argwhere(np.abs(products) <= bound):
        out[v, j] = sign(sum(int(a) * int(b) for a, b in zip(rays[v], normals[j], strict=True)))
    return out
