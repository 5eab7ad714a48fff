"""Intervals around the point of a certificate: gradient, second derivatives and kinks of its Lagrangian.

This is written apart from the program that found the point: tangents are pushed forward and back for one unit after the
other, in balls of `flint.arb`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from .deep_network import Reduced


def ball(value: Fraction) -> Any:
    """Return a fraction as a ball."""
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def balls(values: Any) -> np.ndarray:
    """Return an array of fractions, booleans or doubles as balls."""
    array = np.asarray(values)
    out = np.empty(array.size, dtype=object)
    for i, value in enumerate(array.reshape(-1).tolist()):
        out[i] = ball(value) if isinstance(value, Fraction) else flint.arb(value)
    return out.reshape(array.shape)


def times(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the product of two matrices of balls."""
    shape = (A.shape[0], B.shape[1])
    if 0 in (*A.shape, *B.shape):
        return balls(np.zeros(shape))
    entries = (flint.arb_mat(A.tolist()) * flint.arb_mat(B.tolist())).entries()
    out = np.empty(len(entries), dtype=object)
    for i, value in enumerate(entries):
        out[i] = value
    return out.reshape(shape)


def every_multiplier(net: Reduced, free: Any) -> list[Any]:
    """Return the multipliers of all kinks, those that follow from others as the certificate has them."""
    unknown = iter(range(len(net.free)))
    return [ball(kink.value) if kink.follows else free[next(unknown)] for kink in net.kinks]


@dataclass(frozen=True, eq=False)
class Sweep:
    """One forward and one backward sweep.

    Attributes:
        weights: matrices of the layers.
        taken: what each layer takes, ones for the bias last.
        heights: preactivations of each layer.
        reaching: for each hidden layer the signals that reach it from above.
        signals: for each layer the signals at its preactivations.
    """

    weights: list[np.ndarray]
    taken: list[np.ndarray]
    heights: list[np.ndarray]
    reaching: list[np.ndarray]
    signals: list[np.ndarray]


@dataclass(frozen=True, eq=False)
class Point:
    """What the Lagrangian is made of.

    Attributes:
        net: the network with its kinks.
        X, y: samples and targets as balls.
        loss: "squared", "bce" or "cross_entropy".
        decay: as a ball.
    """

    net: Reduced
    X: np.ndarray
    y: np.ndarray
    loss: str
    decay: Any

    @property
    def places(self) -> list[int]:
        """Where each layer begins among the parameters, and their number."""
        return [0, *np.cumsum([M.size for M in self.net.layers]).tolist()]

    def cut(self, parameters: np.ndarray) -> list[np.ndarray]:
        """Return the parameters as matrices."""
        places = self.places
        return [parameters[a:b].reshape(M.shape) for a, b, M in zip(places, places[1:], self.net.layers, strict=False)]

    def sweep(self, parameters: np.ndarray, multipliers: np.ndarray) -> Sweep:
        """Return both sweeps; kinked units are off, and carry their multipliers back."""
        net, n = self.net, len(self.X)
        weights, outputs = self.cut(parameters), self.X
        inputs, heights = [], []
        for k, M in enumerate(weights):
            inputs.append(np.concatenate([outputs, balls(np.ones((n, 1)))], axis=1) if net.has_bias[k] else outputs)
            heights.append(times(inputs[k], M.T))
            if k < len(net.on):
                outputs = np.where(net.on[k], heights[k], balls(np.zeros(heights[k].shape)))
        signals: list[Any] = [None] * len(weights)
        reaching: list[Any] = [None] * len(net.on)
        signals[-1] = self._slopes(heights[-1])
        return self._back(Sweep(weights, inputs, heights, reaching, signals), multipliers)

    def _back(self, swept: Sweep, multipliers: np.ndarray) -> Sweep:
        """Fill in the backward sweep from the top down, the multipliers at the kinks."""
        net = self.net
        for k in range(len(net.on) - 1, -1, -1):
            swept.reaching[k] = times(swept.signals[k + 1], swept.weights[k + 1][:, : net.on[k].shape[1]])
            swept.signals[k] = np.where(net.on[k], swept.reaching[k], balls(np.zeros(swept.reaching[k].shape)))
            for kink, value in zip(net.kinks, every_multiplier(net, multipliers), strict=True):
                if kink.layer == k:
                    swept.signals[k][kink.row, kink.unit] = value
        return swept

    def gradient(self, parameters: np.ndarray, swept: Sweep) -> np.ndarray:
        """Return the gradient of the Lagrangian."""
        parts = [times(S.T, H).reshape(-1) for S, H in zip(swept.signals, swept.taken, strict=True)]
        in_penalty = np.concatenate([mask.reshape(-1) for mask in self.net.penalised])
        pull = np.array([self.decay * t if c else flint.arb(0) for t, c in zip(parameters, in_penalty, strict=True)])
        return np.concatenate(parts) + pull if len(pull) else np.concatenate(parts)

    def kinks(self, swept: Sweep) -> tuple[np.ndarray, np.ndarray]:
        """Return the heights of the free kinks and their gradients, one row each."""
        net, places = self.net, self.places
        values = np.array([swept.heights[k.layer][k.row, k.unit] for k in net.free], dtype=object)
        rows = balls(np.zeros((len(net.free), places[-1])))
        for number, kink in enumerate(net.free):
            i = kink.row
            back = balls(np.zeros((1, net.on[kink.layer].shape[1])))
            back[0, kink.unit] = flint.arb(1)
            for k in range(kink.layer, -1, -1):
                rows[number, places[k] : places[k + 1]] = times(back.T, swept.taken[k][i : i + 1]).reshape(-1)
                if k:
                    units = net.on[k - 1].shape[1]
                    back = times(back, swept.weights[k][:, :units]) * net.on[k - 1][i : i + 1].astype(int)
        return values, rows

    def second(self, swept: Sweep) -> np.ndarray:
        """Return the second derivatives of the Lagrangian, tangents of one unit's weights after the other."""
        net, places = self.net, self.places
        n, last = len(self.X), len(net.layers) - 1
        H = balls(np.zeros((places[-1], places[-1])))
        bends = self._bends(swept.heights[-1])
        for k in range(last + 1):
            for c in range(len(net.layers[k])):
                moves: list[Any] = [None] * (last + 1)  # of the outputs of each layer, by what unit c takes
                ahead = balls(np.zeros((n, len(net.layers[k]))))
                ahead[:, c] = [flint.arb(1)] * n
                for m in range(k, last + 1):
                    if m > k:
                        ahead = times(moves[m - 1], swept.weights[m][:, : moves[m - 1].shape[1]].T)
                    moves[m] = ahead * net.on[m].astype(int) if m < last else ahead
                back = np.array([times(bends[i], moves[last][i][:, None])[:, 0] for i in range(n)], dtype=object)
                back = back.reshape(n, len(net.layers[last]))
                for m in range(last, k - 1, -1):
                    both = back[:, :, None] * swept.taken[m][:, None, :]
                    if m > k:
                        units = moves[m - 1].shape[1]
                        both[:, :, :units] = (
                            both[:, :, :units] + swept.signals[m][:, :, None] * moves[m - 1][:, None, :]
                        )
                    block = times(both.reshape(n, -1).T, swept.taken[k])
                    mine = places[k] + c * swept.taken[k].shape[1]
                    columns = slice(mine, mine + swept.taken[k].shape[1])
                    H[places[m] : places[m + 1], columns] = block
                    H[columns, places[m] : places[m + 1]] = block.T
                    if m > k:
                        units = net.on[m - 1].shape[1]
                        back = times(back, swept.weights[m][:, :units]) * net.on[m - 1].astype(int)
        for place, in_penalty in enumerate(np.concatenate([mask.reshape(-1) for mask in net.penalised]).tolist()):
            if in_penalty:
                H[place, place] = H[place, place] + self.decay
        return H

    def _shares(self, F: np.ndarray) -> np.ndarray:
        """Return sigmoids, or the softmax of each row."""
        out = np.empty(F.shape, dtype=object)
        for i, row in enumerate(F):
            if self.loss == "bce":
                out[i] = [1 / (1 + (-v).exp()) for v in row]
            else:
                out[i] = [1 / sum(((w - v).exp() for w in row if w is not v), flint.arb(1)) for v in row]
        return out

    def _slopes(self, F: np.ndarray) -> np.ndarray:
        """Return the derivatives of the mean loss in the outputs."""
        n = len(F)
        if self.loss == "squared":
            return (F - self.y) * (flint.arb(2) / n)
        return (self._shares(F) - self.y) * (flint.arb(1) / n)

    def _bends(self, F: np.ndarray) -> list[np.ndarray]:
        """Return for each sample the matrix of second derivatives of the mean loss in its outputs."""
        n, k = F.shape
        if self.loss == "squared":
            return [balls(np.eye(k)) * (flint.arb(2) / n)] * n
        out = []
        for s in self._shares(F):
            M = balls(np.zeros((k, k)))
            for a in range(k):
                for b in range(k):
                    if a == b:
                        M[a, a] = s[a] * (1 - s[a]) / n
                    elif self.loss == "cross_entropy":
                        M[a, b] = -s[a] * s[b] / n
            out.append(M)
        return out
