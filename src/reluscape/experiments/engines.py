"""Engines that run tasks: in this process, in worker processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from ..errors import InputError, UnsupportedError
from .store import ChunkResult
from .work import Task, measure

TRIES = 3
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
PARENT_DEATH_SIGNAL = 1


class Engine(Protocol):
    """Anything that turns tasks into results, in any order."""

    def run(self, tasks: Iterator[Task]) -> Iterator[ChunkResult]:
        """Yield one result for every task."""
        ...


class Serial:
    """Run every task here, one after the other."""

    def run(self, tasks: Iterator[Task]) -> Iterator[ChunkResult]:
        """Yield one result for every task, in order."""
        for task in tasks:
            yield measure(task)


class Local:
    """Run tasks in worker processes; a worker that dies is replaced, and its task is tried again.

    A task whose worker dies three times is recorded as crashed and left behind. Workers watch their driver and end
    when it does.

    Args:
        workers: number of processes; default one per core.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1
        if self.workers < 1:
            raise InputError(f"{self.workers} workers cannot work; give at least 1")

    def run(self, tasks: Iterator[Task]) -> Iterator[ChunkResult]:
        """Yield one result for every task, in the order in which they end."""
        retry: deque[tuple[Task, int]] = deque()
        source = ((task, 0) for task in tasks)
        pool: list[_Worker] = []
        try:
            while True:
                pool = [worker for worker in pool if worker.busy or worker.alive]
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
                    if worker.pipe in ready:
                        yield from self._collect(worker, retry)
        finally:
            for worker in pool:
                worker.end()

    @staticmethod
    def _collect(worker: _Worker, retry: deque[tuple[Task, int]]) -> Iterator[ChunkResult]:
        """Take one worker's result, or note that it died."""
        task, tries = worker.task, worker.tries
        try:
            result = worker.pipe.recv()
            worker.busy = False
            yield result
        except (EOFError, OSError):
            worker.end()
            if tries + 1 < TRIES:
                retry.append((task, tries + 1))
            else:
                message = f"the worker died {TRIES} times on this chunk"
                yield ChunkResult(task.cell.index, task.chunk, "crashed", message=message)


class _Worker:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        saved = {name: os.environ.get(name) for name in ONE_THREAD}
        os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
        try:
            self.process = context.Process(target=_serve, args=(theirs, os.getpid()), daemon=True)
            self.process.start()
        finally:
            for name, value in saved.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
        theirs.close()
        self.busy = False
        self.task: Task
        self.tries = 0

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.is_alive()

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
    """Measure tasks until the driver is gone."""
    _die_with(driver)
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            pipe.send(measure(pipe.recv()))


def _die_with(driver: int) -> None:
    """End this process as soon as its driver ends, also while it computes."""
    if sys.platform == "linux":
        import signal

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


class Dask:
    """Run tasks on a Dask cluster, a bounded number at a time.

    Args:
        address: scheduler address such as "tcp://HOST:PORT"; None starts a cluster on this machine.
        workers: number of processes of a cluster started here.
    """

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        self.address, self.workers = address, workers

    def run(self, tasks: Iterator[Task]) -> Iterator[ChunkResult]:
        """Yield one result for every task, in the order in which they end."""
        try:
            import distributed
        except ImportError:
            raise UnsupportedError("the Dask engine is an extra: install reluscape[dask]") from None
        with contextlib.ExitStack() as stack:
            if self.address is None:
                cluster = distributed.LocalCluster(
                    n_workers=self.workers or os.cpu_count(), threads_per_worker=1, dashboard_address=None
                )
                client = stack.enter_context(distributed.Client(stack.enter_context(cluster)))
            else:
                try:
                    client = stack.enter_context(distributed.Client(self.address, timeout="10s"))
                except OSError as problem:
                    raise InputError(f"no Dask scheduler answers at {self.address} ({problem})") from None
            yield from _with_client(client, tasks, distributed)


def _with_client(client: Any, tasks: Iterator[Task], distributed: Any) -> Iterator[ChunkResult]:
    """Keep a few tasks per worker in flight and yield results as they come."""
    window = 2 * max(1, len(client.scheduler_info()["workers"])) + 2
    flying: dict[str, Task] = {}
    running = distributed.as_completed()

    def submit() -> bool:
        task = next(tasks, None)
        if task is None:
            return False
        key = f"reluscape-{task.cell.index}-{task.chunk}-{abs(hash(task.cell.key))}"
        future = client.submit(measure, task, key=key, pure=False, retries=0)
        flying[future.key] = task
        running.add(future)
        return True

    for _ in range(window):
        if not submit():
            break
    for future in running:
        task = flying.pop(future.key)
        if future.status == "finished":
            yield future.result()
        else:
            message = f"{type(future.exception()).__name__} on the cluster"
            yield ChunkResult(task.cell.index, task.chunk, "crashed", message=message)
        future.release()
        submit()


def get_engine(name: str, workers: int | None = None) -> Engine:
    """Return an engine by name: "serial", "local", "dask" (a cluster started here) or "dask://HOST:PORT"."""
    if name == "serial":
        return Serial()
    if name == "local":
        return Local(workers)
    if name == "dask":
        return Dask(None, workers)
    if name.startswith("dask://"):
        return Dask(f"tcp://{name.removeprefix('dask://').removeprefix('tcp://')}")
    raise InputError(f"unknown engine {name!r}; choose serial, local, dask or dask://HOST:PORT")
