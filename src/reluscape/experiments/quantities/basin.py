"""Sweep quantity: the value of the basin in which a random initialisation lies."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...basins import basin_values
from ...problem.networks.initialization import get_law
from .registry import Quantity
from .samples import SAMPLES, draw_samples
from .values import JUDGED, number, size


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Draw data, targets and weights, and solve the basin's program; shares are of the best constant's loss."""
    width = size(parameters, "width")
    X, y = draw_samples(parameters, rng, width)
    W, v = get_law(parameters["law"]).sample(rng, width, X.shape[1])
    signs = np.where(v > 0, 1, -1)
    value = float(basin_values(X, y, (X @ W.T > 0).T[None], signs[None], output_bias=True, threads=1)[0])
    constant = float(np.var(y))
    share = value / constant if constant else 0.0
    return {"value": value, "share": share, "good": float(share <= number(parameters, "threshold"))}


QUANTITY = Quantity(
    "basin_value",
    "the basin value of a random initialisation, as a share of the best constant's loss, and whether it is good",
    {
        **SAMPLES,
        "width": None,
        "law": "normal",
        "threshold": 0.05,
    },
    ("value", "share", "good"),
    _measure,
    ("good",),
    checks=JUDGED,
)
