"""The ways out of the worst traps and the landscape in the plane as the page draws them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ...landscape.topology.plane import PlaneLandscape
from ...landscape.topology.ways import Passage
from ...problem.data import Dataset

FIGURES = 5
ADDS = {1: "adds", -1: "subtracts"}


def passage_pictures(passages: Iterable[Passage]) -> list[dict[str, Any]]:
    """Return the loss along ways out, for drawing."""
    return [
        {
            "valley": passage.number,
            "parent": passage.parent,
            "samples": passage.samples.tolist(),
            "pass": passage.top.tolist(),
            "barrier": passage.barrier,
        }
        for passage in passages
    ]


def plane_picture(plane: PlaneLandscape | None, data: Dataset) -> dict[str, Any] | None:
    """Return the landscape of one or two units on data in the plane, for drawing."""
    if plane is None:
        return None
    panels = [
        {
            "title": _title(panel.signs),
            "signs": list(panel.signs),
            "x": _rounded(panel.ticks[0]),
            "y": _rounded(panel.ticks[1]),
            "loss": _rounded(panel.loss),
            "minima": [{"valley": number, "x": float(z[0]), "y": float(z[1])} for number, z in panel.minima],
            "passes": [{"way": number, "x": float(z[0]), "y": float(z[1])} for number, z in panel.passes],
            "ways": [{"way": number, "points": points.tolist()} for number, points in panel.ways],
        }
        for panel in plane.panels
    ]
    if plane.kind == "weights":
        names = [*data.features, "the ones (bias)"] if data.bias else list(data.features)
        labels = [f"weight of {name}" for name in names]
    else:
        labels = ["direction of the first unit", "direction of the second unit"]
    return {
        "kind": plane.kind,
        "labels": labels,
        "walls": plane.walls,
        "panels": panels,
    }


def _title(signs: tuple[int, ...]) -> str:
    """Return what the units of a panel do."""
    if len(signs) == 1:
        return f"the unit {ADDS[signs[0]]}"
    return f"the first unit {ADDS[signs[0]]}, the second {ADDS[signs[1]]}"


def _rounded(values: np.ndarray) -> Any:
    """Return nested lists with five significant figures."""
    return np.vectorize(lambda v: float(f"{v:.{FIGURES}g}"), otypes=[float])(values).tolist()
