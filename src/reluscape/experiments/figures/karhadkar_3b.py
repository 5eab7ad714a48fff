"""Chance of a full-rank Jacobian with as many inputs as a fixed share of the samples."""

from __future__ import annotations

import math
from fractions import Fraction

from .drawing import Drawing
from .maps import draw_maps
from .rank_map import ROWS, chances

RATIOS = (Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2))


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw heat maps for 1/4, 1/2, 1 and 2 inputs for each sample, in two populations and for two laws of the inputs.

    Source: Karhadkar and Montúfar's slides, the second Figure 3; laws as in the authors' released code, which draws
    random starts only; coarser grid and fewer draws.
    """
    trials = 4 if quick else 12
    samples = range(10, 51, 40) if quick else range(10, 191, 60)
    widths = range(1, 16, 7) if quick else range(1, 16)
    grid = []
    for row, population, data in ROWS:
        panels = []
        for ratio in RATIOS:
            inputs = [math.ceil(ratio * n) for n in samples]
            heat_map = chances(samples, widths, inputs, trials, seed, "karhadkar-3b", population, data)
            panels.append((f"{ratio} input{'s' if ratio > 1 else ''} for each sample", heat_map))
        grid.append((row, panels))
    caption = (
        "Chance that the Jacobian in the hidden weights has full rank. Upper rows: at a random start of PyTorch's "
        "law, inputs uniform on [0, 1] or normal, and a bias. Lower rows: over the non-empty activation regions, "
        f"each counted alike. {trials} draws for each cell, every rank decided exactly. With at least as many inputs "
        "as samples the share of the regions is (1 - 2^-m)^n for m units: the width that is needed grows like the "
        "logarithm of the number of samples and does not stay constant. Theorem 2 (corrected) counts all patterns; "
        "there these are the regions, elsewhere most are empty."
    )
    caption += " Quick: coarser grid, fewer draws." if quick else ""
    panels_of = {f"{where}, {law}": dict(row) for (_, where, law), (_, row) in zip(ROWS, grid, strict=True)}
    figure = draw_maps(grid, "chance of full rank", sharey=True)
    return Drawing(figure, {"trials": trials, "panels": panels_of}, caption, quick)
