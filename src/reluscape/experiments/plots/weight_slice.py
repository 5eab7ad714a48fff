"""A plane through weight space, its cells filled by basin value, their borders exact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from matplotlib.collections import PolyCollection

from ...stories.page.palette import INK, PAPER, VERMILLION, value_color, value_range

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_weight_slice(ax: Axes, slice_: Mapping[str, Any], *, names: bool = True) -> list[Any]:
    """Draw the cells of a slice and its named points.

    Arguments:
        ax: the axes to draw on.
        slice_: the block ``pictures.slice`` of a survey: ``cells`` with ``polygon`` and ``value``, ``points`` as
            (label, a, b), and the labels of the axes.
        names: write the labels beside the points.

    Returns:
        the artists, cells first.
    """
    cells = slice_["cells"]
    low, high = value_range(cell.get("value") for cell in cells)
    colors = [value_color(cell.get("value"), low, high) for cell in cells]
    patches = PolyCollection([cell["polygon"] for cell in cells], facecolors=colors, edgecolors=PAPER, linewidths=0.5)
    artists: list[Any] = [ax.add_collection(patches)]
    for label, a, b in slice_.get("points") or []:
        artists += ax.plot([a], [b], "o", color=VERMILLION, markeredgecolor=PAPER, markersize=7)
        if names:
            box = {"facecolor": PAPER, "alpha": 0.85, "edgecolor": "none", "pad": 1.5}
            note = ax.annotate(
                str(label),
                (a, b),
                xytext=(0, 8),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color=INK,
                bbox=box,
            )
            artists.append(note)
    ax.autoscale_view()
    ax.margins(0)
    ax.set(xlabel=slice_.get("x_label", ""), ylabel=slice_.get("y_label", ""))
    return artists
