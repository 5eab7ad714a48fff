"""Samples partition the weight space into cells."""

from __future__ import annotations

import math

import numpy as np

from ...stories.page.palette import BLUE, GREEN, GREY, VERMILLION
from .drawing import Drawing
from .planar import sectors
from .sheet import arrow, quiet, sheet

SAMPLES = np.array([[1.0, 0.1], [0.6, 0.9], [-0.5, 1.0]])
UNITS = np.array([[0.95, 0.1], [-0.3, 0.8], [0.45, -0.8]])


def draw() -> Drawing:
    """Draw three samples as lines in weight space and three weight vectors in the cells between them.

    Source: Liu, Part 1, Figure 1 (samples of our own choice).
    """
    figure, (ax,) = sheet()
    parts = sectors(SAMPLES)
    for i, x in enumerate(SAMPLES):
        direction = np.array([-x[1], x[0]]) / np.hypot(*x)
        ax.plot(*np.outer(direction, [-1.3, 1.3]), color=BLUE, linewidth=1.4)
        ax.text(*(1.4 * direction), f"$x_{i + 1}$", color=BLUE, ha="center", va="center")
    for k, sector in enumerate(parts):
        spot = 1.32 * np.array([math.cos(sector.middle), math.sin(sector.middle)])
        ax.text(*spot, f"cell {k + 1}", color=GREY, ha="center", va="center", fontsize=9)
    for j, w in enumerate(UNITS):
        arrow(ax, w, color=(VERMILLION, GREEN, GREY)[j])
        ax.text(*(1.1 * w), f"$w_{j + 1}$", ha="center", va="center")
    quiet(ax, 1.5)
    inside = [[bool(value > 0) for value in SAMPLES @ w] for w in UNITS]
    cells = [next(k + 1 for k, sector in enumerate(parts) if list(sector.pattern) == on) for on in inside]
    caption = (
        "Each sample is a hyperplane through the origin of weight space; together they cut it into convex cells. "
        "Moving a weight vector inside its cell switches no unit on or off."
    )
    return Drawing(figure, {"X": SAMPLES.tolist(), "W": UNITS.tolist(), "cells": cells}, caption)
