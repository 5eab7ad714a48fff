"""Chance of a full-rank Jacobian with a fixed number of inputs."""

from __future__ import annotations

from .drawing import Drawing
from .maps import draw_maps
from .rank_map import ROWS, chances

INPUTS = (1, 2, 3, 5)


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw heat maps for 1, 2, 3 and 5 inputs, at random starts and over all regions, for two laws of the inputs.

    Source: Karhadkar and Montúfar's slides, the first Figure 3; grid and laws as in the authors' released code, which
    draws random starts only.
    """
    trials = 2 if quick else 24
    samples, widths = range(10, 101, 45 if quick else 10), range(30, 301, 135 if quick else 30)
    grid = []
    for row, population, data in ROWS:
        panels = [
            (
                f"{d} input{'s' if d > 1 else ''}",
                chances(samples, widths, [d] * len(samples), trials, seed, "karhadkar-3a", population, data),
            )
            for d in INPUTS
        ]
        grid.append((row, panels))
    caption = (
        "Chance that the Jacobian in the hidden weights has full rank. Upper rows: at a random start of PyTorch's "
        "law, inputs uniform on [0, 1] or normal, and a bias. Lower rows: over the non-empty activation regions, "
        f"each counted alike. {trials} draws of data and weights for each cell, every rank decided exactly; closed "
        "form for one input at random starts on uniform inputs and over regions. For one input the width that is "
        "needed at random starts grows faster than linearly in the number of samples. Theorem 2 counts all "
        "patterns, most of them empty regions, so that its line promises nothing about the rows it is drawn in; "
        "Theorem 7 speaks of the regions."
    )
    caption += " Quick: coarser grid, fewer draws." if quick else ""
    panels_of = {f"{where}, {law}": dict(row) for (_, where, law), (_, row) in zip(ROWS, grid, strict=True)}
    figure = draw_maps(grid, "chance of full rank", sharey=True)
    return Drawing(figure, {"trials": trials, "panels": panels_of}, caption, quick)
