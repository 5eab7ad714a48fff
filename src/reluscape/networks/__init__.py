"""Networks as arrays: one hidden layer, or any depth."""

from .deep import DeepNet
from .two_layer import TwoLayerNet

__all__ = ["DeepNet", "TwoLayerNet"]
