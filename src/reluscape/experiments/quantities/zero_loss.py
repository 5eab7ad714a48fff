"""Sweep quantity: does the activation region of a random initialisation hold a zero-loss point."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...jacobian import zero_loss
from ...problem.networks.initialization import get_law
from .registry import Quantity
from .samples import SAMPLES, draw_samples
from .values import WEIGHTS, size


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Draw data, targets and weights with output weights +1 and -1 in turn, and decide the open region."""
    width = size(parameters, "width")
    X, y = draw_samples(parameters, rng, width)
    W, _ = get_law(parameters["law"]).sample(rng, width, X.shape[1])
    v = np.where(np.arange(width) % 2 == 0, 1.0, -1.0)
    return {"zero_loss": float(zero_loss(X, y, (X @ W.T > 0).T, v).exists)}


QUANTITY = Quantity(
    "zero_loss",
    "whether the open activation region of a random initialisation holds a point of zero loss, v alternating +1, -1",
    {**SAMPLES, "data": "uniform11", "targets": "polynomial", "width": None, "law": "he_uniform"},
    ("zero_loss",),
    _measure,
    ("zero_loss",),
    checks=WEIGHTS,
)
