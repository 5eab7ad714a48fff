"""Trainings of every width that is asked for, made on demand and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ...numbers.clock import Clock
from .batch import Batch
from .hops import hopped
from .plan import Plan, search_seconds, step_seconds
from .result import Training
from .runs import group, led_on, train

# what the minima beside the ends and the other optimiser's runs cost on top of the trainings
EXTRA = 1.5
# of the runs of Adam and of their steps, the shares that L-BFGS makes as well
OTHER_RUNS, OTHER_STEPS = 0.25, 0.25
# lowest minima that are led on where a group of runs brought them, as long as a training, or a round of the search,
# half as long
LED_ON = 2
# runs that confirm a width which is enough, and the number of the first: none of them had a part in the choice
CONFIRMED, FIRST_CONFIRMING = 60, 500_000
# most runs of a round of the search for lower losses, their steps as a share of a training's, the most rounds, those
# that may be made whatever the time, and the number of the first: none of them is a run that a share is estimated from
ROUND_RUNS, ROUND_STEPS, MOST_ROUNDS, SURE_ROUNDS, FIRST_SEARCHED = 60, 0.15, 60, 25, 1_000_000


class Trainings:
    """Trains widths on demand and keeps the ends.

    More time goes on where less time stopped: the runs of a width are made in groups, and the search for lower losses
    in rounds, each of which depends on the plan and on the groups or rounds before it alone; more steps come as runs
    of their own, after those of fewer steps. So with one seed the lowest loss of a width never rises with the time.

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
        self.shorter: tuple[Plan, ...] = ()
        self.outputs = 1 if Y.ndim == 1 else Y.shape[1]
        self.loss_name = self.batch(1).loss.name
        self.adam: dict[int, Training] = {}
        self.lbfgs: dict[int, Training] = {}
        self.searched: dict[int, Training] = {}
        self.first: dict[int, Training] = {}
        self.fewer_steps: dict[int, Training] = {}
        self.confirmed: dict[int, Training] = {}
        self.cut = False

    def set_steps(self, widths: tuple[int, ...], usual: float, limit: float | None = None) -> None:
        """Fix the most steps of a run.

        Args:
            widths: the widths that are trained.
            usual: with the first steps these widths nominally take so many seconds, whatever is given.
            limit: seconds that there are; where they are enough, the runs are made again with twice the steps.
        """
        cost = sum(self._cost(width) for width in widths)
        least = self.plan.within(0.0, 1, 1, 1).steps
        most = self.plan.within(np.inf, 1, 1, 1).steps
        steps = [int(min(max(usual / max(cost, 1e-12), least), most))]
        while steps[-1] < most and (sum(steps) + min(2 * steps[-1], most)) * cost <= (limit or 0.0):
            steps.append(min(2 * steps[-1], most))
        *shorter, self.plan = (Plan(runs=self.plan.runs, seed=self.plan.seed, steps=number) for number in steps)
        self.shorter = tuple(shorter)

    def seconds(self, width: int) -> float:
        """Return the nominal seconds that a width takes."""
        return sum(plan.steps for plan in (*self.shorter, self.plan)) * self._cost(width)

    def at(self, width: int, clock: Clock) -> Training:
        """Return the runs of Adam at a width; the first group of them is made whatever the clock says."""
        if width not in self.adam:
            self.adam[width] = self._train(width, (*self.shorter, self.plan)[0], clock, led=True)
            size = group(self.adam[width].plan, self.batch(width))
            self.first[width] = self.adam[width].head(size)
            for plan in (*self.shorter, self.plan)[1:]:
                if clock.left < plan.steps * self._cost(width):
                    break
                before = self.fewer_steps.get(width)
                self.fewer_steps[width] = self.adam[width] if before is None else before.joined(self.adam[width])
                self.adam[width] = self._train(width, plan, clock, led=True)
            self.cut |= self.adam[width].runs < self.plan.runs
            if clock.left > 0:
                other, steps = (
                    max(int(OTHER_RUNS * self.plan.runs), 1),
                    max(int(OTHER_STEPS * self.first[width].plan.steps), 1),
                )
                fewer = Plan(other, "lbfgs", seed=self.plan.seed, steps=steps)
                self.lbfgs[width] = self._train(width, fewer, clock)
        return self.adam[width]

    def confirm(self, width: int, clock: Clock) -> bool:
        """Train a width that was chosen by its runs again, with fresh runs; return whether there was time for it.

        A width that is chosen because its runs ended well was lucky a little; the fresh ones are not.
        """
        chosen_by = self.adam[width].runs
        affordable = int(clock.left / (self.plan.steps * self._cost(width) / EXTRA / self.plan.runs))
        if affordable < chosen_by:
            return False
        plan = replace(self.adam[width].plan, runs=min(affordable, max(CONFIRMED, chosen_by)))
        self.confirmed[width] = self._train(width, plan, clock, FIRST_CONFIRMING)
        return True

    def judging(self, width: int) -> Training:
        """Return the runs that a width's share of successes is estimated from: the fresh ones, if there are any."""
        return self.confirmed.get(width, self.adam[width])

    def lowest(self, width: int) -> tuple[float, Training, int]:
        """Return the lowest loss beside an end, with the training and the run that it belongs to."""
        return self.lowest_few(width, 1)[0]

    def lowest_of_all_and_first(self, width: int) -> list[tuple[float, Training, int]]:
        """Return the lowest end, and that of the first group of trainings alone where it is another.

        The second is there whatever the time, so what follows from it does not depend on the time.
        """
        lowest, first = self.lowest(width), self.first[width]
        value = float(first.rest[first.best])
        return [lowest, (value, first, first.best)] if lowest[0] < value < np.inf else [lowest]

    def lowest_few(self, width: int, most: int, same: float = 0.0) -> list[tuple[float, Training, int]]:
        """Return the lowest losses beside ends with their trainings and runs, rising by more than `same` each."""
        trainings = [t[width] for t in self._all if width in t]
        ends = [(float(t.rest[run]), t, run) for t in trainings for run in t.lowest_few(most, same)]
        few: list[tuple[float, Training, int]] = []
        for end in sorted(ends, key=lambda end: end[0] if np.isfinite(end[0]) else np.inf):
            if len(few) < most and (not few or end[0] - few[-1][0] > same):
                few.append(end)
        return few

    def search(
        self,
        width: int,
        clock: Clock,
        enough: Callable[[float], bool] = lambda value: False,
        sure: float = 0.0,
        after: Callable[[Training], None] = lambda found: None,
    ) -> None:
        """Look for lower losses of a width by rounds of short runs of BFGS, while there is time.

        The first round begins at random weights, the others at the lowest minima of earlier rounds and of the first
        group of trainings, one unit drawn anew; how many trainings there are has no part in it.

        Args:
            width: number of units.
            clock: a round begins where its nominal seconds are left.
            enough: tells of a loss whether nothing is left to gain.
            sure: nominal seconds of the rounds, `SURE_ROUNDS` at most, that are made whatever the clock says.
            after: called after each round with all runs of the search.
        """
        plan, cost = self._round(width), self.round_seconds(width)
        for round_number in range(MOST_ROUNDS):
            late = (round_number >= SURE_ROUNDS or (round_number + 1) * cost > sure) and clock.left < cost
            if late or enough(self.lowest(width)[0]):
                break
            have = self.searched.get(width)
            if have is None:
                how = self.X, self.Y, width, self.output_bias, self.loss, plan
                found = train(*how, first=FIRST_SEARCHED)
            else:
                found = have.joined(hopped(have.joined(self.first[width]), plan, round_number))
            self.searched[width] = led_on(found, LED_ON, self.plan.steps // 2, 0 if have is None else have.runs)
            after(self.searched[width])

    def round_seconds(self, width: int) -> float:
        """Return the nominal seconds of a round of the search for lower losses."""
        plan, (n, d) = self._round(width), self.X.shape
        return EXTRA * plan.steps * search_seconds(plan.runs, n, d, width, self.outputs, self.loss_name)

    def seconds_searched(self, width: int) -> float:
        """Return the nominal seconds of the rounds made of a width."""
        if width not in self.searched:
            return 0.0
        return self.searched[width].runs / self._round(width).runs * self.round_seconds(width)

    def _round(self, width: int) -> Plan:
        """Return the plan of a round's short runs."""
        plan = Plan(ROUND_RUNS, "bfgs", seed=self.plan.seed, steps=max(int(ROUND_STEPS * self.plan.steps), 1))
        return replace(plan, runs=group(plan, self.batch(width)))

    def count(self, width: int) -> int:
        """Return how many trainings of a width there are."""
        return sum(t[width].runs for t in self._all if width in t)

    def batch(self, width: int) -> Batch:
        """Return the problem of a width."""
        return Batch.of(self.X, self.Y, width, self.output_bias, self.loss)

    def fold_plan(self, runs: int) -> Plan:
        """Return the plan of the trainings of one fold."""
        return Plan(runs, seed=self.plan.seed, steps=self.plan.steps // 2)

    def _train(self, width: int, plan: Plan, clock: Clock, first: int = 0, led: bool = False) -> Training:
        """Return the runs of a plan, made in groups while there is time; after each the lowest may be led on."""
        size = group(plan, self.batch(width))
        whole: Training | None = None
        for start in range(0, plan.runs, size):
            if whole is not None and clock.left <= 0:
                break
            part = replace(plan, runs=min(size, plan.runs - start))
            runs = train(self.X, self.Y, width, self.output_bias, self.loss, part, first=first + start)
            whole = replace(runs, plan=plan) if whole is None else whole.joined(runs)
            if led:
                whole = led_on(whole, LED_ON, plan.steps, since=start)
        assert whole is not None
        return whole

    @property
    def _all(self) -> tuple[dict[int, Training], ...]:
        """All runs there are, by width."""
        return self.adam, self.lbfgs, self.searched, self.confirmed, self.fewer_steps

    def _cost(self, width: int) -> float:
        """Return the nominal seconds of a step of all runs of a width, its share of all else counted."""
        n, d = self.X.shape
        return EXTRA * step_seconds(self.plan.runs, n, d, width, self.outputs, self.loss_name)
