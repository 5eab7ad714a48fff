"""L-BFGS, many runs at once, each with a line search of its own."""

from __future__ import annotations

import numpy as np

from ...numbers.tolerances import DEFAULT, SPECK, Tolerances
from .adam import WINDOW, Evaluate

MEMORY = 10
# shares of the first slope: the fall that a step must bring, and what must be left of the slope
FALL, CURVE = 1e-4, 0.9
LONGEST_SEARCH = 25
# iterations between two looks at whether a run still gets anywhere
LOOK = WINDOW // 10


def lbfgs(
    evaluate: Evaluate, theta: np.ndarray, steps: int, goal: float, tolerances: Tolerances = DEFAULT
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the last points (r, p) of all runs, their losses (r,) and the evaluations (r,) that they took.

    Steps are bisected until they satisfy the weak Wolfe conditions, as Lewis and Overton (2013) do for functions with
    kinks, so a kink stops a search but not a run. A run stops where a search finds no step, or as `adam` does.

    Args:
        evaluate: takes points (a, p) and the numbers (a,) of their runs; returns losses (a,) and gradients (a, p).
        theta: (r, p) first points.
        steps: most evaluations of a run.
        goal: loss at which nothing is left to do.
        tolerances: the numerical policy.
    """
    runs = len(theta)
    point = theta.copy()
    value, slope = evaluate(point, np.arange(runs))
    memory = _Memory(*point.shape)
    direction = -slope
    reach = 1.0 / np.maximum(np.linalg.norm(slope, axis=1), SPECK)
    length = np.minimum(reach, 1.0)
    low, high = np.zeros(runs), np.full(runs, np.inf)
    tries, iterations = np.zeros(runs, dtype=int), np.zeros(runs, dtype=int)
    evaluations, before = np.ones(runs, dtype=np.int64), np.full(runs, np.inf)
    going = np.flatnonzero(np.isfinite(value) & (value > goal) & (slope != 0).any(axis=1))
    for _ in range(steps - 1):
        if not len(going):
            break
        trial = point[going] + length[going, None] * direction[going]
        ends, gradient = evaluate(trial, going)
        evaluations[going] += 1
        tries[going] += 1
        descent = (slope[going] * direction[going]).sum(axis=1)
        falls = ends <= value[going] + FALL * length[going] * descent  # false for NaN
        flat = (gradient * direction[going]).sum(axis=1) >= CURVE * descent
        high[going] = np.where(falls, high[going], length[going])
        low[going] = np.where(falls & ~flat, length[going], low[going])
        at_limit = tries[going] >= LONGEST_SEARCH
        step = falls & (flat | at_limit)
        failures = ~falls & at_limit
        movers = going[step]
        memory.add(movers, trial[step] - point[movers], gradient[step] - slope[movers])
        point[movers], value[movers], slope[movers] = trial[step], ends[step], gradient[step]
        direction[movers] = memory.direction(movers, slope[movers])
        uphill = movers[(direction[movers] * slope[movers]).sum(axis=1) >= 0]
        memory.forget(uphill)
        direction[uphill] = -slope[uphill]
        low[movers], high[movers], tries[movers] = 0.0, np.inf, 0
        iterations[movers] += 1
        bracket = np.isfinite(high[going])
        length[going] = np.where(bracket, (low[going] + np.where(bracket, high[going], 0.0)) / 2, 2 * length[going])
        length[movers] = 1.0
        candidates = movers[iterations[movers] % LOOK == 0]
        idle_runs = candidates[
            before[candidates] - value[candidates] <= tolerances.training_stall * value[candidates] / 10
        ]
        before[candidates] = value[candidates]
        at_end = np.zeros(runs, dtype=bool)
        at_end[going[failures]], at_end[idle_runs] = True, True
        at_end[movers] |= (value[movers] <= goal) | ~(slope[movers] != 0).any(axis=1)
        going = going[~at_end[going]]
    return point, value, evaluations


class _Memory:
    """The last steps of every run and how the slope changed along them."""

    def __init__(self, runs: int, size: int) -> None:
        self.steps = np.zeros((runs, MEMORY, size))
        self.changes = np.zeros((runs, MEMORY, size))
        self.inverse = np.zeros((runs, MEMORY))  # 1 / <step, change>, zero for a pair that is not there
        self.scale = np.ones(runs)

    def add(self, which: np.ndarray, step: np.ndarray, change: np.ndarray) -> None:
        """Note a step of some runs, where the slope rose along it."""
        product = (step * change).sum(axis=1)
        size = (change * change).sum(axis=1)
        rises = (product > np.finfo(float).eps * size) & (np.minimum(product, size) > SPECK)
        which, step, change, product = which[rises], step[rises], change[rises], product[rises]
        for store, new in ((self.steps, step), (self.changes, change), (self.inverse, 1.0 / product)):
            store[which, :-1] = store[which, 1:]
            store[which, -1] = new
        self.scale[which] = product / (change * change).sum(axis=1)

    def forget(self, which: np.ndarray) -> None:
        """Drop everything known of some runs."""
        self.inverse[which], self.scale[which] = 0.0, 1.0

    def direction(self, which: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """Return minus the inverse second derivative, as far as it is known, times the slope (a, p)."""
        steps, changes, inverse = self.steps[which], self.changes[which], self.inverse[which]
        q, shares = slope.copy(), np.zeros((len(which), MEMORY))
        for k in range(MEMORY - 1, -1, -1):
            shares[:, k] = inverse[:, k] * (steps[:, k] * q).sum(axis=1)
            q -= shares[:, k, None] * changes[:, k]
        q *= self.scale[which, None]
        for k in range(MEMORY):
            along = inverse[:, k] * (changes[:, k] * q).sum(axis=1)
            q += (shares[:, k] - along)[:, None] * steps[:, k]
        return -q
