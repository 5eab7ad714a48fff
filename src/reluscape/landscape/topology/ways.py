"""Ways out of the deepest traps, over their passes to lower valleys, and the loss along them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...critical.slices import loss_slice
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from .decay.route import PIECES
from .result import BarrierTree

MOST_WAYS = 3
SAMPLES = 25


@dataclass(frozen=True, eq=False)
class Way:
    """A way from a valley over its pass to a lower one.

    Attributes:
        number: place of the valley among those kept.
        valley: its place among all valleys of the tree.
        networks: the corners of the way.
        top: which of them is the highest.
    """

    number: int
    valley: int
    networks: tuple[TwoLayerNet, ...]
    top: int


@dataclass(frozen=True, eq=False)
class Passage:
    """The loss along a way.

    Attributes:
        number: place of the valley among those kept.
        parent: place of the valley that it leads to, None where that is not kept.
        samples: (s, 2) places along the way and losses, legs without a change left out.
        barrier: height of the pass above the valley.
    """

    number: int
    parent: int | None
    samples: np.ndarray
    barrier: float

    @property
    def top(self) -> np.ndarray:
        """The highest sample (2,)."""
        return np.asarray(self.samples[int(np.argmax(self.samples[:, 1]))])


def ways_out(tree: BarrierTree, picks: list[int], problem: Problem) -> list[Way]:
    """Return the ways from the traps with the highest barriers over their passes to lower valleys."""
    traps = [(number, k) for number, k in enumerate(picks) if tree.valleys[k].parent is not None]
    traps = [entry for entry in traps if tree.valleys[entry[1]].spurious] or traps
    traps.sort(key=lambda entry: -tree.valleys[entry[1]].barrier)
    ways = []
    for number, k in traps[:MOST_WAYS]:
        path = tree.path(k)
        ways.append(Way(number, k, path, int(np.argmax([problem.value(net) for net in path]))))
    return ways


def passages(tree: BarrierTree, picks: list[int], ways: list[Way], problem: Problem) -> list[Passage]:
    """Return the loss along ways out, leg by leg."""
    lines = []
    for way in ways:
        valley, samples = tree.valleys[way.valley], []
        if problem.penalty.strength:  # the networks of the way lie close together, 24 to a leg
            line = [[k / PIECES, problem.value(net)] for k, net in enumerate(way.networks)]
            parent = picks.index(valley.parent) if valley.parent in picks else None
            lines.append(Passage(way.number, parent, np.array(line), float(valley.barrier)))
            continue
        for leg, (a, b) in enumerate(pairwise(way.networks)):
            t = np.linspace(0.0, 1.0, SAMPLES)
            values = np.asarray(loss_slice(a, b, problem.data)(t))
            samples += [[leg + float(s), tree.told(float(value))] for s, value in zip(t, values, strict=True)]
        parent = picks.index(valley.parent) if valley.parent in picks else None
        lines.append(Passage(way.number, parent, np.array(_without_flat_legs(samples)), float(valley.barrier)))
    return lines


def _without_flat_legs(samples: list[list[float]]) -> list[list[float]]:
    """Leave out legs along which the loss does not change, and number the rest anew."""
    legs = [samples[k : k + SAMPLES] for k in range(0, len(samples), SAMPLES)]
    scale = max(abs(value) for _, value in samples) or 1.0
    moving = [leg for leg in legs if np.ptp([value for _, value in leg]) > np.finfo(float).eps * 16 * scale] or legs[:1]
    return [[number + t - int(leg[0][0]), value] for number, leg in enumerate(moving) for t, value in leg]
