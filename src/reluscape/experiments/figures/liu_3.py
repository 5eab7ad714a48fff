"""A local minimum on the border of two cells, where the loss has a kink."""

from __future__ import annotations

import numpy as np

from ...stories.page.palette import INK, PAPER, VERMILLION
from .drawing import Drawing
from .landscape import loss_grid, unit_loss
from .sheet import arrow, sheet

X = np.eye(2)
LABELS = np.array([1.0, -1.0])
MINIMUM = np.array([1.0, 0.0])
_REACH = 0.8


def draw(quick: bool = False) -> Drawing:
    """Draw the loss around (1, 0) for two orthogonal samples with labels 1 and -1, output weight fixed to 1.

    Above the border the unit is on for the second sample and the loss falls towards the border; below it the loss
    does not depend on the second weight.

    Source: Liu, Part 1, Figure 3 and Lemma 3 (an instance of our own choice).
    """
    figure, (plane, cut) = sheet(2)
    points = 81 if quick else 321
    first, second = np.linspace(1 - _REACH, 1 + _REACH, points), np.linspace(-_REACH, _REACH, points)
    plane.contourf(first, second, loss_grid(X, LABELS, first, second), levels=18, cmap="viridis")
    plane.axhline(0, color=PAPER, linewidth=1.4)
    plane.plot(*MINIMUM, "*", color=VERMILLION, markeredgecolor=PAPER, markersize=15)
    for start in ((0.6, 0.55), (1.4, 0.55)):
        arrow(plane, (start[0] * 0.7 + 0.3, 0.12), start, color=PAPER)
    for start in ((0.45, -0.4), (1.55, -0.4)):
        arrow(plane, (1 + (start[0] - 1) * 0.35, -0.4), start, color=PAPER)
    plane.text(0.25, 0.68, "cell 1", color=INK, fontsize=9)
    plane.text(0.25, -0.7, "cell 2", color=PAPER, fontsize=9)
    plane.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
    along = [unit_loss(X, LABELS, [1.0, t]) for t in second]
    cut.plot(second, along, color=INK)
    cut.plot(0, unit_loss(X, LABELS, MINIMUM), "*", color=VERMILLION, markersize=13)
    cut.axvline(0, color="#8a9099", linewidth=0.8, linestyle=":")
    cut.set(xlabel="$w_2$ at $w_1 = 1$", ylabel="mean squared error", ylim=(0.3, None))
    caption = (
        "One unit, samples (1, 0) and (0, 1), labels 1 and −1: the point (1, 0) lies on the border that the "
        "second sample defines and is a local minimum of loss 1/2. Arrows: where the loss falls. Right: the loss "
        "across the border has a kink there."
    )
    caption += " Quick: coarser grid." if quick else ""
    loss = unit_loss(X, LABELS, MINIMUM)
    data = {"X": X.tolist(), "y": LABELS.tolist(), "minimum": MINIMUM.tolist(), "loss": loss}
    return Drawing(figure, data, caption, quick)
