"""Chance of a full-rank Jacobian at initialisation, with as many inputs as a fixed share of the samples."""

from __future__ import annotations

import math
from fractions import Fraction

from .drawing import Drawing
from .rank_map import chances, draw_panels

RATIOS = (Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2))


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the heat maps for 1/4, 1/2, 1 and 2 inputs for each sample.

    Source: Karhadkar and Montúfar's slides, the second Figure 3; grid and laws as in the authors' released code, with
    fewer draws.
    """
    trials = 10 if quick else 40
    samples, widths = range(10, 91 if quick else 191, 40 if quick else 20), range(1, 16, 2 if quick else 1)
    panels = [
        (
            f"inputs for each sample: {ratio}",
            chances(samples, widths, [math.ceil(ratio * n) for n in samples], trials, seed, "karhadkar-3b"),
        )
        for ratio in RATIOS
    ]
    caption = (
        "Chance that the Jacobian in the hidden weights has full rank, data uniform on [0, 1], PyTorch's law, "
        f"{trials} draws of data and weights for each cell, every rank exact. "
        "Red: as many hidden weights as samples. The width that is needed grows only slowly with the samples."
    )
    caption += " Quick: coarser grid, fewer draws." if quick else ""
    return Drawing(draw_panels(panels), {"trials": trials, "panels": dict(panels)}, caption, quick)
