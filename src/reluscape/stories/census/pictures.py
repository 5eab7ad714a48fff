"""The barrier tree drawn as a disconnectivity graph, and the loss along the ways out of the worst traps."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ...critical.slices import loss_slice
from ...landscape.topology import BarrierTree
from ...problem.data import Dataset

MOST_WAYS = 3
SAMPLES = 25


def disconnectivity(tree: BarrierTree, kept: list[int], zero_loss: float) -> dict[str, Any]:
    """Return the graph: a stem for each valley from its loss up to its merge height, where it joins its parent's.

    Subtrees stand side by side, the ones that join first next to their parent, so no two lines cross.
    """
    place = {k: x for x, k in enumerate(_order(tree, kept))}
    stems, joins = [], []
    for number, k in enumerate(kept):
        valley = tree.valleys[k]
        top = valley.merge_height if np.isfinite(valley.merge_height) else None
        low = tree.told(valley.value)
        stems.append({"valley": number, "x": place[k], "low": low, "high": top, "spurious": valley.spurious})
        if valley.parent in place:
            joins.append({"height": valley.merge_height, "from": place[k], "to": place[valley.parent]})
    return {"stems": stems, "joins": joins, "zero_loss": zero_loss, "cap": tree.capped}


def _order(tree: BarrierTree, kept: list[int]) -> list[int]:
    """Return the valleys from left to right."""
    children: dict[int | None, list[int]] = {}
    for k in kept:
        children.setdefault(tree.valleys[k].parent, []).append(k)
    spread: dict[int, list[int]] = {}
    for k in sorted(kept, key=lambda k: (tree.valleys[k].merge_height, -k)):
        row = [k]
        mine = sorted(children.get(k, []), key=lambda c: tree.valleys[c].merge_height)
        for turn, child in enumerate(mine):
            row = row + spread[child] if turn % 2 == 0 else spread[child] + row
        spread[k] = row
    return [k for root in children.get(None, []) for k in spread[root]]


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
