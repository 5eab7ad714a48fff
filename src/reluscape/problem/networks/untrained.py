"""Whether a network still has the weights that its library drew for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .deep import DeepNet

# a uniform sample is taken for another one time in a thousand (Kolmogorov's limit law)
KOLMOGOROV = 1.95
# fewer weights are in their boxes too often by chance
FEWEST = 6


def drawn_by(net: DeepNet, biases: Sequence[bool], ones: bool = False) -> str | None:
    """Return the library from whose first weights these cannot be told, None where training has moved them.

    PyTorch draws weights and biases of a layer uniformly from |w| <= 1 / sqrt(inputs); Keras sets the biases to 0 and
    draws the weights from |w| <= sqrt(6 / (inputs + outputs)), Glorot's law. Every weight has to lie in its box, and
    all together, in units of their boxes, have to be uniform by Kolmogorov and Smirnov's test; of fewer than six
    weights nothing is said. Training moves some weight out of its box, weight decay draws all of them together; a few
    steps of training do neither.

    Args:
        net: the network.
        biases: for each layer whether it has a bias.
        ones: whether the last input is a column of ones, whose weights are the biases of the first layer.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> W, b, v = (rng.uniform(-1, 1, size) / np.sqrt(fan) for size, fan in (((8, 4), 4), (8, 4), ((1, 8), 8)))
        >>> drawn_by(DeepNet([W, v], [b, [0.1]]), (True, True))
        'PyTorch'
        >>> drawn_by(DeepNet([W, 3 * v], [b, [0.1]]), (True, True)) is None
        True
    """
    torch_shares, glorot_shares, offsets = [], [], []
    for k, (w, b, has) in enumerate(zip(net.weights, net.biases, biases, strict=True)):
        weights, bias = w, b if has else b[:0]
        if ones and k == 0 and w.shape[1] > 1:
            weights, bias = w[:, :-1], w[:, -1]
        outputs, inputs = weights.shape
        torch_shares.append(np.concatenate([weights.reshape(-1), bias]) * np.sqrt(inputs))
        glorot_shares.append(weights.reshape(-1) * np.sqrt((inputs + outputs) / 6))
        offsets.append(bias)
    if _uniform(np.concatenate(torch_shares)):
        return "PyTorch"
    if not np.concatenate(offsets).any() and _uniform(np.concatenate(glorot_shares)):
        return "Keras"
    return None


def _uniform(shares: np.ndarray) -> bool:
    """Return whether numbers can be a sample from the uniform law on [-1, 1]; rounding to single floats is allowed."""
    n = len(shares)
    if n < FEWEST or not np.abs(shares).max() <= 1 + np.finfo(np.float32).eps:
        return False
    heights, steps = (np.sort(shares) + 1) / 2, np.arange(n + 1) / n
    apart = max(np.abs(heights - steps[1:]).max(), np.abs(heights - steps[:-1]).max())
    return bool(apart * np.sqrt(n) <= KOLMOGOROV)
