"""Where the units of a network switch on, in the plane of the one or two inputs that are drawn."""

from __future__ import annotations

import numpy as np

from ...problem.data import Dataset

# how far a picture reaches beyond the samples, as a share of their range
BEYOND = 0.08


def clearest_inputs(data: Dataset) -> list[int]:
    """Return the columns, at most two, that go most with the target, the clearest first; the column of ones is none."""
    columns = data.d - 1 if data.bias else data.d
    y = np.asarray(data.y)
    deviation = data.X[:, :columns].std(axis=0)
    offsets = data.X[:, :columns] - data.X[:, :columns].mean(axis=0)
    strength = np.abs(offsets.T @ (y - y.mean())) / np.where(deviation > 0, deviation, np.inf)
    return [int(j) for j in np.argsort(-strength, kind="stable")[:2]]


def switches(data: Dataset, Z: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Return for every unit that switches inside the data's box its number and the segment (2, 2) where it does.

    With one input and a hidden bias the box spans input and target, with two inputs the `clearest_inputs`; with more
    inputs a unit has no segment.

    Args:
        data: the samples, with targets.
        Z: (m, d) rows along the units' weights.

    >>> [s.tolist() for _, s in switches(Dataset([[0], [2]], [5, 7], bias=True), np.array([[1.0, -1.0]]))]
    [[[1.0, 5.0], [1.0, 7.0]]]
    """
    columns = data.d - 1 if data.bias else data.d
    if columns == 1:
        return _of_one_input(data, Z) if data.bias else []
    return _of_two_inputs(data, Z) if columns == 2 else []


def _of_one_input(data: Dataset, Z: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Return the vertical segments where units of one input switch."""
    y = np.asarray(data.y)
    low, high = data.X[:, 0].min(), data.X[:, 0].max()
    segments = []
    for j, z in enumerate(Z):
        if z[0] and low <= -z[1] / z[0] <= high:
            at = float(-z[1] / z[0])
            segments.append((j, np.array([[at, float(y.min())], [at, float(y.max())]])))
    return segments


def _of_two_inputs(data: Dataset, Z: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Return the segments inside the data's box where units of two inputs switch."""
    a, b = clearest_inputs(data)
    low, high = data.X.min(axis=0), data.X.max(axis=0)
    room = BEYOND * np.where(high > low, high - low, np.where(low != 0, np.abs(low), 1.0))
    low, high = low - room, high + room
    box = np.array([[low[a], low[b]], [high[a], low[b]], [high[a], high[b]], [low[a], high[b]]])
    segments = []
    for j, z in enumerate(Z):
        heights = box @ np.array([z[a], z[b]]) + (z[-1] if data.bias else 0.0)
        ends = []
        for k in range(4):
            h, g = heights[k], heights[(k + 1) % 4]
            if h * g < 0:
                ends.append(box[k] + h / (h - g) * (box[(k + 1) % 4] - box[k]))
        if len(ends) == 2:
            segments.append((j, np.array(ends)))
    return segments
