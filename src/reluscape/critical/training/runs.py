"""Runs of training: first weights by a law, an optimiser over all samples, and the minimum beside every end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ...numbers.seeds import stream
from ...numbers.tolerances import DEFAULT
from ...problem.networks.initialization import get_law
from .batch import Batch
from .compiled import run_adam, run_bfgs
from .lbfgs import lbfgs
from .plain_fits import constant_loss
from .plan import Plan, step_seconds
from .result import Training
from .scale import Scale

# nominal seconds of the runs between two looks at the clock, and entries of their memory of L-BFGS
PART_SECONDS, PART_ENTRIES = 0.2, 4_000_000
# evaluations of the search for the minimum beside an end, in steps of the training
SEARCH = 0.25


def train(
    X: Any,
    y: Any,
    width: int,
    output_bias: bool = True,
    loss: Any = "squared",
    plan: Plan | None = None,
    over: Callable[[], bool] = lambda: False,
    first: int = 0,
) -> Training:
    """Return the ends of `plan.runs` trainings of a width, fewer where the time is over, never none.

    Targets of a quadratic loss are centred and scaled for the optimiser, which changes only the unit of the loss.
    Beside each end the minimum is found by BFGS. The time is asked for only between groups of runs whose make-up
    depends on the plan alone, so a seed fixes every run that is made.

    Args:
        X: (n, d) samples as they are, a column of ones among them for hidden biases.
        y: (n,) or (n, k) targets; for the cross-entropy (n, k) shares.
        width: number of hidden units.
        output_bias: whether the outputs have a free constant.
        loss: as in `get_loss`, or "cross_entropy".
        plan: how to train.
        over: whether the time is over.
        first: number of the first run; runs 20 to 39 are others than 0 to 19.

    Raises:
        InputError, ShapeError: data that do not belong together, or that the loss has no meaning for.

    Example:
        >>> xor = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
        >>> ends = train(xor, [0, 1, 1, 0], 4, plan=Plan(runs=4, steps=1000))
        >>> ends.runs, bool(ends.rest.min() < 1e-6)
        (4, True)
    """
    plan = plan or Plan()
    batch = Batch.of(X, y, width, output_bias, loss)
    scale, constant = Scale.of(batch), constant_loss(batch)
    parts, total = [], 0
    size = group(plan, batch)
    while total < plan.runs and (total == 0 or not over()):
        count = min(size, plan.runs - total)
        begin = starts(scale.batch, plan, range(first + total, first + total + count))
        parts.append(ended(scale, batch, plan, constant, begin))
        total += count
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.joined(part)
    return whole


def led_on(training: Training, most: int, evaluations: int, since: int = 0) -> Training:
    """Return the training with its lowest few minima led on by BFGS, none of them to a higher loss.

    Args:
        training: the runs.
        most: how many of the lowest minima are led on.
        evaluations: most evaluations of each.
        since: runs before this number stay as they are, also where they are among the lowest.
    """
    order = np.argsort(np.where(np.isfinite(training.rest), training.rest, np.inf), kind="stable")[:most]
    order = order[order >= since]
    if not len(order):
        return training
    scale = Scale.of(training.batch)
    inner, floor = scale.batch, DEFAULT.zero_loss * training.constant / scale.unit
    with np.errstate(all="ignore"):
        first = scale.forth(training.points[order])
        ends, values, _ = run_bfgs(inner, first, evaluations, floor)
        values = values * scale.unit
        points, rest = training.points.copy(), training.rest.copy()
        lower = values < rest[order]
        points[order[lower]], rest[order[lower]] = scale.back(ends)[lower], values[lower]
    return replace(training, points=points, rest=rest)


def group(plan: Plan, batch: Batch) -> int:
    """Return how many runs are made between two looks at the clock."""
    n, d = batch.X.shape
    alone, none = (step_seconds(runs, n, d, batch.width, batch.outputs, batch.loss.name) for runs in (1, 0))
    one = plan.steps * (1 + SEARCH) * (alone - none)
    return max(1, min(plan.runs, int(PART_SECONDS / one), PART_ENTRIES // (20 * batch.size)))


def starts(batch: Batch, plan: Plan, which: range) -> np.ndarray:
    """Return the first parameters (r, p) of the runs of these numbers."""
    law, m, d = get_law(plan.law), batch.width, batch.X.shape[1]
    W, V = np.empty((len(which), m, d)), np.empty((len(which), m, batch.outputs))
    for i, run in enumerate(which):
        generator = stream(plan.seed, "training", plan.optimiser, law.name, m, run)
        for k in range(batch.outputs):
            weights, V[i, :, k] = law.sample(generator, m, d)
            W[i] = weights if k == 0 else W[i]
    return batch.pack(W, V, np.zeros((len(which), batch.outputs)))


def ended(scale: Scale, batch: Batch, plan: Plan, constant: float, theta: np.ndarray) -> Training:
    """Return the ends of runs from first parameters (r, p) of the scaled problem."""
    inner, goal = scale.batch, DEFAULT.zero_loss * constant / scale.unit

    with np.errstate(all="ignore"):  # a run that diverges ends in NaN, and is one that failed
        ends, steps = optimise(inner, theta, plan, goal)
        losses = inner.evaluate(ends)[0]
        points, rest, _ = run_bfgs(inner, ends, int(SEARCH * plan.steps) + 1, goal, plan.compiled)
        dead = batch.width - inner.active(ends).sum(axis=1)
        lower = rest <= losses
        points, rest = np.where(lower[:, None], points, ends), np.where(lower, rest, losses)
        losses, rest = losses * scale.unit, rest * scale.unit
        return Training(batch, plan, losses, rest, scale.back(ends), scale.back(points), dead, steps, constant)


def optimise(
    batch: Batch, theta: np.ndarray, plan: Plan, goal: float, shares: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends (r, p) of a plan's runs and their steps (r,).

    Args:
        batch: the problem.
        theta: (r, p) first points.
        plan: how to train.
        goal: loss at which nothing is left to do.
        shares: (r, n) sample weights of every run, or None.
    """
    if plan.optimiser == "adam":
        ends, _, steps = run_adam(batch, theta, plan.steps, plan.rate, goal, shares, plan.compiled)
        return ends, steps
    if plan.optimiser == "bfgs" and shares is None:
        ends, _, steps = run_bfgs(batch, theta, plan.steps, goal, plan.compiled)
        return ends, steps
    ends, _, steps = lbfgs(
        lambda t, which: batch.evaluate(t, None if shares is None else shares[which]), theta, plan.steps, goal
    )
    return ends, steps
