"""Losses over one or several outputs: the mean over samples, and over outputs where each is judged by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from .losses import check_labels, get_loss

CROSS_ENTROPY = "cross_entropy"


@dataclass(frozen=True)
class OutputLoss:
    """A convex loss of predictions (n, k).

    Attributes:
        name: "squared", "logistic", "bce", "cross_entropy" or the class of the user's own object.
        each: the loss of one output, or None for the cross-entropy of a softmax, which joins them.
    """

    name: str
    each: Any

    def value(self, F: np.ndarray, Y: np.ndarray) -> float:
        """Return the loss: the mean over all n k entries, for cross_entropy the mean over the n samples."""
        if F.size == 0:
            return 0.0
        if self.each is not None:
            return float(np.mean(self.each.value(F.reshape(-1), Y.reshape(-1))))
        high = F.max(axis=1)
        logs = np.log(np.exp(F - high[:, None]).sum(axis=1)) + high
        return float(np.mean(logs * Y.sum(axis=1) - (F * Y).sum(axis=1)))

    def gradient(self, F: np.ndarray, Y: np.ndarray) -> np.ndarray:
        """Return the derivative of `value` in F, (n, k)."""
        if F.size == 0:
            return np.zeros_like(F)
        if self.each is not None:
            flat = np.asarray(self.each.gradient(F.reshape(-1), Y.reshape(-1)), dtype=float)
            return flat.reshape(F.shape) / F.size
        shares = np.exp(F - F.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return (shares * Y.sum(axis=1, keepdims=True) - Y) / len(F)


def output_loss(loss: Any, Y: np.ndarray) -> OutputLoss:
    """Return the loss by its name, or around the user's own object, after a look at the targets.

    Args:
        loss: "squared", "logistic", "bce", "cross_entropy" (of a softmax over several outputs; targets are shares
            that add up to 1 in every row), or an object.
        Y: (n, k) targets.

    Raises:
        InputError: an unknown name, or targets that the loss has no meaning for.

    >>> bool(np.isclose(output_loss("cross_entropy", np.eye(2)).value(np.zeros((2, 2)), np.eye(2)), np.log(2)))
    True
    """
    if loss == CROSS_ENTROPY:
        if Y.shape[1] < 2:
            raise InputError("the cross_entropy loss needs several outputs; with one output take 'bce' or 'logistic'")
        if (Y < 0).any() or not np.allclose(Y.sum(axis=1), 1.0):
            raise InputError("the cross_entropy loss needs targets that are shares: not negative, 1 in every row")
        return OutputLoss(CROSS_ENTROPY, None)
    each = get_loss(loss)
    check_labels(each, Y)
    return OutputLoss(getattr(each, "name", type(each).__name__), each)
