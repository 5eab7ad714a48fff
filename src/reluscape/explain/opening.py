"""Opening a trained model of any kind: its layers, which biases it trains, its weight decay, what it was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ModelError
from ..networks import DeepNet, TwoLayerNet
from ..tolerances import DEFAULT

ACCEPTED = (
    "a torch Sequential of Linear and ReLU layers, a scikit-learn MLP, a TwoLayerNet or DeepNet, "
    "or load a file with reluscape.modelfiles.read_model"
)


@dataclass(frozen=True, eq=False)
class Opened:
    """A trained model.

    Attributes:
        net: its layers.
        given: the `TwoLayerNet` itself where it is one, else None.
        biases: for each layer whether it trains a bias; None where the model does not say.
        weight_decay: the penalty's weight where the model says it, None where it says nothing.
        decay_known: whether the kind of model can say its weight decay.
        trained_on: the loss the model says it was trained on, or None.
        classes: a classifier's classes in the order of its outputs, or None.
        module: the torch module, or None.
    """

    net: DeepNet
    given: TwoLayerNet | None
    biases: tuple[bool, ...] | None
    weight_decay: float | None
    decay_known: bool
    trained_on: str | None
    classes: tuple[Any, ...] | None
    module: Any

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return len(self.net.weights[-1])

    @property
    def one_hidden_layer(self) -> bool:
        """Whether the exact test covers the model: one hidden layer, one output."""
        return self.net.depth == 2 and self.outputs == 1


def open_model(model: Any) -> Opened:
    """Return a model's layers and what it says about its training.

    Args:
        model: torch Sequential of Linear and ReLU layers, fitted scikit-learn MLP, `TwoLayerNet` or `DeepNet`.

    Raises:
        ModelError: another kind of model, a layer that is neither Linear nor ReLU, no hidden layer.
    """
    if isinstance(model, TwoLayerNet):
        net = DeepNet([model.W, model.v[None, :]], [None, [model.c]])
        return Opened(net, model, None, None, False, None, None, None)
    if isinstance(model, DeepNet):
        return _checked(Opened(model, None, model.has_bias, None, False, None, None, None))
    if hasattr(model, "coefs_") or hasattr(model, "hidden_layer_sizes"):
        return _checked(_scikit(model))
    if hasattr(model, "children"):
        net = DeepNet.from_torch(model)
        return _checked(Opened(net, None, net.has_bias, None, False, None, None, model))
    raise ModelError(f"a {type(model).__name__} cannot be read; give {ACCEPTED}")


def _checked(opened: Opened) -> Opened:
    """Refuse a network without hidden layer."""
    if opened.net.depth < 2:
        raise ModelError("the network has no hidden layer; it is a linear model, whose loss has no other minima")
    return opened


def _scikit(model: Any) -> Opened:
    """Open a scikit-learn MLP."""
    net = DeepNet.from_sklearn(model)
    trained_on, classes = "squared", None
    if hasattr(model, "classes_"):
        trained_on = "cross_entropy" if getattr(model, "out_activation_", "") == "cross_entropy" else "bce"
        classes = tuple(model.classes_.tolist())
    decay = float(getattr(model, "alpha", 0.0))
    return Opened(net, None, net.has_bias, decay, True, trained_on, classes, None)


def check_forward(opened: Opened, X: np.ndarray) -> None:
    """Refuse a torch module whose outputs are not those of its layers in turn.

    A Sequential is what its layers are; any other module is run once on the samples.

    Raises:
        ModelError: the module does something else, as a skip connection.
    """
    module = opened.module
    if module is None or type(module).__name__ == "Sequential" or not hasattr(module, "parameters"):
        return
    from ..interop.torch_modules import module_outputs

    expected = np.asarray(opened.net.predict(X), dtype=float).reshape(len(X), -1)
    found = module_outputs(module, X)
    size = float(np.abs(expected).max(initial=0.0))
    if found.shape != expected.shape or np.abs(found - expected).max(initial=0.0) > DEFAULT.forward * size:
        raise ModelError(
            f"{type(module).__name__} computes something else than its layers in turn; "
            "give a torch Sequential of Linear and ReLU layers"
        )
