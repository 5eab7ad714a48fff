"""Networks grown unit by unit: a column is priced, enters, and all units descend to a local minimum."""

from __future__ import annotations

import time

import numpy as np

from ...critical.descent import descend
from ...errors import ReluscapeError
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from .pricing import best_unit


def constant_network(data: Dataset, output_bias: bool, width: int = 0) -> TwoLayerNet:
    """Return the zero network, with the best constant where one is free."""
    c = float(np.mean(np.asarray(data.y, dtype=float))) if output_bias else 0.0
    return TwoLayerNet(np.zeros((width, data.d)), np.zeros(width), c)


def descended(data: Dataset, output_bias: bool, net: TwoLayerNet, deadline: float = np.inf) -> TwoLayerNet:
    """Return the end of the descent from a network, in floats; the network itself where floats cannot carry it on.

    Args:
        data: the samples.
        output_bias: a constant is free.
        net: where to start.
        deadline: on the monotonic clock; no new basin begins after it.
    """
    left = None if deadline == np.inf else max(deadline - time.monotonic(), 0.0)
    c = net.c if output_bias else None
    try:
        with np.errstate(all="ignore"):
            return descend(data, None, net.W, net.v, c, exact=False, time_limit=left).net
    except (ReluscapeError, np.linalg.LinAlgError, OverflowError):
        return net


def grown(
    data: Dataset, output_bias: bool, net: TwoLayerNet, rng: np.random.Generator, deadline: float = np.inf
) -> TwoLayerNet:
    """Return a network of one unit more: the unit that takes most off the residual enters, then all units descend.

    Its loss is never higher. Where floats hold no such unit, on tiny rows, the network comes back as it is. After the
    deadline, on the monotonic clock, no new basin begins.
    """
    residual = np.asarray(data.y, dtype=float) - net.predict(data)
    with np.errstate(all="ignore"):
        w, sign = best_unit(data, residual, output_bias, rng)
    if not np.isfinite(w).all():
        return net
    wider = TwoLayerNet(np.concatenate([net.W, w[None]]), np.append(net.v, sign), net.c)
    return descended(data, output_bias, wider, deadline)
