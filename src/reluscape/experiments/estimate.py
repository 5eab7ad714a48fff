"""What a plan will take: seconds, memory and disk, from single trials of a few cells spread over the plan."""

from __future__ import annotations

import itertools
import sys
import time
from dataclasses import dataclass

import numpy as np

from ..numbers.threads import one_thread
from .plan import Cell, Sweep
from .work import Task, measure

CELLS = 5
ENOUGH_SECONDS = 10.0
BYTES_PER_STATISTIC, BYTES_PER_NUMBER = 60, 8


@dataclass(frozen=True)
class Estimate:
    """What a plan will take in one process.

    Attributes:
        seconds_per_trial: mean over the cells that were tried.
        slowest: seconds of the slowest of these trials.
        seconds: for all trials of the plan.
        megabytes: memory of this process after these trials, about what each worker needs; None where unknown.
        disk_megabytes: at most, single trials and statistics.
        tried: how many cells were tried.
        problems: (cell, message) of trials that failed.
    """

    seconds_per_trial: float
    slowest: float
    seconds: float
    megabytes: float | None
    disk_megabytes: float
    tried: int
    problems: tuple[tuple[Cell, str], ...]


def estimate(plan: Sweep) -> Estimate:
    """Try single trials of up to five cells, from the first to the last, and say what the whole plan will take.

    The first trial also compiles kernels, so it is run twice. After ten seconds no further cell is tried.
    """
    total = plan.number_of_cells
    picks = sorted({round(k) for k in np.linspace(0, total - 1, min(CELLS, total))}, key=lambda k: (k != total - 1, k))
    cells = {cell.index: cell for cell in itertools.islice(plan.cells(), total) if cell.index in picks}
    times: list[float] = []
    problems: list[tuple[Cell, str]] = []
    begin = time.monotonic()
    for index in picks:
        task = Task(cells[index], 0, 0, 1, plan.seed, plan.folder)
        if not times:
            _timed(task)
        seconds, message = _timed(task)
        times.append(seconds)
        if message:
            problems.append((cells[index], message))
        if time.monotonic() - begin > ENOUGH_SECONDS:
            break
    mean, trials = sum(times) / len(times), total * plan.trials
    numbers = max(len(quantity.numbers) for quantity in plan.quantities())
    disk = total * plan.chunks_per_cell * numbers * BYTES_PER_STATISTIC
    disk += trials * numbers * BYTES_PER_NUMBER if plan.keep_trials else 0
    return Estimate(
        mean, max(times), mean * trials, _peak_megabytes(), disk / 1e6, len(times), tuple(sorted(problems, key=_index))
    )


def _index(problem: tuple[Cell, str]) -> int:
    """Return the place of a problem's cell."""
    return problem[0].index


def _timed(task: Task) -> tuple[float, str]:
    """Return the seconds of a task and what went wrong, if anything."""
    with one_thread():
        begin = time.perf_counter()
        result = measure(task)
        return time.perf_counter() - begin, result.message


def _peak_megabytes() -> float | None:
    """Return the peak of this process's memory, where the system tells."""
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
