"""Observed training: for each width, runs of what a user would run, and what they ended in."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...probability.training import Batch, Plan, Training, train
from ...probability.training.ends import judged
from ...probability.training.plan import step_seconds
from ...probability.training.runs import led_on
from ...problem.data import Dataset
from ..claims import plain, probability_claim
from ..schema import TrainingBlock, Trap
from .starts import Clock

# what the minima beside the ends and the other optimiser's runs cost on top of the trainings
EXTRA = 1.5
# of the runs of Adam, the share that L-BFGS makes as well
OTHER_RUNS = 0.25
# lowest minima of a width that are led on as long as a training
LED_ON = 2
# different traps that are named, that are proved, and rows times units up to which a proof is tried
MOST_TRAPS, MOST_PROVED, PROVED_SIZE = 8, 3, 2_000
# runs that a width which is enough is confirmed with
CONFIRMED = 60


class Trainings:
    """Trains widths on demand and keeps the ends.

    Args:
        X: (n, d) samples as the networks see them.
        Y: (n,) or (n, k) targets.
        output_bias: a free constant is added.
        loss: the loss that is trained on.
        runs: trainings of a width, fewer where the time is over.
        seed: root of the streams.
    """

    def __init__(self, X: np.ndarray, Y: np.ndarray, output_bias: bool, loss: Any, runs: int, seed: int) -> None:
        self.X, self.Y, self.output_bias, self.loss = X, Y, output_bias, loss
        self.plan = Plan(runs=runs, seed=seed)
        self.outputs = 1 if Y.ndim == 1 else Y.shape[1]
        self.adam: dict[int, Training] = {}
        self.lbfgs: dict[int, Training] = {}
        self.cut = False

    def set_steps(self, widths: tuple[int, ...], seconds: float) -> None:
        """Fix the most steps of a run, so that these widths nominally take so many seconds."""
        cost = sum(self._cost(width) for width in widths)
        least = self.plan.within(0.0, 1, 1, 1).steps
        most = self.plan.within(np.inf, 1, 1, 1).steps
        steps = int(min(max(seconds / max(cost, 1e-12), least), most))
        self.plan = Plan(runs=self.plan.runs, seed=self.plan.seed, steps=steps)

    def seconds(self, width: int) -> float:
        """Return the nominal seconds that a width takes."""
        return self.plan.steps * self._cost(width)

    def at(self, width: int, clock: Clock) -> Training:
        """Return the runs of Adam at a width; the first group of them is made whatever the clock says."""
        if width not in self.adam:
            self.adam[width] = self._train(width, self.plan, clock)
            self.cut |= self.adam[width].runs < self.plan.runs
            fewer = Plan(
                max(int(OTHER_RUNS * self.plan.runs), 1), "lbfgs", seed=self.plan.seed, steps=self.plan.steps // 2
            )
            if clock.left > 0:
                self.lbfgs[width] = self._train(width, fewer, clock)
            for found in (self.adam, self.lbfgs):
                if width in found:
                    found[width] = led_on(found[width], LED_ON, self.plan.steps)
        return self.adam[width]

    def confirm(self, width: int, clock: Clock) -> None:
        """Add runs at a width while there is time."""
        have = self.adam[width]
        more = CONFIRMED - have.runs
        if more <= 0 or clock.left < self.seconds(width) / EXTRA * more / self.plan.runs:
            return
        plan = Plan(runs=more, seed=self.plan.seed, steps=self.plan.steps)
        self.adam[width] = have.joined(
            train(self.X, self.Y, width, self.output_bias, self.loss, plan, lambda: clock.left <= 0, have.runs)
        )

    def lowest(self, width: int) -> tuple[float, Training, int]:
        """Return the lowest loss beside an end, with the training and the run that it belongs to."""
        found = [t[width] for t in (self.adam, self.lbfgs) if width in t]
        best = min(found, key=lambda t: t.rest[t.best])
        return float(best.rest[best.best]), best, best.best

    def count(self, width: int) -> int:
        """Return how many trainings of a width there are."""
        return sum(t[width].runs for t in (self.adam, self.lbfgs) if width in t)

    def batch(self, width: int) -> Batch:
        """Return the problem of a width."""
        return Batch.of(self.X, self.Y, width, self.output_bias, self.loss)

    def fold_plan(self, runs: int) -> Plan:
        """Return the plan of the trainings of one fold."""
        return Plan(runs, seed=self.plan.seed, steps=self.plan.steps // 2)

    def _train(self, width: int, plan: Plan, clock: Clock) -> Training:
        """Return the runs of a plan."""
        return train(self.X, self.Y, width, self.output_bias, self.loss, plan, lambda: clock.left <= 0)

    def _cost(self, width: int) -> float:
        """Return the nominal seconds of a step of all runs of a width, its share of all else counted."""
        n, d = self.X.shape
        return EXTRA * step_seconds(self.plan.runs, n, d, width, self.outputs)


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
