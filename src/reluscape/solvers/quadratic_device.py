"""Batches of basin programs on a device; what does not converge there is solved again here."""

from __future__ import annotations

import numpy as np

from ..interop.torch_basins import PADDING, interior_points
from ..interop.torch_device import find_device
from .interior_point import ITERATIONS
from .quadratic import BasinPrograms, Program

__all__ = ["solve_batch_on"]

# programs go to the device sorted by size, so many at a time, to pad little
GROUP = 4096


def solve_batch_on(
    device: str,
    programs: BasinPrograms,
    patterns: np.ndarray,
    starts: np.ndarray,
    units: np.ndarray,
    codes: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Solve many presolved programs at once; arguments and results are those of `BasinPrograms.solve_batch`.

    Args:
        device: name of a torch device with double precision.
        programs: of one data set.
        patterns: (S, N) bool, distinct alive patterns over the distinct samples.
        starts: (B + 1,) program b has the units starts[b] to starts[b + 1].
        units: pattern number of each unit; in each program those with a cone stand first.
        codes: sign of each unit, 0 for one without cone.

    Raises:
        UnsupportedError: torch or the device is missing.

    Data whose cells doubles may not tell apart (`Coordinates.fine`) are solved here: their values need a proof.
    """
    space, tol = programs.space, programs.tolerances
    find_device(device)
    if space.fine:
        return programs.solve_batch(patterns, starts, units, codes)
    B, N = len(starts) - 1, len(space.sample)
    values, gaps = np.full(B, programs.value_of(0.0)), np.zeros(B)
    if space.y_scale == 0.0:
        return values, gaps
    sizes = np.diff(starts)
    order = np.argsort(sizes, kind="stable")
    for first in range(0, B, GROUP):
        group = order[first : first + GROUP]
        m = int(sizes[group].max(initial=0))
        inside = np.arange(m) < sizes[group][:, None]
        place = (starts[:-1][group][:, None] + np.arange(m))[inside]
        active, signs = np.zeros((len(group), m, N), dtype=bool), np.full((len(group), m), PADDING)
        active[inside], signs[inside] = patterns[units[place]], codes[place]
        limits = (tol.interior_gap, tol.interior_ridge, ITERATIONS)
        square, gap = interior_points(space.U, space.E, space.y, space.C, space.rows, active, signs, limits, device)
        values[group], gaps[group] = programs.value_of(square), gap
    for b in np.flatnonzero(~(gaps <= tol.kkt)):
        span = slice(starts[b], starts[b + 1])
        solution = programs.solve(Program(patterns[units[span]], codes[span]))
        values[b], gaps[b] = solution.value, solution.gap
    return values, gaps
