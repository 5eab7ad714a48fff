"""The losses of many networks at once: one number for each run, and the derivative in its outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import InputError, ShapeError
from ...problem.losses import CrossEntropy, able, check_labels, get_loss, loss_name, plain_loss
from ...problem.losses.softmax import cross_entropies, cross_entropy_slopes


@dataclass(frozen=True, eq=False)
class Decayed:
    """A loss with weight decay beside its mean: each strength times half the sum of the squares of some parameters.

    Attributes:
        loss: as `run_loss` takes it.
        weights: strength of the hidden weights and the output weights.
        hidden_biases: strength of the weights that meet the last column of the samples.
        constants: strength of the output biases.
    """

    loss: Any
    weights: float
    hidden_biases: float
    constants: float

    @classmethod
    def of(cls, loss: Any, strength: float, biases: bool) -> Decayed:
        """Return a loss with a decay of this strength; free biases are the last column's weights and the constants."""
        return cls(loss, strength, strength if biases else 0.0, strength if biases else 0.0)


@dataclass(frozen=True, eq=False)
class RunLoss:
    """A convex loss of the outputs of many runs: the sum over the outputs, the weighted mean over the samples.

    Attributes:
        name: of the loss, for people.
        each: the loss of one output, or None for the cross-entropy of a softmax, which joins them.
        Y: (k, n) targets; for the cross-entropy shares that add up to 1 for every sample.
    """

    name: str
    each: Any
    Y: np.ndarray

    def values(self, F: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """Return the losses (r,) of outputs F (r, k, n) under sample weights (r, n) or (1, n) that add up to 1."""
        if self.each is not None:
            return np.asarray((self.each.value(F, self.Y).sum(axis=1) * shares).sum(axis=1))
        return np.asarray((cross_entropies(F, self.Y[None], axis=1) * shares).sum(axis=1))

    def slopes(self, F: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """Return the derivative (r, k, n) of `values` in F."""
        if self.each is not None:
            return np.asarray(self.each.gradient(F, self.Y) * shares[:, None])
        return np.asarray(cross_entropy_slopes(F, self.Y[None], axis=1) * shares[:, None])


def run_loss(loss: Any, Y: np.ndarray) -> RunLoss:
    """Return a loss by its name, or around the user's own object, on targets (n, k).

    Raises:
        InputError: an unknown name, or targets that the loss has no meaning for.
        ShapeError: the cross-entropy of one output.

    >>> float(run_loss("cross_entropy", np.eye(2)).values(np.zeros((1, 2, 2)), np.full((1, 2), 0.5)).round(4)[0])
    0.6931
    """
    read, Y = plain_loss(loss), np.asarray(Y, dtype=float)
    if read == CrossEntropy.name:
        if Y.shape[1] < 2:
            raise ShapeError("cross_entropy needs at least two outputs: with one the loss is constant")
        if (Y < 0).any() or not np.allclose(Y.sum(axis=1), 1.0):
            raise InputError("cross_entropy needs targets that are shares: not negative, 1 in every row")
        return RunLoss(read, None, np.ascontiguousarray(Y.T))
    each = get_loss(read)
    if not able(each, "known") and Y.shape[1] > 1:
        raise InputError("an own loss is one of one output; give one target")
    check_labels(each, Y)
    return RunLoss(loss_name(each), each, np.ascontiguousarray(Y.T))
