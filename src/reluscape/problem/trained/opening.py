"""Opening a trained model of any kind, an object or a file: its layers and what it says about its training."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...errors import InputError, ModelError
from ...interop.opening import read_object
from ...interop.reading import Reading
from ..networks import DeepNet, TwoLayerNet
from ..networks.files import StoredModel, read_model
from ..penalties import WeightDecay

# how near to the border of AdamW's box a weight counts as on it, relative to the border
AT_THE_BORDER = 1e-3


@dataclass(frozen=True, eq=False)
class Opened:
    """A trained model.

    Attributes:
        net: its layers.
        given: the `TwoLayerNet` itself where it is one, else None.
        reading: what was read of it.
    """

    net: DeepNet
    given: TwoLayerNet | None
    reading: Reading

    @property
    def biases(self) -> tuple[bool, ...] | None:
        """For each layer whether it trains a bias; None for a `TwoLayerNet`, whose data say so."""
        return None if self.given is not None else self.net.has_bias

    @property
    def weight_decay(self) -> float | None:
        """The penalty's weight where the model says it, None where it says nothing."""
        return self.reading.weight_decay

    @property
    def decay_known(self) -> bool:
        """Whether the kind of model can say its weight decay."""
        return self.reading.decay_known

    @property
    def decay_unsaid(self) -> bool:
        """Whether an optimiser knew the weight decay and the model does not."""
        return self.reading.run is not None and not self.decay_known

    @property
    def trained_on(self) -> str | None:
        """The loss the model says it was trained on, or its head asks for, or None."""
        return self.reading.loss

    @property
    def classes(self) -> tuple[Any, ...] | None:
        """A classifier's classes in the order of its outputs, or None."""
        return self.reading.classes

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was assumed, folded or left out in reading the model."""
        return self.reading.notes

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return len(self.net.weights[-1])

    @property
    def one_hidden_layer(self) -> bool:
        """Whether the model is one hidden layer of ReLU with one output, which all that is known here covers."""
        return self.net.depth == 2 and self.outputs == 1 and self.net.relu


def open_model(model: Any, slope: float | None = None) -> Opened:
    """Return a model's layers and what it says about its training.

    Args:
        model: a `TwoLayerNet` or `DeepNet`; a torch module, fitted scikit-learn MLP or Pipeline, skorch net or Keras
            model; a file's path, or what `read_model` read of one.
        slope: of the hidden units below 0, for a file of weights alone that does not say it; None takes what is known.

    Raises:
        ModelError: a model that cannot be read, or one without hidden layer.
    """
    if isinstance(model, Opened):
        return model
    if slope is not None:
        return _with_slope(open_model(model), slope)
    if isinstance(model, str | os.PathLike):
        model = read_model(os.fspath(model))
    if isinstance(model, TwoLayerNet):
        net = DeepNet([model.W, model.v[None, :]], [None, [model.c]])
        return Opened(net, model, Reading("the TwoLayerNet", tuple(net.weights), tuple(net.biases)))
    if isinstance(model, DeepNet):
        biases = tuple(b if has else None for b, has in zip(model.biases, model.has_bias, strict=True))
        return _checked(Opened(model, None, Reading("the DeepNet", tuple(model.weights), biases)))
    reading = model.reading if isinstance(model, StoredModel) else read_object(model)
    return _checked(Opened(DeepNet.from_reading(reading), None, reading))


def _with_slope(opened: Opened, slope: float) -> Opened:
    """Return a model read from weights alone with the slope that its units have below 0.

    Raises:
        ModelError: the model itself says another one.
    """
    reading = opened.reading.with_slope(slope)
    if reading is opened.reading:
        return opened
    return _checked(Opened(DeepNet.from_reading(reading), None, reading))


def _checked(opened: Opened) -> Opened:
    """Refuse a network without hidden layer."""
    if opened.net.depth < 2:
        raise ModelError("the network has no hidden layer; it is a linear model, whose loss has no other minima")
    return opened


def trained_by(opened: Opened, optimizer: Any, weight_decay: Any = None) -> Opened:
    """Return a model with the torch optimizer that trained it, which knows the weight decay; as it is without one.

    A decay that is decoupled from the gradient (AdamW) is no penalty: the end of a training belongs to the plain loss
    in the box max |theta| <= 1 / decay (Xie and Li 2024), which a note says.

    Raises:
        InputError: a weight decay beside the optimizer, or an optimizer of another kind.
    """
    if optimizer is None:
        return opened
    if weight_decay is not None:
        raise InputError("the optimizer says the weight decay; give weight_decay only without it")
    decay = WeightDecay.from_torch(optimizer, "mse", opened.outputs)
    strength = max(float(group.get("weight_decay", 0)) for group in optimizer.param_groups)
    notes = opened.notes
    if decay is None and strength:
        largest = max(float(np.abs(part).max(initial=0.0)) for part in (*opened.net.weights, *opened.net.biases))
        inside = largest < (1 - AT_THE_BORDER) / strength
        place = "inside it: the plain loss is what counts" if inside else "at its border, where that need not hold"
        notes = (
            *notes,
            f"{type(optimizer).__name__} decays weights apart from the gradient: a training ends at a minimum of the "
            f"plain loss in the box where no weight is above {1 / strength:g}; the largest is {largest:.3g}, {place}.",
        )
    value = None if decay is None else float(decay.strength)
    reading = replace(opened.reading, weight_decay=value or 0.0, decay_known=True, trainer=optimizer, notes=notes)
    return replace(opened, reading=reading)
