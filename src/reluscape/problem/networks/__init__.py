"""Networks as arrays: one hidden layer, or any depth."""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "DeepNet": ".deep",
    "TwoLayerNet": ".two_layer",
}

__all__ = [
    "DeepNet",
    "TwoLayerNet",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
