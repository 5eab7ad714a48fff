"""Polishing: a network trained by gradients is led down to a certified local minimum."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import InputError, ModelError, ShapeError
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from ...problem.problem import as_problem
from .result import Descent
from .walk import descend


def polish(
    model: Any, X: Any, y: Any = None, loss: Any = "squared", output_bias: bool = True, max_basins: int = 500
) -> Descent:
    """Descend from a trained model's weights to a local minimum, which gradient descent only comes near.

    Training stops at a point that is neither exactly stationary nor exactly on a kink. From there a few basins lead to
    a point that passes the exact test; the loss never rises on the way. `result.net.to_torch()` gives a module back.

    Args:
        model: torch Sequential(Linear, ReLU, Linear), fitted scikit-learn MLP, or `TwoLayerNet`.
        X: (n, d) samples as the model takes them; where it has hidden biases a column of ones is added.
        y: (n,) targets, None where X is a `Dataset` with targets.
        loss: the loss to lower, "squared" or another convex differentiable one.
        output_bias: True trains the output bias; False for a model without one.
        max_basins: stop after this many.

    Returns:
        `Descent`; its `net` has the hidden biases in the last column of W.

    Raises:
        ModelError: another kind of model.
        ShapeError: data that do not have the model's columns.
        InputError: no targets, or output_bias=False for a model that has one.

    Example:
        >>> rough = TwoLayerNet([[0.9, 0.0]], [1.1])
        >>> end = polish(rough, [[1.0], [2.0]], [1.0, 3.0])
        >>> end.verdict.kind, end.losses[0] > end.loss
        ('local minimum', True)
    """
    problem = as_problem(X, y, loss=loss)
    data, loss = problem.only(loss=True, output_bias=True), problem.loss
    net = _network(model)
    if net.d == data.d + 1 and not data.bias:
        data = Dataset(data.fractions if data.exact_input else data.X, _targets(data), bias=True)
    if net.d != data.d:
        raise ShapeError(f"the model takes {net.d - 1} inputs beside its hidden biases, the data have {data.d} columns")
    if not output_bias and net.c != 0:
        raise InputError(f"the model has the output bias {net.c:g}; leave output_bias True")
    return descend(data, None, net.W, net.v, net.c if output_bias else None, loss, max_basins)


def _targets(data: Dataset) -> Any:
    """Return the targets as exactly as the data hold them."""
    return data.y_fractions if data.exact_input else np.asarray(data.y)


def _network(model: Any) -> TwoLayerNet:
    """Return the network of a model."""
    if isinstance(model, TwoLayerNet):
        return model
    if hasattr(model, "coefs_") or hasattr(model, "hidden_layer_sizes"):
        return TwoLayerNet.from_sklearn(model)
    if hasattr(model, "children"):
        return TwoLayerNet.from_torch(model)
    raise ModelError(
        f"a {type(model).__name__} cannot be read; give a torch Sequential(Linear, ReLU, Linear), a scikit-learn MLP "
        "or a TwoLayerNet"
    )
