"""Keras models, by the classes, configurations and weights of their layers; Keras itself is never imported."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ModelError
from .chain import COVERED, Chain
from .reading import Reading

LEFT_OUT = {
    "InputLayer", "Dropout", "SpatialDropout1D", "AlphaDropout", "GaussianDropout", "GaussianNoise", "Flatten",
    "ActivityRegularization", "Identity",
}  # fmt: skip
LOSSES = {
    "mse": "squared",
    "mean_squared_error": "squared",
    "meansquarederror": "squared",
    "bce": "bce",
    "binary_crossentropy": "bce",
    "binarycrossentropy": "bce",
    "categorical_crossentropy": "cross_entropy",
    "categoricalcrossentropy": "cross_entropy",
    "sparse_categorical_crossentropy": "cross_entropy",
    "sparsecategoricalcrossentropy": "cross_entropy",
}
# the slope of the activation "leaky_relu" by its name, and of the layer LeakyReLU where its configuration has none
NAMED_SLOPE, LAYER_SLOPE = 0.2, 0.3


def is_keras(model: Any) -> bool:
    """Return whether a model has the face of a Keras model."""
    return all(hasattr(model, name) for name in ("layers", "get_weights", "predict", "get_config")) and not hasattr(
        model, "named_parameters"
    )


def read_keras(model: Any) -> Reading:
    """Return a Keras model of Dense layers as layers.

    A Sequential, or a Functional model without branches, of Dense, Activation, ReLU, LeakyReLU, Softmax, Dropout,
    BatchNormalization, Normalization, Flatten and InputLayer; models inside one another count as one.

    Raises:
        ModelError: another layer, named.
    """
    kind = f"the Keras model {getattr(model, 'name', type(model).__name__)!r}"
    chain = Chain(kind)
    decay = False
    for layer in _flat(model):
        _add(chain, layer)
        decay = decay or any(_config(layer).get(key) for key in ("kernel_regularizer", "bias_regularizer"))
    if decay:
        chain.note("A layer has a regulariser; the plain loss is judged unless the weight decay is given.")
    loss = _loss(model)
    if loss in ("bce", "cross_entropy") and chain.head is None and not getattr(model.loss, "from_logits", False):
        chain.note(f"The model was compiled with {loss} of probabilities, but its outputs are none; give the loss.")
        loss = None
    more: dict[str, Any] = {} if loss is None else {"loss": loss}

    def run(X: np.ndarray) -> np.ndarray:
        return np.asarray(model.predict(X, verbose=0), dtype=float).reshape(len(X), -1)

    return chain.reading(run=run, precision=_precision(model), **more)


def _flat(model: Any) -> list[Any]:
    """Return the layers of a model, those of models inside it in their place."""
    parts: list[Any] = []
    for layer in model.layers:
        parts += _flat(layer) if hasattr(layer, "layers") else [layer]
    return parts


def _config(layer: Any) -> dict[str, Any]:
    """Return a layer's configuration."""
    return dict(layer.get_config())


def _add(chain: Chain, layer: Any) -> None:
    """Add one layer to the chain."""
    kind, config = type(layer).__name__, _config(layer)
    name = f"layer {config.get('name', kind)!r} ({kind})"
    weights = [np.asarray(w, dtype=float) for w in layer.get_weights()]
    if kind in LEFT_OUT:
        if kind.endswith("Dropout") or kind == "GaussianNoise":
            chain.note("Dropout is left out, as in evaluation.")
    elif kind == "Dense":
        if len(weights) != 1 + bool(config.get("use_bias", True)):
            raise ModelError(f"{chain.kind}: {name} has {len(weights)} arrays; build it, and take quantisation off")
        chain.linear(weights[0].T, weights[1] if len(weights) > 1 else None, name)
        _activate(chain, config.get("activation"), name)
    elif kind == "Activation":
        _activate(chain, config.get("activation"), name)
    elif kind == "ReLU":
        if config.get("max_value") is not None or config.get("threshold"):
            raise ModelError(f"{chain.kind}: {name} has a max_value or threshold; {COVERED}")
        chain.activation(float(config.get("negative_slope") or 0.0), name)
    elif kind == "LeakyReLU":
        slope = config.get("negative_slope", config.get("alpha", LAYER_SLOPE))
        chain.activation(float(slope), name)
    elif kind == "Softmax":
        if config.get("axis", -1) not in (-1, 1, [-1], [1]):
            raise ModelError(f"{chain.kind}: {name} runs over the samples")
        chain.finish("Softmax", name)
    elif kind == "BatchNormalization":
        _batch_norm(chain, config, weights, name)
    elif kind == "Normalization" and len(weights) >= 2:
        deviation = np.sqrt(weights[1].reshape(-1))
        mean = weights[0].reshape(-1)
        if config.get("invert") or not deviation.all():
            raise ModelError(f"{chain.kind}: {name} is inverted or divides by 0; {COVERED}")
        chain.scaling(1.0 / deviation, -mean / deviation, name)
    elif kind == "Rescaling":
        chain.scaling(config.get("scale", 1.0), config.get("offset", 0.0), name)
    else:
        raise ModelError(f"{chain.kind}: {name} is none of the layers that are covered; {COVERED}")


def _activate(chain: Chain, activation: Any, name: str) -> None:
    """Add an activation by its name or its configuration."""
    if isinstance(activation, dict):
        inner = activation.get("config")
        config = inner if isinstance(inner, dict) else {}
        activation = config.get("name", inner if isinstance(inner, str) else activation.get("class_name"))
        slope = config.get("negative_slope", config.get("alpha"))
    else:
        slope = None
    word = str(activation).lower() if activation is not None else "linear"
    if word in ("linear", "identity"):
        return
    if word == "relu":
        chain.activation(float(slope or 0.0), name)
    elif word in ("leaky_relu", "leakyrelu"):
        chain.activation(NAMED_SLOPE if slope is None else float(slope), name)
    elif word in ("sigmoid", "softmax", "log_softmax"):
        chain.finish({"sigmoid": "Sigmoid", "softmax": "Softmax", "log_softmax": "LogSoftmax"}[word], name)
    else:
        raise ModelError(f"{chain.kind}: {name} has the activation {activation!r}; {COVERED}")


def _batch_norm(chain: Chain, config: dict[str, Any], weights: list[np.ndarray], name: str) -> None:
    """Fold a BatchNormalization: gamma and beta where it has them, then mean and variance."""
    has_scale, has_shift = bool(config.get("scale", True)), bool(config.get("center", True))
    if len(weights) != 2 + has_scale + has_shift:
        raise ModelError(f"{chain.kind}: {name} has {len(weights)} arrays; build the model first")
    mean, variance = weights[-2], weights[-1]
    scale = (weights[0] if has_scale else 1.0) / np.sqrt(variance + float(config.get("epsilon", 1e-3)))
    shift = (weights[int(has_scale)] if has_shift else 0.0) - mean * scale
    chain.scaling(scale, shift, name, trained=has_shift)
    chain.note("BatchNormalization is folded into the linear layer beside it, with its moving mean and variance.")


def _loss(model: Any) -> str | None:
    """Return the loss the model was compiled with, or None."""
    loss = getattr(model, "loss", None)
    word = loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", "")
    return LOSSES.get(str(word).lower())


def _precision(model: Any) -> float:
    """Return the rounding unit of the model's arithmetic."""
    kinds = [np.asarray(w).dtype for w in model.get_weights()]
    return float(max((np.finfo(kind).eps for kind in kinds if kind.kind == "f"), default=np.finfo(np.float32).eps))
