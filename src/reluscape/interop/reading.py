"""What was read of a trained model: its layers, its activation, its head, what it says of its training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from ..errors import ModelError

ASSUMED = "Weights alone do not say the activation: assumed ReLU between the layers and a linear output."
HEAD_LOSS = {"Sigmoid": "bce", "Softmax": "cross_entropy", "LogSoftmax": "cross_entropy"}


@dataclass(frozen=True, eq=False)
class Reading:
    """A trained model as layers x -> a(W x + b), the last one linear, with a(z) = max(z, slope z).

    Attributes:
        kind: what it was, in words: "the torch module Net", "the scikit-learn MLPClassifier".
        weights: matrices (out, in), first layer first.
        biases: for each layer its bias (out,), or None where it trains none; zeros are a bias.
        slopes: for each hidden layer the slope of its activation below 0; 0.0 is ReLU.
        head: what the model applies to the last layer's outputs and the reading leaves out: "Sigmoid", "Softmax",
            "LogSoftmax" or None.
        loss: the name of the loss the model says it was trained on, or that its head asks for; None where it says
            nothing.
        notes: sentences on what was assumed, folded or left out.
        classes: a classifier's classes in the order of its outputs, or None.
        weight_decay: the penalty's weight where the model says it, or None.
        decay_known: whether this kind of model can say its weight decay.
        trainer: the scikit-learn network or the torch optimizer whose weight decay it is, or None.
        features: names of the columns that the first layer takes, or None.
        transform: from the user's rows to what the first layer takes; None where these are the same.
        target_transform: from the user's targets to what the network was trained on, or None.
        run: from what the first layer takes, (n, d), to the model's own outputs (n, k), head included; None where the
            model cannot run.
        precision: distance from 1 to the next number of the arithmetic that `run` computes in.
        from_file: whether only weights were read, so that the activation is an assumption.
    """

    kind: str
    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray | None, ...]
    slopes: tuple[float, ...] = ()
    head: str | None = None
    loss: str | None = None
    notes: tuple[str, ...] = ()
    classes: tuple[Any, ...] | None = None
    weight_decay: float | None = None
    decay_known: bool = False
    trainer: Any = field(default=None, repr=False)
    features: tuple[str, ...] | None = None
    transform: Callable[[Any], Any] | None = None
    target_transform: Callable[[Any], Any] | None = None
    run: Callable[[np.ndarray], np.ndarray] | None = field(default=None, repr=False)
    precision: float = float(np.finfo(float).eps)
    from_file: bool = False

    def __post_init__(self) -> None:
        """Check that neighbouring layers fit.

        Raises:
            ModelError: they do not, or there is no layer.
        """
        if not self.weights:
            raise ModelError(f"{self.kind} has no linear layer")
        for k, (first, second) in enumerate(pairwise(self.weights), start=1):
            if first.shape[0] != second.shape[1]:
                raise ModelError(
                    f"{self.kind}: layer {k} gives {first.shape[0]} numbers, layer {k + 1} takes {second.shape[1]}"
                )
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            if not np.isfinite(w).all() or (b is not None and not np.isfinite(b).all()):
                raise ModelError(
                    f"{self.kind}: layer {k} has a weight that is NaN or infinite; "
                    "training diverged before it was saved"
                )
        if not self.slopes:
            object.__setattr__(self, "slopes", (0.0,) * (len(self.weights) - 1))

    def with_slope(self, slope: float) -> Reading:
        """Return the reading with units of this slope below 0; itself where it says so already.

        Raises:
            ModelError: the model says its activation and it is another one, or the slope is no finite number.
        """
        if not np.isfinite(slope):
            raise ModelError(f"the slope of the units below 0 is {slope}; give a finite number, 0 for ReLU")
        if all(own_slope == slope for own_slope in self.slopes):
            return self
        if ASSUMED not in self.notes:
            own_slope = ", ".join(f"{value:g}" for value in self.slopes)
            raise ModelError(
                f"{self.kind} says the slope of its units below 0 itself: {own_slope}; leave out the slope"
            )
        said = f"LeakyReLU of slope {slope:g} below 0 between the layers, as was said, and a linear output."
        notes = tuple(said if note == ASSUMED else note for note in self.notes)
        return replace(self, slopes=(float(slope),) * len(self.slopes), notes=notes)

    @property
    def inputs(self) -> int:
        """Number of columns that the first layer takes, no column of ones counted."""
        return int(self.weights[0].shape[1])

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return int(self.weights[-1].shape[0])

    @property
    def relu(self) -> bool:
        """Whether every hidden layer's activation is ReLU."""
        return not any(self.slopes)

    def predict(self, X: Any) -> np.ndarray:
        """Return the outputs (n, k) of the layers for rows (n, d), before the head."""
        h = np.asarray(X, dtype=float)
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            h = h @ w.T if b is None else h @ w.T + b
            if k < len(self.slopes):
                h = np.where(h > 0, h, self.slopes[k] * h)
        return h

    def both(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the model's own outputs for rows (n, d) and those of the layers after the head, each (n, k).

        Raises:
            ModelError: the model cannot run, or its outputs have another shape.
        """
        if self.run is None:
            raise ModelError(f"{self.kind} cannot run here")
        prediction = apply_head(self.head, self.predict(X))
        own = np.asarray(self.run(np.asarray(X, dtype=float)), dtype=float)
        if own.size != prediction.size:
            raise ModelError(
                f"{self.kind} returns an array of shape {own.shape} for {len(X)} rows, its layers {prediction.shape}"
            )
        return own.reshape(prediction.shape), prediction

    def disagreement(self, X: Any) -> tuple[float, int]:
        """Return how far the model's own outputs are from those of the layers, and the row where they part most.

        The unit is one rounding of the sum of absolute terms, `precision` times |W_L| (... |W_1| |x| + |b_1| ...) +
        |b_L|; (0.0, 0) where the model cannot run.
        """
        if self.run is None or not len(X):
            return 0.0, 0
        own, prediction = self.both(X)
        terms = self._terms(np.asarray(X, dtype=float))
        scale = np.maximum(terms, 1.0 if self.head else np.finfo(float).tiny)
        apart = np.abs(own - prediction) / (self.precision * scale)
        apart = np.where(np.isfinite(apart), apart, np.inf)
        return float(apart.max()), int(apart.max(axis=1).argmax())

    def _terms(self, X: np.ndarray) -> np.ndarray:
        """Return the sum of absolute terms behind each output, (n, k)."""
        h = np.abs(X)
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            h = h @ np.abs(w).T + (0.0 if b is None else np.abs(b))
            if k < len(self.slopes):
                h = h * max(1.0, abs(self.slopes[k]))
        return h


def apply_head(head: str | None, F: np.ndarray) -> np.ndarray:
    """Return the outputs (n, k) after a head.

    >>> apply_head("Softmax", np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    if head == "Sigmoid":
        return np.asarray(np.exp(-np.logaddexp(0.0, -F)))
    if head in ("Softmax", "LogSoftmax"):
        top = F.max(axis=1, keepdims=True)
        logs = F - top - np.log(np.exp(F - top).sum(axis=1, keepdims=True))
        return np.asarray(np.exp(logs) if head == "Softmax" else logs)
    return F
