"""A trained network on its data, with the columns that both agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import InputError, ShapeError
from ..data import Dataset
from ..networks import TwoLayerNet
from .opening import Opened, open_model
from .rows import rows_for, with_ones
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
        notes: sentences on how model and data were read.
    """

    net: TwoLayerNet
    data: Dataset
    output_bias: bool
    weight_decay: float | None
    trained_on: str | None
    decay_known: bool = False
    notes: tuple[str, ...] = ()


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
        model: any that `open_model` opens, or has opened.
        X: (n, d) samples as the model takes them, or a `Dataset`; a column of ones for the hidden biases is added
            where it is missing, and as many columns are asked for as the model has inputs.
        y: (n,) targets; a classifier's own classes are taken as 0 and 1.
        output_bias: whether c is trained; None asks the model.
        hidden_bias: whether hidden biases are trained; None asks the model.
        loss: decides how a classifier's classes become numbers.

    Raises:
        ModelError: another kind of model, more hidden layers, several outputs.
        ShapeError: the data do not have the model's columns.
        InputError: no targets.
    """
    handle = model if isinstance(model, Opened) else open_model(model)
    rows = rows_for(handle, X, y, lambda X, y: single_target(X, y, handle.classes, loss))
    net = handle.given if handle.given is not None else TwoLayerNet.from_deep(handle.net)
    if handle.given is not None:
        data = _met(net, rows.data, hidden_bias)
        with_output = output_bias
    else:
        biases = handle.net.has_bias
        net, data = _with_its_bias(net, rows.data, biases[0] if hidden_bias is None else hidden_bias)
        with_output = biases[1] if output_bias is None else output_bias
    if with_output is None:
        with_output = net.c != 0 if net.output_bias is None else net.output_bias
    if not with_output and net.c != 0:
        raise InputError(f"the network has the output bias {net.c}, so output_bias cannot be False")
    return Trained(
        net, data, with_output, handle.weight_decay, handle.trained_on, handle.decay_known, rows.notes
    )  # fmt: skip


def _met(net: TwoLayerNet, data: Dataset, hidden_bias: bool | None) -> Dataset:
    """Return the samples that a `TwoLayerNet` meets: as they are, or with the ones for its last column."""
    if net.d == data.d + 1 and not data.bias and hidden_bias is not False:
        return with_ones(data)
    if net.d != data.d:
        raise ShapeError(
            f"the network's W has {net.d} columns, the data have {data.d}; choose the model's columns, in its order"
        )
    return data


def _with_its_bias(net: TwoLayerNet, data: Dataset, hidden_bias: bool) -> tuple[TwoLayerNet, Dataset]:
    """Return a network whose W ends with the hidden biases and its plain samples, both with that column or without.

    Raises:
        InputError: hidden biases that are not 0 are said not to be trained.
    """
    if hidden_bias:
        return net, with_ones(data)
    if net.W[:, -1].any():
        raise InputError("the network has hidden biases that are not 0, so they cannot be said to be none")
    return TwoLayerNet(net.W[:, :-1], net.v, net.c, net.output_bias), data
