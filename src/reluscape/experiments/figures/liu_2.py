"""The landscape of one unit on two orthogonal samples, its output weight fixed to 1, for two choices of labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...stories.page.palette import PAPER, VERMILLION
from .drawing import Drawing
from .landscape import loss_grid, unit_loss
from .sheet import sheet

X = np.eye(2)
SPAN = (-1.8, 2.2)
# (label, line or point of local minima) by labels y; lines run to minus infinity and are cut at the picture's edge.
MINIMA: dict[tuple[int, int], list[tuple[str, list[list[float]]]]] = {
    (1, 1): [
        ("loss 0", [[1.0, 1.0]]),
        ("loss 1/2", [[SPAN[0], 1.0], [0.0, 1.0]]),
        ("loss 1/2", [[1.0, SPAN[0]], [1.0, 0.0]]),
    ],
    (1, -1): [("loss 1/2", [[1.0, SPAN[0]], [1.0, 0.0]])],
}
_LEVELS = 16


def _panel(ax: Any, y: tuple[int, int], points: int) -> None:
    grid = np.linspace(*SPAN, points)
    ax.contourf(grid, grid, loss_grid(X, np.array(y, dtype=float), grid, grid), levels=_LEVELS, cmap="viridis")
    ax.axhline(0, color=PAPER, linewidth=1)
    ax.axvline(0, color=PAPER, linewidth=1)
    box = {"facecolor": PAPER, "alpha": 0.85, "edgecolor": "none", "pad": 1.5}
    for label, spots in MINIMA[y]:
        place = np.array(spots)
        if len(place) == 1:
            ax.plot(*place.T, "*", color=VERMILLION, markeredgecolor=PAPER, markersize=15)
        else:
            ax.plot(*place.T, color=VERMILLION, linewidth=3, solid_capstyle="butt")
        ax.annotate(
            label, place.mean(axis=0), xytext=(0, 9), textcoords="offset points", ha="center", fontsize=8, bbox=box
        )
    ax.text(-0.9, -0.9, "plateau, loss 1", ha="center", va="center", fontsize=8, bbox=box)
    ax.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal", title=f"labels {y[0]} and {y[1]}".replace("-", "−"))
    ax.title.set_fontsize(10)


def draw(quick: bool = False) -> Drawing:
    """Draw the loss over both weights with all of its local minima.

    The plateau, where the unit is off for both samples, consists of local minima too: inside it nothing changes.

    Source: Liu, Part 1, Section III-B and Figure 2.
    """
    figure, axes = sheet(2)
    for ax, y in zip(axes, MINIMA, strict=True):
        _panel(ax, y, 121 if quick else 481)
    losses = [
        {
            "y": list(y),
            "minima": [
                [label, spots[-1], unit_loss(X, np.array(y, dtype=float), spots[-1])] for label, spots in minima
            ],
        }
        for y, minima in MINIMA.items()
    ]
    caption = (
        "Mean squared error of one unit with output weight 1 on the samples (1, 0) and (0, 1). Red: local minima. "
        "Left: labels 1 and 1, local minimum values 0, 1/2 and 1. Right: labels 1 and −1, values 1/2 and 1; the "
        "fourth cell's own minimum lies outside it, so it holds none."
    )
    caption += " Quick: coarser grid." if quick else ""
    return Drawing(figure, {"X": X.tolist(), "panels": losses}, caption, quick)
