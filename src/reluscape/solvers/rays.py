"""Batches of basin programs in low rank: the rays of every cell once, then non-negative least squares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..numbers.tolerances import ROUNDING, Tolerances
from .scaling import Coordinates

MOST_PRODUCTS = 1 << 22


def low_rank_work(
    space: Coordinates,
    patterns: np.ndarray,
    starts: np.ndarray,
    units: np.ndarray,
    codes: np.ndarray,
    out: np.ndarray,
    tolerances: Tolerances,
) -> Callable[[tuple[int, int]], Any] | None:
    """Return a function that solves the programs [first, last) into out, or None in rank above 3.

    Args:
        space: coordinates of the data.
        patterns: (S, N) bool.
        starts: (B + 1,) units of each program.
        units: pattern of each unit.
        codes: sign of each unit, 0 for one without cone.
        out: (B, 5) as for the interior point.
        tolerances: which slopes count as none.
    """
    from .rays_kernel import HIGHEST_RANK, all_rays, over_rays

    if not 1 <= space.r <= HIGHEST_RANK or not len(space.rows):
        return None
    k = len(space.rows)
    ray_starts = np.zeros(len(patterns) + 1, dtype=np.int64)
    rays = np.empty((len(patterns) * (k + space.r), space.r))
    turns = np.empty(len(rays))
    all_rays(space.C, patterns, space.rows, ray_starts, rays, turns)
    owner = np.repeat(np.arange(len(patterns)), np.diff(ray_starts))
    T = (rays[: ray_starts[-1]] @ space.U.T) * patterns[owner]
    # a ray on a sample's plane adds nothing there
    T[np.abs(T) <= tolerances.ray_on_plane * np.linalg.norm(space.U, axis=1)] = 0.0
    length = np.linalg.norm(T, axis=1, keepdims=True)
    T /= np.where(length > 0, length, 1.0)
    size = np.sqrt(np.square(np.linalg.norm(space.U, axis=1)) @ patterns[owner].T)
    errors = np.divide(ROUNDING * size * turns[: len(T)], length[:, 0], out=np.zeros(len(T)), where=length[:, 0] > 0)
    bias = int(space.E.size > 0)
    if bias:
        T, errors = np.concatenate([T, space.E[None]]), np.append(errors, ROUNDING)
    T = np.ascontiguousarray(T)
    gram = T @ T.T if len(T) ** 2 <= MOST_PRODUCTS else np.zeros((0, 0))
    h, square = T @ space.y, float(space.y @ space.y)

    def work(chunk: tuple[int, int]) -> None:
        first, last = chunk
        over_rays(
            T,
            errors,
            gram,
            h,
            square,
            ray_starts,
            bias,
            np.ascontiguousarray(starts[first : last + 1], dtype=np.int64),
            units,
            codes,
            tolerances.cone_stationarity,
            out[first:last],
        )

    return work
