"""What many trainings ended in: losses, shares with intervals, traps, dead units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...numbers.estimates import Probability
from ...numbers.tolerances import DEFAULT, Tolerances
from ...problem.networks import TwoLayerNet
from .batch import Batch
from .plan import Plan

POPULATION = "trainings of this width"
# arrays with one entry for each run
OF_RUNS = ("losses", "rest", "ends", "points", "dead", "steps")


@dataclass(frozen=True)
class Traps:
    """Ends above a mark that training on does not leave.

    Attributes:
        losses: one for each different trap, rising; two ends are in one trap where their losses agree.
        runs: how many runs ended in each.
        points: the number of a run for each.
        certified: for each whether an exact or numerical proof says that it is a local minimum; None where not asked.
    """

    losses: tuple[float, ...]
    runs: tuple[int, ...]
    points: tuple[int, ...]
    certified: tuple[bool | None, ...]


@dataclass(frozen=True, eq=False)
class Training:
    """The ends of runs of one width.

    Attributes:
        batch: the problem that was trained on.
        plan: how.
        losses: (r,) losses where the runs ended.
        rest: (r,) losses at the minima beside these ends, found by L-BFGS; never above `losses`.
        ends: (r, p) parameters of the runs' ends.
        points: (r, p) parameters of these minima.
        dead: (r,) units that are off for every sample, or have no output weight, where the runs ended.
        steps: (r,) steps taken.
        constant: loss of the best constant.
    """

    batch: Batch
    plan: Plan
    losses: np.ndarray
    rest: np.ndarray
    ends: np.ndarray
    points: np.ndarray
    dead: np.ndarray
    steps: np.ndarray
    constant: float

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self.losses)

    @property
    def best(self) -> int:
        """Number of the run beside whose end the lowest minimum lies."""
        return int(np.argmin(np.where(np.isfinite(self.rest), self.rest, np.inf)))

    def lowest_few(self, most: int, apart: float = 0.0) -> list[int]:
        """Return the runs beside whose ends the lowest minima lie, each higher by more than `apart` than the last."""
        few: list[int] = []
        for run in np.argsort(np.where(np.isfinite(self.rest), self.rest, np.inf), kind="stable").tolist():
            if len(few) < most and (not few or self.rest[run] - self.rest[few[-1]] > apart):
                few.append(run)
        return few

    def ended(self, mark: float) -> Probability:
        """Return the share of runs whose end has at most this loss."""
        return self._share(self.losses <= mark)

    def trapped(self, mark: float) -> Probability:
        """Return the share of runs beside whose end there is nothing with so low a loss."""
        return self._share(~(self.rest <= mark))

    def solved(self, tolerances: Tolerances = DEFAULT) -> Probability:
        """Return the share of runs whose end has no loss, up to a small share of the best constant's."""
        return self._share(self.losses <= tolerances.solved * self.constant)

    def with_dead(self) -> Probability:
        """Return the share of runs that end with a dead unit."""
        return self._share(self.dead > 0)

    def traps(self, mark: float, tolerances: Tolerances = DEFAULT) -> Traps:
        """Return the different traps above a mark."""
        groups: list[list[int]] = []
        order = np.argsort(self.rest, kind="stable")
        room = tolerances.same_trap * self.constant
        for i in order[~(self.rest[order] <= mark) & np.isfinite(self.rest[order])].tolist():
            if groups and self.rest[i] - self.rest[groups[-1][-1]] <= room:
                groups[-1].append(i)
            else:
                groups.append([i])
        first = tuple(group[0] for group in groups)
        return Traps(
            tuple(float(self.rest[i]) for i in first),
            tuple(len(group) for group in groups),
            first,
            (None,) * len(first),
        )

    def network(self, run: int) -> TwoLayerNet:
        """Return the minimum beside a run's end as a network of one output."""
        W, V, c = self.batch.unpack(self.points[run : run + 1])
        return TwoLayerNet(W[0], V[0, :, 0], float(c[0, 0]) if self.batch.output_bias else 0.0)

    def joined(self, other: Training) -> Training:
        """Return the runs of both."""
        both: dict[str, Any] = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in OF_RUNS}
        return replace(self, **both)

    def head(self, count: int) -> Training:
        """Return the first runs alone."""
        few: dict[str, Any] = {name: getattr(self, name)[:count] for name in OF_RUNS}
        return replace(self, **few)

    def _share(self, hits: np.ndarray) -> Probability:
        """Return a share of the runs with its interval."""
        law = getattr(self.plan.law, "__name__", str(getattr(self.plan.law, "name", self.plan.law)))
        return Probability.sampled(int(hits.sum()), len(hits), POPULATION, law)
