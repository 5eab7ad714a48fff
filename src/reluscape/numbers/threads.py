"""Linear algebra on one thread, for calls that take many small steps.

NumPy and SciPy bring a BLAS each. Where a loop takes steps of a millisecond in turn from both, the idle threads of
either wait busily for its next call and take the processor from the other's: an explanation that takes 14 s on one
thread of two takes 46 s on both.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from threading import Lock
from typing import Any

# variables by which a process that is about to start is held to one thread
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")

# taken by the call that holds: a call inside it, or beside it in another thread, leaves things as they are
_HELD = Lock()


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Hold linear algebra to one thread inside a block, or inside a function that this decorates."""
    if not _HELD.acquire(blocking=False):
        yield
        return
    try:
        with _libraries().limit(limits=1):
            yield
    finally:
        _HELD.release()


@cache
def one_thread_for_good() -> None:
    """Hold this process to one thread from now on."""
    _libraries().limit(limits=1)


@cache
def _libraries() -> Any:
    """Return threadpoolctl's handle of NumPy's and SciPy's linear algebra; looking for them takes milliseconds."""
    import scipy.linalg  # noqa: F401  (its library must be there to be found)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
