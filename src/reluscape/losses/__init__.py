"""Losses of one prediction and one target: what they are, how they are named, and what an own one must satisfy."""

from .checks import check_classes, check_labels
from .kinds import BinaryCrossEntropy, CrossEntropy, HuberLoss, LogisticLoss, Loss, SquaredLoss, able
from .named import NAMES, get_loss, mean_loss, plain_loss

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
    "get_loss",
    "mean_loss",
    "plain_loss",
]
