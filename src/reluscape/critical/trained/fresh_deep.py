"""Fresh starts of a network of any depth with weight decay: where training from random weights ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...numbers.seeds import stream
from ...numbers.tolerances import DEFAULT
from ...problem.penalties import NoPenalty, WeightDecay
from ...problem.trained.layered import Layered
from ...problem.trained.recipe import LBFGS, Recipe
from .onward import value_and_gradient, weights_of

STARTS, STEPS = 10, 2_000
# steps of the user's optimizer that are repeated at most
MOST_STEPS = 5_000
# products of one pass through the network, times steps, of all starts together
MOST_WORK = 4_000_000_000
FEWEST_STEPS = 100

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


@dataclass(frozen=True)
class Ends:
    """Where one optimizer ends from random weights.

    Attributes:
        how: its name, with rate and steps where they are those of the user's training.
        values: the objective at each end.
    """

    how: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class FreshEnds:
    """Where training from random weights ends.

    Attributes:
        by: one entry for each optimizer, the user's own first.
        lowest: the lowest objective among the ends.
        as_low: how many ends are as low as the given network, or lower.
        given: objective of the weights as they were given.
    """

    by: tuple[Ends, ...]
    lowest: float
    as_low: int
    given: float

    @property
    def starts(self) -> int:
        """Number of all starts."""
        return sum(len(ends.values) for ends in self.by)


def fresh_ends(network: Layered, penalty: NoPenalty | WeightDecay, value: float, seed: int = 0) -> FreshEnds | None:
    """Return where loss plus penalty ends from ten random starts, None where that is too much work.

    L-BFGS goes on from each of them, and Adam or SGD as in the user's training where it was one of them, with all rows
    in every step. Weights and biases start uniformly in a box of half width 1 / sqrt(inputs of the layer). Steps are
    counted, never timed.

    Args:
        network: the network on its data.
        penalty: what is added to the mean loss.
        value: objective of the given network.
        seed: root of the random streams.
    """
    work = max(len(network.X) * sum(w.size for w in network.net.weights), 1)
    affordable = int(MOST_WORK // (work * STARTS))
    if affordable < FEWEST_STEPS:
        return None
    strength, in_penalty = float(penalty.strength), _counted(network, penalty)

    def both(theta: np.ndarray) -> tuple[float, np.ndarray]:
        loss, slope = value_and_gradient(network, theta)
        pull = np.where(in_penalty, strength * theta, 0.0)
        return loss + float(pull @ theta) / 2, slope + pull

    box = _box(network)
    starts = [stream(seed, "fresh ends", k).uniform(-1, 1, size=len(box)) * box for k in range(STARTS)]
    by = []
    with np.errstate(over="ignore", invalid="ignore"):
        if network.recipe is not None and network.recipe.name in REPEATED:
            steps, name = min(network.recipe.steps or STEPS, MOST_STEPS, affordable), network.recipe.name
            how = f"{name} as in training (learning rate {network.recipe.rates[0]:g}, {steps:,} steps on all rows)"
            by.append(_ends(how, [REPEATED[name](both, start, network.recipe, steps) for start in starts]))
        steps = min(STEPS, affordable)
        how = "L-BFGS as in training" if network.recipe is not None and network.recipe.name == LBFGS else "L-BFGS"
        by.append(_ends(how, [_lbfgs(both, start, steps) for start in starts]))
    values = [v for ends in by for v in ends.values]
    if not values:
        return None
    as_low = sum(end <= value + DEFAULT.other_end * abs(value) for end in values)
    return FreshEnds(tuple(e for e in by if e.values), min(values), as_low, both(weights_of(network))[0])


def _ends(how: str, values: list[float]) -> Ends:
    """Return the ends that are numbers."""
    return Ends(how, tuple(v for v in values if np.isfinite(v)))


def _lbfgs(both: Objective, start: np.ndarray, steps: int) -> float:
    """Return the objective where quasi-Newton steps end."""
    from scipy.optimize import minimize

    end = minimize(both, start, jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxfun": 2 * steps})
    return float(end.fun)


def _adam(both: Objective, theta: np.ndarray, recipe: Recipe, steps: int) -> float:
    """Return the lowest objective on the way of Adam."""
    mean, square, lowest = np.zeros_like(theta), np.zeros_like(theta), np.inf
    (b1, b2), (first, last) = recipe.averages, recipe.rates
    for k in range(steps):
        value, slope = both(theta)
        lowest = min(lowest, value)
        mean, square = b1 * mean + (1 - b1) * slope, b2 * square + (1 - b2) * slope * slope
        rate = first + (last - first) * k / max(steps - 1, 1)
        theta = theta - rate * (mean / (1 - b1 ** (k + 1))) / (np.sqrt(square / (1 - b2 ** (k + 1))) + recipe.floor)
    return min(lowest, both(theta)[0])


def _sgd(both: Objective, theta: np.ndarray, recipe: Recipe, steps: int) -> float:
    """Return the lowest objective on the way of gradient steps with momentum."""
    (momentum, left_out, ahead), (first, last) = recipe.momentum, recipe.rates
    speed, lowest = np.zeros_like(theta), np.inf
    for k in range(steps):
        value, slope = both(theta)
        lowest = min(lowest, value)
        speed = momentum * speed + (1 - left_out if k else 1.0) * slope
        rate = first + (last - first) * k / max(steps - 1, 1)
        theta = theta - rate * (slope + momentum * speed if ahead else speed)
    return min(lowest, both(theta)[0])


# optimizers that fresh starts train with as the user did
REPEATED: dict[str, Callable[[Objective, np.ndarray, Recipe, int], float]] = {"Adam": _adam, "SGD": _sgd}


def _box(network: Layered) -> np.ndarray:
    """Return the half width of each trained number's box."""
    parts = []
    for w, b, on in zip(network.net.weights, network.net.biases, network.biases, strict=True):
        parts.append(np.full(w.size + len(b) * on, 1 / np.sqrt(max(w.shape[1], 1))))
    return np.concatenate(parts)


def _counted(network: Layered, penalty: NoPenalty | WeightDecay) -> np.ndarray:
    """Return which of the trained numbers the penalty counts."""
    parts = []
    for k, (w, b, on) in enumerate(zip(network.net.weights, network.net.biases, network.biases, strict=True)):
        weights = np.ones(w.shape, dtype=bool)
        if k == 0 and not penalty.biases and network.data.bias and not network.biases[0]:
            weights[:, -1] = False
        parts += [weights.reshape(-1), np.full(len(b) * on, penalty.biases)]
    in_penalty = np.concatenate(parts)
    assert len(in_penalty) == len(weights_of(network))
    return in_penalty
