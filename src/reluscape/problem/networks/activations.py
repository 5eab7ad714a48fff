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
    """

    def __init__(
        self, weights: Sequence[np.ndarray], biases: Sequence[np.ndarray], X: np.ndarray, fractions: np.ndarray | None
    ) -> None:
        self.weights, self.biases, self.X, self.fractions = weights, biases, X, fractions
        self._exact: dict[int, list[flint.fmpq_mat]] = {}

    def signs(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return for each hidden layer the signs (n, units) and whether a sample feeds it anything but zeros (n,)."""
        tiny = np.finfo(float).tiny
        h, off = self.X, np.zeros_like(self.X)
        if self.fractions is not None:
            off = UNIT_ROUNDOFF * np.abs(h) + tiny * (self.fractions != 0)
        found = []
        for k, (W, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            fed = np.asarray((h != 0).any(axis=1) | (off != 0).any(axis=1))
            with np.errstate(over="ignore", invalid="ignore"):
                z = h @ W.T + b
                size = (np.abs(h) + off) @ np.abs(W).T + np.abs(b)
                off = 2 * (off @ np.abs(W).T + (W.shape[1] + 4) * UNIT_ROUNDOFF * size + W.shape[1] * tiny)
                signs = np.where(z > off, 1, np.where(z < -off, -1, 0))
            signs[~fed] = np.sign(b)
            off[~fed] = 0.0
            for i in np.flatnonzero(((signs == 0) & fed[:, None]).any(axis=1)).tolist():
                signs[i] = [sign(v) for v in self._layer(i, k)]
            found.append((signs, fed))
            # an inactive unit feeds an exact 0
            h, off = np.where(signs > 0, np.maximum(z, 0.0), 0.0), np.where(signs > 0, off, 0.0)
        return found

    def _layer(self, i: int, k: int) -> list[flint.fmpq]:
        """Return the exact pre-activations of sample i in layer k."""
        layers = self._exact.setdefault(i, [])
        while len(layers) <= k:
            W, b = self._matrices[len(layers)]
            layers.append(W * (_relu(layers[-1]) if layers else self._sample(i)) + b)
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


def _relu(column: flint.fmpq_mat) -> flint.fmpq_mat:
    """Return the positive parts of a column."""
    zero = flint.fmpq(0)
    return flint.fmpq_mat(column.nrows(), 1, [v if v > 0 else zero for v in column.entries()])
