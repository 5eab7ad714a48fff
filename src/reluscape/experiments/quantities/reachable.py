"""Sweep quantity: the lowest loss that a path which never rises can reach from a random initialisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...landscape.topology import reachable_minimum
from ...problem.networks.initialization import get_law
from .registry import Quantity
from .samples import SAMPLES, draw_samples
from .values import WEIGHTS, number, size


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Draw data, targets and weights (scaled down where asked), and solve the reachability question."""
    width = size(parameters, "width")
    X, y = draw_samples(parameters, rng, width)
    W, v = get_law(parameters["law"]).sample(rng, width, X.shape[1])
    answer = reachable_minimum(X, y, W, v * number(parameters, "scale"))
    constant = float(np.mean(y**2)) or 1.0
    return {"value": float(answer.value) / constant, "zero_loss": float(answer.zero_loss) / constant}


QUANTITY = Quantity(
    "reachable",
    "the lowest loss at the end of a path that never rises, as a share of the zero network's loss",
    {
        **SAMPLES,
        "width": None,
        "law": "normal",
        "scale": 1.0,
    },
    ("value", "zero_loss"),
    _measure,
    checks={**WEIGHTS, "scale": number},
)
