"""The loss along a line between two networks, with the solved breakpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .palette import BLUE, INK, PAPER, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_loss_line(ax: Axes, data: Mapping[str, Any], *, here: float | None = 0.0) -> list[Any]:
    """Draw a piecewise smooth loss and ring the points at which a unit switches for a sample.

    Arguments:
        ax: the axes to draw on.
        data: one element of an explanation's ``lines``: ``samples`` as (t, loss), ``breakpoints`` and ``loss`` there.
        here: the place of the network in question, marked where it is on the line; None marks nothing.

    Returns:
        the artists.
    """
    breaks = list(zip(data.get("breakpoints") or [], data.get("loss") or [], strict=False))
    points = sorted({(t, loss) for t, loss in [*map(tuple, data.get("samples") or []), *breaks] if loss is not None})
    artists: list[Any] = ax.plot(*zip(*points, strict=True), color=BLUE, linewidth=1.8)
    if breaks:
        style: dict[str, Any] = {
            "color": PAPER,
            "markeredgecolor": INK,
            "markersize": 4.5,
            "linestyle": "none",
            "marker": "o",
        }
        artists += ax.plot(*zip(*breaks, strict=True), label="a unit switches for a sample", **style)
    if here is not None and points[0][0] <= here <= points[-1][0]:
        nearest = min(points, key=lambda point: abs(point[0] - here))
        artists += ax.plot(*nearest, "D", color=VERMILLION, markersize=7, label="this network")
    ax.set(xlabel="place on the line", ylabel="mean squared error", title=data.get("title", ""))
    return artists
