"""Lines and planes through weight space, as data for the page."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..critical.slices import loss_slice
from ..data import Dataset
from ..networks import TwoLayerNet
from .findings import Findings
from .reading import Trained
from .result import ModelReport

SAMPLES = 121
MOST_BREAKPOINTS = 400
BEFORE, AFTER = -0.25, 1.25


def line_block(title: str, a: TwoLayerNet, b: TwoLayerNet, data: Dataset) -> dict[str, Any]:
    """Return the exact loss along the line from one network through another."""
    line = loss_slice(a, b, data, interval=(BEFORE, AFTER))
    marks = line.breakpoints
    if len(marks) > MOST_BREAKPOINTS:
        marks = marks[np.linspace(0, len(marks) - 1, MOST_BREAKPOINTS).round().astype(int)]
    t = np.linspace(BEFORE, AFTER, SAMPLES)
    lowest = line.minimum()
    note = f"{len(line.breakpoints)} breakpoints, solved; lowest loss on the line {lowest[1]:.6g} at {lowest[0]:.4g}"
    if len(marks) < len(line.breakpoints):
        note += f"; {len(marks)} of them are drawn"
    return {
        "title": title,
        "breakpoints": marks.tolist(),
        "loss": np.asarray(line(marks)).tolist() if len(marks) else [],
        "samples": np.stack([t, line(t)], axis=1).tolist(),
        "note": note,
    }


def plane_block(trained: Trained, summary: ModelReport, found: Findings) -> dict[str, Any] | None:
    """Return nothing yet."""
    return None
