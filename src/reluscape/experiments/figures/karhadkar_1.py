"""Fan of activation regions of one unit; each region is labelled with the samples the unit is on for."""

from __future__ import annotations

import numpy as np

from ...stories.page.palette import INK, VERMILLION
from ..plots.fan import draw_fan
from .drawing import Drawing
from .planar import fan_block
from .sheet import arrow, sheet

SAMPLES = np.array([[1.0, 0.25], [0.45, 1.0], [-0.7, 0.85]])
TINTS = ["#dceaf4", "#f7e3d6", "#d9eee7", "#f5e5ef", "#fbf0d3", "#e3f1fa"]


def draw() -> Drawing:
    """Draw the fan of three samples in the plane.

    Source: Karhadkar and Montúfar's slides, Figure 1 (samples of our own choice).
    """
    figure, (ax,) = sheet()
    block = fan_block(SAMPLES, TINTS)
    draw_fan(ax, block)
    for i, x in enumerate(SAMPLES):
        end = 0.62 * x / np.hypot(*x)
        arrow(ax, end, color=VERMILLION)
        ax.text(*(1.14 * end), f"$x_{i + 1}$", color=INK, ha="center", va="center", fontsize=10)
    caption = (
        "Activation regions of one unit for three samples in the plane. At each ray the unit switches for the "
        "sample orthogonal to it; a region's label says for which samples the unit is on. "
        "There are 2 (1 + 2) = 6 regions (Proposition 3)."
    )
    return Drawing(figure, {"X": SAMPLES.tolist(), **block}, caption)
