"""Losses of one unit with two weights on a grid, its output weight fixed to 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...problem.networks import TwoLayerNet

OUTPUT = np.ones(1)


def unit_loss(X: np.ndarray, y: np.ndarray, w: Any) -> float:
    """Return the mean squared error of relu(<w, x>) on the samples.

    >>> unit_loss(np.eye(2), np.ones(2), [1.0, 1.0])
    0.0
    """
    return TwoLayerNet(np.atleast_2d(np.asarray(w, dtype=float)), OUTPUT).loss(X, y)


def loss_grid(X: np.ndarray, y: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the losses (len(second), len(first)) on the grid of two weights."""
    A, B = np.meshgrid(first, second)
    outputs = np.maximum(np.stack([A, B], axis=-1) @ X.T, 0.0)
    return np.asarray(((outputs - y) ** 2).mean(axis=-1))
