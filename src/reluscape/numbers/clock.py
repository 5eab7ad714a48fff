"""How long work may take: a deadline in seconds of the program's own work."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field

# how many times slower than alone a busy machine may be before its work is cut
BUSY = 4
CORES = os.cpu_count() or 1


@dataclass
class Clock:
    """A deadline that work asks before each chunk: seconds of the program's own work, so that load does not count.

    Where a machine is so busy that little of its time comes here, the day's clock ends the work too, some times later.
    """

    seconds: float
    begin: float = field(default_factory=time.thread_time)
    day: float = field(default_factory=time.monotonic)
    all_threads: float = field(default_factory=time.process_time)

    @property
    def left(self) -> float:
        """Seconds left."""
        own, all_threads = time.thread_time() - self.begin, (time.process_time() - self.all_threads) / CORES
        return self.seconds - max(own, all_threads, (time.monotonic() - self.day) / BUSY)

    def part(self, share: float) -> Clock:
        """Return a clock for a share of what is left."""
        return Clock(max(self.left, 0.0) * share)
