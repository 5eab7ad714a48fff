"""Basin values of many random initialisations over one data set: on a device, close calls solved again here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...basins import basin_values
from ...numbers.tolerances import DEFAULT
from ...problem.networks.initialization import get_law
from .values import number, size


def draw_start(parameters: Mapping[str, Any], X: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the pattern (m, n) and the output signs (m,) of a random initialisation."""
    W, v = get_law(parameters["law"]).sample(rng, size(parameters, "width"), X.shape[1])
    return (X @ W.T > 0).T, np.where(v > 0, 1, -1)


def start_values(
    parameters: Mapping[str, Any],
    X: np.ndarray,
    y: np.ndarray,
    rngs: Sequence[np.random.Generator],
    device: str | None = None,
) -> np.ndarray:
    """Return the basin value of one start for each stream, (len(rngs),).

    On a device, values near the threshold (a share of the best constant's loss) are solved again here, so that what
    counts as good does not depend on it.
    """
    starts = [draw_start(parameters, X, rng) for rng in rngs]
    patterns, signs = np.array([a for a, _ in starts]), np.array([s for _, s in starts])
    values = basin_values(X, y, patterns, signs, output_bias=True, threads=1, device=device)
    if device is not None:
        limit = number(parameters, "threshold") * (float(np.var(y)) or 1.0)
        near = np.abs(values - limit) <= DEFAULT.device_border * (float(np.mean(y**2)) + limit)
        if near.any():
            values[near] = basin_values(X, y, patterns[near], signs[near], output_bias=True, threads=1)
    return values
