"""Heat maps of the chance of a full-rank Jacobian over the number of samples and of hidden units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..jacobian import full_rank_fraction_random_data
from ..plots.palette import PAPER, VERMILLION
from ..seeds import stream
from .sheet import sheet


def chances(
    samples: Sequence[int], widths: Sequence[int], inputs: Sequence[int], trials: int, seed: int, name: str
) -> dict[str, Any]:
    """Compute one panel: for each width (rows) and number of samples (columns) a chance with its interval and kind.

    Each cell draws from its own stream, so that neither the grid nor the order changes a number.
    """
    cells = [
        [
            full_rank_fraction_random_data(n, d, width, trials=trials, rng=stream(seed, name, n, d, width))
            for n, d in zip(samples, inputs, strict=True)
        ]
        for width in widths
    ]
    parts: dict[str, Any] = {
        key: [[float(getattr(cell, key)) for cell in row] for row in cells] for key in ("value", "low", "high")
    }
    kinds = sorted({cell.kind for row in cells for cell in row})
    return {
        "samples": list(samples),
        "widths": list(widths),
        "inputs": list(inputs),
        **parts,
        "kinds": kinds,
    }


def draw_panels(
    panels: Sequence[tuple[str, dict[str, Any]]], shared: bool = True, label: str = "chance of full rank"
) -> Any:
    """Draw panels side by side on one scale, with the line on which there are as many weights as samples.

    Args:
        panels: (title, panel) each.
        shared: one axis of widths for all panels.
        label: what the colours are.
    """
    figure, axes = sheet(len(panels), width=3.1, height=3.3, sharey=shared)
    for ax, (title, panel) in zip(axes, panels, strict=True):
        n, widths = np.array(panel["samples"]), np.array(panel["widths"])
        mesh = ax.pcolormesh(n, widths, np.array(panel["value"]), vmin=0, vmax=1, cmap="viridis", shading="nearest")
        needed = n / (np.array(panel["inputs"]) + 1)
        ax.plot(n, needed, color=PAPER, linewidth=2.6)
        ax.plot(n, needed, color=VERMILLION, linewidth=1.4)
        edge = (widths[1] - widths[0]) / 2
        ax.set(title=title, xlabel="samples", ylim=(widths[0] - edge, widths[-1] + edge))
        if not shared:
            ax.set_yticks(widths)
        ax.title.set_fontsize(10)
    axes[0].set_ylabel("hidden units")
    figure.colorbar(mesh, ax=axes, label=label, shrink=0.9)
    return figure
