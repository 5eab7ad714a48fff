"""Losses over one or several outputs: the mean over the samples of the sum over their outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from .losses import CrossEntropy, able, check_labels, curvature, get_loss, loss_name, plain_loss

CROSS_ENTROPY = CrossEntropy.name


@dataclass(frozen=True)
class OutputLoss:
    """A convex loss of predictions (n, k): (1/n) sum_i sum_o l(F_io, Y_io), or the cross-entropy of a softmax.

    The mean over all n k entries, which torch's `MSELoss` takes, is 1/k of it.

    Attributes:
        name: for people and reports, as `loss_name` says it.
        each: the loss of one output, or None for the cross-entropy of a softmax, which joins them.
    """

    name: str
    each: Any

    @property
    def quadratic(self) -> bool:
        """Whether it is the squared loss, whose programs are those of least squares."""
        return self.each is not None and able(self.each, "quadratic")

    @property
    def classes(self) -> bool:
        """Whether it is a loss of classes known here: it falls to 0 as the outputs of rows on the right side grow."""
        return self.each is None or (able(self.each, "known") and getattr(self.each, "labels", None) is not None)

    def value(self, F: np.ndarray, Y: np.ndarray) -> float:
        """Return the loss: the mean over the n samples of the sum over their outputs."""
        if F.size == 0:
            return 0.0
        if self.each is None:
            return float(np.mean(CrossEntropy().value(F, Y)))
        return F.shape[1] * float(np.mean(self.each.value(F.reshape(-1), Y.reshape(-1))))

    def gradient(self, F: np.ndarray, Y: np.ndarray) -> np.ndarray:
        """Return the derivative of `value` in F, (n, k)."""
        if F.size == 0:
            return np.zeros_like(F)
        if self.each is None:
            return CrossEntropy().gradient(F, Y) / len(F)
        slopes = np.asarray(self.each.gradient(F.reshape(-1), Y.reshape(-1)), dtype=float)
        return slopes.reshape(F.shape) / len(F)

    def curvature(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the second derivatives (n,) of the loss of one output.

        Raises:
            InputError: the loss joins several outputs.
        """
        if self.each is None:
            raise InputError("the cross_entropy joins the outputs; it has no second derivative of one output")
        return curvature(self.each, f, y)


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
    read = plain_loss(loss)
    if read == CROSS_ENTROPY:
        if Y.shape[1] < 2:
            raise InputError("the cross_entropy loss needs several outputs; with one output take 'bce' or 'logistic'")
        if (Y < 0).any() or not np.allclose(Y.sum(axis=1), 1.0):
            raise InputError("the cross_entropy loss needs targets that are shares: not negative, 1 in every row")
        return OutputLoss(CROSS_ENTROPY, None)
    each = get_loss(read)
    check_labels(each, Y)
    return OutputLoss(loss_name(each), each)
