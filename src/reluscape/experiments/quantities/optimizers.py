"""Full-batch gradient descent and Adam on the mean squared loss of a two-layer network, in plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

OPTIMIZERS = ("gd", "adam")
BETA_1, BETA_2, ADAM_FLOOR = 0.9, 0.999, 2.0**-26


@dataclass(frozen=True)
class State:
    """A moment of training: the weights and their loss."""

    step: int
    W: np.ndarray
    v: np.ndarray
    c: float
    loss: float


def gradient(
    X: np.ndarray, y: np.ndarray, W: np.ndarray, v: np.ndarray, c: float
) -> tuple[float, np.ndarray, np.ndarray, float]:
    """Return the mean squared loss and its gradient in W, v and c (a tie counts as inactive)."""
    pre = X @ W.T
    active = np.maximum(pre, 0.0)
    error = 2.0 * (active @ v + c - y) / len(y)
    back = error[:, None] * (pre > 0) * v
    return float(len(y) * (error @ error) / 4.0), back.T @ X, active.T @ error, float(error.sum())


def train(
    X: np.ndarray,
    y: np.ndarray,
    W: np.ndarray,
    v: np.ndarray,
    c: float,
    optimizer: str,
    rate: float,
    steps: int,
    every: int = 0,
) -> list[State]:
    """Return the states kept: the start, each `every`-th step where that is positive, and the end."""
    theta = np.concatenate([W.ravel(), v, [c]]).astype(float)
    m, d = W.shape
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    kept: list[State] = []
    for step in range(steps + 1):
        w, out, bias = theta[: m * d].reshape(m, d), theta[m * d : -1], float(theta[-1])
        loss, g_w, g_v, g_c = gradient(X, y, w, out, bias)
        if step in (0, steps) or (every and step % every == 0) or not np.isfinite(loss):
            kept.append(State(step, w.copy(), out.copy(), bias, loss))
        if step == steps or not np.isfinite(loss):
            break
        g = np.concatenate([g_w.ravel(), g_v, [g_c]])
        if optimizer == "adam":
            first = BETA_1 * first + (1 - BETA_1) * g
            second = BETA_2 * second + (1 - BETA_2) * g * g
            g = (first / (1 - BETA_1 ** (step + 1))) / (np.sqrt(second / (1 - BETA_2 ** (step + 1))) + ADAM_FLOOR)
        theta = theta - rate * g
    return kept
