"""A chain of layers put together step by step, as a model's parts are met in the order in which it computes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ModelError
from .reading import HEAD_LOSS, Reading

COVERED = (
    "Linear layers with ReLU or LeakyReLU between them, Dropout, BatchNorm1d, Flatten, Identity, and a Sigmoid or "
    "Softmax at the end are covered"
)


class Chain:
    """The layers met so far. Every step either fits or raises a `ModelError` that names it.

    A scaling s * z + t of each number by itself (BatchNorm in evaluation, x / 255) is folded into the linear layer
    before it, else into the one after it. Folding keeps the local minima where no s is 0 and the bias it makes is
    trained: then (W, b) -> (W diag(s), b + W t) is invertible.

    Args:
        kind: what the model is, in words; messages begin with it.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.weights: list[np.ndarray] = []
        self.biases: list[np.ndarray | None] = []
        self.slopes: list[float] = []
        self.head: str | None = None
        self.notes: list[str] = []
        self._scale: np.ndarray | float = 1.0  # waits for the next linear layer
        self._shift: np.ndarray | float = 0.0
        self._shift_trained = False
        self._activated = False
        self._owed: str | None = None  # what is wrong unless a trained bias follows

    @property
    def open(self) -> bool:
        """Whether the last step was a linear layer, so that its outputs may still be scaled, activated or headed."""
        return len(self.weights) == len(self.slopes) + 1

    @property
    def wants_bias(self) -> bool:
        """Whether numbers added now are the bias of the layer before."""
        return self.open and (self.biases[-1] is None or self._owed is not None)

    def linear(self, W: Any, b: Any, name: str) -> None:
        """Add the layer x -> W x + b, W (out, in), b (out,) or None."""
        self._before_head(name)
        if self.open:
            raise ModelError(f"{self.kind}: {name} follows a linear layer with no activation between; {COVERED}")
        W = np.array(W, dtype=float)
        b = None if b is None else np.array(b, dtype=float).reshape(-1)
        scale, shift = self._scale, np.broadcast_to(np.asarray(self._shift, dtype=float), (W.shape[1],))
        if b is None and (shift.any() or self._shift_trained):
            if not self._shift_trained:
                self._owed = f"the numbers are shifted before {name}, which has no bias that could take the shift"
            b = np.zeros(len(W))
        if b is not None:
            b = b + W @ shift
        self.weights.append(W * scale)
        self.biases.append(b)
        self._scale, self._shift, self._shift_trained, self._activated = 1.0, 0.0, False, False

    def scaling(self, scale: Any, shift: Any, name: str, trained: bool = False) -> None:
        """Add z -> scale * z + shift, number by number; `trained` says that the shift is a parameter of the model."""
        self._before_head(name)
        scale, shift = np.asarray(scale, dtype=float).reshape(-1), np.asarray(shift, dtype=float).reshape(-1)
        if (scale == 0).any():
            raise ModelError(f"{self.kind}: {name} multiplies by 0, so what comes before it is lost")
        if not self.open:
            self._scale = self._scale * scale
            self._shift = self._shift * scale + shift
            self._shift_trained = self._shift_trained or trained
            return
        W, b = self.weights[-1], self.biases[-1]
        if trained:
            self._owed = None
        elif b is None and shift.any():
            self._owed = f"{name} shifts a layer that has no bias, by numbers that are not trained"
            trained = True
        size = len(W)
        self.weights[-1] = np.broadcast_to(scale, (size,))[:, None] * W
        if b is not None or trained:
            self.biases[-1] = scale * (np.zeros(size) if b is None else b) + shift

    def activation(self, slope: float, name: str) -> None:
        """Add the activation max(z, slope z); a ReLU of a ReLU is one."""
        self._before_head(name)
        self._settle()
        has_scale = np.any(np.asarray(self._scale) != 1) or np.any(np.asarray(self._shift) != 0)
        if not self.open and self._activated and not has_scale and not slope and not self.slopes[-1]:
            return
        if not self.open:
            what = "another activation" if self._activated else "no linear layer"
            raise ModelError(f"{self.kind}: {name} follows {what}; {COVERED}")
        if not np.isfinite(slope):
            raise ModelError(f"{self.kind}: {name} has the slope {slope}")
        self.slopes.append(float(slope))
        self._activated = True

    def finish(self, head: str, name: str) -> None:
        """Add the head "Sigmoid", "Softmax" or "LogSoftmax"."""
        self._before_head(name)
        if not self.open:
            raise ModelError(f"{self.kind}: {name} does not follow a linear layer; {COVERED}")
        if head != "Sigmoid" and len(self.weights[-1]) < 2:
            raise ModelError(f"{self.kind}: {name} of one output is a constant; give it as many outputs as classes")
        self._settle()
        self.head = head

    def note(self, sentence: str) -> None:
        """Note a sentence once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def reading(self, **more: Any) -> Reading:
        """Return what was read; `more` are further attributes of the `Reading`."""
        if not self.weights:
            raise ModelError(f"{self.kind} has no linear layer; {COVERED}")
        self._settle()
        if not self.open:
            raise ModelError(f"{self.kind} ends in an activation; a linear output layer is expected")
        if self.head is not None:
            loss = HEAD_LOSS[self.head]
            self.note(f"The {self.head} at the end is left out: its inputs are the outputs, and the loss is {loss}.")
            if more.setdefault("loss", loss) != loss:
                raise ModelError(
                    f"{self.kind} was trained with the {more['loss']} loss of what its {self.head} gives; "
                    f"with a {self.head} the {loss} loss is covered"
                )
        if any(self.slopes):
            slope_text = ", ".join(f"{slope:g}" for slope in self.slopes)
            self.note(f"The activation is LeakyReLU, slope below 0 of each hidden layer: {slope_text}.")
        notes = (*self.notes, *more.pop("notes", ()))
        return Reading(
            self.kind, tuple(self.weights), tuple(self.biases), tuple(self.slopes), self.head, notes=notes, **more
        )

    def _settle(self) -> None:
        """Refuse a shift that no trained bias took."""
        if self._owed is not None:
            raise ModelError(f"{self.kind}: {self._owed}")

    def _before_head(self, name: str) -> None:
        """Refuse a step after the head."""
        if self.head is not None:
            raise ModelError(f"{self.kind}: {name} follows the {self.head}; {COVERED}")
