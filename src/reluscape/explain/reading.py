"""Reading a trained model: its weights, which biases it trains, its weight decay, and the data as it sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data import Dataset, as_dataset
from ..errors import InputError, ModelError, ShapeError
from ..networks import DeepNet, TwoLayerNet


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained network on its data.

    Attributes:
        net: the network, its columns those of `data`.
        data: samples with targets; a column of ones last where the network has hidden biases.
        output_bias: whether c is trained.
        weight_decay: the penalty's weight where the model says it, 0.0 where it has none, None where unknown.
        trained_on: the loss the model says it was trained on, or None.
    """

    net: TwoLayerNet
    data: Dataset
    output_bias: bool
    weight_decay: float | None
    trained_on: str | None


def read_trained(model: Any, X: Any, y: Any = None, output_bias: bool | None = None) -> Trained:
    """Return a model with its data.

    Args:
        model: torch Sequential(Linear, ReLU, Linear), fitted scikit-learn MLP, `TwoLayerNet` or `DeepNet`.
        X: (n, d) samples as the model takes them, or a `Dataset`; a column of ones for the hidden biases is added
            where it is missing.
        y: (n,) targets.
        output_bias: whether c is trained; None asks the model.

    Raises:
        ModelError: another kind of model, more hidden layers, several outputs.
        ShapeError: the data do not have the model's columns.
    """
    data = as_dataset(X, y)
    if data.y is None:
        raise InputError("the verdict needs targets; give y")
    hidden_bias, decay, trained_on = True, None, None
    if isinstance(model, TwoLayerNet):
        net = model
        has_output_bias = model.c != 0
        hidden_bias = net.d != data.d
    elif isinstance(model, DeepNet):
        net = TwoLayerNet.from_deep(model)
        hidden_bias, has_output_bias = bool(np.any(model.biases[0])) or data.bias, bool(np.any(model.biases[1]))
    elif hasattr(model, "coefs_") or hasattr(model, "hidden_layer_sizes"):
        net, has_output_bias = TwoLayerNet.from_sklearn(model), True
        decay = float(getattr(model, "alpha", 0.0))
        trained_on = "bce" if type(model).__name__ == "MLPClassifier" else "squared"
    elif hasattr(model, "children"):
        net = TwoLayerNet.from_torch(model)
        linear = [layer for layer in model.children() if type(layer).__name__ == "Linear"]
        hidden_bias, has_output_bias = linear[0].bias is not None, linear[1].bias is not None
    else:
        raise ModelError(
            f"a {type(model).__name__} cannot be read; give a torch Sequential(Linear, ReLU, Linear), a scikit-learn "
            "MLP, a TwoLayerNet, or load a file with reluscape.modelfiles.read_model"
        )
    net, data = _match(net, data, hidden_bias, isinstance(model, TwoLayerNet))
    trained_bias = has_output_bias if output_bias is None else output_bias
    if not trained_bias and net.c != 0:
        raise InputError(f"the network has the output bias {net.c}, so output_bias cannot be False")
    return Trained(net, data, trained_bias, decay, trained_on)


def _match(net: TwoLayerNet, data: Dataset, hidden_bias: bool, as_given: bool) -> tuple[TwoLayerNet, Dataset]:
    """Return network and data with the same columns."""
    if not hidden_bias and not as_given:
        net = TwoLayerNet(net.W[:, :-1], net.v, net.c)
        if data.bias and data.d == net.d + 1:
            data = Dataset(data.fractions[:, :-1], data.y_fractions, features=data.features, target=data.target)
    elif net.d == data.d + 1 and not data.bias:
        data = Dataset(data.fractions, data.y_fractions, bias=True, features=data.features, target=data.target)
    if net.d != data.d:
        inputs = net.d - 1 if hidden_bias else net.d
        shown = data.d - 1 if data.bias else data.d
        raise ShapeError(
            f"the model takes {inputs} inputs, the data have {shown}; choose the model's columns, in its order"
        )
    return net, data
