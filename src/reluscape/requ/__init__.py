"""Landscapes by design: ReQU networks whose local minima all classify the training data, and nothing runs to infinity.

Here a bias belongs to the model and is handled inside: X (n, d) without a column of ones, rows of U are (w, b). Labels
are -1 and +1; the loss is the SUM over samples plus the cubic regulariser.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_EXPORTS = {
    "Certificate": ".certify",
    "ConvReQU": "..interop.torch_requ",
    "Design": ".design",
    "DesignStory": ".story",
    "ExponentialLoss": ".losses",
    "LogisticLoss": ".losses",
    "Objective": ".objective",
    "ReQUClassifier": ".classifier",
    "ReQUNet": ".network",
    "RegularizedReQU": "..interop.torch_requ",
    "SmoothHingeLoss": ".losses",
    "Training": ".training",
    "bad_minimum": ".bad_minimum",
    "certify": ".certify",
    "coercivity_constant": ".constants",
    "design": ".design",
    "epsilon": ".losses",
    "equal_lambda_minimum": ".bad_minimum",
    "filter_radius": ".constants",
    "interpolate": ".interpolation",
    "interpolate_exactly": ".interpolation",
    "margin": ".margin",
    "quadratically_separable": ".quadratic",
    "regularizer": ".constants",
    "sublevel_radius": ".constants",
    "tell_design": ".story",
    "train": ".training",
    "train_conv": ".conv_training",
    "train_quadratic": ".quadratic_training",
    "training_error": ".constants",
}

_MODULES = {"conv"}

__all__ = [*sorted(_EXPORTS), *sorted(_MODULES)]


def __getattr__(name: str) -> Any:
    """Import a public name from its file when it is first used (PEP 562)."""
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    if name in _EXPORTS:
        value = getattr(importlib.import_module(_EXPORTS[name], __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)


class _Face(ModuleType):
    """Keeps a public name on its function when a file of the same name (design, certify, ...) is imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _EXPORTS and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face
