"""Other weights put into a copy of a model of another library."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ModelError
from .opening import read_object


def with_weights(model: Any, weights: Sequence[np.ndarray], biases: Sequence[np.ndarray | None]) -> Any:
    """Return a copy of a torch module or a fitted scikit-learn MLP or Pipeline with these weights, in double precision.

    The copy is read again: it must have exactly these layers.

    Args:
        model: the model.
        weights: matrices (out, in), first layer first.
        biases: vectors (out,), None where the layer has none.

    Raises:
        ModelError: a model whose layers are not its own parameters one by one, for instance with BatchNorm folded in.
    """
    other = copy.deepcopy(model)
    if hasattr(other, "named_parameters") and hasattr(other, "forward"):
        _into_torch(other, weights, biases)
    else:
        mlp = other.steps[-1][1] if hasattr(other, "steps") else other
        if not hasattr(mlp, "coefs_"):
            raise ModelError(
                f"no weights can be put into a {type(model).__name__}; give a torch module, a fitted scikit-learn MLP, "
                "a Pipeline that ends in one, or a DeepNet"
            )
        mlp.coefs_ = [np.array(w, dtype=float).T for w in weights]
        mlp.intercepts_ = [np.zeros(len(w)) if b is None else np.array(b) for w, b in zip(weights, biases, strict=True)]
    again = read_object(other)
    same = len(again.weights) == len(weights) and all(
        np.array_equal(a, w)
        and np.array_equal(np.zeros(len(w)) if c is None else c, np.zeros(len(w)) if b is None else b)
        for a, w, c, b in zip(again.weights, weights, again.biases, biases, strict=True)
    )
    if not same:
        raise ModelError(
            f"the layers of the {type(model).__name__} are not its parameters one by one; give it as a DeepNet"
        )
    return other


def _into_torch(module: Any, weights: Sequence[np.ndarray], biases: Sequence[np.ndarray | None]) -> None:
    """Put weights into the Linear layers of a module in the order in which it names them."""
    from .torch_modules import import_torch

    torch = import_torch()
    module.double()
    layers = [layer for layer in module.modules() if isinstance(layer, torch.nn.Linear)]
    fits = len(layers) == len(weights) and all(
        tuple(layer.weight.shape) == np.shape(w) for layer, w in zip(layers, weights, strict=True)
    )
    if not fits:
        raise ModelError(f"the Linear layers of the {type(module).__name__} are not the layers that were read of it")
    with torch.no_grad():
        for layer, w, b in zip(layers, weights, biases, strict=True):
            layer.weight.copy_(torch.from_numpy(np.array(w)))
            if layer.bias is not None and b is not None:
                layer.bias.copy_(torch.from_numpy(np.array(b)))
