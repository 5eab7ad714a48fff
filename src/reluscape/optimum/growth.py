"""Networks grown unit by unit: a column is priced, enters, and all units descend to a local minimum."""

from __future__ import annotations

import numpy as np

from ..data import Dataset
from ..descent import descend
from ..networks import TwoLayerNet
from .pricing import best_unit


def constant_network(data: Dataset, output_bias: bool, width: int = 0) -> TwoLayerNet:
    """Return the zero network, with the best constant where one is free."""
    c = float(np.mean(np.asarray(data.y, dtype=float))) if output_bias else 0.0
    return TwoLayerNet(np.zeros((width, data.d)), np.zeros(width), c)


def descended(data: Dataset, output_bias: bool, net: TwoLayerNet) -> TwoLayerNet:
    """Return the end of the descent from a network, in floats."""
    return descend(data, None, net.W, net.v, net.c if output_bias else None, exact=False).net


def grown(data: Dataset, output_bias: bool, net: TwoLayerNet, rng: np.random.Generator) -> TwoLayerNet:
    """Return a network of one unit more: the unit that takes most off the residual enters, then all units descend.

    Its loss is never higher.
    """
    residual = np.asarray(data.y, dtype=float) - net.predict(data)
    w, sign = best_unit(data, residual, output_bias, rng)
    wider = TwoLayerNet(np.concatenate([net.W, w[None]]), np.append(net.v, sign), net.c)
    return descended(data, output_bias, wider)
