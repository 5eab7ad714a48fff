"""The runner: what the store does not hold goes to an engine, what comes back goes to the store."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .engines import Engine, Serial
from .plan import Sweep
from .results import ChunkResult
from .store import Store
from .work import Task

FLUSH_SECONDS = 0.5
# writes to the store over which the pace is taken: half a minute of them at least
MARKS = 60


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        done: chunks in the store, those that failed or crashed among them.
        total: chunks of the plan.
        fresh: chunks finished by this run.
        seconds: since this run began.
        lost: chunks of this run that failed or crashed.
        pace: chunks a second lately, without the start; None where there were too few.
    """

    done: int
    total: int
    fresh: int
    seconds: float
    lost: int
    pace: float | None = None

    @property
    def rate(self) -> float:
        """Chunks a second: lately, or in this run where that is not known."""
        if self.pace:
            return self.pace
        return self.fresh / self.seconds if self.seconds else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds still to go at this rate, or None before the first chunk."""
        return (self.total - self.done) / self.rate if self.rate else None


def pending(plan: Sweep, finished: set[tuple[int, int]], device: str | None = None) -> Iterator[Task]:
    """Yield the plan's tasks that are not finished, in the plan's order."""
    for cell in plan.cells():
        for chunk in range(plan.chunks_per_cell):
            if (cell.index, chunk) not in finished:
                first = chunk * plan.chunk
                yield Task(cell, chunk, first, min(plan.chunk, plan.trials - first), plan.seed, plan.folder, device)


def run(
    plan: Sweep,
    path: str | Path,
    engine: Engine | None = None,
    progress: Callable[[Progress], None] | None = None,
    device: str | None = None,
) -> Progress:
    """Run what is left of a plan and return how far it came; the same call resumes after anything.

    Args:
        plan: the sweep.
        path: its store, created or continued.
        engine: default in this process.
        progress: called after each write to the store.
        device: torch device, such as "cuda", for the quantities that can use one; numbers then agree to 1e-9 with
            those measured here, and chances exactly.
    """
    start = time.monotonic()
    plan.check()
    with Store(path, plan) as store:
        old_chunks = store.finished()
        before, total = len(old_chunks), plan.number_of_cells * plan.chunks_per_cell
        fresh = failures = 0
        waiting: list[ChunkResult] = []
        last = start
        marks: deque[tuple[float, int]] = deque(maxlen=MARKS)
        state = Progress(before, total, 0, 0.0, 0)
        try:
            for result in (engine or Serial()).run(pending(plan, old_chunks, device)):
                waiting.append(result)
                fresh += 1
                failures += result.status != "done"
                now = time.monotonic()
                if now - last >= FLUSH_SECONDS or before + fresh == total:
                    store.put(waiting)
                    waiting, last = [], now
                    marks.append((now, fresh))
                    (then, earlier), lately = marks[0], None
                    if len(marks) > 1:
                        lately = (fresh - earlier) / (now - then)
                    state = Progress(before + fresh, total, fresh, now - start, failures, lately)
                    if progress is not None:
                        progress(state)
        finally:
            if waiting:
                store.put(waiting)
    return state
