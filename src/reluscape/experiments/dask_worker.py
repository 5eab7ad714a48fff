"""What a Dask worker of a cluster started here does first: interrupts from the keyboard are left to the driver."""

from __future__ import annotations

import signal
from typing import Any


def dask_setup(worker: Any) -> None:
    """Ignore interrupts; Dask calls this in each worker by its name."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
