"""Landscapes by design: ReQU networks whose local minima all classify the training data, and nothing runs to infinity.

Here a bias belongs to the model and is handled inside: X (n, d) without a column of ones, rows of U are (w, b). Labels
are -1 and +1; the loss is the SUM over samples plus the cubic regulariser.
"""

from __future__ import annotations

from .._lazy import lazy_getattr

_EXPORTS = {
    "Certificate": ".certify",
    "ConvReQU": "..interop.torch_requ",
    "Design": ".design",
    "DesignStory": "..stories.design",
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
    "tell_design": "..stories.design",
    "train": ".training",
    "train_conv": ".conv_training",
    "train_quadratic": ".quadratic_training",
    "training_error": ".constants",
}

_MODULES = {"conv": ".conv"}

__all__ = [*sorted(_EXPORTS), *sorted(_MODULES)]


__getattr__ = lazy_getattr(__name__, _EXPORTS, _MODULES)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
