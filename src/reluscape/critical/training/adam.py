"""Adam on all samples, many runs at once."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ...numbers.tolerances import DEFAULT, Tolerances

# steps between two looks at whether a run still gets anywhere
WINDOW = 200
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8

Evaluate = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def adam(
    evaluate: Evaluate, theta: np.ndarray, steps: int, rate: float, goal: float, tolerances: Tolerances = DEFAULT
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the lowest points (r, p) of all runs, their losses (r,) and the steps (r,) that they took.

    A run stops where its lowest loss fell by a share below `training_stall` within the last steps of a window, or is
    below `goal`.

    Args:
        evaluate: takes points (a, p) and the numbers (a,) of their runs; returns losses (a,) and gradients (a, p).
        theta: (r, p) first points.
        steps: most steps.
        rate: step size.
        goal: loss at which nothing is left to do.
        tolerances: the numerical policy.
    """
    theta = theta.copy()
    best, lowest = theta.copy(), np.full(len(theta), np.inf)
    before, step_counts = lowest.copy(), np.zeros(len(theta), dtype=np.int64)
    going = np.arange(len(theta))
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    for step in range(steps + 1):
        values, slope = evaluate(theta, going)
        better = values < lowest[going]
        lowest[going[better]], best[going[better]] = values[better], theta[better]
        step_counts[going] = step
        if step == steps:
            break
        if step % WINDOW == 0:
            on = (before[going] - lowest[going] > tolerances.training_stall * lowest[going]) & (lowest[going] > goal)
            on &= np.isfinite(values)
            before[going] = lowest[going]
            if step and not on.all():
                going, theta, slope = going[on], theta[on], slope[on]
                first, second = first[on], second[on]
                if not len(going):
                    break
        first += (1 - BETA_1) * (slope - first)
        second += (1 - BETA_2) * (slope * slope - second)
        scale = rate * math.sqrt(1 - BETA_2 ** (step + 1)) / (1 - BETA_1 ** (step + 1))
        theta -= scale * first / (np.sqrt(second) + EPSILON)
    return best, lowest, step_counts
