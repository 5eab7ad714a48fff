"""The barrier tree drawn as a disconnectivity graph, and the loss along the ways out of the worst traps."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ...critical.slices import loss_slice
from ...landscape.topology import BarrierTree
from ...landscape.topology.disconnectivity import disconnectivity
from ...problem.data import Dataset

__all__ = ["disconnectivity", "passages", "ways_out"]

MOST_WAYS = 3
SAMPLES = 25


def ways_out(tree: BarrierTree, kept: list[int], data: Dataset) -> list[dict[str, Any]]:
    """Return the ways from the traps with the highest barriers over their passes to lower valleys, as networks."""
    trapped = [(number, k) for number, k in enumerate(kept) if tree.valleys[k].parent is not None]
    trapped = [entry for entry in trapped if tree.valleys[entry[1]].spurious] or trapped
    trapped.sort(key=lambda entry: -tree.valleys[entry[1]].barrier)
    out = []
    for number, k in trapped[:MOST_WAYS]:
        path = list(tree.path(k))
        top = int(np.argmax([net.loss(data) for net in path]))
        out.append({"number": number, "valley": k, "networks": path, "top": top})
    return out


def passages(tree: BarrierTree, kept: list[int], ways: list[dict[str, Any]], data: Dataset) -> list[dict[str, Any]]:
    """Return the loss along ways out, leg by leg, for drawing."""
    out = []
    for way in ways:
        valley, samples = tree.valleys[way["valley"]], []
        for leg, (a, b) in enumerate(pairwise(way["networks"])):
            t = np.linspace(0.0, 1.0, SAMPLES)
            values = np.asarray(loss_slice(a, b, data)(t))
            samples += [[leg + float(s), tree.told(float(value))] for s, value in zip(t, values, strict=True)]
        samples = _without_flat_legs(samples)
        top = max(samples, key=lambda sample: sample[1])
        parent = kept.index(valley.parent) if valley.parent in kept else None
        out.append(
            {"valley": way["number"], "parent": parent, "samples": samples, "pass": top, "barrier": valley.barrier}
        )
    return out


def _without_flat_legs(samples: list[list[float]]) -> list[list[float]]:
    """Leave out legs along which the loss does not change, and number the rest anew."""
    legs = [samples[k : k + SAMPLES] for k in range(0, len(samples), SAMPLES)]
    scale = max(abs(value) for _, value in samples) or 1.0
    moving = [leg for leg in legs if np.ptp([value for _, value in leg]) > np.finfo(float).eps * 16 * scale] or legs[:1]
    return [[number + t - int(leg[0][0]), value] for number, leg in enumerate(moving) for t, value in leg]
