"""Weight space of one unit cut into its cells, with their basin values: the fan of rank-2 data, a plane through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...geometry.arrangement import Arrangement
from ...probability.random_starts import Sampler

MOST_CELLS = 900
ALMOST_PARALLEL = 0.99
WINDOW = 1.6
SHRINK = 0.7


@dataclass(frozen=True, eq=False)
class Fan:
    """Weight space of rank-2 data by direction.

    Attributes:
        ends: (k + 1,) angles between the cells, rising, the last a full turn after the first.
        patterns: (k, n) bool.
        plus, minus: (k,) basin values of one unit for both output signs.
    """

    ends: np.ndarray
    patterns: np.ndarray
    plus: np.ndarray
    minus: np.ndarray


@dataclass(frozen=True, eq=False)
class Slice:
    """A plane through the weight space of one unit.

    Attributes:
        points: the units inside the window that it passes through: (width of their network, two coordinates).
        polygons: the cells, (corners, 2) each.
        patterns: (k, n) bool.
        values: (k,) the lower basin value of both output signs.
    """

    points: list[tuple[int, np.ndarray]]
    polygons: list[np.ndarray]
    patterns: np.ndarray
    values: np.ndarray


def fan(sampler: Sampler) -> Fan | None:
    """Return weight space of rank-2 data as a fan of cells with both basin values.

    None for another rank, or where a value is undecided.
    """
    data = sampler.basins.data
    arrangement = Arrangement.of(data)
    if arrangement.rank != 2:
        return None
    normals = np.array(arrangement.reduced, dtype=float)
    angles = np.sort(
        np.concatenate([np.arctan2(-normals[:, 0], normals[:, 1]), np.arctan2(normals[:, 0], -normals[:, 1])])
    )
    ends = np.append(angles, angles[0] + 2 * np.pi)
    middles = (ends[:-1] + ends[1:]) / 2
    W = arrangement.lift(np.stack([np.cos(middles), np.sin(middles)], axis=1))
    patterns = W @ data.X.T > 0
    plus, minus = _values(sampler, patterns)
    return None if np.isnan([plus, minus]).any() else Fan(ends, patterns, plus, minus)


def corner_units(networks: list[tuple[int, np.ndarray]]) -> list[tuple[int, np.ndarray]]:
    """Return units of networks, (width of the network, weights (d,)), longest first, no two of them nearly parallel.

    Args:
        networks: for each its width and Z (m, d) with z_j = |v_j| w_j.
    """
    corners: list[tuple[int, np.ndarray]] = []
    for width, Z in networks:
        lengths = np.linalg.norm(Z, axis=1)
        for j in np.argsort(-lengths)[: 1 if width == 1 else 2]:
            repeats = [abs(Z[j] @ u) >= ALMOST_PARALLEL * lengths[j] * np.linalg.norm(u) for _, u in corners]
            if lengths[j] > 0 and not any(repeats):
                corners.append((width, Z[j]))
    return corners


def plane_slice(sampler: Sampler, corners: list[tuple[int, np.ndarray]]) -> Slice | None:
    """Return an exact plane through three units' weights, cut into cells with their basin values.

    None below rank 3, for fewer units, and where a value is undecided.

    Args:
        sampler: solves basins in standardised inputs.
        corners: (width of the network, weights (d,)) of the units that the plane passes through.
    """
    data = sampler.basins.data
    if data.rank < 3 or len(corners) < 3:
        return None
    points = np.array([w / (np.linalg.norm(w) or 1.0) for _, w in corners[:3]])
    basis = np.linalg.qr((points[1:] - points[0]).T)[0].T
    centre = points.mean(axis=0)
    offsets, slopes = data.X @ centre, data.X @ basis.T
    half = WINDOW
    polygons = _cut(offsets, slopes, half)
    while polygons is None and half > np.finfo(float).eps:
        half *= SHRINK
        polygons = _cut(offsets, slopes, half)
    if not polygons:
        return None
    middles = np.array([p.mean(axis=0) for p in polygons])
    patterns = offsets + middles @ slopes.T > 0
    plus, minus = _values(sampler, patterns)
    if np.isnan([plus, minus]).any():
        return None
    spots = [(width, (point - centre) @ basis.T) for (width, _), point in zip(corners[:3], points, strict=True)]
    inside = [(width, spot) for width, spot in spots if np.abs(spot).max() <= half]
    return Slice(inside, polygons, patterns, np.minimum(plus, minus))


def _cut(offsets: np.ndarray, slopes: np.ndarray, half: float) -> list[np.ndarray] | None:
    """Return the polygons into which lines cut a square, or None where they are too many to draw."""
    polygons = [np.array([[-half, -half], [half, -half], [half, half], [-half, half]])]
    for c, normal in zip(offsets, slopes, strict=True):
        size = np.linalg.norm(normal)
        if size == 0:
            continue
        pieces = []
        for polygon in polygons:
            pieces += _split(polygon, (polygon @ normal + c) / size, half)
        polygons = pieces
        if len(polygons) > MOST_CELLS:
            return None
    return polygons


def _split(polygon: np.ndarray, heights: np.ndarray, half: float) -> list[np.ndarray]:
    """Return a convex polygon cut along a line, given the heights of its corners above it."""
    tiny = half * 2.0**-40
    if heights.min() >= -tiny or heights.max() <= tiny:
        return [polygon]
    above: list[np.ndarray] = []
    below: list[np.ndarray] = []
    for k in range(len(polygon)):
        p, q, h, g = polygon[k], polygon[(k + 1) % len(polygon)], heights[k], heights[(k + 1) % len(polygon)]
        (above if h > 0 else below).append(p)
        if h * g < 0:
            crossing = p + h / (h - g) * (q - p)
            above.append(crossing)
            below.append(crossing)
    return [np.array(part) for part in (above, below) if len(part) >= 3]


def _values(sampler: Sampler, patterns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the width-1 basin values of patterns for both output signs, NaN where undecided."""
    both = np.repeat(patterns[:, None, :], 2, axis=0)
    signs = np.tile(np.array([[1], [-1]]), (len(patterns), 1))
    values = sampler.basins.evaluator.values(both, signs)
    return values[0::2], values[1::2]
