"""When a watch may look: nothing begins before twice what it costs fits into its share of the training so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

# share of the training that a watch takes at most, and how many times its cost must be free before a thing is begun
MOST_TIME, MARGIN = 0.05, 2.0


class Pace:
    """Seconds of a watch beside those of the training.

    As long as no piece of work takes more than twice the dearest of its kind before, the share is kept at every moment
    of the training, the first included.

    Attributes:
        preparation: seconds of work before the training began.
        seconds: of work since.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begin: float | None = None
        self._costs: dict[str, float] = {}
        self._measured: set[str] = set()
        self.preparation = self.seconds = 0.0

    def begin(self) -> None:
        """Start the time of training."""
        self._begin = self._clock()

    @contextmanager
    def work(self, kind: str) -> Iterator[None]:
        """Measure work of a kind: before the training the last cost counts, in it the dearest."""
        start = self._clock()
        try:
            yield
        finally:
            took = self._clock() - start
            if self._begin is None:
                self.preparation += took
                self._costs[kind] = took
            else:
                self.seconds += took
                self._costs[kind] = max(took, self._costs[kind]) if kind in self._measured else took
                self._measured.add(kind)

    def expect(self, kind: str, seconds: float) -> None:
        """Say what work of a kind is taken to cost until the training has seen one."""
        if kind not in self._measured:
            self._costs[kind] = seconds

    def cost(self, kind: str) -> float:
        """Return what work of a kind costs, as far as known."""
        return self._costs.get(kind, 0.0)

    @property
    def free(self) -> float:
        """Seconds that may be spent now within the share."""
        training = 0.0 if self._begin is None else self._clock() - self._begin - self.seconds
        return MOST_TIME * training - self.seconds

    def affords(self, *kinds: str, reserve: float = 0.0) -> bool:
        """Return whether work of these kinds may begin now, with some seconds left alone."""
        return self._begin is not None and self.free >= reserve + MARGIN * sum(map(self.cost, kinds))
