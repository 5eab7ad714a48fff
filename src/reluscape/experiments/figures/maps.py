"""Heat maps side by side over the number of samples and of hidden units, with the lines that theorems draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ...stories.page.palette import GREY, INK, ORANGE, PAPER, VERMILLION

# what a line says -> its colour and dashes; every line lies on a dark casing so that it shows on any colour
LINES: dict[str, tuple[str, Any]] = {
    "as many hidden weights as samples": (VERMILLION, "solid"),
    "one half, exact": (PAPER, "solid"),
    "Theorem 7 promises one half": (PAPER, (0, (4, 2))),
    "Theorem 2 promises one half, over all patterns": (ORANGE, (0, (1, 1.5))),
    "Theorem 8 promises 95 %": (PAPER, (0, (4, 2))),
}

Panel = Mapping[str, Any]


def panel(
    samples: Sequence[int],
    widths: Sequence[int],
    cells: Sequence[Sequence[Any]],
    lines: Mapping[str, Sequence[float | None]] | None = None,
) -> dict[str, Any]:
    """Return one heat map as plain numbers: for each width (rows) and number of samples a probability.

    Args:
        samples: numbers of samples.
        widths: numbers of hidden units.
        cells: a `Probability` for each width and number of samples.
        lines: names of `LINES` with a width for each number of samples, None where there is none near.
    """
    parts = {key: [[float(getattr(cell, key)) for cell in row] for row in cells] for key in ("value", "low", "high")}
    kinds = sorted({cell.kind for row in cells for cell in row})
    curves = {name: [None if w is None else float(w) for w in line] for name, line in (lines or {}).items()}
    return {"samples": list(samples), "widths": list(widths), **parts, "kinds": kinds, "lines": curves}


def draw_maps(grid: Sequence[tuple[str, Sequence[tuple[str, Panel]]]], label: str, sharey: Any = "row") -> Figure:
    """Draw rows of heat maps on one scale of colours, with one legend for all lines.

    Args:
        grid: (name of the row, its (title, panel) pairs); titles are written above the first row only.
        label: what the colours are.
        sharey: which panels share their axis of widths, as Matplotlib names it.
    """
    count = len(grid[0][1])
    figure = Figure(figsize=(2.45 * count + 1.5, 1.95 * len(grid) + 1.1), layout="constrained")
    axes = figure.subplots(len(grid), count, squeeze=False, sharex="col", sharey=sharey)
    legend: dict[str, Any] = {}
    for i, (name, panels) in enumerate(grid):
        for j, (title, one) in enumerate(panels):
            ax = axes[i][j]
            mesh = _heat_map(ax, one, legend)
            if i == 0:
                ax.set_title(title, fontsize=10)
            if i == len(grid) - 1:
                ax.set_xlabel("samples")
        axes[i][0].set_ylabel("hidden units", fontsize=9)
        style = {"ha": "center", "va": "center", "rotation": 90, "fontsize": 10, "color": INK}
        axes[i][0].annotate(name, (-0.42, 0.5), xycoords="axes fraction", annotation_clip=False, **style)
    figure.colorbar(mesh, ax=axes, label=label, shrink=0.6, aspect=35)
    if legend:
        figure.legend(
            list(legend.values()),
            list(legend),
            loc="outside lower center",
            ncols=2,
            fontsize=8,
            facecolor=GREY,
            framealpha=0.45,
        )
    return figure


def _heat_map(ax: Any, one: Panel, legend: dict[str, Any]) -> Any:
    """Draw one panel; enter its lines into the legend."""
    n, widths = np.array(one["samples"]), np.array(one["widths"])
    mesh = ax.pcolormesh(n, widths, np.array(one["value"]), vmin=0, vmax=1, cmap="viridis", shading="nearest")
    edge = (widths[1] - widths[0]) / 2 if len(widths) > 1 else 0.5
    limits = (widths[0] - edge, widths[-1] + edge)
    for name, line in one["lines"].items():
        color, dashes = LINES[name]
        line = [np.nan if width is None else width for width in line]
        ax.plot(n, line, color=INK, linewidth=2.4)
        (artist,) = ax.plot(n, line, color=color, linewidth=1.4, linestyle=dashes, marker=".", markersize=3)
        legend.setdefault(name, artist)
    # half a cell beside the first column would otherwise reach below zero samples
    ax.set_xlim(left=max(ax.get_xlim()[0], 0))
    ax.set_ylim(max(limits[0], 0), limits[1])
    ax.tick_params(labelsize=8)
    return mesh
