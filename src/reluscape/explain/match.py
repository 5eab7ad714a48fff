"""Two networks of one width, the units of the second relabelled and rescaled to lie beside those of the first."""

from __future__ import annotations

import numpy as np

from ..networks import TwoLayerNet


def matched(net: TwoLayerNet, other: TwoLayerNet, X: np.ndarray) -> TwoLayerNet:
    """Return the same function as `other` with its units in the order and on the scale of `net`'s.

    Units are paired so that the outputs v_j relu(<w_j, x_i>) differ least in total squares; then a positive factor is
    moved between w_j and v_j until |v_j| is that of the partner. Neither changes a prediction.

    Args:
        net: the network to lie beside.
        other: a network of the same shape.
        X: (n, d) samples.

    >>> a = TwoLayerNet([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0])
    >>> b = TwoLayerNet([[0.0, 2.0], [3.0, 0.0]], [1.0, 1.0])
    >>> matched(a, b, np.eye(2)).W.tolist()
    [[3.0, 0.0], [0.0, 2.0]]
    """
    from scipy.optimize import linear_sum_assignment

    ours = np.maximum(X @ net.W.T, 0.0) * net.v
    theirs = np.maximum(X @ other.W.T, 0.0) * other.v
    cost = (ours**2).sum(axis=0)[:, None] + (theirs**2).sum(axis=0)[None, :] - 2 * ours.T @ theirs
    _, order = linear_sum_assignment(cost)
    W, v = np.array(other.W[order]), np.array(other.v[order])
    scaled = (net.v != 0) & (v != 0)
    factor = np.where(scaled, np.abs(v) / np.where(scaled, np.abs(net.v), 1.0), 1.0)
    return TwoLayerNet(W * factor[:, None], v / factor, other.c)
