"""Sweep quantity: what gradient descent reaches from a random initialisation, beside the value of its first basin."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...basins import basin_values
from ...problem.networks.initialization import get_law
from .optimizers import TRAINED, TRAINING, walk
from .registry import Quantity
from .samples import SAMPLES, draw_samples
from .values import JUDGED, number, size


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Train from one initialisation and solve its first basin's program."""
    width = size(parameters, "width")
    X, y = draw_samples(parameters, rng, width)
    W, v = get_law(parameters["law"]).sample(rng, width, X.shape[1])
    constant = float(np.var(y)) or 1.0
    signs = np.where(v > 0, 1, -1)
    first = float(basin_values(X, y, (X @ W.T > 0).T[None], signs[None], output_bias=True, threads=1)[0]) / constant
    final = float("nan")
    for state in walk(X, y, W, v, parameters):
        final = state.loss / constant if np.isfinite(state.loss) else float("nan")
    limit = number(parameters, "threshold")
    return {
        "final": final,
        "success": float(final <= limit),
        "first_basin": first,
        "first_basin_good": float(first <= limit),
    }


QUANTITY = Quantity(
    "gradient_descent",
    "the loss that gradient descent or Adam reaches, as a share of the best constant's, beside the first basin's value",
    {**SAMPLES, "width": None, "law": "torch", **TRAINING, "threshold": 0.05},
    ("final", "success", "first_basin", "first_basin_good"),
    _measure,
    ("success", "first_basin_good"),
    checks={**JUDGED, **TRAINED},
)
