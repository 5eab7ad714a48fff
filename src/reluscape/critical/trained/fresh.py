"""Fresh starts: the best networks of the same width that a bounded search from random weights finds."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ReluscapeError
from ...numbers.seeds import stream
from ...problem.data import Dataset, standardize
from ...problem.losses import Loss, able
from ...problem.networks import TwoLayerNet
from ..descent import Descent, descend
from ..descent.gradient import gradient_stretch

# cheap problems get more starts, at most this many, each from more random networks: samples x units x inputs, times
# units x inputs, of all further starts together, another loss counted as below
MOST_STARTS = 15
MORE_WORK = 200_000
MORE_DRAWS = 30
# random networks for each start; the lowest after a stretch of gradient descent goes on from basin to basin
DRAWS = 10
STEPS = 200
# samples x units x inputs, times steps, of all stretches together
MOST_STRETCH_WORK = 2_000_000_000
FEWEST_STEPS = 20
MOST_BASINS = 200
# samples x units x inputs, times basins, of one descent; a program of another loss takes about a hundred times as long
# as one of least squares
MOST_BASIN_WORK = 6_000_000
OTHER_LOSS = 100


def most_basins(data: Dataset, width: int, loss: Loss) -> int:
    """Return how many basins one descent may visit: counted, never timed, so the same input has the same answer."""
    work = max(data.n * width * data.d, 1) * (1 if able(loss, "quadratic") else OTHER_LOSS)
    return int(np.clip(MOST_BASIN_WORK // work, 2, MOST_BASINS))


def further_starts(data: Dataset, width: int, loss: Loss, starts: int) -> int:
    """Return how many starts are worth their work beyond those asked for: counted, never timed; none for 0."""
    weights = max(width * data.d, 1)
    work = max(data.n, 1) * weights**2 * (1 if able(loss, "quadratic") else OTHER_LOSS)
    return min(MORE_WORK // work, MOST_STARTS - starts) if 0 < starts < MOST_STARTS else 0


def descent_or_none(
    data: Dataset, start: TwoLayerNet, output_bias: bool, loss: Loss, most: int, exact: bool | None = None
) -> Descent | None:
    """Return the descent from a network over at most so many basins, or None where a program failed."""
    c = start.c if output_bias else None
    try:
        return descend(data, None, start.W, start.v, c, loss=loss, max_basins=most, exact=exact)
    except (ReluscapeError, np.linalg.LinAlgError, OverflowError):
        return None


def fresh_networks(
    data: Dataset, width: int, output_bias: bool, loss: Any, starts: int, seed: int, enough: float
) -> list[tuple[TwoLayerNet, float]]:
    """Return the ends of some fresh starts with their losses.

    Each start draws a few random networks in standardised inputs, trains each for a stretch of gradient descent, and
    goes on from basin to basin from the lowest. A program that fails leaves the trained network. Where the problem is
    cheap more starts follow, so that the first ones are the same whatever it costs.

    Args:
        data: samples with targets.
        width: hidden units.
        output_bias: whether c is trained.
        loss: a loss object.
        starts: how many ends at least.
        seed: root of their random streams.
        enough: a loss from which nothing is left to gain; the search ends there.
    """
    y = np.asarray(data.y, dtype=float)
    transform = standardize(data).transform if starts else np.eye(data.d)
    spread, centre = float(np.std(y)), float(np.mean(y)) if output_bias else 0.0
    passes = max(data.n * width * data.d * DRAWS * starts, 1)
    steps = int(np.clip(MOST_STRETCH_WORK // passes, FEWEST_STEPS, STEPS))
    found = []
    for k in range(starts + further_starts(data, width, loss, starts)):
        rng = stream(seed, "best known", k)
        trained = []
        for _ in range(DRAWS if k < starts else MORE_DRAWS):
            W, v = rng.normal(size=(width, data.d)) @ transform.T, rng.normal(size=width) * spread
            net = gradient_stretch(data, TwoLayerNet(W, v, centre), output_bias, loss, steps)
            trained.append((net, net.loss(data, loss=loss)))
            if trained[-1][1] <= enough:
                return [trained[-1]]
        lowest = min(trained, key=lambda end: end[1])
        path = descent_or_none(data, lowest[0], output_bias, loss, most_basins(data, width, loss), exact=False)
        found.append(lowest)
        if path is not None:
            found.append((path.net, path.net.loss(data, loss=loss)))
            if found[-1][1] <= enough:
                break
    return [(net, value) for net, value in found if np.isfinite(value)]
