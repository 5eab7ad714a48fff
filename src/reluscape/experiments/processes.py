"""The embedded engine: worker processes of this machine, replaced when they die, ended with their driver."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait

from ..errors import InputError, UnsupportedError
from ..numbers.threads import THREAD_LIMITS
from .results import ChunkResult
from .work import Task, measure

TRIES = 3
PARENT_DEATH_SIGNAL = 1
READY = "ready"


class Local:
    """Run tasks in worker processes; a worker that dies is replaced, and its task is tried again.

    A task whose worker dies three times is recorded as crashed and left behind. Workers use one thread each, watch
    their driver and end when it does. A script that uses this engine needs the line `if __name__ == "__main__":`
    before what it runs, as with every pool of spawned processes.

    Args:
        workers: number of processes; default one per core.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = os.cpu_count() or 1 if workers is None else workers
        if self.workers < 1:
            raise InputError(f"{self.workers} workers cannot work; give at least 1")

    def run(self, tasks: Iterator[Task]) -> Iterator[ChunkResult]:
        """Yield one result for every task, in the order in which they end."""
        retry: deque[tuple[Task, int]] = deque()
        source = ((task, 0) for task in tasks)
        pool: list[_Worker] = []
        stillborn = 0
        try:
            while True:
                pool = [worker for worker in pool if worker.busy or worker.process.is_alive()]
                for _ in range(self.workers):
                    idle = next((worker for worker in pool if not worker.busy), None)
                    if idle is None and len(pool) >= self.workers:
                        break
                    job = retry.popleft() if retry else next(source, None)
                    if job is None:
                        break
                    if idle is None:
                        idle = _Worker()
                        pool.append(idle)
                    idle.give(*job)
                busy = [worker for worker in pool if worker.busy]
                if not busy:
                    return
                ready = wait([worker.pipe for worker in busy])
                for worker in busy:
                    if worker.pipe not in ready:
                        continue
                    try:
                        word = worker.pipe.recv()
                    except (EOFError, OSError):
                        stillborn = 0 if worker.ready else stillborn + 1
                        if stillborn > 2 * self.workers + TRIES:
                            raise UnsupportedError(NO_START) from None
                        yield from _after_death(worker, retry)
                        continue
                    if word == READY:
                        worker.ready, stillborn = True, 0
                    else:
                        worker.busy = False
                        yield word
        finally:
            for worker in pool:
                worker.end()


NO_START = (
    "the worker processes end before they start; in a script, put what it runs below a line "
    'if __name__ == "__main__": or use the engine "serial"'
)


def _after_death(worker: _Worker, retry: deque[tuple[Task, int]]) -> Iterator[ChunkResult]:
    """Put a dead worker's task back, or record it as crashed; a worker that never began does not count."""
    worker.end()
    tries = worker.tries + 1 if worker.ready else worker.tries
    if tries < TRIES:
        retry.append((worker.task, tries))
    else:
        message = f"the worker died {TRIES} times on this chunk"
        yield ChunkResult(worker.task.cell.index, worker.task.chunk, "crashed", message=message)


class _Worker:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        environment = {name: os.environ.get(name) for name in THREAD_LIMITS}
        os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
        try:
            self.process = context.Process(target=_serve, args=(theirs, os.getpid()), daemon=True)
            self.process.start()
        finally:
            for name, value in environment.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
        theirs.close()
        self.busy = self.ready = False
        self.task: Task
        self.tries = 0

    def give(self, task: Task, tries: int) -> None:
        """Hand the worker a task; if it is dead already, reading its pipe will say so."""
        self.task, self.tries, self.busy = task, tries, True
        with contextlib.suppress(OSError):
            self.pipe.send(task)

    def end(self) -> None:
        """End the process."""
        self.busy = False
        self.pipe.close()
        self.process.kill()
        self.process.join()


def _serve(pipe: Connection, driver: int) -> None:
    """Measure tasks until the driver is gone; an interrupt from the keyboard is the driver's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with(driver)
    with contextlib.suppress(EOFError, OSError):
        pipe.send(READY)
        while True:
            pipe.send(measure(pipe.recv()))


def end_with(driver: int) -> None:
    """End this process as soon as the process that started it ends, also in the middle of a computation."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != driver:
            os._exit(1)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
