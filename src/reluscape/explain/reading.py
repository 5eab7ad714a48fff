"""A trained network on its data, with the columns that both agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..data import Dataset
from ..errors import InputError, ShapeError
from ..networks import TwoLayerNet
from .opening import Opened, check_forward, open_model
from .targets import single_target


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained network of one hidden layer and one output on its data.

    Attributes:
        net: the network, its columns those of `data`.
        data: samples with targets; a column of ones last where the network has hidden biases.
        output_bias: whether c is trained.
        weight_decay: the penalty's weight where the model says it, 0.0 where it has none, None where it says nothing.
        decay_known: whether the kind of model can say its weight decay.
        trained_on: the loss the model says it was trained on, or None.
    """

    net: TwoLayerNet
    data: Dataset
    output_bias: bool
    weight_decay: float | None
    trained_on: str | None
    decay_known: bool = False


def read_trained(
    model: Any,
    X: Any,
    y: Any = None,
    output_bias: bool | None = None,
    hidden_bias: bool | None = None,
    loss: Any = "squared",
) -> Trained:
    """Return a model of one hidden layer and one output with its data.

    Args:
        model: torch Sequential(Linear, ReLU, Linear), fitted scikit-learn MLP, `TwoLayerNet`, `DeepNet`, or a model
            that `open_model` has opened.
        X: (n, d) samples as the model takes them, or a `Dataset`; a column of ones for the hidden biases is added
            where it is missing.
        y: (n,) targets; a classifier's own classes are taken as 0 and 1.
        output_bias: whether c is trained; None asks the model.
        hidden_bias: whether hidden biases are trained; None asks the model.
        loss: decides how a classifier's classes become numbers.

    Raises:
        ModelError: another kind of model, more hidden layers, several outputs.
        ShapeError: the data do not have the model's columns.
        InputError: no targets.
    """
    opened = model if isinstance(model, Opened) else open_model(model)
    net = opened.given if opened.given is not None else TwoLayerNet.from_deep(opened.net)
    data = single_target(X, y, opened.classes, loss)
    biases = opened.biases or (None, None)
    with_hidden = biases[0] if hidden_bias is None else hidden_bias
    if with_hidden is None:
        with_hidden = net.d != data.d
    as_given = opened.given is not None and hidden_bias is None
    net, data = _match(net, data, with_hidden, as_given)
    with_output = biases[1] if output_bias is None else output_bias
    if with_output is None:
        with_output = net.c != 0 if net.output_bias is None else net.output_bias
    if not with_output and net.c != 0:
        raise InputError(f"the network has the output bias {net.c}, so output_bias cannot be False")
    check_forward(opened, data.X[:, : net.d - 1] if with_hidden else data.X)
    return Trained(net, data, with_output, opened.weight_decay, opened.trained_on, opened.decay_known)


def _match(net: TwoLayerNet, data: Dataset, hidden_bias: bool, as_given: bool) -> tuple[TwoLayerNet, Dataset]:
    """Return network and data with the same columns."""
    if not hidden_bias and not as_given:
        plain = data.d - 1 if data.bias else data.d
        if net.d == plain + 2 and not net.W[:, -1].any():  # the file's weights already end with the bias
            return TwoLayerNet(net.W[:, :-1], net.v, net.c, net.output_bias), _with_ones(data)
        net = TwoLayerNet(net.W[:, :-1], net.v, net.c, net.output_bias)
        if data.bias and data.d == net.d + 1:
            data = Dataset(data.fractions[:, :-1], data.y_fractions, features=data.features, target=data.target)
    elif net.d == data.d + 1 and not data.bias:
        data = _with_ones(data)
    if net.d != data.d:
        inputs = net.d - 1 if hidden_bias else net.d
        shown = data.d - 1 if data.bias else data.d
        raise ShapeError(
            f"the model takes {inputs} inputs, the data have {shown}; choose the model's columns, in its order"
        )
    return net, data


def _with_ones(data: Dataset) -> Dataset:
    """Return the samples with a column of ones."""
    if data.bias:
        return data
    return Dataset(data.fractions, data.y_fractions, bias=True, features=data.features, target=data.target)
