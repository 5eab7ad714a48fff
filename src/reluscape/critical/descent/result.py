"""A descent and where it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from .. import Verdict


@dataclass(frozen=True, eq=False)
class Descent:
    """A descent and where it ended.

    Attributes:
        net: the last network, as doubles.
        losses: loss of the start and then of every basin's minimiser, falling.
        verdict: verdict on the last point; exact where the problem is small enough.
        W, v, c: the last point, `Fraction` where the verdict is exact; c is None without an output bias.
        basins: number of basins visited, stretches of gradient descent counted.
        finished: whether a local minimum was reached.
        reason: why it stopped.
        problem: what was minimised.
    """

    net: TwoLayerNet
    losses: tuple[float, ...]
    verdict: Verdict
    W: np.ndarray
    v: np.ndarray
    c: Any
    basins: int
    finished: bool
    reason: str
    problem: Problem | None = field(default=None, repr=False, compare=False)

    @property
    def loss(self) -> float:
        """Loss of the last point."""
        return self.verdict.loss
