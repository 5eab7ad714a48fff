"""Sweep quantity: does the Jacobian of a random network have full rank on random data, decided exactly."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...initialization import get_law
from ...jacobian import jacobian_rank
from .laws import draw_inputs, size
from .registry import Quantity


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Draw data and weights, and decide the rank of the Jacobian in W."""
    n, d, width = size(parameters, "n"), size(parameters, "d"), size(parameters, "width")
    X = draw_inputs(rng, parameters["data"], n, d)
    W, v = get_law(parameters["law"]).sample(rng, width, d + 1)
    rank = jacobian_rank((X @ W.T > 0).T, X, v)
    return {"full_rank": float(rank == n), "rank": float(rank)}


QUANTITY = Quantity(
    "full_rank",
    "whether the Jacobian in W has rank n at a random initialisation on random data with a column of ones",
    {"n": None, "d": None, "width": None, "data": "uniform01", "law": "torch"},
    ("full_rank", "rank"),
    _measure,
)
