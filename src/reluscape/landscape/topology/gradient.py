"""Plain gradient descent of many small networks at once, each with its own step, none of which raises the loss."""

from __future__ import annotations

import numpy as np

from ...problem.gradients import predictions, weight_gradient

STEPS = 2_000
RATE, GROW, SHRINK = 0.1, 1.1, 0.5


def gradient_descent(
    X: np.ndarray, y: np.ndarray, W: np.ndarray, v: np.ndarray, output_bias: bool, steps: int = STEPS
) -> np.ndarray:
    """Return the mean squared losses (trials,) after full-batch gradient descent on W, v (and an output bias from 0).

    A step that would raise a network's loss is not taken and its next one is half as long; each step taken makes the
    next a tenth longer. With pre-activations p_j = <w_j, x> and errors e = f - y the gradient is (2 / n) sum_i e_i
    v_j 1[p_j > 0] x_i in w_j and (2 / n) sum_i e_i max(0, p_j) in v_j.

    Args:
        X: (n, d) samples.
        y: (n,) targets.
        W: (trials, m, d) starts.
        v: (trials, m) starts.
        output_bias: an output bias is trained too.
        steps: number of steps.
    """
    n = len(y)
    W, v, c = np.array(W), np.array(v), np.zeros(len(W))
    rate = np.full(len(W), RATE)
    loss, gradient = _loss_and_gradient(X, y, W, v, c)
    for _ in range(steps):
        step = rate / max(n, 1)
        ahead_W = W - step[:, None, None] * gradient[0]
        ahead_v = v - step[:, None] * gradient[1]
        ahead_c = c - step * gradient[2] if output_bias else c
        new, ahead = _loss_and_gradient(X, y, ahead_W, ahead_v, ahead_c)
        taken = new <= loss
        rate = np.where(taken, rate * GROW, rate * SHRINK)
        W, v = np.where(taken[:, None, None], ahead_W, W), np.where(taken[:, None], ahead_v, v)
        c, loss = np.where(taken, ahead_c, c), np.where(taken, new, loss)
        gradient = tuple(
            np.where(taken.reshape(-1, *[1] * (a.ndim - 1)), a, b) for a, b in zip(ahead, gradient, strict=True)
        )
    return loss


def _loss_and_gradient(
    X: np.ndarray, y: np.ndarray, W: np.ndarray, v: np.ndarray, c: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Return losses (trials,) and n times the gradients in W, v and c."""
    f, heights = predictions(X, W, v, c)
    return ((f - y) ** 2).mean(axis=1), weight_gradient(X, heights, v, 2.0 * (f - y))
