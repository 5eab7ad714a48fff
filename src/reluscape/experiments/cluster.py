"""Engines on a cluster: Dask at an address or started here, and Dask workers in jobs of SLURM."""

from __future__ import annotations

import contextlib
import logging
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from .._version import __version__
from ..errors import InputError, ReluscapeError, UnsupportedError
from ..numbers.threads import one_thread_for_good
from .processes import TRIES
from .results import ChunkResult
from .slurm import job_options
from .work import Task, measure

CONNECT_SECONDS, WORKER_SECONDS, LOOK_SECONDS = 10, 60, 5.0
SPARE = 2
PRELOAD = ["reluscape.experiments.dask_worker"]
# the page of a scheduler is of no use here, and its usual port may be taken
FREE_PORT, NO_DASHBOARD = ":0", {"dashboard": False}
SCHEDULER = {**NO_DASHBOARD, "dashboard_address": FREE_PORT}
# a worker holds one task at a time, so that when it dies no other is blamed
SETTINGS = {"distributed.scheduler.allowed-failures": TRIES - 1, "distributed.scheduler.worker-saturation": 1.0}


class Dask:
    """Run tasks on a Dask cluster, a bounded number at a time.

    Args:
        address: scheduler address such as "tcp://HOST:PORT"; None starts a cluster on this machine, which ends with
            its driver.
        workers: number of processes of a cluster started here; default one per core.
    """

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        self.address, self.workers = address, workers

    def run(self, tasks: Iterator[Task]) -> Iterator[ChunkResult]:
        """Yield one result for every task, in the order in which they end.

        Raises:
            UnsupportedError: Dask is not installed.
            InputError: no scheduler answers, it has no workers, or they lack this package.
            ReluscapeError: the scheduler went away.
        """
        distributed = _import("distributed")
        with contextlib.ExitStack() as stack:
            if self.address is None:
                dask = _import("dask")
                stack.enter_context(dask.config.set(SETTINGS))
                cluster = distributed.LocalCluster(
                    n_workers=self.workers or os.cpu_count(),
                    threads_per_worker=1,
                    dashboard_address=FREE_PORT,
                    scheduler_kwargs=NO_DASHBOARD,
                    preload=PRELOAD,
                    silence_logs=logging.CRITICAL,
                )
                client = stack.enter_context(distributed.Client(stack.enter_context(cluster)))
            else:
                try:
                    client = stack.enter_context(distributed.Client(self.address, timeout=CONNECT_SECONDS))
                    client.wait_for_workers(1, timeout=WORKER_SECONDS)
                except TimeoutError:
                    raise InputError(
                        f"the Dask scheduler at {self.address} has no workers; start some with: "
                        f"dask worker {self.address} --nthreads 1"
                    ) from None
                except OSError as problem:
                    raise InputError(f"no Dask scheduler answers at {self.address} ({problem})") from None
                _check_workers(client)
            yield from _with_client(client, tasks, distributed)


class Slurm:
    """Run tasks on Dask workers in jobs of SLURM, one worker a job; needs dask-jobqueue.

    Jobs that reach their time limit are replaced. The driver runs where this is called (a login node or a long job)
    and must be reachable from the compute nodes.

    Args:
        settings: of the jobs, see `reluscape.experiments.slurm.job_options`.
        workers: number of jobs at a time; default 10.
    """

    JOBS = 10

    def __init__(self, settings: Mapping[str, Any], workers: int | None = None) -> None:
        self.options, self.workers = job_options(settings), workers or self.JOBS

    def run(self, tasks: Iterator[Task]) -> Iterator[ChunkResult]:
        """Yield one result for every task, in the order in which they end."""
        distributed, jobqueue = _import("distributed"), _import("dask_jobqueue")
        with (
            _import("dask").config.set(SETTINGS),
            jobqueue.SLURMCluster(**self.options, scheduler_options=SCHEDULER) as cluster,
            distributed.Client(cluster) as client,
        ):
            cluster.adapt(minimum_jobs=self.workers, maximum_jobs=self.workers)
            yield from _with_client(client, tasks, distributed)

    def job_script(self) -> str:
        """Return the script that each job runs."""
        jobqueue = _import("dask_jobqueue")
        with jobqueue.SLURMCluster(**self.options, scheduler_options=SCHEDULER) as cluster:
            return str(cluster.job_script())


def _import(name: str) -> Any:
    """Import an optional package by name."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise UnsupportedError("engines on a cluster need dask: pip install distributed dask-jobqueue") from None


def _check_workers(client: Any) -> None:
    """Refuse workers that lack this package or have another version of it: their numbers could differ."""
    try:
        versions = client.run(_version)
    except ImportError as problem:
        raise InputError(f"a worker of the cluster cannot import reluscape ({problem}); install it there") from None
    for worker, version in versions.items():
        if version != __version__:
            raise InputError(f"the worker {worker} has reluscape {version}, here is {__version__}; install the same")


def _version() -> str:
    """Return this package's version where it is called."""
    return __version__


def measure_alone(task: Task) -> ChunkResult:
    """Measure a task in a process of its own, with one thread."""
    one_thread_for_good()
    return measure(task)


def _with_client(client: Any, tasks: Iterator[Task], distributed: Any) -> Iterator[ChunkResult]:
    """Keep a few more tasks than there are threads in flight and yield results as they come."""
    name = f"reluscape-{uuid.uuid4().hex}"
    flying: dict[str, Task] = {}
    running = distributed.as_completed()
    window, looked = SPARE, 0.0

    def fill() -> None:
        nonlocal window, looked
        if time.monotonic() - looked > LOOK_SECONDS or looked == 0.0:
            window, looked = SPARE + sum(client.nthreads().values()), time.monotonic()
        while len(flying) < window:
            task = next(tasks, None)
            if task is None:
                return
            key = f"{name}-{task.cell.index}-{task.chunk}"
            future = client.submit(measure_alone, task, key=key, pure=False, retries=0)
            flying[future.key] = task
            running.add(future)

    fill()
    for future in running:
        task = flying.pop(future.key)
        yield _fetched(future, task, client)
        future.release()
        fill()


def _fetched(future: Any, task: Task, client: Any) -> ChunkResult:
    """Return what a future brought; where its worker died before that, it is waited for once more.

    Raises:
        ReluscapeError: the scheduler went away.
    """
    try:
        if future.status != "cancelled":
            result: ChunkResult = future.result()
            return result
    except Exception as problem:  # of the cluster: what a quantity raises is a result
        if future.status != "cancelled" and client.status == "running":
            message = f"{type(problem).__name__} on the cluster"
            return ChunkResult(task.cell.index, task.chunk, "crashed", message=message)
    raise ReluscapeError(
        "the cluster's scheduler went away; finished chunks are in the store, the same command goes on"
    )
