"""Sweep quantity: training a ReQU network with the designed regulariser on random two-class data."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...requ import ReQUClassifier
from .laws import draw_inputs, size
from .registry import Quantity


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Draw inputs and fair labels (both classes present), train, and count training errors."""
    n, d = max(2, size(parameters, "n")), size(parameters, "d")
    X = draw_inputs(rng, parameters["data"], n, d)[:, :-1]
    y = rng.choice(np.array([-1.0, 1.0]), n)
    y[0], y[1] = -1.0, 1.0
    model = ReQUClassifier(random_state=int(rng.integers(2**31))).fit(X, y)
    wrong = float(np.mean(model.predict(X) != y))
    return {"training_error": wrong, "success": float(wrong == 0.0)}


QUANTITY = Quantity(
    "requ_training",
    "training error of a ReQU network with its designed regulariser on random labels",
    {"n": None, "d": None, "data": "normal"},
    ("training_error", "success"),
    _measure,
)
