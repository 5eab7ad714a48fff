"""Fresh starts: the best networks of the same width that a bounded search from random weights finds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...errors import ReluscapeError
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset, standardize
from ...problem.losses import Loss, able
from ...problem.networks import TwoLayerNet
from ..descent import Descent, descend
from ..training import Plan, hopped, train
from ..training.plan import array_seconds
from ..training.runs import group

# cheap problems get more descents, at most this many: samples x units x inputs, times units x inputs, of all further
# ones together, another loss counted as below
MOST_STARTS = 15
MORE_WORK = 200_000
# networks that are trained, their steps, rounds of further ones from the lowest; samples x units x inputs x steps of a
# round, and the number of the first
RUNS = 100
STEPS = 500
HOPS = 4
MOST_TRAINING_WORK = 2_000_000_000
FEWEST_STEPS = 20
# nominal seconds of all steps as arrays up to which compiling them would take longer
COMPILING = 4.0
# a step under another loss than the squared one, with its exponentials and logarithms, counts so many times
OTHER_STEP = 3
FIRST = 2_000_000
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

    Many random networks are trained at once, as a survey trains them, then more from the lowest with one unit drawn
    anew; from the lowest different ends descents go on from basin to basin. A program that fails leaves the trained
    network. Where the problem is cheap more descents follow.

    Args:
        data: samples with targets.
        width: hidden units.
        output_bias: whether c is trained.
        loss: a loss object.
        starts: how many ends at least are led on, where there are so many different ones.
        seed: root of their random streams.
        enough: a loss from which nothing is left to gain; the search ends there.
    """
    if not starts:
        return []
    scale = standardize(data)
    plan = short_plan(data, width, starts, seed, loss)
    training = train(scale.X, data.y, width, output_bias, loss, plan, first=FIRST)
    rounds = further_rounds(plan, loss)
    if rounds:
        plan = replace(plan, runs=group(plan, training.batch))
        for k in range(rounds):
            training = training.joined(hopped(training, plan, k)) if training.rest.min() > enough else training
    lowest = training.lowest_few(
        starts + further_starts(data, width, loss, starts), DEFAULT.other_end * training.constant
    )
    most, ends = most_basins(data, width, loss), []
    for run in lowest:
        net = training.network(run)
        net = TwoLayerNet(net.W @ scale.transform.T, net.v, net.c)
        ends.append((net, net.loss(data, loss=loss)))
        if ends[-1][1] <= enough:
            return [ends[-1]]
        path = descent_or_none(data, net, output_bias, loss, most, exact=False)
        if path is not None:
            ends.append((path.net, path.net.loss(data, loss=loss)))
            if ends[-1][1] <= enough:
                break
    return [(net, value) for net, value in ends if np.isfinite(value)]


def short_plan(data: Dataset, width: int, starts: int, seed: int, loss: Loss) -> Plan:
    """Return how many networks are trained for how many steps: counted, never timed."""
    size = max(data.n * width * data.d, 1) * (1 if able(loss, "quadratic") else OTHER_STEP)
    runs = int(np.clip(MOST_TRAINING_WORK // (size * STEPS), starts, RUNS))
    steps = int(np.clip(MOST_TRAINING_WORK // (size * runs), FEWEST_STEPS, STEPS))
    plan = Plan(runs=runs, steps=steps, seed=seed)
    step = array_seconds(runs, data.n, data.d, width, loss=getattr(loss, "name", "own"))
    return replace(plan, compiled=(1 + further_rounds(plan, loss)) * steps * step > COMPILING)


def further_rounds(plan: Plan, loss: Loss) -> int:
    """Return how many rounds of further networks follow: none where one round is all that is affordable."""
    return HOPS if plan.steps == STEPS and (plan.runs == RUNS or able(loss, "quadratic")) else 0
