"""Sweep quantity: what gradient descent reaches from a random initialisation, beside the value of its first basin."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...basins import basin_values
from ...errors import InputError
from ...initialization import get_law
from .laws import draw_inputs, draw_targets, size
from .optimizers import OPTIMIZERS, train
from .registry import Quantity


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Train from one initialisation and solve its first basin's program."""
    n, d, width = size(parameters, "n"), size(parameters, "d"), size(parameters, "width")
    if parameters["optimizer"] not in OPTIMIZERS:
        raise InputError(f"unknown optimizer {parameters['optimizer']!r}; choose {', '.join(OPTIMIZERS)}")
    X = draw_inputs(rng, parameters["data"], n, d)
    y = draw_targets(rng, parameters["targets"], X, width)
    W, v = get_law(parameters["law"]).sample(rng, width, d + 1)
    constant = float(np.var(y)) or 1.0
    signs = np.where(v > 0, 1, -1)
    first = float(basin_values(X, y, (X @ W.T > 0).T[None], signs[None], output_bias=True)[0]) / constant
    steps = train(X, y, W, v, 0.0, parameters["optimizer"], float(parameters["rate"]), size(parameters, "steps"))
    final = steps[-1].loss / constant
    limit = float(parameters["threshold"])
    return {
        "final": final,
        "success": float(final <= limit),
        "first_basin": first,
        "first_basin_good": float(first <= limit),
    }


QUANTITY = Quantity(
    "gradient_descent",
    "the loss that gradient descent or Adam reaches, as a share of the best constant's, beside the first basin's value",
    {
        "n": None,
        "d": None,
        "width": None,
        "data": "normal",
        "targets": "normal",
        "law": "torch",
        "optimizer": "adam",
        "rate": 0.01,
        "steps": 2000,
        "threshold": 0.05,
    },
    ("final", "success", "first_basin", "first_basin_good"),
    _measure,
)
