"""The sign of every pre-activation of a network of any depth, decided without rounding."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import flint
import numpy as np

from ...numbers.exact import UNIT_ROUNDOFF, fmpq_matrix, fraction_array, sign


class Activations:
    """The signs of a network's hidden pre-activations on samples, weights and samples read as exact numbers.

    Doubles with a bound on their rounding decide all signs but those too close to call; these samples are run through
    the network again in fractions.

    Args:
        weights: matrices (out, in) of the hidden layers, doubles.
        biases: vectors (out,).
        X: (n, d) doubles.
        fractions: (n, d) the samples themselves, where the doubles are only rounded; None where they are exact.
        slopes: of the units below 0, one for each layer; left out, all are 0.
    """

    def __init__(
        self,
        weights: Sequence[np.ndarray],
        biases: Sequence[np.ndarray],
        X: np.ndarray,
        fractions: np.ndarray | None,
        slopes: Sequence[float] = (),
    ) -> None:
        self.slopes = tuple(slopes) or (0.0,) * len(weights)
        self.weights, self.biases, self.X, self.fractions = weights, biases, X, fractions
        self._exact: dict[int, list[flint.fmpq_mat]] = {}

    def signs(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return for each hidden layer the signs (n, units) and whether a sample feeds it anything but zeros (n,)."""
        tiny = np.finfo(float).tiny
        h, off = self.X, np.zeros_like(self.X)
        if self.fractions is not None:
            off = UNIT_ROUNDOFF * np.abs(h) + tiny * (self.fractions != 0)
        patterns = []
        for k, (W, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            has_input = np.asarray((h != 0).any(axis=1) | (off != 0).any(axis=1))
            with np.errstate(over="ignore", invalid="ignore"):
                z = h @ W.T + b
                size = (np.abs(h) + off) @ np.abs(W).T + np.abs(b)
                off = 2 * (off @ np.abs(W).T + (W.shape[1] + 4) * UNIT_ROUNDOFF * size + W.shape[1] * tiny)
                signs = np.where(z > off, 1, np.where(z < -off, -1, 0))
            signs[~has_input] = np.sign(b)
            off[~has_input] = 0.0
            for i in np.flatnonzero(((signs == 0) & has_input[:, None]).any(axis=1)).tolist():
                signs[i] = [sign(v) for v in self._layer(i, k)]
            patterns.append((signs, has_input))
            slope = self.slopes[k]
            low, wide = np.minimum(z, 0.0) * slope, abs(slope) * off
            if slope:  # without one an inactive unit feeds an exact 0
                wide = wide + UNIT_ROUNDOFF * np.abs(low) + tiny
            h, off = np.where(signs > 0, np.maximum(z, 0.0), low), np.where(signs > 0, off, wide)
            h, off = np.where(signs == 0, 0.0, h), np.where(signs == 0, 0.0, off)
        return patterns

    def _layer(self, i: int, k: int) -> list[flint.fmpq]:
        """Return the exact pre-activations of sample i in layer k."""
        layers = self._exact.setdefault(i, [])
        while len(layers) <= k:
            W, b = self._matrices[len(layers)]
            layers.append(W * (_activated(layers[-1], self.slopes[len(layers) - 1]) if layers else self._sample(i)) + b)
        return list(layers[k].entries())

    def _sample(self, i: int) -> flint.fmpq_mat:
        """Return a sample as a column of exact numbers."""
        row = self.X[i] if self.fractions is None else self.fractions[i]
        return fmpq_matrix(fraction_array(row.reshape(-1, 1)))

    @cached_property
    def _matrices(self) -> list[tuple[flint.fmpq_mat, flint.fmpq_mat]]:
        """The exact weights and biases of the hidden layers."""
        pairs = zip(self.weights, self.biases, strict=True)
        return [(fmpq_matrix(fraction_array(W)), fmpq_matrix(fraction_array(b[:, None]))) for W, b in pairs]


def _activated(column: flint.fmpq_mat, slope: float) -> flint.fmpq_mat:
    """Return what units of this slope below 0 give for a column of pre-activations."""
    above, below = slope.as_integer_ratio()
    factor = flint.fmpq(above, below)
    return flint.fmpq_mat(column.nrows(), 1, [v if v > 0 else factor * v for v in column.entries()])
