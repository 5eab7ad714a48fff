"""Engines that turn tasks into results, by name: here, in processes of this machine, on a Dask cluster, under SLURM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from ..errors import InputError
from ..numbers.threads import one_thread
from .cluster import Dask, Slurm
from .processes import Local
from .results import ChunkResult
from .work import Task, measure

__all__ = ["NAMES", "Dask", "Engine", "Local", "Serial", "Slurm", "get_engine"]

NAMES = "local, serial, dask, dask://HOST:PORT or slurm"


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
            with one_thread():
                result = measure(task)
            yield result


def get_engine(name: str, workers: int | None = None, slurm: Mapping[str, Any] | None = None) -> Engine:
    """Return an engine by name.

    Args:
        name: "serial", "local", "dask" (a cluster started on this machine), "dask://HOST:PORT" or "slurm".
        workers: processes of an engine that starts its own; default one per core.
        slurm: settings of the jobs, see `Slurm`.

    Raises:
        InputError: an unknown name, or a number of workers that is none.
    """
    if workers is not None and workers < 1:
        raise InputError(f"{workers} workers cannot work; give at least 1")
    if name == "serial":
        return Serial()
    if name == "local":
        return Local(workers)
    if name == "dask":
        return Dask(None, workers)
    if name.startswith("dask://"):
        place = name.removeprefix("dask://").removeprefix("tcp://")
        host, _, port = place.rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) < 2**16:
            raise InputError(
                f"the engine {name!r} names no scheduler; give dask://HOST:PORT, for instance :8786 as port"
            )
        return Dask(f"tcp://{place}")
    if name == "slurm":
        return Slurm(slurm or {}, workers)
    raise InputError(f"unknown engine {name!r}; choose {NAMES}")
