"""Share of regions that contain a global minimum, two and five inputs."""

from __future__ import annotations

from typing import Any

from .drawing import Drawing
from .global_minima import COLUMNS, TARGETS, shares
from .maps import draw_maps

SAMPLES = (5, 10, 15, 20, 25)
# widths around which the share rises from 0 to 1, by number of inputs
WIDTHS = {2: range(4, 45, 8), 5: range(2, 18, 3)}


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the share over samples and hidden units, for two and five inputs, two populations, two laws, three targets.

    Source: Karhadkar and Montúfar's slides, Figure 5; data, targets and law as in the authors' released code, its
    tolerance replaced by an exact decision; the widths are ours, around the rise.
    """
    trials = 2 if quick else 6
    samples = (4, 7) if quick else SAMPLES
    grid, panels_of = [], {}
    for d in WIDTHS:
        widths = WIDTHS[d][:4:2] if quick else WIDTHS[d]
        for targets, words in TARGETS.items():
            panels: list[tuple[str, Any]] = []
            for title, population, inputs in COLUMNS:
                heat_map = shares(d, samples, widths, trials, seed, "karhadkar-5", population, inputs, targets)
                panels.append((title, heat_map))
                panels_of[f"inputs: {d}, {targets}, {population}, {inputs}"] = heat_map
            grid.append((f"{d} inputs,\n{words}", panels))
    caption = (
        f"Share of activation regions that contain a global minimum, here loss zero, {trials} regions for each cell, "
        "every one decided exactly. Left: the region of a random start (He's uniform law). Right: the non-empty "
        "regions, each counted alike. Two and five inputs and a bias, inputs uniform on [−1, 1] or normal, one data "
        "set for each cell, output weights 1 and −1 in turn and fixed. Red: as many hidden weights as samples, "
        "below which a region can hold a global minimum of loss zero only by chance of the targets."
    )
    caption += " Quick: smaller grid, fewer draws." if quick else ""
    figure = draw_maps(grid, "share with a global minimum")
    return Drawing(figure, {"trials": trials, "panels": panels_of}, caption, quick)
