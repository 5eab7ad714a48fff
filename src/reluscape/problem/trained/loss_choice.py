"""Which loss a network is judged by where none is asked for: the model's own, else the one that the targets suggest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...numbers.tolerances import DEFAULT, Tolerances
from ..losses import get_loss, plain_loss
from ..outputs import CROSS_ENTROPY
from .layered import Layered

CODES = {"bce": (0.0, 1.0), "logistic": (-1.0, 1.0)}
NAMES = {"bce": "binary cross-entropy (bce)", CROSS_ENTROPY: "softmax cross-entropy (cross_entropy)"}


@dataclass(frozen=True)
class LossChoice:
    """A loss and why it was taken.

    Attributes:
        loss: name or object.
        reason: why, in a few words; None where it was asked for.
    """

    loss: Any
    reason: str | None = None

    @property
    def line(self) -> str | None:
        """The sentence that is printed, None where the loss was asked for."""
        if self.reason is None:
            return None
        name = NAMES.get(self.loss, f"{self.loss} loss") if isinstance(self.loss, str) else "the model's loss"
        return f"judged by the {name}: {self.reason} (--loss takes another)"


def stated_loss(request: Any, of_model: Any) -> LossChoice | None:
    """Return the loss that was asked for, else the one the model says, else None.

    >>> stated_loss(None, "bce").reason, stated_loss("squared", "bce").reason, stated_loss(None, None)
    ('the model was trained on it', None, None)
    """
    if request is not None:
        return LossChoice(plain_loss(request))
    return LossChoice(of_model, "the model was trained on it") if of_model is not None else None


def loss_of_targets(layered: Layered, tolerances: Tolerances = DEFAULT) -> LossChoice:
    """Return the loss that the targets suggest.

    Several outputs with one class in each row: cross_entropy. Two classes coded 0 and 1: bce; coded -1 and 1:
    logistic. Everything else: squared. Numbers 0 and 1, or -1 and 1, may have been fitted as numbers: then
    the last layer's gradient nearly vanishes for the squared loss and not for the other, or the outputs lie close to
    the numbers themselves, and the squared loss is taken.

    Args:
        layered: the network on its data, under any loss.
        tolerances: the numerical policy.
    """
    Y = layered.Y
    if Y.shape[1] > 1:
        if len(Y) and np.isin(Y, (0.0, 1.0)).all() and (Y.sum(axis=1) == 1).all():
            return LossChoice(CROSS_ENTROPY, f"the target is one of {Y.shape[1]} classes, one output for each")
        return LossChoice("squared", "the targets are numbers")
    name = _coded(Y[:, 0])
    if name is None:
        return LossChoice("squared", "the target is a number")
    low, high = (f"{value:g}" for value in CODES[name])
    if _trained_squared(layered, name, tolerances):
        return LossChoice("squared", f"the outputs were fitted to the numbers {low} and {high} themselves")
    return LossChoice(name, f"the target has the two classes {low} and {high}")


def _coded(y: np.ndarray) -> str | None:
    """Return the loss of two classes with this coding, or None."""
    values = set(np.unique(y).tolist())
    return next((name for name, codes in CODES.items() if values == set(codes)), None)


def _trained_squared(layered: Layered, name: str, tolerances: Tolerances) -> bool:
    """Return whether the network looks as if the squared loss had been trained, not the named one."""
    f, y = layered.predictions[:, 0], layered.Y[:, 0]
    error, variance = float(np.mean((f - y) ** 2)), float(np.var(y))
    if error > variance * (1 + tolerances.worse_than_constant):
        return False
    ours, other = (_last_gradient(layered, loss) for loss in ("squared", name))
    return error <= tolerances.trained_squared * variance or ours < tolerances.trained_squared * other


def _last_gradient(layered: Layered, loss: str) -> float:
    """Return a gradient of the last layer relative to the size of the terms that add up to it.

    It is that of the output bias, which converges first, or of the weights where there is no such bias.
    """
    features = np.ones((len(layered.Y), 1)) if layered.biases[-1] else layered.inputs()[-1]
    errors = np.asarray(get_loss(loss).gradient(layered.predictions[:, 0], layered.Y[:, 0]), dtype=float)
    terms = float(np.linalg.norm(np.abs(features).T @ np.abs(errors)))
    return float(np.linalg.norm(features.T @ errors)) / terms if terms > 0 else 0.0
