"""From a trained model's weights to the proved minimum beside them, as a model of the same kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import UnsupportedError
from ...interop.writing import with_weights
from ...numbers.threads import one_thread
from ...problem.networks import DeepNet, TwoLayerNet
from ...problem.penalties import as_penalty
from ...problem.trained.layered import as_layered, read_layered
from ...problem.trained.loss_choice import loss_of_targets, stated_loss
from ...problem.trained.opening import open_model
from ...problem.trained.reading import read_trained
from .proving import prove_layered


@one_thread()
def polish_to_minimum(model: Any, X: Any, y: Any = None, *, loss: Any = None, weight_decay: Any = None) -> Any:
    """Return the proved local minimum beside a trained model's weights, as a model of the same kind.

    The weights are those of `prove`, an exact minimum of the mean loss plus (weight_decay / 2) |weights|^2 rounded to
    doubles; a torch module comes back in double precision. The given model is left as it is.

    Args:
        model: a `DeepNet` or `TwoLayerNet`, a torch module, a fitted scikit-learn MLP or a Pipeline that ends in one.
        X: (n, d) samples as the model takes them, or a `Dataset`.
        y: (n,) or (n, k) targets, or classes; None where X is a `Dataset` with targets.
        loss: "squared", "logistic", "bce" or "cross_entropy"; None takes the model's own, else what targets suggest.
        weight_decay: a number or `WeightDecay`; None for none.

    Raises:
        UnsupportedError: no minimum is proved near the weights; the message says why.
        ModelError, ShapeError, InputError: a model or data that cannot be used.

    Example:
        >>> net = polish_to_minimum(DeepNet([[[0.99]], [[1.0]]], [None, None]), [[1.0], [2.0]], [1.0, 2.0])
        >>> round(float(net.weights[0][0, 0] * net.weights[1][0, 0]), 9)
        1.0
    """
    opened = open_model(model)
    choice = stated_loss(loss, opened.trained_on)
    name = "squared" if choice is None else choice.loss
    if opened.given is not None:
        layered = as_layered(read_trained(opened, X, y, None, None, name), name)
    else:
        layered = read_layered(opened, X, y, name)
    if choice is None:
        again = loss_of_targets(layered).loss
        if again != name:
            return polish_to_minimum(model, X, y, loss=again, weight_decay=weight_decay)
    proof = prove_layered(layered, as_penalty(weight_decay))
    if proof is None or proof.verdict != "local minimum" or proof.method != "certified":
        why = "its loss or its units are not covered" if proof is None else f"{proof.verdict}: {proof.reason}"
        raise UnsupportedError(f"no local minimum is proved near these weights; {why}")
    net = proof.net
    if isinstance(model, TwoLayerNet):
        return TwoLayerNet(net.weights[0], net.weights[1][0], float(net.biases[1][0]))
    if isinstance(model, DeepNet):
        return DeepNet(net.weights, [b if has else None for b, has in zip(net.biases, model.has_bias, strict=True)])
    biases = [np.asarray(b) if has else None for b, has in zip(net.biases, layered.biases, strict=True)]
    return with_weights(model, net.weights, biases)
