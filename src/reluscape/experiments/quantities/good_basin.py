"""Sweep quantity: does a random initialisation lie in a good basin, on samples that all trials share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import InputError
from ...numbers.tolerances import DEFAULT
from .laws import size
from .registry import Quantity
from .samples import FRESH, SAMPLES, draw_samples
from .starts import start_values


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Draw weights only, and compare the value of their basin with the threshold."""
    return _batch(parameters, [rng], None)[0]


def _batch(
    parameters: dict[str, Any], rngs: Sequence[np.random.Generator], device: str | None
) -> list[dict[str, float]]:
    """Do the same for many streams."""
    if parameters["data_seed"] == FRESH:
        raise InputError("good_basin shares its samples among all trials; give data_seed a number, or use basin_value")
    X, y = draw_samples(parameters, rngs[0], size(parameters, "width"))
    share = start_values(parameters, X, y, rngs, device) / (float(np.var(y)) or 1.0)
    good = share <= float(parameters["threshold"]) + DEFAULT.zero_loss
    return [{"good": float(g), "share": float(s)} for g, s in zip(good, share, strict=True)]


QUANTITY = Quantity(
    "good_basin",
    "whether a random initialisation lies in a basin whose value is at most the threshold, a share of the best "
    "constant's loss, on one draw of samples for all trials: its mean is the good-basin probability",
    {**SAMPLES, "data_seed": 0, "width": None, "law": "normal", "threshold": 0.05},
    ("good", "share"),
    _measure,
    ("good",),
    _batch,
)
