from .deep import DeepNet as DeepNet
from .two_layer import TwoLayerNet as TwoLayerNet
