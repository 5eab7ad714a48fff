"""Sweep quantity: does the Jacobian of a random network have full rank on random data, decided exactly."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...initialization import get_law
from ...jacobian import jacobian_rank
from .laws import size
from .registry import Quantity
from .samples import INPUTS_ONLY, draw_samples


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Draw data and weights, and decide the rank of the Jacobian in W."""
    width = size(parameters, "width")
    X, _ = draw_samples(parameters, rng)
    W, v = get_law(parameters["law"]).sample(rng, width, X.shape[1])
    rank = jacobian_rank((X @ W.T > 0).T, X, v)
    return {"full_rank": float(rank == len(X)), "rank": float(rank)}


QUANTITY = Quantity(
    "full_rank",
    "whether the Jacobian in W has rank n at a random initialisation on random data with a column of ones",
    {**INPUTS_ONLY, "data": "uniform01", "width": None, "law": "torch"},
    ("full_rank", "rank"),
    _measure,
    ("full_rank",),
)
