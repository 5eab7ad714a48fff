"""Sweep quantity: what happens along training: cells visited, Jacobian rank, loss and basin value."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...basins import basin_values
from ...errors import InputError
from ...initialization import get_law
from ...jacobian import jacobian_rank
from .laws import draw_inputs, draw_targets, size
from .optimizers import OPTIMIZERS, train
from .registry import Quantity

ALL_STEPS = 1


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Train once, count the distinct patterns of all steps, and look closely at start and end."""
    n, d, width = size(parameters, "n"), size(parameters, "d"), size(parameters, "width")
    if parameters["optimizer"] not in OPTIMIZERS:
        raise InputError(f"unknown optimizer {parameters['optimizer']!r}; choose {', '.join(OPTIMIZERS)}")
    X = draw_inputs(rng, parameters["data"], n, d)
    y = draw_targets(rng, parameters["targets"], X, width)
    W, v = get_law(parameters["law"]).sample(rng, width, d + 1)
    steps = size(parameters, "steps")
    path = train(X, y, W, v, 0.0, parameters["optimizer"], float(parameters["rate"]), steps, every=ALL_STEPS)
    constant = float(np.var(y)) or 1.0
    patterns = {np.packbits(X @ state.W.T > 0).tobytes() for state in path}
    ends = (path[0], path[-1])
    ranks = [jacobian_rank((X @ s.W.T > 0).T, X, s.v) for s in ends]
    shapes = np.array([(X @ s.W.T > 0).T for s in ends])
    signs = np.array([np.where(s.v > 0, 1, -1) for s in ends])
    values = basin_values(X, y, shapes, signs, output_bias=True) / constant
    return {
        "patterns": float(len(patterns)),
        "rank_start": float(ranks[0]),
        "rank_end": float(ranks[1]),
        "loss_start": path[0].loss / constant,
        "loss_end": path[-1].loss / constant,
        "basin_start": float(values[0]),
        "basin_end": float(values[1]),
    }


QUANTITY = Quantity(
    "training_path",
    "cells visited along training, Jacobian rank, loss and basin value at its start and end (shares of the constant's)",
    {
        "n": None,
        "d": None,
        "width": None,
        "data": "normal",
        "targets": "polynomial",
        "law": "he_normal",
        "optimizer": "adam",
        "rate": 0.1,
        "steps": 1000,
    },
    ("patterns", "rank_start", "rank_end", "loss_start", "loss_end", "basin_start", "basin_end"),
    _measure,
)
