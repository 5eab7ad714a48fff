"""Observed training: for each width, runs of what a user would run, and what they ended in."""

from __future__ import annotations

import numpy as np

from ...numbers.clock import Clock
from ...probability.training.by_width import Trainings
from ...probability.training.ends import judged
from ...problem.data import Dataset
from ..claims import plain, probability_claim
from ..schema import TrainingBlock, Trap

# different traps that are named, that are proved, and rows times units up to which a proof is tried
MOST_TRAPS, MOST_PROVED, PROVED_SIZE = 8, 3, 2_000


def training_block(
    trainings: Trainings, width: int, mark: float, unit: float, data: Dataset | None, clock: Clock
) -> TrainingBlock:
    """Return what the trainings of a width ended in, for the report.

    Args:
        trainings: the runs.
        width: number of units.
        mark: up to this loss a training ended well.
        unit: loss of the best constant.
        data: the samples that were trained on, for proofs that traps are local minima; None asks for none.
        clock: of the proofs.
    """
    runs = trainings.adam[width]
    provable = data is not None and len(trainings.X) * width <= PROVED_SIZE
    traps = (
        judged(data, runs, mark, lambda: clock.left, MOST_PROVED, trainings.loss)
        if provable and data
        else runs.traps(mark)
    )
    other = trainings.lbfgs.get(width)
    caught: list[Trap] = [
        {"loss": loss, "share": loss / unit if unit else None, "runs": count, "certified": proved}
        for loss, count, proved in zip(traps.losses, traps.runs, traps.certified, strict=True)
    ]
    ordered = np.sort(runs.losses[np.isfinite(runs.losses)])
    return {
        "optimiser": runs.plan.optimiser,
        "rate": runs.plan.rate,
        "law": str(runs.plan.law),
        "runs": runs.runs,
        "steps": runs.plan.steps,
        "losses": ordered.tolist(),
        "median": plain(float(np.median(runs.losses))),
        "median_share": plain(float(np.median(runs.losses)) / unit) if unit else None,
        "solved": probability_claim(runs.solved()),
        "trapped": probability_claim(runs.trapped(mark)),
        "dead": probability_claim(runs.with_dead()),
        "dead_units": float(runs.dead.mean()),
        "trap_count": len(traps.losses),
        "traps": caught[:MOST_TRAPS],
        "lbfgs": probability_claim(other.ended(mark)) if other is not None else None,
    }
