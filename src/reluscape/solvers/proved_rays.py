"""Batches of basin programs in rank 1 and 2 with a proof: the rays of a cell lie on samples known exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..numbers.tolerances import ROUNDING, Tolerances
from ..problem.data import Dataset
from .rays import MOST_PRODUCTS
from .scaling import Coordinates


def proved_work(
    space: Coordinates,
    data: Dataset,
    patterns: np.ndarray,
    starts: np.ndarray,
    units: np.ndarray,
    codes: np.ndarray,
    out: np.ndarray,
    tolerances: Tolerances,
) -> Callable[[tuple[int, int]], Any] | None:
    """Return a function that solves the programs [first, last) into out, or None in rank above 2.

    Args:
        space: coordinates of the data.
        data: the samples.
        patterns: (S, N) bool.
        starts: (B + 1,) units of each program.
        units: pattern of each unit.
        codes: sign of each unit, 0 for one without cone.
        out: (B, 5) as for the interior point; the gap is a bound, infinite where floats cannot prove one.
        tolerances: which slopes count as none.
    """
    if not 1 <= space.r <= 2 or not len(space.rows):
        return None
    from .support_kernel import proved_over_rays

    T, errors, ray_starts, spans = _features(space, patterns)
    bias = int(space.E.size > 0)
    constant = any(data.fractions[0, j] and (data.fractions[:, j] == data.fractions[0, j]).all() for j in range(data.d))
    whole = patterns.all(axis=1) & constant
    if bias:
        T, errors = np.concatenate([T, space.E[None]]), np.append(errors, ROUNDING)
    T = np.ascontiguousarray(T)
    gram = T @ T.T if len(T) ** 2 <= MOST_PRODUCTS else np.zeros((0, 0))

    def work(chunk: tuple[int, int]) -> None:
        first, last = chunk
        proved_over_rays(
            T,
            gram,
            space.y,
            errors,
            spans,
            whole,
            ray_starts,
            bias,
            np.ascontiguousarray(starts[first : last + 1], dtype=np.int64),
            units,
            codes,
            tolerances.cone_stationarity,
            ROUNDING,
            tolerances.interior_gap,
            out[first:last],
        )

    return work


def _features(space: Coordinates, patterns: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return what the rays of the patterns' cells add to the predictions, by pattern.

    Returns:
        T (Q, N) of length one, how far each row of T may be off (Q,), where the rays of each pattern begin (S + 1,),
        and the dimension of what a unit of each pattern can add (S,). A pattern without rays is no cell, or one whose
        rays floats cannot tell.
    """
    S = len(patterns)
    sides = np.where(patterns[:, space.rows], 1.0, -1.0)
    active = patterns[:, space.rows]
    lines = int(space.line.max()) + 1
    has_line = np.zeros((S, lines), dtype=bool)
    owner, row = np.nonzero(active)
    has_line[owner, space.line[row]] = True
    spans = np.minimum(has_line.sum(axis=1), space.r).astype(np.int64)
    rays, tight = _line_rays(space, sides) if space.r == 1 else _plane_rays(space, sides)
    on = space.line[None, None, :] == tight[:, :, None]  # (S, rays, k)
    heights = (rays @ space.C.T) * sides[:, None, :]
    sure = (on | (heights > ROUNDING)).all(axis=(1, 2))
    heights = (rays @ space.U.T) * patterns[:, None, :]
    place = np.zeros((S, rays.shape[1], patterns.shape[1]), dtype=bool)
    place[:, :, space.rows] = on
    heights[place] = 0.0
    busy = (active[:, None, :] & ~on).any(axis=2) & sure[:, None]
    length = np.linalg.norm(heights, axis=2)
    size = np.sqrt((np.square(np.linalg.norm(space.U, axis=1)) * patterns).sum(axis=1))
    T = (heights / np.where(length > 0, length, 1.0)[:, :, None])[busy]
    with np.errstate(divide="ignore"):
        errors = (ROUNDING * size[:, None] / length)[busy]
    return T, errors, np.concatenate([[0], np.cumsum(busy.sum(axis=1))]).astype(np.int64), spans


def _line_rays(space: Coordinates, sides: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ray (S, 1, 1) of each half-line, and that it lies on no sample's hyperplane."""
    rays = np.sign(sides[:, :1] * space.C[:1, 0])[:, None, :]
    return rays, np.full((len(sides), 1), -1)


def _plane_rays(space: Coordinates, sides: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the two rays (S, 2, 2) of each cone in the plane, and the lines (S, 2) of the samples that they meet.

    Seen from the sum of the inner normals, the cone's rays are at right angles to the first and the last of them.
    """
    C = space.C
    middle = sides @ C
    turn = middle[:, :1] * C[:, 1] - middle[:, 1:] * C[:, 0]
    angle = np.arctan2(turn * sides, (middle @ C.T) * sides)
    first, last = angle.argmin(axis=1), angle.argmax(axis=1)
    at = np.arange(len(sides))
    low, high = C[first] * sides[at, first, None], C[last] * sides[at, last, None]
    rays = np.stack([np.stack([-low[:, 1], low[:, 0]], axis=1), np.stack([high[:, 1], -high[:, 0]], axis=1)], axis=1)
    return rays, np.stack([space.line[first], space.line[last]], axis=1)
