"""The gradient of a loss in the weights: of one network or many at once with one hidden layer, or of any depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .penalties import NONE, NoPenalty, WeightDecay


class Weights(NamedTuple):
    """Arrays of the shapes of the weights of networks with one hidden layer: W (..., m, d), v (..., m), c (...)."""

    W: np.ndarray
    v: np.ndarray
    c: np.ndarray


class Layers(NamedTuple):
    """Arrays of the shapes of the weights of a network of any depth: matrices (out, in) and vectors (out,)."""

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]


def predictions(X: np.ndarray, W: np.ndarray, v: np.ndarray, c: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Return predictions (..., n) and heights <w_j, x_i> (..., m, n) of networks W (..., m, d), v (..., m), c (...)."""
    heights = W @ X.T
    outputs = (v[..., None, :] @ np.maximum(heights, 0.0))[..., 0, :]
    return outputs + np.asarray(c)[..., None], heights


def weight_gradient(X: np.ndarray, heights: np.ndarray, v: np.ndarray, slopes: np.ndarray) -> Weights:
    """Return the gradient in W (..., m, d), v (..., m) and c (...) of a loss whose derivative in f_i is slopes_i.

    dW_j = v_j sum_i slopes_i 1[<w_j, x_i> > 0] x_i, dv_j = sum_i slopes_i relu(<w_j, x_i>), dc = sum_i slopes_i: a unit
    counts as off for a sample on its own hyperplane.

    Args:
        X: (n, d) samples.
        heights: (..., m, n) heights <w_j, x_i>.
        v: (..., m) output weights.
        slopes: (..., n) derivative of the loss in the predictions, the division by n included where it is a mean.

    >>> g = weight_gradient(np.array([[2.0]]), np.array([[4.0]]), np.array([3.0]), np.array([1.0]))
    >>> g.W.tolist(), g.v.tolist(), float(g.c)
    ([[6.0]], [4.0], 1.0)
    """
    back = (heights > 0) * (v[..., :, None] * slopes[..., None, :])
    in_v = (np.maximum(heights, 0.0) @ slopes[..., :, None])[..., 0]
    return Weights(back @ X, in_v, slopes.sum(axis=-1))


def layer_outputs(
    X: np.ndarray, weights: Sequence[np.ndarray], biases: Sequence[np.ndarray], below: Sequence[float] = ()
) -> list[np.ndarray]:
    """Return what every layer computes before its activation, (n, out) each; the last one is the output of the network.

    Args:
        X: (n, d) samples.
        weights: matrices (out, in), first layer first.
        biases: vectors (out,).
        below: for each hidden layer the slope of its units below 0; left out, all are ReLU.
    """
    heights: list[np.ndarray] = []
    inputs = X
    for k, (w, b) in enumerate(zip(weights, biases, strict=True)):
        heights.append(inputs @ w.T + b)
        if k + 1 < len(weights):
            inputs = _activated(heights[k], _slope(below, k))
    return heights


def layer_gradient(
    X: np.ndarray,
    weights: Sequence[np.ndarray],
    heights: Sequence[np.ndarray],
    slopes: np.ndarray,
    below: Sequence[float] = (),
) -> Layers:
    """Return the gradient in all weights and biases of a loss whose derivative in the outputs is slopes (n, k).

    Args:
        X: (n, d) samples.
        weights: matrices (out, in), first layer first.
        heights: what `layer_outputs` returns; a unit counts as off for a sample on its own hyperplane.
        slopes: (n, k) derivative of the loss in the outputs.
        below: for each hidden layer the slope of its units below 0; left out, all are ReLU.

    >>> weights = [np.array([[2.0]]), np.array([[3.0]])]
    >>> heights = layer_outputs(np.array([[1.0]]), weights, [np.zeros(1), np.zeros(1)])
    >>> [w.tolist() for w in layer_gradient(np.array([[1.0]]), weights, heights, np.array([[1.0]])).weights]
    [[[3.0]], [[2.0]]]
    """
    in_weights: list[np.ndarray] = []
    in_biases: list[np.ndarray] = []
    for k in range(len(weights) - 1, -1, -1):
        inputs = _activated(heights[k - 1], _slope(below, k - 1)) if k else X
        in_weights.append(slopes.T @ inputs)
        in_biases.append(slopes.sum(axis=0))
        if k:
            slopes = (slopes @ weights[k]) * np.where(heights[k - 1] > 0, 1.0, _slope(below, k - 1))
    return Layers(tuple(in_weights[::-1]), tuple(in_biases[::-1]))


def with_decay(mean: Weights, net: Any, penalty: NoPenalty | WeightDecay) -> Weights:
    """Return the gradient of the mean loss of a `TwoLayerNet` with that of the penalty added."""
    decay, in_c = penalty.gradient(net.W), mean.c
    if penalty.biases:
        in_c = in_c + penalty.gradient(np.asarray(net.c))
    elif penalty is not NONE:
        decay[:, -1] = 0.0
    return Weights(mean.W + decay, mean.v + penalty.gradient(net.v), in_c)


def network_gradient(
    net: Any, X: np.ndarray, heights: Sequence[np.ndarray], slopes: np.ndarray, penalty: NoPenalty | WeightDecay
) -> Layers:
    """Return the gradient of mean loss and penalty of a `DeepNet`, zeros for a bias that a layer does not have.

    Args:
        net: the network.
        X: (n, d) samples.
        heights: what `layer_outputs` returns.
        slopes: (n, k) derivative of the mean loss in the outputs.
        penalty: what is added to the mean loss.
    """
    mean = layer_gradient(X, net.weights, heights, slopes, net.slopes)
    weights = tuple(g + penalty.gradient(w) for g, w in zip(mean.weights, net.weights, strict=True))
    biases = mean.biases
    if penalty.biases:
        biases = tuple(g + penalty.gradient(b) for g, b in zip(biases, net.biases, strict=True))
    return Layers(weights, tuple(g if has else g * 0.0 for g, has in zip(biases, net.has_bias, strict=True)))


def _slope(below: Sequence[float], k: int) -> float:
    """Return the slope below 0 of the units of hidden layer k."""
    return below[k] if below else 0.0


def _activated(heights: np.ndarray, slope: float) -> np.ndarray:
    """Return the outputs of units for their heights."""
    return np.where(heights > 0, heights, slope * heights) if slope else np.maximum(heights, 0.0)
