"""Targets on a common scale for training, and networks back in the user's units."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...problem.losses import able
from .batch import Batch


@dataclass(frozen=True, eq=False)
class Scale:
    """A change of targets under which a loss only changes its unit: y = spread * y' + centre.

    Under weight decay the factor is shared by both layers, its root each, so that the decay of the weights becomes
    1 / spread times as strong; a constant that decays is not moved.

    Attributes:
        batch: the problem in the scaled targets.
        spread: one number for all outputs.
        hidden: the part of it that the hidden weights take.
        centre: (k,) numbers, zero without an output bias.
        unit: the loss in the user's units is this times the scaled one.
    """

    batch: Batch
    spread: float
    hidden: float
    centre: np.ndarray
    unit: float

    @classmethod
    def of(cls, batch: Batch) -> Scale:
        """Return the scale of a problem: centred targets of mean square 1 for a quadratic loss, else none."""
        Y, each = batch.loss.Y, batch.loss.each
        plain = cls(batch, 1.0, 1.0, np.zeros(len(Y)), 1.0)
        if not able(each, "quadratic") or not Y.size:
            return plain
        decay = batch.decay
        moves = batch.output_bias and (decay is None or not decay.constants)
        centre = Y.mean(axis=1) if moves else np.zeros(len(Y))
        spread = float(np.sqrt(np.mean((Y - centre[:, None]) ** 2)))
        if not (np.isfinite(spread) and spread > np.finfo(float).eps * np.abs(Y).max()):
            return plain
        loss, hidden = each, 1.0
        if decay is not None:
            hidden = float(np.sqrt(spread))
            weights, biases = decay.weights / spread, decay.hidden_biases / spread
            loss = replace(decay, loss=each, weights=weights, hidden_biases=biases)
        inner_batch = Batch.of(batch.X, ((Y - centre[:, None]) / spread).T, batch.width, batch.output_bias, loss)
        return cls(inner_batch, spread, hidden, centre, spread * spread)

    def back(self, theta: np.ndarray) -> np.ndarray:
        """Return parameters (r, p) for the user's targets."""
        W, V, c = self.batch.unpack(theta)
        centre = self.centre if self.batch.output_bias else 0.0
        return self.batch.pack(self.hidden * W, self.spread / self.hidden * V, self.spread * c + centre)

    def forth(self, theta: np.ndarray) -> np.ndarray:
        """Return parameters (r, p) for the scaled targets; the inverse of `back`."""
        W, V, c = self.batch.unpack(theta)
        centre = self.centre if self.batch.output_bias else 0.0
        return self.batch.pack(W / self.hidden, V * (self.hidden / self.spread), (c - centre) / self.spread)
