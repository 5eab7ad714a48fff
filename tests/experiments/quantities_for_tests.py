"""A quantity that can fail, die or take its time, and an engine whose workers know it."""

import os
import time
from pathlib import Path

from reluscape.errors import InputError
from reluscape.experiments import Sweep
from reluscape.experiments.engines import Local
from reluscape.experiments.quantities.registry import Quantity


def behave(parameters, rng):
    kind = parameters["kind"]
    if kind == "raises":
        raise InputError("bad luck")
    if kind == "dies":
        os._exit(3)
    if kind.startswith("sleeps in "):  # and says so there
        (Path(kind.removeprefix("sleeps in ")) / f"{os.getpid()}.asleep").touch()
        time.sleep(86_400)
    if kind.startswith("dies beside "):  # once: where the file that it leaves is not there yet
        mark = Path(kind.removeprefix("dies beside "))
        if not mark.exists():
            mark.write_text("died")
            os._exit(3)
    if kind == "slow":
        time.sleep(0.03)
    if kind == "threads":
        import scipy.linalg  # noqa: F401
        from threadpoolctl import threadpool_info

        return {"x": max(library["num_threads"] for library in threadpool_info())}
    return {"x": rng.random()}


QUANTITY = Quantity("behaviour", "for tests", {"kind": None}, ("x",), behave)


def plan(kind, trials=2, chunk=1):
    return Sweep("behaviour", f"{__name__}:QUANTITY", grid={"kind": kind}, trials=trials, chunk=chunk, seed=5)


def engine(workers):
    return Local(workers)
