"""From a trained network of any depth to a proof: read it, and search beside it for a minimum or a fall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import ModelError
from ...problem.networks import DeepNet
from .answers import undecided
from .judge import FEWER, MOST_UNKNOWNS
from .objective import build_objective
from .proof import Proof
from .search import search


def prove(
    network: DeepNet,
    X: Any,
    y: Any,
    loss: str = "squared",
    decay: Any = 0,
    *,
    biases: bool = True,
    trained_biases: Sequence[bool] | None = None,
    ones_last: bool = False,
) -> Proof:
    """Return whether a local minimum of J is proved beside a network, or that it is none.

    J = (1/n) sum_i l(f(x_i), y_i) + decay / 2 |penalised parameters|^2; the loss of a sample is the sum over its
    outputs. The point theta solves grad J_off + sum mu grad c = 0, c = 0 (J_off with all kinked units off, c their
    preactivations): Krawczyk's operator gives a box with one exact solution. It is a local minimum where every
    multiplier lies strictly between 0 and the jump of the slope at its kink, and the Hessian of the Lagrangian is
    positive definite along the kinks, across the directions in which nothing changes.

    Args:
        network: the weights.
        X: (n, d) samples as the first layer takes them; floats are taken exactly, fractions stay.
        y: (n,) or (n, k) targets; classes 0, ..., k - 1 for "cross_entropy".
        loss: "squared", "logistic", "bce" or "cross_entropy".
        decay: the decay, 0 for none.
        biases: whether it counts the biases too.
        trained_biases: for each layer whether its bias is trained; None takes the network's.
        ones_last: the last column of X is the column of ones.

    Raises:
        ModelError: LeakyReLU units.
        InputError, ShapeError: data that do not fit.

    Example:
        >>> net = DeepNet([[[1.0]], [[1.0]]], [None, None])
        >>> prove(net, [[1.0], [2.0]], [1.0, 2.0], decay=0.1).verdict
        'local minimum'
    """
    if not network.relu:
        raise ModelError(f"the network has LeakyReLU units of slopes {network.slopes}; the proof is for ReLU")
    has = tuple(network.has_bias if trained_biases is None else trained_biases)
    shapes = [np.shape(w) for w in network.weights]
    objective = build_objective(shapes, has, X, y, loss, decay, biases, ones_last)
    theta = parameters_of(network, has)
    if _fixed(network, has):
        return undecided(objective, network, theta, "a layer has a bias that is not trained")
    if not len(objective.X):
        return undecided(objective, network, theta, "there are no samples")
    if objective.size > MOST_UNKNOWNS:
        return undecided(
            objective, network, theta,
            f"too large: {objective.size:,} parameters; {FEWER.format(MOST_UNKNOWNS)}",
        )  # fmt: skip
    return search(objective, network, theta)


def parameters_of(network: DeepNet, has_bias: Sequence[bool]) -> np.ndarray:
    """Return theta of a network."""
    parts = [
        (np.concatenate([w, b[:, None]], axis=1) if has else np.asarray(w)).reshape(-1)
        for w, b, has in zip(network.weights, network.biases, has_bias, strict=True)
    ]
    return np.concatenate(parts)


def _fixed(network: DeepNet, has_bias: Sequence[bool]) -> bool:
    """Return whether a bias that is not zero stays out of theta."""
    return any(not has and np.any(b) for b, has in zip(network.biases, has_bias, strict=True))
