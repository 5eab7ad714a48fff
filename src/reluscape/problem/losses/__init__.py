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
    "check_classes": ".checks",
    "check_labels": ".checks",
    "curvature": ".curvatures",
    "get_loss": ".named",
    "mean_loss": ".named",
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
    "check_classes",
    "check_labels",
    "curvature",
    "get_loss",
    "mean_loss",
    "plain_loss",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
