"""Targets on a common scale for training, and networks back in the user's units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...problem.losses import able
from .batch import Batch


@dataclass(frozen=True, eq=False)
class Scale:
    """A change of targets under which a loss only changes its unit: y = spread * y' + centre.

    Attributes:
        batch: the problem in the scaled targets.
        spread: one number for all outputs.
        centre: (k,) numbers, zero without an output bias.
        unit: the loss in the user's units is this times the scaled one.
    """

    batch: Batch
    spread: float
    centre: np.ndarray
    unit: float

    @classmethod
    def of(cls, batch: Batch) -> Scale:
        """Return the scale of a problem: centred targets of mean square 1 for a quadratic loss, else none."""
        Y, each = batch.loss.Y, batch.loss.each
        plain = cls(batch, 1.0, np.zeros(len(Y)), 1.0)
        if not able(each, "quadratic") or not Y.size:
            return plain
        centre = Y.mean(axis=1) if batch.output_bias else np.zeros(len(Y))
        spread = float(np.sqrt(np.mean((Y - centre[:, None]) ** 2)))
        if not (np.isfinite(spread) and spread > np.finfo(float).eps * np.abs(Y).max()):
            return plain
        scaled = Batch.of(batch.X, ((Y - centre[:, None]) / spread).T, batch.width, batch.output_bias, each)
        return cls(scaled, spread, centre, spread * spread)

    def back(self, theta: np.ndarray) -> np.ndarray:
        """Return parameters (r, p) for the user's targets."""
        W, V, c = self.batch.unpack(theta)
        return self.batch.pack(W, self.spread * V, self.spread * c + (self.centre if self.batch.output_bias else 0.0))

    def forth(self, theta: np.ndarray) -> np.ndarray:
        """Return parameters (r, p) for the scaled targets; the inverse of `back`."""
        W, V, c = self.batch.unpack(theta)
        centre = self.centre if self.batch.output_bias else 0.0
        return self.batch.pack(W, V / self.spread, (c - centre) / self.spread)
