"""What exploring widths will take: the same shares of the time as the work itself, at this machine's speed."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from ...critical.training import Batch, Plan
from ...critical.training.by_width import CONFIRMED, EXTRA, MOST_ROUNDS, Trainings
from ...critical.training.plan import array_seconds
from ...critical.training.runs import starts
from ...problem.data import standardize
from .settings import Settings
from .shares import (
    BEFORE,
    DEEPER,
    FEWEST_FOLDED,
    FOLD_COST,
    FOLDS,
    FURTHER,
    LEAST,
    MOST_SEARCHED,
    STARTED,
    TRAINED,
    TRAINED_ON,
)
from .subject import Subject

# seconds of one core at the nominal speed for loading the library and compiled code, and for report and page
LOADED, WRITTEN = 2.0, 1.5
# rows up to which nearly every width has a network without loss, so that no search is long
EASY_ROWS = 5
# seconds of a basin's program apart from its arithmetic, of one operation, and how often it is factorised
PROGRAM, OPERATION, ITERATIONS = 1e-4, 1e-9, 12
# rows, inputs, units, runs and steps of the probe
PROBE = (40, 3, 4, 20, 30)


def speed(now: Callable[[], float] = time.thread_time) -> float:
    """Return how many seconds this machine takes for a nominal second of training.

    Args:
        now: a clock in seconds.

    >>> ticks = iter(range(10))
    >>> speed(lambda: next(ticks)) > 100
    True
    """
    n, d, width, runs, steps = PROBE
    X = np.cos(np.arange(1.0, n * d + 1).reshape(n, d))
    batch = Batch.of(X, X.sum(axis=1), width, True).single()
    theta = starts(batch, Plan(runs), range(runs)).astype(np.float32)
    # the middle one of five, so that neither a moment's load nor a moment's rest counts
    times = []
    for _ in range(5):
        begin = now()
        for _ in range(steps):
            batch.evaluate(theta)
        times.append(now() - begin)
    return float(np.median(times)) / (steps * array_seconds(runs, n, d, width))


def expected_seconds(subject: Subject, settings: Settings, slowness: float, started: float = 0.0) -> float:
    """Return about how many seconds a survey takes, loading and writing included.

    Args:
        subject: samples, targets and loss.
        settings: what is asked for.
        slowness: seconds of this machine for a nominal one, of `speed`.
        started: seconds that starting and reading the table take, which are known by then.
    """
    data, widths = subject.data, settings.widths
    seconds = settings.budget(data.n, data.d)
    before = started + slowness * LOADED
    left = begun = seconds - min(before, BEFORE * seconds)
    X, Y = np.asarray(standardize(data).X), subject.Y
    trainings = Trainings(X, Y, settings.output_bias, subject.loss, settings.trainings, settings.seed)
    trainings.set_steps(widths, TRAINED * settings.usual_seconds(data.n, data.d), TRAINED * seconds)
    nominal = {w: slowness * trainings.seconds(w) for w in (*widths, 2 * widths[-1])}
    easy = subject.single and data.n <= EASY_ROWS

    left -= min(sum(nominal[w] for w in widths), TRAINED * left)
    if not easy:
        most = sum(slowness * MOST_ROUNDS * trainings.round_seconds(w) for w in widths)
        part = DEEPER * left
        has_search = subject.single and data.n * data.rank <= MOST_SEARCHED
        left -= part if has_search else min(most, TRAINED_ON * part)
    confirming = CONFIRMED / settings.trainings / EXTRA * nominal[widths[-1]]
    left -= min(nominal[2 * widths[-1]] + confirming, FURTHER * left)
    if subject.single and data.n * data.rank <= MOST_SEARCHED and not easy:
        left -= LEAST * left / 2
    if data.n >= FEWEST_FOLDED:
        left -= min(FOLD_COST * sum(nominal[w] for w in widths), FOLDS * left)
    if subject.single:
        start_seconds = 2 * settings.trials * sum(_program_seconds(data.n, data.d, w) for w in widths)
        left -= min(slowness * start_seconds, STARTED * left)
    return before + begun - max(left, 0.0) + slowness * WRITTEN


def _program_seconds(n: int, d: int, width: int) -> float:
    """Return the nominal seconds of one basin's program."""
    return PROGRAM + OPERATION * ITERATIONS * (2.0 * width * n * d * d + (width * d) ** 3 / 3)
