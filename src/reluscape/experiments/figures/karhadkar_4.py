"""Share of regions that contain a global minimum, one input."""

from __future__ import annotations

from fractions import Fraction

from ...bounds import karhadkar_theorem_8
from .drawing import Drawing
from .global_minima import COLUMNS, TARGETS, shares
from .maps import draw_maps

_SHARE = Fraction(1, 20)


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the share over samples and hidden units: three kinds of targets, two populations, two laws of the inputs.

    Source: Karhadkar and Montúfar's slides, Figure 4 and Theorem 8; data, targets and law as in the authors' released
    code, its tolerance replaced by an exact decision; that code samples random starts only.
    """
    trials = 2 if quick else 12
    samples = (10, 15, 20) if quick else range(10, 101, 10)
    widths = (40, 120, 200) if quick else range(100, 1001, 150)
    promise = {"Theorem 8 promises 95 %": [float(2 * karhadkar_theorem_8(n, _SHARE)) for n in samples]}
    grid = []
    for targets, words in TARGETS.items():
        panels = []
        for title, population, inputs in COLUMNS:
            lines = promise if population == "regions" else None
            heat_map = shares(1, samples, widths, trials, seed, "karhadkar-4", population, inputs, targets, lines)
            panels.append((title, heat_map))
        grid.append((words, panels))
    caption = (
        f"Share of activation regions that contain a global minimum, here loss zero, {trials} regions for each cell, "
        "every one decided exactly. Left: the region of a random start (He's uniform law). Right: the non-empty "
        "regions, each counted alike, of which Theorem 8 speaks. One input and a bias, inputs uniform on [−1, 1] or "
        "normal, one data set for each cell, output weights 1 and −1 in turn and fixed. Random starts need many "
        "more units: their kinks seldom fall between close neighbours."
    )
    caption += " Quick: smaller grid, fewer draws." if quick else ""
    panels_of = {
        targets: {f"{where}, {law}": heat_map for (_, where, law), (_, heat_map) in zip(COLUMNS, row, strict=True)}
        for targets, (_, row) in zip(TARGETS, grid, strict=True)
    }
    figure = draw_maps(grid, "share with a global minimum", sharey=True)
    return Drawing(figure, {"trials": trials, "panels": panels_of}, caption, quick)
