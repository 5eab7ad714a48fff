"""Weights of the original units from those of merged ones."""

from __future__ import annotations

import numpy as np

from ..errors import InputError
from ..problem.data import Dataset
from ..solvers.linear import Rows


def member_weights(
    data: Dataset, A: np.ndarray, signs: np.ndarray, members: list[list[int]], Z: np.ndarray
) -> np.ndarray:
    """Return weights for the original units from those of the merged ones.

    The first unit of a merged group takes everything. Where both signs occur the merged weights need not lie in the
    cell; a multiple t w of a point w of the cell is added to the positive unit and taken away by the negative one.
    """
    out = np.zeros((len(A), data.d), dtype=Z.dtype)
    for z, units in zip(Z, members, strict=True):
        positive = next((j for j in units if signs[j] > 0), None)
        negative = next((j for j in units if signs[j] < 0), None)
        if positive is None or negative is None:
            out[units[0]] = z
            continue
        w = cell_point(data, A[units[0]])
        heights, sides = data.X @ z, np.where(A[units[0]], 1.0, -1.0)
        reach = sides * (data.X @ w)
        lacking = (sides * heights < 0) & (reach > 0)
        t = float((-(sides * heights)[lacking] / reach[lacking]).max(initial=0.0)) * 2.0
        out[positive], out[negative] = z + t * w, -t * w
    return out


def cell_point(data: Dataset, pattern: np.ndarray) -> np.ndarray:
    """Return a point of the open cell of a pattern.

    Raises:
        InputError: no weights have this pattern.
    """
    live = [i for i in range(data.n) if i not in set(data.zero_rows)]
    feasibility = Rows(data.rows[live]).decide(np.where(pattern[live], 1.0, -1.0))
    if feasibility.witness is None:
        raise InputError("a pattern held with both signs is not the pattern of any weights; give patterns of cells")
    w = np.array(feasibility.witness, dtype=float)
    return w / np.abs(w).max(initial=1.0)
