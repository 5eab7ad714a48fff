"""Sweep quantity: does a random initialisation lie in a good basin, on samples that all trials share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...errors import InputError
from ...numbers.tolerances import DEFAULT
from .registry import Quantity
from .samples import FRESH, SAMPLES, draw_samples
from .starts import start_values
from .values import JUDGED, number, size


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Draw weights only, and compare the value of their basin with the threshold."""
    return _batch(parameters, [rng], None)[0]


def _batch(
    parameters: dict[str, Any], rngs: Sequence[np.random.Generator], device: str | None
) -> list[dict[str, float]]:
    """Do the same for many streams."""
    _shared_draw(parameters, "data_seed")
    X, y = draw_samples(parameters, rngs[0], size(parameters, "width"))
    share = start_values(parameters, X, y, rngs, device) / (float(np.var(y)) or 1.0)
    good = share <= number(parameters, "threshold") + DEFAULT.zero_loss
    return [{"good": float(g), "share": float(s)} for g, s in zip(good, share, strict=True)]


def _shared_draw(parameters: Mapping[str, Any], name: str) -> None:
    """Refuse samples drawn afresh."""
    if parameters[name] == FRESH:
        raise InputError("good_basin shares its samples among all trials; give data_seed a number, or use basin_value")


QUANTITY = Quantity(
    "good_basin",
    "whether a random initialisation lies in a basin whose value is at most the threshold, a share of the best "
    "constant's loss, on one draw of samples for all trials: its mean is the good-basin probability",
    {**SAMPLES, "data_seed": 0, "width": None, "law": "normal", "threshold": 0.05},
    ("good", "share"),
    _measure,
    ("good",),
    _batch,
    {**JUDGED, "data_seed": _shared_draw},
)
