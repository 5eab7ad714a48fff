"""Two centres cut the plane into regions; clusters around them add thin noisy regions."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.patches import Circle, Wedge

from ...stories.page.palette import BLUE, INK, VERMILLION
from .drawing import Drawing
from .sheet import quiet, sheet

CENTRES = np.array([[1.0, 1.0], [-2.0, 0.5]])
RADIUS = 0.3
_REACH = 2.6


def noisy_half_angle(centre: np.ndarray, radius: float) -> float:
    """Return by how much the normal of a sample in the cluster can turn, arcsin(radius / |centre|), in radians.

    >>> round(noisy_half_angle(np.array([2.0, 0.0]), 1.0), 6) == round(math.pi / 6, 6)
    True
    """
    return math.asin(radius / float(np.hypot(*centre)))


def draw() -> Drawing:
    """Draw the regions of the two centres, and the noisy regions of clusters of a given radius.

    Source: Safran and Shamir, Figure 1 (its centres; the radius is ours) and Lemma 8.
    """
    figure, axes = sheet(2)
    angles = []
    for ax, radius, title in zip(axes, (0.0, RADIUS), ("Two samples", "Two clusters"), strict=True):
        for centre, color in zip(CENTRES, (BLUE, VERMILLION), strict=True):
            along = math.degrees(math.atan2(centre[1], centre[0])) + 90
            half = math.degrees(noisy_half_angle(centre, radius))
            if radius:
                angles.append(2 * half)
                for turn in (0, 180):
                    band = Wedge((0, 0), _REACH, along + turn - half, along + turn + half, facecolor=color, alpha=0.22)
                    ax.add_patch(band)
                ax.add_patch(Circle(tuple(centre), radius, facecolor="none", edgecolor=color, linewidth=1.2))
            direction = _REACH * np.array([math.cos(math.radians(along)), math.sin(math.radians(along))])
            ax.plot(*np.array([-direction, direction]).T, color=color, linewidth=1.3)
            ax.plot(*centre, "o", color=color, markersize=5)
        for centre, name in zip(CENTRES, ("$c_1$", "$c_2$"), strict=True):
            ax.text(centre[0], centre[1] + RADIUS + 0.12, name, color=INK, ha="center")
        quiet(ax, _REACH)
        ax.set_title(title, fontsize=10)
    caption = (
        "Left: the centres (1, 1) and (−2, 0.5) cut the weights of one unit into four regions. Right: samples "
        f"within {RADIUS} of the centres add noisy regions, tinted; a weight outside sees a cluster as one sample."
    )
    return Drawing(figure, {"centres": CENTRES.tolist(), "radius": RADIUS, "noisy_degrees": angles}, caption)
