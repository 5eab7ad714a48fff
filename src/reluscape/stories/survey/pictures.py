"""The geometry behind the pictures: the data with unit lines, the fan of rank-2 data, a slice of weight space."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...geometry.arrangement import Arrangement
from ...probability.random_starts import Sampler
from ...problem.data import Dataset

MOST_CELLS = 900
ALMOST_PARALLEL = 0.99
MOST_PATTERN = 60
WINDOW = 1.6
SHRINK = 0.7


def data_picture(data: Dataset, Z: np.ndarray | None, target: str, classes: dict[int, str] | None) -> dict[str, Any]:
    """Return the two inputs that tell most about the target, coloured by it, with the lines where units switch.

    Args:
        data: the data set.
        Z: (m, d) products v_j w_j of the network to draw, in the data's own units, or None.
        target: name of the target.
        classes: class names, where the target has classes.
    """
    columns = data.d - 1 if data.bias else data.d
    y = np.asarray(data.y)
    spread = data.X[:, :columns].std(axis=0)
    centred = data.X[:, :columns] - data.X[:, :columns].mean(axis=0)
    strength = np.abs(centred.T @ (y - y.mean())) / np.where(spread > 0, spread, np.inf)
    order = [int(j) for j in np.argsort(-strength, kind="stable")[:2]]
    names = list(data.features)
    if columns == 1:
        lines = _switch_points(data, Z, y) if Z is not None and data.bias else []
        entry = {"x": data.X[:, 0].tolist(), "y": y.tolist(), "x_label": names[0], "y_label": target}
        note = "each dashed line is where one unit of the best network found switches on" if lines else ""
        return {**entry, "color": y.tolist(), "color_label": target, "lines": lines, "note": note}
    a, b = order
    exact = columns == 2
    lines = _switch_lines(data, Z, a, b) if exact and Z is not None else []
    note = (
        "each line is where one unit of the best network found switches on"
        if lines
        else f"the two inputs out of {columns} that go most with {target}"
    )
    return {
        "x": data.X[:, a].tolist(),
        "y": data.X[:, b].tolist(),
        "color": y.tolist(),
        "x_label": names[a],
        "y_label": names[b],
        "color_label": target,
        "lines": lines,
        "note": note,
    }


def _switch_points(data: Dataset, Z: np.ndarray, y: np.ndarray) -> list[dict[str, Any]]:
    """Return vertical lines where units of one input switch, inside the range of the data."""
    low, high = data.X[:, 0].min(), data.X[:, 0].max()
    lines = []
    for j, z in enumerate(Z):
        if z[0] and low <= -z[1] / z[0] <= high:
            at = float(-z[1] / z[0])
            lines.append({"unit": j + 1, "sign": 1, "points": [[at, float(y.min())], [at, float(y.max())]]})
    return lines


def _switch_lines(data: Dataset, Z: np.ndarray, a: int, b: int) -> list[dict[str, Any]]:
    """Return the segments inside the data's box where units of two inputs switch."""
    low, high = data.X.min(axis=0), data.X.max(axis=0)
    box = np.array([[low[a], low[b]], [high[a], low[b]], [high[a], high[b]], [low[a], high[b]]])
    lines = []
    for j, z in enumerate(Z):
        offset = z[-1] if data.bias else 0.0
        heights = box @ np.array([z[a], z[b]]) + offset
        points = []
        for k in range(4):
            h, g = heights[k], heights[(k + 1) % 4]
            if h * g < 0:
                points.append((box[k] + h / (h - g) * (box[(k + 1) % 4] - box[k])).tolist())
        if len(points) == 2:
            lines.append({"unit": j + 1, "sign": 1, "points": points})
    return lines


def fan_picture(sampler: Sampler) -> dict[str, Any] | None:
    """Return weight space of rank-2 data as a fan of cells with both basin values.

    None for another rank, or where a value is undecided.
    """
    data = sampler.basins.data
    arrangement = Arrangement.of(data)
    if arrangement.rank != 2:
        return None
    normals = np.array(arrangement.reduced, dtype=float)
    angles = np.sort(
        np.concatenate([np.arctan2(-normals[:, 0], normals[:, 1]), np.arctan2(normals[:, 0], -normals[:, 1])])
    )
    ends = np.append(angles, angles[0] + 2 * np.pi)
    middles = (ends[:-1] + ends[1:]) / 2
    W = arrangement.lift(np.stack([np.cos(middles), np.sin(middles)], axis=1))
    patterns = W @ data.X.T > 0
    plus, minus = _values(sampler, patterns)
    if np.isnan([plus, minus]).any():
        return None
    cells = [
        {
            "from": float(ends[k]),
            "to": float(ends[k + 1]),
            "pattern": _bits(patterns[k]),
            "values": {"+": float(plus[k]), "-": float(minus[k])},
        }
        for k in range(len(middles))
    ]
    rays = [[float(np.cos(t)), float(np.sin(t))] for t in angles]
    return {"rays": rays, "cells": cells, "note": "weights of one unit, seen by direction; inputs standardised"}


def corner_units(networks: list[tuple[int, np.ndarray, np.ndarray]]) -> list[tuple[str, np.ndarray]]:
    """Return labels and weights (d,) of units of networks, longest first, no two of them nearly parallel.

    Args:
        networks: for each its width, Z (m, d) with z_j = |v_j| w_j, and the signs (m,) of its output weights.
    """
    corners: list[tuple[str, np.ndarray]] = []
    for width, Z, signs in networks:
        lengths = np.linalg.norm(Z, axis=1)
        for j in np.argsort(-lengths)[: 1 if width == 1 else 2]:
            w = Z[j] * signs[j]
            if lengths[j] > 0 and all(
                abs(w @ u) < ALMOST_PARALLEL * lengths[j] * np.linalg.norm(u) for _, u in corners
            ):
                corners.append((f"a unit of the best {width}-unit network", w))
    return corners


def slice_picture(sampler: Sampler, corners: list[tuple[str, np.ndarray]]) -> dict[str, Any] | None:
    """Return an exact plane through up to three units' weights, cut into cells coloured by basin value.

    Args:
        sampler: solves basins in standardised inputs.
        corners: (label, weights (d,)) of the units the plane passes through.
    """
    data = sampler.basins.data
    if data.rank < 3 or len(corners) < 3:
        return None
    points = np.array([w / (np.linalg.norm(w) or 1.0) for _, w in corners[:3]])
    basis = np.linalg.qr((points[1:] - points[0]).T)[0].T
    centre = points.mean(axis=0)
    offsets, slopes = data.X @ centre, data.X @ basis.T
    half = WINDOW
    polygons = _cut(offsets, slopes, half)
    while polygons is None and half > np.finfo(float).eps:
        half *= SHRINK
        polygons = _cut(offsets, slopes, half)
    if not polygons:
        return None
    middles = np.array([p.mean(axis=0) for p in polygons])
    patterns = offsets + middles @ slopes.T > 0
    plus, minus = _values(sampler, patterns)
    if np.isnan([plus, minus]).any():
        return None
    cells = [
        {"polygon": polygon.tolist(), "value": float(min(plus[k], minus[k])), "pattern": _bits(patterns[k])}
        for k, polygon in enumerate(polygons)
    ]
    placed = [(points[k] - centre) @ basis.T for k in range(3)]
    shown = [[corners[k][0], float(p[0]), float(p[1])] for k, p in enumerate(placed) if np.abs(p).max() <= half]
    return {
        "points": shown,
        "cells": cells,
        "x_label": "weights of one unit, first direction",
        "y_label": "second direction",
        "note": "an exact plane through weight space of one unit (inputs standardised); each cell is one activation "
        "region, coloured by the lower basin value of its two output signs",
    }


def _cut(offsets: np.ndarray, slopes: np.ndarray, half: float) -> list[np.ndarray] | None:
    """Return the polygons into which lines cut a square, or None where they are too many to draw."""
    polygons = [np.array([[-half, -half], [half, -half], [half, half], [-half, half]])]
    for c, normal in zip(offsets, slopes, strict=True):
        size = np.linalg.norm(normal)
        if size == 0:
            continue
        pieces = []
        for polygon in polygons:
            pieces += _split(polygon, (polygon @ normal + c) / size, half)
        polygons = pieces
        if len(polygons) > MOST_CELLS:
            return None
    return polygons


def _split(polygon: np.ndarray, heights: np.ndarray, half: float) -> list[np.ndarray]:
    """Return a convex polygon cut along a line, given the heights of its corners above it."""
    tiny = half * 2.0**-40
    if heights.min() >= -tiny or heights.max() <= tiny:
        return [polygon]
    above: list[np.ndarray] = []
    below: list[np.ndarray] = []
    for k in range(len(polygon)):
        p, q, h, g = polygon[k], polygon[(k + 1) % len(polygon)], heights[k], heights[(k + 1) % len(polygon)]
        (above if h > 0 else below).append(p)
        if h * g < 0:
            crossing = p + h / (h - g) * (q - p)
            above.append(crossing)
            below.append(crossing)
    return [np.array(part) for part in (above, below) if len(part) >= 3]


def _values(sampler: Sampler, patterns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the width-1 basin values of patterns for both output signs, NaN where undecided."""
    both = np.repeat(patterns[:, None, :], 2, axis=0)
    signs = np.tile(np.array([[1], [-1]]), (len(patterns), 1))
    values = sampler.basins.evaluator.values(both, signs)
    return values[0::2], values[1::2]


def _bits(pattern: np.ndarray) -> str:
    """Return a pattern as text, shortened for long ones."""
    text = "".join("1" if bit else "0" for bit in pattern[:MOST_PATTERN])
    return text if len(pattern) <= MOST_PATTERN else f"{text}... ({int(pattern.sum())} of {len(pattern)} active)"
