"""Two networks of one width, the units of the second relabelled and rescaled to lie beside those of the first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..problem.networks import DeepNet, TwoLayerNet


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
    live = (net.v != 0) & (v != 0)
    factor = np.where(live, np.abs(v) / np.where(live, np.abs(net.v), 1.0), 1.0)
    return TwoLayerNet(W * factor[:, None], v / factor, other.c)


def balanced(net: TwoLayerNet) -> TwoLayerNet:
    """Return the same function with |w_j| = |v_j| for every unit whose weights are not zero.

    A positive factor is moved between w_j and v_j, which changes no prediction beyond rounding.

    >>> balanced(TwoLayerNet([[8.0, 0.0]], [2.0])).v.tolist()
    [4.0]
    """
    factor = _factors(np.linalg.norm(net.W, axis=1), np.abs(net.v))
    return TwoLayerNet(net.W * factor[:, None], net.v / factor, net.c, net.output_bias)


def balanced_top(net: DeepNet) -> DeepNet:
    """Return the same function with, for every unit of the last hidden layer, ingoing weights as long as outgoing ones.

    The layers before are left as they are.
    """
    weights, biases = list(net.weights), list(net.biases)
    into = np.hypot(np.linalg.norm(weights[-2], axis=1), biases[-2])
    factor = _factors(into, np.linalg.norm(weights[-1], axis=0))
    weights[-2], weights[-1] = weights[-2] * factor[:, None], weights[-1] / factor
    biases[-2] = biases[-2] * factor
    return replace(net, weights=weights, biases=biases)


def _factors(into: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Return by what to multiply incoming weights of these lengths, and divide outgoing ones, to make them equal."""
    live = (into > 0) & (out > 0)
    return np.where(live, np.sqrt(np.where(live, out, 1.0)) / np.sqrt(np.where(live, into, 1.0)), 1.0)
