"""A trained network of any depth and any number of outputs on its data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...numbers.checks import refuse_large_squares
from ..data import Dataset, as_dataset
from ..networks import DeepNet
from ..outputs import CROSS_ENTROPY, OutputLoss, output_loss
from ..problem import Problem
from .opening import Opened
from .reading import Trained
from .recipe import Recipe
from .rows import rows_for
from .targets import several_targets, single_target


@dataclass(frozen=True, eq=False)
class Layered:
    """A trained network on its data, seen layer by layer.

    Attributes:
        net: the network.
        data: the samples; `data.X` (n, d) is what the first layer takes.
        Y: (n, k) targets.
        biases: for each layer whether it trains a bias.
        loss: the loss of the k outputs.
        weight_decay, trained_on, decay_known, notes: as in `Trained`.
        recipe: how it was trained, where that is known and can be repeated.
    """

    net: DeepNet
    data: Dataset
    Y: np.ndarray
    biases: tuple[bool, ...]
    loss: OutputLoss
    weight_decay: float | None
    trained_on: str | None
    decay_known: bool
    notes: tuple[str, ...] = ()
    recipe: Recipe | None = None

    @property
    def X(self) -> np.ndarray:
        """(n, d) samples as the first layer takes them."""
        return np.asarray(self.data.X)

    @property
    def problem(self) -> Problem:
        """What is minimised by the plain loss, without a penalty."""
        Y = self.Y if self.loss.each is None or self.Y.shape[1] > 1 else self.Y[:, 0]
        loss = CROSS_ENTROPY if self.loss.each is None else self.loss.each
        return Problem(self.data, Y, loss=loss, output_bias=self.biases[-1])

    @property
    def has_bias(self) -> tuple[bool, ...]:
        """For each layer whether it has a bias, trained or not."""
        return tuple(has or trainable for has, trainable in zip(self.net.has_bias, self.biases, strict=True))

    @property
    def predictions(self) -> np.ndarray:
        """(n, k) outputs."""
        return self.net.hidden(self.X)[-1]

    def inputs(self) -> list[np.ndarray]:
        """Return what each layer takes: the samples, then the outputs of the layer before."""
        return [self.X, *(self.net.activated(k, z) for k, z in enumerate(self.net.hidden(self.X)[:-1]))]


def read_layered(opened: Opened, X: Any, y: Any, loss: Any, biases: tuple[bool, ...] | None = None) -> Layered:
    """Return an opened model with its data.

    Args:
        opened: the model.
        X: (n, d) samples as the model takes them, or a `Dataset` (a column of ones is not an input).
        y: (n,) or (n, k) targets, or None where X brings them.
        loss: name or object.
        biases: which layers train a bias; None asks the model.

    Raises:
        ShapeError, InputError: data that do not fit the model or the loss.
    """
    if opened.outputs == 1:
        rows = rows_for(opened, X, y, lambda X, y: single_target(X, y, opened.classes, loss))
        Y = np.asarray(rows.data.y, dtype=float)[:, None]
    else:
        rows = rows_for(opened, X, y, lambda X, y: as_dataset(X))
        Y = several_targets(rows.data, rows.y, opened.outputs, opened.classes)
    data = rows.data
    refuse_large_squares(Y, "y")
    trainable = biases or opened.biases or opened.net.has_bias
    mean_loss = output_loss(loss, Y)
    return Layered(
        opened.net, data, Y, trainable, mean_loss, opened.weight_decay, opened.trained_on, opened.decay_known,
        rows.notes,
    )  # fmt: skip


def as_layered(trained: Trained, loss: Any) -> Layered:
    """Return a network of one hidden layer and one output as layers, its hidden biases in the column of ones."""
    net = DeepNet([trained.net.W, trained.net.v[None, :]], [None, [trained.net.c]])
    Y = np.asarray(trained.data.y, dtype=float)[:, None]
    return Layered(
        net, trained.data, Y, (False, trained.output_bias), output_loss(loss, Y), trained.weight_decay,
        trained.trained_on, trained.decay_known, trained.notes,
    )  # fmt: skip
