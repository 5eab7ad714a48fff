"""Search for lower losses: from the lowest minima known, one unit drawn anew or beside another, and trained again."""

from __future__ import annotations

import numpy as np

from ...numbers.seeds import stream
from ...numbers.tolerances import DEFAULT, SPECK
from .batch import Batch
from .plan import Plan
from .result import Training
from .runs import ended, starts
from .scale import Scale

# different minima that a round begins at, and the share of its
# drawn output weight that a new unit keeps, so that it disturbs the others little
SOURCES, QUIET = 10, 0.1
# of the runs, every so manieth has its new unit drawn beside another one of the network, at about this distance as a
# share of that one's weights: two units side by side make a step, which a unit alone does not lead to
BESIDE, NEAR = 3, 0.3


def hopped(training: Training, plan: Plan, round_number: int) -> Training:
    """Return `plan.runs` runs that begin at the lowest different minima of a training, with one unit drawn anew each.

    Some of the units are drawn beside another one of the network. Where minima differ in one unit, as they often do,
    this finds the lower one far sooner than starts from nothing.

    Args:
        training: the runs whose minima are known.
        plan: how to train on.
        round_number: tells one round from another; with the plan's seed it fixes every run.

    Example:
        >>> from reluscape.critical.training import train
        >>> xor = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
        >>> first = train(xor, [0, 1, 1, 0], 2, plan=Plan(runs=1, steps=300, seed=3))
        >>> len(hopped(first, Plan(runs=20, steps=10), 0).rest)
        20
    """
    batch = training.batch
    scale = Scale.of(batch)
    inner = scale.batch
    generator = stream(plan.seed, "hops", batch.width, round_number)
    lowest = np.array(training.lowest_few(SOURCES, DEFAULT.other_end * training.constant), dtype=int)
    theta = scale.forth(training.points[lowest[np.arange(plan.runs) % len(lowest)]])
    return ended(scale, batch, plan, training.constant, moved(inner, theta, plan, generator))


def moved(batch: Batch, theta: np.ndarray, plan: Plan, generator: np.random.Generator) -> np.ndarray:
    """Return parameters (r, p) with one unit of each run drawn anew, of every so manieth run beside another unit.

    Args:
        batch: the problem.
        theta: (r, p) networks of `plan.runs` runs.
        plan: its law and seed draw the units.
        generator: which unit, and which of the drawn ones.
    """
    theta, each = theta.copy(), np.arange(len(theta))
    if not batch.width:
        return theta
    W, V, _ = batch.unpack(theta)
    drawn_W, drawn_V, _ = batch.unpack(starts(batch, plan, range(len(theta))))
    unit, donor = generator.integers(0, batch.width, len(theta)), generator.permutation(len(theta))
    W[each, unit], V[each, unit] = drawn_W[donor, unit], QUIET * drawn_V[donor, unit]
    if batch.width > 1:
        near = each[::BESIDE]
        other = (unit[near] + generator.integers(1, batch.width, len(near))) % batch.width
        beside, offset = W[near, other], W[near, unit[near]]
        sizes = np.linalg.norm(beside, axis=1) / np.maximum(np.linalg.norm(offset, axis=1), SPECK)
        W[near, unit[near]] = beside + NEAR * sizes[:, None] * offset
    return theta
