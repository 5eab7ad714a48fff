"""Weights inside the regions born at many vertices of a sweep at once: proposed in floats."""

from __future__ import annotations

import numpy as np

from .flag import Flag


def interior_points(flag: Flag, level: int, subsets: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Return a weight in each of the regions born at some vertices of one level; rounding may have spoiled it.

    From the vertex of subset S the point goes half the free way along the direction d with <a_i, d> = s_i on S.
    Below the top level the result is a direction at infinity, u = (point, -1, 0, ..., 0); it moves half the way that is
    free along the last unit vector.

    Args:
        flag: the arrangement.
        level: k.
        subsets: (B, k) hyperplanes through each vertex.
        sides: (B, m) bool, the region's sides.

    Returns:
        (B, r) floats w = basis @ u, largest entry 1.
    """
    a, b = flag.level(level)
    count, rank = len(subsets), flag.D + 1
    u = np.zeros((count, rank))
    signs = np.where(sides, 1.0, -1.0)
    with np.errstate(all="ignore"):
        values = np.broadcast_to(b, (count, flag.m)).copy()
        if level:
            M = a[subsets]
            targets = np.take_along_axis(signs, subsets, axis=1)
            ends = _solved(M, np.stack([-b[subsets], targets], axis=2))
            slopes = ends[..., 1] @ a.T
            values += ends[..., 0] @ a.T
            ways = np.abs(values) / np.abs(slopes)
            np.put_along_axis(ways, subsets, np.inf, axis=1)
            step = 0.5 * np.minimum(ways.min(axis=1, initial=2.0), 1e9)
            values += step[:, None] * slopes
            u[:, :level] = ends[..., 0] + step[:, None] * ends[..., 1]
        if level < flag.D:
            u[:, level] = -1.0
            ways = np.abs(values) / np.abs(flag.floats[:, flag.D])
            u[:, flag.D] = 0.5 * ways.min(axis=1, initial=2.0)
        else:
            u[:, level] = 1.0
        largest = max(abs(int(v)) for v in flag.basis.flat)
        w = u @ np.array([[int(v) / largest for v in row] for row in flag.basis]).T
        w /= np.abs(w).max(axis=1, keepdims=True)
    return np.where(np.isfinite(w), w, 0.0)


def _solved(M: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return approximate solutions of a stack of systems, zeros for all where one is singular in floats."""
    try:
        return np.linalg.solve(M, right)
    except np.linalg.LinAlgError:
        return np.zeros(right.shape)


__all__ = ["interior_points"]
