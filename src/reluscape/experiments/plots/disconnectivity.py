"""The barrier tree as a disconnectivity graph: a stem for each valley, joined where one can cross over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...stories.page.palette import GREEN, GREY, INK, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_NAMED = 12


def draw_disconnectivity(ax: Axes, graph: Mapping[str, Any], *, top: float | None = None) -> list[Any]:
    """Draw stems from each valley's loss up to its merge height, and where they join.

    Arguments:
        ax: the axes to draw on; its horizontal ticks go, for left and right carry no meaning.
        graph: the block ``pictures.disconnectivity`` of a landscape: ``stems`` with ``x``, ``low``, ``high`` (None
            where a valley never merges) and ``spurious``, ``joins`` with ``height``, ``from``, ``to``, ``zero_loss``.
        top: where stems that never merge end; a little above everything else by default.

    Returns:
        the artists: lines, then feet.
    """
    stems, zero = graph["stems"], graph.get("zero_loss")
    ends = [s["low"] for s in stems] + [s["high"] for s in stems if s["high"] is not None]
    ends += [] if zero is None else [zero]
    if top is None:
        top = max(ends) + 0.08 * ((max(ends) - min(ends)) or abs(max(ends)) or 1.0)
    artists: list[Any] = []
    if zero is not None:
        artists.append(ax.axhline(zero, color=GREY, linestyle=":", linewidth=1))
    for stem in stems:
        high = top if stem["high"] is None else stem["high"]
        artists += ax.plot([stem["x"]] * 2, [stem["low"], high], color=INK, linewidth=1.2)
    for join in graph["joins"]:
        artists += ax.plot([join["from"], join["to"]], [join["height"]] * 2, color=INK, linewidth=1.2)
    for stem in stems:
        color = VERMILLION if stem["spurious"] else GREEN
        artists += ax.plot(stem["x"], stem["low"], "o", color=color, markersize=5.5, zorder=3)
        if len(stems) <= _MOST_NAMED:
            place: dict[str, Any] = {"xytext": (0, -5), "textcoords": "offset points", "ha": "center", "va": "top"}
            artists.append(ax.annotate(str(stem["valley"] + 1), (stem["x"], stem["low"]), fontsize=8, **place))
    ax.set_xticks([])
    ax.set(xlim=(-0.7, max(s["x"] for s in stems) + 0.7), ylabel="mean squared error")
    return artists
