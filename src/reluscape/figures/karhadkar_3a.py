"""Chance of a full-rank Jacobian at initialisation, with a fixed number of inputs."""

from __future__ import annotations

from .drawing import Drawing
from .rank_map import chances, draw_panels

INPUTS = (1, 2, 3, 5)


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the heat maps for 1, 2, 3 and 5 inputs.

    Source: Karhadkar and Montúfar's slides, the first Figure 3; grid and laws as in the authors' released code.
    """
    step = 30 if quick else 10
    trials = 20 if quick else 100
    samples, widths = range(10, 101, step), range(30, 301, 90 if quick else 30)
    panels = [
        (f"inputs: {d}", chances(samples, widths, [d] * len(samples), trials, seed, "karhadkar-3a")) for d in INPUTS
    ]
    caption = (
        "Chance that the Jacobian in the hidden weights has full rank, data uniform on [0, 1], PyTorch's law, "
        f"{trials} draws of data and weights for each cell, every rank exact; one input: closed form. "
        "Red: as many hidden weights as samples. "
        "For one input the width that is needed grows faster than linearly in the number of samples."
    )
    caption += " Quick: coarser grid, fewer draws." if quick else ""
    return Drawing(draw_panels(panels), {"trials": trials, "panels": dict(panels)}, caption, quick)
