"""One way in for every kind of trained model that lives in memory."""

from __future__ import annotations

from typing import Any

from ..errors import ModelError
from .keras_reading import is_keras, read_keras
from .reading import Reading
from .sklearn_reading import is_sklearn, read_sklearn
from .skorch_reading import is_skorch, read_skorch

ACCEPTED = (
    "a torch module, a fitted scikit-learn MLP or a Pipeline that ends in one, a skorch net, a Keras model, "
    "a TwoLayerNet or DeepNet, or the path of a model file"
)


def read_object(model: Any) -> Reading:
    """Return what was read of a model by its kind.

    Raises:
        ModelError: no kind that can be read, or something in it that is not covered, by its name.
        UnsupportedError: its library is not installed.
    """
    if isinstance(model, Reading):
        return model
    if is_skorch(model):
        return read_skorch(model)
    if is_keras(model):
        return read_keras(model)
    if hasattr(model, "named_parameters") and hasattr(model, "forward"):
        from .torch_reading import read_torch

        return read_torch(model)
    if is_sklearn(model) or hasattr(model, "coefs_"):
        return read_sklearn(model)
    if isinstance(model, dict):
        raise ModelError("a state dict holds weights and no network; save it and give the path, or give the module")
    raise ModelError(f"a {type(model).__name__} cannot be read; give {ACCEPTED}")
