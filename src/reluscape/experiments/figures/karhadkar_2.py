"""The zonotope of three samples: vertices are regions, normal cones are the fan."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.patches import Polygon, Wedge

from ...stories.page.palette import BLUE, GREY, INK, VERMILLION
from .drawing import Drawing
from .karhadkar_1 import SAMPLES, TINTS
from .planar import sectors, vertices
from .sheet import arrow, quiet, sheet

_CONE = 0.42


def draw() -> Drawing:
    """Draw the segments and their Minkowski sum with the normal cone at every vertex.

    Source: Karhadkar and Montúfar's slides, Figure 2 and Proposition 4 (samples of our own choice).
    """
    figure, (left, right) = sheet(2)
    for i, x in enumerate(SAMPLES):
        arrow(left, x, color=VERMILLION)
        left.text(*(1.1 * x), f"$P_{i + 1}$", ha="center", va="center")
    quiet(left, 1.4)
    left.set_title("Segments from 0 to the samples", fontsize=10)
    corners = vertices(SAMPLES)
    right.add_patch(Polygon(corners, closed=True, facecolor="#eef3f8", edgecolor=BLUE, linewidth=1.6))
    centre = corners.mean(axis=0)
    for sector, corner, tint in zip(sectors(SAMPLES), corners, TINTS, strict=True):
        start, end = math.degrees(sector.start), math.degrees(sector.end)
        right.add_patch(Wedge(tuple(corner), _CONE, start, end, facecolor=tint, edgecolor=GREY, linewidth=0.8))
        right.plot(*corner, "o", color=INK, markersize=4)
        spot = corner + (_CONE + 0.17) * np.array([math.cos(sector.middle), math.sin(sector.middle)])
        right.text(*spot, sector.word, ha="center", va="center", family="monospace", fontsize=9)
    right.set_aspect("equal")
    right.axis("off")
    reach = np.abs(corners - centre).max() + 0.75
    right.set(xlim=(centre[0] - reach, centre[0] + reach), ylim=(centre[1] - reach, centre[1] + reach))
    right.set_title("Their sum, with the normal cone at each vertex", fontsize=10)
    caption = (
        "The Minkowski sum of the segments from 0 to three samples. Each vertex is the sum of the samples a unit is on "
        "for, and its normal cone is that activation region (Proposition 4)."
    )
    words = [sector.word for sector in sectors(SAMPLES)]
    return Drawing(figure, {"X": SAMPLES.tolist(), "vertices": corners.tolist(), "patterns": words}, caption)
