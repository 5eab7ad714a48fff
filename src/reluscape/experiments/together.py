"""Full-batch gradient descent and Adam from many starts at once, in plain arrays; the same steps as one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..problem.gradients import predictions, weight_gradient
from .quantities.optimizers import ADAM_FLOOR, BETA_1, BETA_2, TRAINED
from .quantities.values import positive, size


def final_losses(
    X: np.ndarray, y: np.ndarray, W: np.ndarray, v: np.ndarray, settings: Mapping[str, Any], output_bias: bool = True
) -> np.ndarray:
    """Return the mean squared loss (T,) that T networks have after training, infinity where they diverged.

    Args:
        X: (n, d) samples.
        y: (n,) targets.
        W: (T, m, d) hidden weights at the start.
        v: (T, m) output weights at the start.
        settings: optimizer ("gd" or "adam"), rate, steps.
        output_bias: True trains an output bias too, from 0.

    Raises:
        InputError: an unknown optimizer, or steps or a rate that are none.
    """
    TRAINED["optimizer"](settings, "optimizer")
    steps, rate, adam = size(settings, "steps"), positive(settings, "rate"), settings["optimizer"] == "adam"
    T, m, d = W.shape
    theta = np.concatenate([W.reshape(T, m * d), v, np.zeros((T, 1))], axis=1)
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    error = _error(X, y, theta, m)[0]
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, steps + 1):
            error, g = _error(X, y, theta, m)
            if not output_bias:
                g[:, -1] = 0.0
            if adam:
                first += (1 - BETA_1) * (g - first)
                second += (1 - BETA_2) * (g * g - second)
                g = (first / (1 - BETA_1**step)) / (np.sqrt(second / (1 - BETA_2**step)) + ADAM_FLOOR)
            theta -= rate * g
        error = _error(X, y, theta, m)[0]
        losses = (error * error).mean(axis=1)
    return np.where(np.isfinite(losses), losses, np.inf)


def _error(X: np.ndarray, y: np.ndarray, theta: np.ndarray, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Return prediction minus target (T, n) and the gradient of the mean squared loss (T, m d + m + 1)."""
    (n, d), T = X.shape, len(theta)
    W, v = theta[:, : m * d].reshape(T, m, d), theta[:, m * d : -1]
    f, heights = predictions(X, W, v, theta[:, -1])
    slope = weight_gradient(X, heights, v, 2.0 * (f - y) / n)
    return f - y, np.concatenate([slope.W.reshape(T, m * d), slope.v, slope.c[:, None]], axis=1)
