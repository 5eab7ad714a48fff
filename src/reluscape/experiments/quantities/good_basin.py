"""Sweep quantity: does a random initialisation lie in a good basin, on samples that all trials share."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...basins import basin_values
from ...initialization import get_law
from ...tolerances import DEFAULT
from .laws import size
from .registry import Quantity
from .samples import SAMPLES, draw_samples


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Draw weights only, and compare the value of their basin with the threshold."""
    width = size(parameters, "width")
    X, y = draw_samples(parameters, rng, width)
    W, v = get_law(parameters["law"]).sample(rng, width, X.shape[1])
    signs = np.where(v > 0, 1, -1)
    value = float(basin_values(X, y, (X @ W.T > 0).T[None], signs[None], output_bias=True, threads=1)[0])
    constant = float(np.var(y)) or 1.0
    limit = float(parameters["threshold"]) + DEFAULT.zero_loss
    return {"good": float(value / constant <= limit), "share": value / constant}


QUANTITY = Quantity(
    "good_basin",
    "whether a random initialisation lies in a basin whose value is at most the threshold, a share of the best "
    "constant's loss, on one draw of samples for all trials: its mean is the good-basin probability",
    {**SAMPLES, "data_seed": 0, "width": None, "law": "normal", "threshold": 0.05},
    ("good", "share"),
    _measure,
    ("good",),
)
