"""Fresh starts of a network of any depth with weight decay: where training from random weights ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...numbers.seeds import stream
from ...problem.penalties import NoPenalty, WeightDecay
from ...problem.trained.layered import Layered
from .onward import value_and_gradient, weights_of

STARTS, STEPS = 10, 2_000
# products of one pass through the network, times steps, of all starts together
MOST_WORK = 4_000_000_000
FEWEST_STEPS = 100
# relative difference up to which an end counts as low as the given network
AS_LOW = 1e-6


@dataclass(frozen=True)
class FreshEnds:
    """Where quasi-Newton steps from random weights end.

    Attributes:
        starts: their number.
        lowest: the lowest objective among the ends.
        as_low: how many ends are as low as the given network, or lower.
        given: objective of the weights as they were given.
    """

    starts: int
    lowest: float
    as_low: int
    given: float


def fresh_ends(seen: Layered, penalty: NoPenalty | WeightDecay, value: float, seed: int = 0) -> FreshEnds | None:
    """Return where L-BFGS on loss plus penalty ends from ten random starts, None where that is too much work.

    Weights and biases start uniformly in a box of half width 1 / sqrt(inputs of the layer). Steps are counted, never
    timed.

    Args:
        seen: the network on its data.
        penalty: what is added to the mean loss.
        value: objective of the given network.
        seed: root of the random streams.
    """
    from scipy.optimize import minimize

    work = max(len(seen.X) * sum(w.size for w in seen.net.weights), 1)
    steps = int(np.clip(MOST_WORK // (work * STARTS), 0, STEPS))
    if steps < FEWEST_STEPS:
        return None
    strength, counted = float(penalty.strength), _counted(seen, penalty)

    def both(theta: np.ndarray) -> tuple[float, np.ndarray]:
        loss, slope = value_and_gradient(seen, theta)
        pull = np.where(counted, strength * theta, 0.0)
        return loss + float(pull @ theta) / 2, slope + pull

    ends = []
    box = _box(seen)
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(STARTS):
            start = stream(seed, "fresh ends", k).uniform(-1, 1, size=len(box)) * box
            found = minimize(both, start, jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxfun": 2 * steps})
            if np.isfinite(found.fun):
                ends.append(float(found.fun))
    if not ends:
        return None
    as_low = sum(end <= value + AS_LOW * abs(value) for end in ends)
    return FreshEnds(len(ends), min(ends), as_low, both(weights_of(seen))[0])


def _box(seen: Layered) -> np.ndarray:
    """Return the half width of each trained number's box."""
    parts = []
    for w, b, on in zip(seen.net.weights, seen.net.biases, seen.biases, strict=True):
        parts.append(np.full(w.size + len(b) * on, 1 / np.sqrt(max(w.shape[1], 1))))
    return np.concatenate(parts)


def _counted(seen: Layered, penalty: NoPenalty | WeightDecay) -> np.ndarray:
    """Return which of the trained numbers the penalty counts."""
    parts = []
    for k, (w, b, on) in enumerate(zip(seen.net.weights, seen.net.biases, seen.biases, strict=True)):
        weights = np.ones(w.shape, dtype=bool)
        if k == 0 and not penalty.biases and seen.data.bias and not seen.biases[0]:
            weights[:, -1] = False
        parts += [weights.reshape(-1), np.full(len(b) * on, penalty.biases)]
    counted = np.concatenate(parts)
    assert len(counted) == len(weights_of(seen))
    return counted
