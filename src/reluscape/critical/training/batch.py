"""Many networks of one width as one array program: outputs, losses and gradients of all runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ...errors import ShapeError
from .objective import Decayed, RunLoss, run_loss

# entries of the hidden layers that are worked on at once, so that they stay in a core's own memory
BLOCK = 30_000


@dataclass(frozen=True, eq=False)
class Batch:
    """The problem that runs of one width share; a run is one row of parameters (p,), W before V before c.

    f(x) = V^T max(0, W x) + c with W (m, d), V (m, k), c (k,), over samples X (n, d).

    Attributes:
        X: (n, d) samples, the column of ones among them where there is a hidden bias.
        loss: the loss on its targets.
        width: number of units m.
        output_bias: whether c is free; otherwise it is zero.
        decay: weight decay beside the mean loss, None for none.

    Example:
        >>> batch = Batch.of([[0.0], [1.0]], [0.0, 2.0], width=1, output_bias=False)
        >>> batch.evaluate(np.array([[1.0, 1.0, 0.0]]))[0].tolist()
        [0.5]
    """

    X: np.ndarray
    loss: RunLoss
    width: int
    output_bias: bool
    decay: Decayed | None = None

    @classmethod
    def of(cls, X: Any, y: Any, width: int, output_bias: bool, loss: Any = "squared") -> Batch:
        """Return the problem of samples (n, d) and targets (n,) or (n, k), with weight decay for a `Decayed` loss.

        Raises:
            ShapeError: another number of targets than samples.
            InputError: targets that the loss has no meaning for.
        """
        X, Y = np.ascontiguousarray(X, dtype=float), np.asarray(y, dtype=float)
        Y = Y[:, None] if Y.ndim == 1 else Y
        if X.ndim != 2 or Y.ndim != 2 or len(X) != len(Y):
            raise ShapeError(f"samples of shape {X.shape} and targets of shape {Y.shape} do not belong together")
        decay = loss if isinstance(loss, Decayed) else None
        return cls(X, run_loss(loss if decay is None else decay.loss, Y), int(width), bool(output_bias), decay)

    def single(self) -> Batch:
        """Return the same problem in single precision, which is what networks are usually trained in."""
        loss = RunLoss(self.loss.name, self.loss.each, self.loss.Y.astype(np.float32))
        return replace(self, X=self.X.astype(np.float32), loss=loss)

    @property
    def outputs(self) -> int:
        """Number of outputs k."""
        return len(self.loss.Y)

    @property
    def size(self) -> int:
        """Number of parameters p of one run."""
        return self.width * (self.X.shape[1] + self.outputs) + self.outputs

    @cached_property
    def strengths(self) -> np.ndarray:
        """Strength (p,) of the decay of each parameter."""
        if self.decay is None:
            return np.zeros(self.size, dtype=self.X.dtype)
        W = np.full((1, self.width, self.X.shape[1]), self.decay.weights, dtype=self.X.dtype)
        W[:, :, -1:] = self.decay.hidden_biases
        V = np.full((1, self.width, self.outputs), self.decay.weights, dtype=self.X.dtype)
        c = np.full((1, self.outputs), self.decay.constants, dtype=self.X.dtype)
        return self.pack(W, V, c)[0]

    def unpack(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return views W (r, m, d), V (r, m, k), c (r, k) of parameters (r, p)."""
        (r, _), m, d, k = theta.shape, self.width, self.X.shape[1], self.outputs
        return (
            theta[:, : m * d].reshape(r, m, d),
            theta[:, m * d : m * (d + k)].reshape(r, m, k),
            theta[:, m * (d + k) :],
        )

    def pack(self, W: np.ndarray, V: np.ndarray, c: np.ndarray) -> np.ndarray:
        """Return parameters (r, p) of W (r, m, d), V (r, m, k), c (r, k)."""
        r = len(W)
        return np.concatenate([W.reshape(r, -1), V.reshape(r, -1), c.reshape(r, -1)], axis=1)

    def predict(self, theta: np.ndarray, X: np.ndarray | None = None) -> np.ndarray:
        """Return the outputs (r, k, n) of all runs."""
        W, V, c = self.unpack(theta)
        rows = self.X if X is None else X
        F = np.empty((len(theta), self.outputs, len(rows)), dtype=theta.dtype)
        for part in self._parts(len(theta), len(rows)):
            F[part] = V[part].transpose(0, 2, 1) @ np.maximum(W[part] @ rows.T, 0.0)
        F += c[:, :, None]
        return F

    def active(self, theta: np.ndarray) -> np.ndarray:
        """Return for every run and unit (r, m) whether it is on for some sample and has an output weight."""
        W, V, _ = self.unpack(theta)
        on = np.empty((len(theta), self.width), dtype=bool)
        for part in self._parts(len(theta), len(self.X)):
            on[part] = (W[part] @ self.X.T > 0).any(axis=2)
        return on & (V != 0).any(axis=2)

    def evaluate(self, theta: np.ndarray, shares: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return the losses (r,), the decay among them, and their gradients (r, p).

        Args:
            theta: (r, p) parameters.
            shares: (r, n) or (1, n) sample weights that add up to 1; None weighs all alike.
        """
        W, V, c = self.unpack(theta)
        n, gradient = len(self.X), np.empty_like(theta)
        dW, dV, dc = self.unpack(gradient)
        values = np.empty(len(theta))
        alike = np.full((1, n), 1.0 / n, dtype=self.X.dtype)
        for part in self._parts(len(theta), n):
            weights = alike if shares is None else shares if len(shares) == 1 else shares[part]
            A = W[part] @ self.X.T
            on = A > 0
            np.maximum(A, 0.0, out=A)
            F = V[part].transpose(0, 2, 1) @ A + c[part][:, :, None]
            values[part] = self.loss.values(F, weights)
            G = self.loss.slopes(F, weights)
            dc[part] = G.sum(axis=2) if self.output_bias else 0.0
            dV[part] = A @ G.transpose(0, 2, 1)
            if self.outputs == 1:
                dW[part] = V[part] * (np.multiply(on, G, out=A) @ self.X)
            else:
                dW[part] = np.multiply(V[part] @ G, on, out=A) @ self.X
        if self.decay is not None:
            values += np.square(theta) @ self.strengths / 2
            gradient += self.strengths * theta
        return values, gradient

    def _parts(self, runs: int, n: int) -> list[slice]:
        """Return the runs in parts whose hidden layers stay small."""
        step = max(1, BLOCK // max(self.width * n, 1))
        return [slice(begin, begin + step) for begin in range(0, runs, step)]
