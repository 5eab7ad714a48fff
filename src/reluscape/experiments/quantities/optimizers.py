"""Full-batch gradient descent and Adam on the mean squared loss of a two-layer network, in plain arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...problem.gradients import predictions, weight_gradient
from .values import Check, one_of, positive, size

BETA_1, BETA_2, ADAM_FLOOR = 0.9, 0.999, 2.0**-26
# what every quantity that trains takes; trained "hidden" leaves the output weights and the output bias as they are
TRAINING: dict[str, Any] = {"optimizer": "adam", "rate": 0.01, "steps": 2000, "trained": "all"}
TRAINED: dict[str, Check] = {
    "optimizer": one_of("gd", "adam"),
    "rate": positive,
    "steps": size,
    "trained": one_of("all", "hidden"),
}


@dataclass(frozen=True, eq=False)
class State:
    """A moment of training.

    Attributes:
        step: number of updates so far.
        W: (m, d) hidden weights.
        v: (m,) output weights.
        c: output bias.
        loss: mean squared error.
        active: (n, m) bool, which units are on for which samples.
    """

    step: int
    W: np.ndarray
    v: np.ndarray
    c: float
    loss: float
    active: np.ndarray


def gradient(
    X: np.ndarray, y: np.ndarray, W: np.ndarray, v: np.ndarray, c: float
) -> tuple[float, np.ndarray, np.ndarray, float, np.ndarray]:
    """Return the mean squared loss, its gradient in W, v and c, and the activations (a tie counts as inactive)."""
    f, heights = predictions(X, W, v, c)
    slope = weight_gradient(X, heights, v, 2.0 * (f - y) / len(y))
    return float(np.mean((f - y) ** 2)), slope.W, slope.v, float(slope.c), (heights > 0).T


def walk(
    X: np.ndarray, y: np.ndarray, W: np.ndarray, v: np.ndarray, settings: Mapping[str, Any], c: float = 0.0
) -> Iterator[State]:
    """Yield the start and the state after each step; a loss that is no longer a number ends it.

    Args:
        X: (n, d) samples.
        y: (n,) targets.
        W: (m, d) hidden weights at the start.
        v: (m,) output weights at the start.
        settings: values for the names in `TRAINING`.
        c: output bias at the start.

    Raises:
        InputError: an unknown optimizer, or steps or a rate that are none.

    Example:
        >>> X, y = np.array([[1.0]]), np.array([1.0])
        >>> settings = {"optimizer": "gd", "rate": 0.25, "steps": 1, "trained": "hidden"}
        >>> [state.loss for state in walk(X, y, np.array([[0.5]]), np.array([1.0]), settings)]
        [0.25, 0.0625]
    """
    for name, check in TRAINED.items():
        check(settings, name)
    steps, rate, adam = size(settings, "steps"), positive(settings, "rate"), settings["optimizer"] == "adam"
    m, d = W.shape
    theta = np.concatenate([W.ravel(), v, [c]]).astype(float)
    free = m * d if settings["trained"] == "hidden" else len(theta)
    first, second = np.zeros(free), np.zeros(free)
    for step in range(steps + 1):
        w, out, bias = theta[: m * d].reshape(m, d), theta[m * d : -1], float(theta[-1])
        with np.errstate(over="ignore", invalid="ignore"):
            loss, g_w, g_v, g_c, active = gradient(X, y, w, out, bias)
        yield State(step, w, out, bias, loss, active)
        if step == steps or not np.isfinite(loss):
            return
        g = np.concatenate([g_w.ravel(), g_v, [g_c]])[:free]
        if adam:
            first = BETA_1 * first + (1 - BETA_1) * g
            second = BETA_2 * second + (1 - BETA_2) * g * g
            g = (first / (1 - BETA_1 ** (step + 1))) / (np.sqrt(second / (1 - BETA_2 ** (step + 1))) + ADAM_FLOOR)
        theta = theta.copy()
        theta[:free] -= rate * g
