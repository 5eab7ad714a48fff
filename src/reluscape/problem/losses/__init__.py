"""Losses of one prediction and one target: what they are, how they are named, and what an own one must satisfy."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "BinaryCrossEntropy": ".kinds",
    "CrossEntropy": ".kinds",
    "HuberLoss": ".kinds",
    "LogisticLoss": ".kinds",
    "Loss": ".kinds",
    "NAMES": ".named",
    "SquaredLoss": ".kinds",
    "able": ".kinds",
    "check_any_length": ".checks",
    "check_classes": ".checks",
    "check_exact": ".checks",
    "check_labels": ".checks",
    "codes_of": ".named",
    "curvature": ".curvatures",
    "declares": ".named",
    "fitted": ".fitted",
    "get_loss": ".named",
    "labels_of": ".named",
    "loss_name": ".kinds",
    "mean_loss": ".named",
    "mean_losses": ".named",
    "own_minima": ".fitted",
    "plain_loss": ".named",
}

__all__ = [
    "NAMES",
    "BinaryCrossEntropy",
    "CrossEntropy",
    "HuberLoss",
    "LogisticLoss",
    "Loss",
    "SquaredLoss",
    "able",
    "check_any_length",
    "check_classes",
    "check_exact",
    "check_labels",
    "codes_of",
    "curvature",
    "declares",
    "fitted",
    "get_loss",
    "labels_of",
    "loss_name",
    "mean_loss",
    "mean_losses",
    "own_minima",
    "plain_loss",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
