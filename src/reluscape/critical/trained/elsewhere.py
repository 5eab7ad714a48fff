"""The losses of networks on rows that they were not trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...problem.networks import DeepNet, TwoLayerNet

UNTESTED = "a lower training loss may be worse on new rows: --test FILE (X_test=, y_test=) compares both"


@dataclass(frozen=True, eq=False)
class TestRows:
    """Rows kept apart from training.

    Attributes:
        rows: how many.
        loss: from a network to its loss on them.
        given: the loss of the given network.
    """

    __test__ = False  # no test class of pytest's

    rows: int
    loss: Callable[[TwoLayerNet | DeepNet], float]
    given: float

    def is_worse(self, net: TwoLayerNet | DeepNet) -> bool:
        """Return whether a network fits the test rows worse than the given one."""
        return not self.loss(net) <= self.given


def both_losses(train: float, test: TestRows | None, net: TwoLayerNet | DeepNet) -> str:
    """Return a network's training loss, and its loss on the test rows where there are some."""
    return f"{train:.6g}" if test is None else f"{train:.6g} (test {test.loss(net):.6g})"
