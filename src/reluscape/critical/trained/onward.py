"""Training on from where a network stands: what a bounded number of quasi-Newton steps gains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...problem.gradients import layer_gradient, layer_outputs
from ...problem.networks import DeepNet
from ...problem.trained.layered import Layered

STEPS = 500
# products of one pass through the network, times steps, that are spent
MOST_WORK = 2_000_000_000
FEWEST_STEPS = 20


def trained_on(layered: Layered) -> tuple[DeepNet, float]:
    """Return the network after at most 500 L-BFGS steps on all its weights and trained biases, and its loss.

    Every step lowers the loss, so the loss that is returned can be reached by going on from here; how far training
    would come in the end it does not bound. Steps are counted, never timed, so the same network gives the same answer.

    Args:
        layered: the network on its data and its loss.
    """
    from scipy.optimize import minimize

    now = layered.loss.value(layered.predictions, layered.Y)
    work = max(len(layered.X) * sum(w.size for w in layered.net.weights), 1)
    steps = int(np.clip(MOST_WORK // work, 0, STEPS))
    if steps < FEWEST_STEPS or not np.isfinite(now):
        return layered.net, now
    start = weights_of(layered)

    def both(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return value_and_gradient(layered, theta)

    with np.errstate(over="ignore", invalid="ignore"):
        end = minimize(both, start, jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxfun": 2 * steps})
    if not (np.isfinite(end.x).all() and np.isfinite(end.fun) and end.fun < now):
        return layered.net, now
    weights, biases = _parts(layered, end.x)
    net = replace(layered.net, weights=weights, biases=biases, has_bias=layered.has_bias)
    value = layered.loss.value(net.hidden(layered.X)[-1], layered.Y)
    return (net, value) if value < now else (layered.net, now)


def weights_of(layered: Layered) -> np.ndarray:
    """Return all weights and trained biases as one vector, layer by layer."""
    return _flat(layered, layered.net.weights, layered.net.biases)


def _flat(layered: Layered, weights: Sequence[np.ndarray], biases: Sequence[np.ndarray]) -> np.ndarray:
    """Return all trained numbers as one vector."""
    parts = [part for w, b, on in zip(weights, biases, layered.biases, strict=True) for part in (w, b[: len(b) * on])]
    return np.concatenate([np.asarray(part, dtype=float).reshape(-1) for part in parts])


def _parts(layered: Layered, theta: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return weights and biases of a vector."""
    weights, biases, at = [], [], 0
    for w, b, on in zip(layered.net.weights, layered.net.biases, layered.biases, strict=True):
        weights.append(theta[at : at + w.size].reshape(w.shape))
        at += w.size
        biases.append(theta[at : at + len(b)] if on else np.asarray(b, dtype=float))  # those not trained stay
        at += len(b) * on
    return weights, biases


def value_and_gradient(layered: Layered, theta: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the loss and its gradient in the trained numbers; a unit counts as off on its own hyperplane."""
    weights, biases = _parts(layered, theta)
    below = layered.net.slopes
    heights = layer_outputs(layered.X, weights, biases, below)
    slope = layer_gradient(layered.X, weights, heights, layered.loss.gradient(heights[-1], layered.Y), below)
    return layered.loss.value(heights[-1], layered.Y), _flat(layered, slope.weights, slope.biases)
