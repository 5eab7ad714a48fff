"""What rounding can do to a network's pre-activations and to the derivatives in them: bounds, layer by layer."""

from __future__ import annotations

import numpy as np

from ...numbers.tolerances import MACHINE_PRECISION
from ...problem.trained.layered import Layered

TINIEST = float(np.finfo(float).tiny)


def forward_errors(layered: Layered) -> list[np.ndarray]:
    """Return for each layer a bound (n, units) on the distance of its pre-activations from those in real arithmetic.

    With gamma = (p + 2) eps for p inputs, E_k = |W| e + gamma (|W| (|h| + e) + |b|), where e bounds the error of the
    inputs h: the layer before's times the larger of 1 and its units' slope, and eps |x| for the samples. What is
    exactly zero stays exactly zero, so that a row of zeros without biases has the bound 0.

    Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1.
    """
    return [bound for _, bound in _errors(layered)]


def derivative_errors(layered: Layered) -> list[np.ndarray]:
    """Return for each layer a bound (n, units) on what rounding does to d loss / d pre-activation.

    At the output it is the change of the derivative within the error of the predictions; below, what the layer above
    hands down. A unit is taken to be on the side of its hyperplane that doubles say.
    """
    errors, pre = [bound for _, bound in _errors(layered)], layered.net.hidden(layered.X)
    F, E = pre[-1], errors[-1]
    delta = layered.loss.gradient(F, layered.Y)
    noise = _output_noise(layered, F, E, delta)
    bounds = [noise]
    for k in range(layered.net.depth - 1, 0, -1):
        w = layered.net.weights[k]
        share = (w.shape[0] + 2) * MACHINE_PRECISION
        on = layered.net.derivative(k - 1, pre[k - 1])
        noise = (noise @ np.abs(w) + share * (np.abs(delta) @ np.abs(w))) * np.abs(on)
        delta = (delta @ w) * on
        bounds.insert(0, noise)
    return bounds


def gradient_errors(layered: Layered) -> list[float]:
    """Return for each layer a bound on what rounding does to the length of its gradient."""
    below, pre, inputs = _errors(layered), layered.net.hidden(layered.X), layered.inputs()
    noises = derivative_errors(layered)
    delta = layered.loss.gradient(pre[-1], layered.Y)
    share = (len(layered.X) + 2) * MACHINE_PRECISION
    bounds: list[float] = []
    for k in range(layered.net.depth - 1, -1, -1):
        h, noise, size = np.abs(inputs[k]), noises[k], np.abs(delta)
        bound = noise.T @ h + size.T @ below[k][0] + share * (size.T @ h)
        with np.errstate(over="ignore"):  # a bound without end tells nothing of the gradient
            total = (bound**2).sum()
        if layered.biases[k]:
            total += ((noise.sum(axis=0) + share * size.sum(axis=0)) ** 2).sum()
        bounds.insert(0, float(np.sqrt(total)))
        if k:
            delta = (delta @ layered.net.weights[k]) * layered.net.derivative(k - 1, pre[k - 1])
    return bounds


def fits_up_to_rounding(layered: Layered) -> bool:
    """Return whether every prediction is its target up to what rounding does to it."""
    bound = forward_errors(layered)[-1] + MACHINE_PRECISION * np.abs(layered.Y)
    return bool((np.abs(layered.predictions - layered.Y) <= bound).all())


def _errors(layered: Layered) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return for each layer the bounds on its inputs and on its pre-activations."""
    h, e = np.abs(layered.X), MACHINE_PRECISION * np.abs(layered.X)
    bounds = []
    slopes = (*layered.net.slopes, 0.0)  # the last layer has none and feeds nothing
    for w, b, z, slope in zip(
        layered.net.weights, layered.net.biases, layered.net.hidden(layered.X), slopes, strict=True
    ):
        size, share = np.abs(w), (w.shape[1] + 2) * MACHINE_PRECISION
        nonzero_rows = np.asarray((h + e).any(axis=1))[:, None]
        bound = e @ size.T + share * ((h + e) @ size.T + np.abs(b)) + nonzero_rows * (w.shape[1] + 1) * TINIEST
        bounds.append((e, bound))
        low = abs(slope) * (bound + MACHINE_PRECISION * np.abs(z))
        h = np.where(z > 0, z, np.abs(slope * z))
        e = np.where(z < -bound, low, np.where(z > bound, bound, np.maximum(bound, low)))
    return bounds


def _output_noise(layered: Layered, F: np.ndarray, E: np.ndarray, delta: np.ndarray) -> np.ndarray:
    """Return a bound on what rounding does to the derivatives in the outputs."""
    low, high = layered.loss.gradient(F - E, layered.Y), layered.loss.gradient(F + E, layered.Y)
    change = np.maximum(np.abs(low - delta), np.abs(high - delta))
    if layered.loss.each is None:  # a softmax: no share moves by more than the largest of its row's errors
        change = np.broadcast_to(E.max(axis=1, keepdims=True) / max(len(F), 1), F.shape)
    scale = np.abs(layered.Y) / max(len(F), 1) if layered.loss.quadratic else np.abs(delta)
    return np.asarray(change + 4 * MACHINE_PRECISION * (np.abs(delta) + scale))
