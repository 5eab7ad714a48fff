"""What the pictures show: the data with unit lines, the fan of rank-2 data, a slice of weight space."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...landscape.widths.cells import Fan, Slice
from ...landscape.widths.result import WidthMap
from ...landscape.widths.switches import clearest_inputs, switches
from ...problem.data import Dataset
from .. import schema
from ..fitted import fitted

MOST_PATTERN = 60


def data_picture(data: Dataset, Z: np.ndarray | None, target: str) -> dict[str, Any]:
    """Return the two inputs that tell most about the target, coloured by it, with the lines where units switch.

    Args:
        data: the data set.
        Z: (m, d) products v_j w_j of the network to draw, in the data's own units, or None.
        target: name of the target.
    """
    columns, y = data.d - 1 if data.bias else data.d, np.asarray(data.y)
    lines = [] if Z is None else [_line(unit, points) for unit, points in switches(data, Z)]
    if columns == 1:
        note = "each dashed line is where one unit of the best network found switches on" if lines else ""
        entry = {"x": data.X[:, 0].tolist(), "y": y.tolist(), "x_label": data.features[0], "y_label": target}
        return {**entry, "color": y.tolist(), "color_label": target, "lines": lines, "note": note}
    a, b = clearest_inputs(data)
    note = (
        "each line is where one unit of the best network found switches on"
        if lines
        else f"the two inputs out of {columns} that go most with {target}"
    )
    return {
        "x": data.X[:, a].tolist(),
        "y": data.X[:, b].tolist(),
        "color": y.tolist(),
        "x_label": data.features[a],
        "y_label": data.features[b],
        "color_label": target,
        "lines": lines,
        "note": note,
    }


def _line(unit: int, points: np.ndarray) -> dict[str, Any]:
    """Return the segment on which a unit switches, for drawing."""
    return {"unit": unit + 1, "sign": 1, "points": points.tolist()}


def fit_picture(width_map: WidthMap) -> schema.Fit | None:
    """Return what the best network known computes, in the data's own units; None for more than two inputs."""
    data, best = width_map.subject.data, width_map.best
    if width_map.units is None or width_map.outputs is None or best.state is None:
        return None
    weights, signs = width_map.units, np.asarray(best.state[1])

    def units(X: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum(X @ weights.T, 0.0) @ signs)

    offset = float(np.mean(width_map.outputs.ravel() - units(data.X))) if width_map.settings.output_bias else 0.0

    def predict(inputs: np.ndarray) -> np.ndarray:
        return offset + units(np.column_stack([inputs, np.ones(len(inputs))]) if data.bias else inputs)

    level = None if width_map.subject.classes is None else 0.0
    columns = data.d - 1 if data.bias else data.d
    return fitted(predict, data.X[:, :columns], data.y, list(data.features), data.target or "y", level)


def fan_picture(fan: Fan | None) -> dict[str, Any] | None:
    """Return weight space of rank-2 data by direction, for drawing."""
    if fan is None:
        return None
    cells = [
        {
            "from": float(fan.ends[k]),
            "to": float(fan.ends[k + 1]),
            "pattern": _bits(fan.patterns[k]),
            "values": {"+": float(fan.plus[k]), "-": float(fan.minus[k])},
        }
        for k in range(len(fan.patterns))
    ]
    rays = [[float(np.cos(t)), float(np.sin(t))] for t in fan.ends[:-1]]
    return {"rays": rays, "cells": cells, "note": "weights of one unit, seen by direction; inputs standardised"}


def slice_picture(plane: Slice | None) -> dict[str, Any] | None:
    """Return a plane through weight space, its cells coloured by basin value, for drawing."""
    if plane is None:
        return None
    cells = [
        {"polygon": polygon.tolist(), "value": float(plane.values[k]), "pattern": _bits(plane.patterns[k])}
        for k, polygon in enumerate(plane.polygons)
    ]
    return {
        "points": [
            [f"a unit of the best {width}-unit network", float(spot[0]), float(spot[1])] for width, spot in plane.points
        ],
        "cells": cells,
        "x_label": "weights of one unit, first direction",
        "y_label": "second direction",
        "note": "an exact plane through weight space of one unit (inputs standardised); each cell is one activation "
        "region, coloured by the lower basin value of its two output signs",
    }


def _bits(pattern: np.ndarray) -> str:
    """Return a pattern as text, shortened for long ones."""
    text = "".join("1" if bit else "0" for bit in pattern[:MOST_PATTERN])
    return text if len(pattern) <= MOST_PATTERN else f"{text}... ({int(pattern.sum())} of {len(pattern)} active)"
