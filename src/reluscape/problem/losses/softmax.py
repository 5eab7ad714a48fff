"""The cross-entropy of a softmax, of outputs along any axis and in any precision: the one place that writes it."""

from __future__ import annotations

import numpy as np


def softmax(f: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return exp(f_o) / sum_o exp(f_o) along an axis, of the shape of f, without overflow.

    >>> softmax(np.array([1000.0, 1000.0])).tolist()
    [0.5, 0.5]
    """
    powers = np.exp(f - f.max(axis=axis, keepdims=True))
    powers /= powers.sum(axis=axis, keepdims=True)
    return np.asarray(powers)


def cross_entropies(f: np.ndarray, shares: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return log(sum_o exp(f_o)) sum_o y_o - sum_o y_o f_o along an axis of outputs f, beside shares y of their shape.

    >>> cross_entropies(np.zeros((3, 2)), np.eye(2)[[0, 1, 1]]).round(4).tolist()
    [0.6931, 0.6931, 0.6931]
    """
    top = f.max(axis=axis, keepdims=True)
    logs = np.log(np.exp(f - top).sum(axis=axis)) + top.squeeze(axis)
    return np.asarray(logs * shares.sum(axis=axis) - (f * shares).sum(axis=axis))


def cross_entropy_slopes(f: np.ndarray, shares: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return the derivative of `cross_entropies` in f: softmax times the sum of the shares, minus the shares."""
    return np.asarray(softmax(f, axis) * shares.sum(axis=axis, keepdims=True) - shares)
