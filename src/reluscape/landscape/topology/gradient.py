"""Plain gradient descent of many small networks at once, each with its own step, none of which raises the loss."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...problem.gradients import predictions, weight_gradient
from ...problem.problem import Problem
from .starts import Starts

STEPS = 2_000
RATE, GROW, SHRINK = 0.1, 1.1, 0.5
ADAM_RATE, ADAM_MEAN, ADAM_SPREAD, ADAM_ROOM = 0.05, 0.9, 0.999, 1e-8


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
    n = max(len(y), 1)

    def objective(W: np.ndarray, v: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        f, heights = predictions(X, W, v, c)
        parts = weight_gradient(X, heights, v, 2.0 * (f - y) / n)
        return ((f - y) ** 2).mean(axis=1), tuple(parts)

    return _descended(objective, W, v, np.zeros(len(W)), output_bias, steps)


def decayed_training(problem: Problem, starts: Starts, steps: int = STEPS) -> np.ndarray:
    """Return the objectives (trials,) after full-batch Adam on mean loss plus weight decay, from drawn starts.

    The decay is that of the data's own units and part of the gradient; Adam moves on the scale on which the starts were
    drawn, and its step falls from 0.05 to 0 along a cosine, so that it comes to rest on kinks too.
    """
    X, y, n = problem.data.X, np.asarray(problem.y, dtype=float), max(problem.n, 1)
    strength, biases, scale = float(problem.penalty.strength), problem.penalty.biases, starts.coordinates.scale
    penalties = np.ones(X.shape[1])
    penalties[-1] = 1.0 if biases else 0.0
    turn = np.eye(X.shape[1]) if starts.coordinates.inputs is None else starts.coordinates.inputs

    def objective(W: np.ndarray, v: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        f, heights = predictions(X, W, v, c)
        parts = weight_gradient(X, heights, v, np.asarray(problem.loss.gradient(f, y), dtype=float) / n)
        value = np.asarray(problem.loss.value(f, y), dtype=float).mean(axis=1)
        value += strength / 2 * ((penalties * W**2).sum(axis=(1, 2)) + (v**2).sum(axis=1) + biases * c**2)
        return value, [parts[0] + strength * penalties * W, parts[1] + strength * v, parts[2] + biases * strength * c]

    W, v, c = np.array(starts.W), np.array(starts.v), np.zeros(len(starts.W))
    shift = starts.coordinates.shift
    mean = [np.zeros_like(W), np.zeros_like(v), np.zeros_like(c)]
    spread = [np.zeros_like(W), np.zeros_like(v), np.zeros_like(c)]
    best = np.full(len(W), np.inf)
    for step in range(1, steps + 1):
        value, (in_W, in_v, in_c) = objective(W @ turn.T, scale * v, scale * c + shift)
        best = np.minimum(best, value)
        gradient = [in_W @ turn / scale**2, in_v / scale, in_c / scale * problem.output_bias]
        rate = ADAM_RATE * (1 + np.cos(np.pi * step / steps)) / 2
        for parameter, g, a, b in zip((W, v, c), gradient, mean, spread, strict=True):
            a += (1 - ADAM_MEAN) * (g - a)
            b += (1 - ADAM_SPREAD) * (g * g - b)
            move = a / (1 - ADAM_MEAN**step) / (np.sqrt(b / (1 - ADAM_SPREAD**step)) + ADAM_ROOM)
            parameter -= rate * move
    return np.minimum(best, objective(W @ turn.T, scale * v, scale * c + shift)[0])


def _descended(
    objective: Callable[..., tuple[np.ndarray, tuple[np.ndarray, ...]]],
    W: np.ndarray,
    v: np.ndarray,
    c: np.ndarray,
    output_bias: bool,
    steps: int,
) -> np.ndarray:
    """Return the values (trials,) after the steps."""
    W, v, c = np.array(W), np.array(v), np.array(c)
    rate = np.full(len(W), RATE)
    loss, gradient = objective(W, v, c)
    for _ in range(steps):
        step = rate
        ahead_W = W - step[:, None, None] * gradient[0]
        ahead_v = v - step[:, None] * gradient[1]
        ahead_c = c - step * gradient[2] if output_bias else c
        new, ahead = objective(ahead_W, ahead_v, ahead_c)
        is_better = new <= loss
        rate = np.where(is_better, rate * GROW, rate * SHRINK)
        W, v = np.where(is_better[:, None, None], ahead_W, W), np.where(is_better[:, None], ahead_v, v)
        c, loss = np.where(is_better, ahead_c, c), np.where(is_better, new, loss)
        gradient = tuple(
            np.where(is_better.reshape(-1, *[1] * (a.ndim - 1)), a, b) for a, b in zip(ahead, gradient, strict=True)
        )
    return loss
