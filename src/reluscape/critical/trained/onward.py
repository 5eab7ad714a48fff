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


def trained_on(seen: Layered) -> tuple[DeepNet, float]:
    """Return the network after at most 500 L-BFGS steps on all its weights and trained biases, and its loss.

    Every step lowers the loss, so the loss that is returned can be reached by going on from here; how far training
    would come in the end it does not bound. Steps are counted, never timed, so the same network gives the same answer.

    Args:
        seen: the network on its data and its loss.
    """
    from scipy.optimize import minimize

    now = seen.loss.value(seen.predictions, seen.Y)
    work = max(len(seen.X) * sum(w.size for w in seen.net.weights), 1)
    steps = int(np.clip(MOST_WORK // work, 0, STEPS))
    if steps < FEWEST_STEPS or not np.isfinite(now):
        return seen.net, now
    start = weights_of(seen)

    def both(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return value_and_gradient(seen, theta)

    with np.errstate(over="ignore", invalid="ignore"):
        end = minimize(both, start, jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxfun": 2 * steps})
    if not (np.isfinite(end.x).all() and np.isfinite(end.fun) and end.fun < now):
        return seen.net, now
    weights, biases = _parts(seen, end.x)
    net = replace(seen.net, weights=weights, biases=biases, has_bias=seen.has_bias)
    value = seen.loss.value(net.hidden(seen.X)[-1], seen.Y)
    return (net, value) if value < now else (seen.net, now)


def weights_of(seen: Layered) -> np.ndarray:
    """Return all weights and trained biases as one vector, layer by layer."""
    return _flat(seen, seen.net.weights, seen.net.biases)


def _flat(seen: Layered, weights: Sequence[np.ndarray], biases: Sequence[np.ndarray]) -> np.ndarray:
    """Return all trained numbers as one vector."""
    parts = [part for w, b, on in zip(weights, biases, seen.biases, strict=True) for part in (w, b[: len(b) * on])]
    return np.concatenate([np.asarray(part, dtype=float).reshape(-1) for part in parts])


def _parts(seen: Layered, theta: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return weights and biases of a vector."""
    weights, biases, at = [], [], 0
    for w, b, on in zip(seen.net.weights, seen.net.biases, seen.biases, strict=True):
        weights.append(theta[at : at + w.size].reshape(w.shape))
        at += w.size
        biases.append(theta[at : at + len(b)] if on else np.asarray(b, dtype=float))  # those not trained stay
        at += len(b) * on
    return weights, biases


def value_and_gradient(seen: Layered, theta: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the loss and its gradient in the trained numbers; a unit counts as off on its own hyperplane."""
    weights, biases = _parts(seen, theta)
    below = seen.net.slopes
    heights = layer_outputs(seen.X, weights, biases, below)
    slope = layer_gradient(seen.X, weights, heights, seen.loss.gradient(heights[-1], seen.Y), below)
    return seen.loss.value(heights[-1], seen.Y), _flat(seen, slope.weights, slope.biases)
