"""Ends of training, sharpened by the finite descent and judged: which traps are local minima."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ...critical.descent import descend
from ...errors import ReluscapeError
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from .result import Training, Traps


def sharpen(
    data: Dataset, net: TwoLayerNet, output_bias: bool, loss: Any = "squared", seconds: float | None = None
) -> tuple[TwoLayerNet, float, bool]:
    """Return the end of the descent from a network, its loss, and whether that is proved to be a local minimum.

    The network itself comes back, unproved, where floats cannot carry the descent.

    Args:
        data: the samples that the network was trained on, with targets.
        net: where to start.
        output_bias: whether c is free.
        loss: a loss of one output.
        seconds: no new basin begins after them.

    >>> sharpen(Dataset([[1.0], [2.0]], [1.0, 3.0]), TwoLayerNet([[0.9]], [1.1]), False)[2]
    True
    """
    before = net.loss(data, loss=loss)
    try:
        with np.errstate(all="ignore"):
            end = descend(
                data, None, net.W, net.v, net.c if output_bias else None, loss, exact=False, time_limit=seconds
            )
    except (ReluscapeError, np.linalg.LinAlgError, ArithmeticError):
        return net, before, False
    if not end.loss <= before * (1 + DEFAULT.newton_residual):  # rounding apart
        return net, before, False
    return end.net, end.loss, bool(end.verdict.is_local_minimum)


def judged(
    data: Dataset, training: Training, mark: float, left: Callable[[], float], most: int, loss: Any = "squared"
) -> Traps:
    """Return the different traps above a mark, the first `most` of them proved where they are local minima.

    Args:
        data: the samples that were trained on, with targets of one output.
        training: the ends.
        mark: up to this loss an end is no trap.
        left: seconds that are left for the proofs.
        most: how many are looked at.
        loss: a loss of one output.
    """
    traps = training.traps(mark)
    verdicts: list[bool | None] = []
    for run in traps.points:
        if len(verdicts) >= most or left() <= 0:
            verdicts.append(None)
            continue
        verdicts.append(sharpen(data, training.network(run), training.batch.output_bias, loss, left())[2])
    return replace(traps, certified=tuple(verdicts))
