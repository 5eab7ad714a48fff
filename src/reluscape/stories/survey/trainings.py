"""What the trainings of a width ended in, for the report."""

from __future__ import annotations

import numpy as np

from ...landscape.widths.result import Width
from ..claims import plain, probability_claim
from ..schema import TrainingBlock, Trap

# different traps that are named
MOST_TRAPS = 8


def training_block(width: Width, unit: float) -> TrainingBlock:
    """Return what the trainings of a width ended in.

    Args:
        width: what is known of the width.
        unit: loss of the best constant.
    """
    runs, mark, traps = width.training, width.mark, width.traps
    caught: list[Trap] = [
        {"loss": loss, "share": loss / unit if unit else None, "runs": count, "certified": verdict}
        for loss, count, verdict in zip(traps.losses, traps.runs, traps.certified, strict=True)
    ]
    losses = np.sort(runs.losses[np.isfinite(runs.losses)])
    return {
        "optimiser": runs.plan.optimiser,
        "rate": runs.plan.rate,
        "law": str(runs.plan.law),
        "runs": runs.runs,
        "steps": runs.plan.steps,
        "losses": losses.tolist(),
        "median": plain(float(np.median(runs.losses))),
        "median_share": plain(float(np.median(runs.losses)) / unit) if unit else None,
        "solved": probability_claim(runs.solved()),
        "trapped": probability_claim(runs.trapped(mark)),
        "dead": probability_claim(runs.with_dead()),
        "dead_units": float(runs.dead.mean()),
        "trap_count": len(traps.losses),
        "traps": caught[:MOST_TRAPS],
        "lbfgs": probability_claim(width.other.ended(mark)) if width.other is not None else None,
    }
