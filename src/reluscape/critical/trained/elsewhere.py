"""The losses of networks on rows that they were not trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...problem.networks import DeepNet, TwoLayerNet
from ...problem.trained.layered import Layered
from ...problem.trained.reading import Trained


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


def test_rows(apart: Trained, loss: Any) -> TestRows:
    """Return the rows kept apart from training, for one hidden layer and one output."""

    def at(net: Any) -> float:
        return float(net.loss(apart.data, loss=loss))

    return TestRows(apart.data.n, at, at(apart.net))


def test_layers(apart: Layered) -> TestRows:
    """Return the rows kept apart from training, for a network of any depth."""

    def at(net: Any) -> float:
        return apart.loss.value(net.hidden(apart.X)[-1], apart.Y)

    return TestRows(len(apart.Y), at, at(apart.net))
