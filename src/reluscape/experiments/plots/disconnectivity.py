"""The barrier tree as a disconnectivity graph, in the colours of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...landscape.topology.disconnectivity import draw_graph
from ...stories.page.palette import GREEN, GREY, INK, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLORS = {"lines": INK, "trap": VERMILLION, "best": GREEN, "level": GREY}


def draw_disconnectivity(ax: Axes, graph: Mapping[str, Any], *, top: float | None = None) -> list[Any]:
    """Draw stems from each valley's loss up to its merge height, and where they join.

    Arguments:
        ax: the axes to draw on; its horizontal ticks go, for left and right carry no meaning.
        graph: the block ``pictures.disconnectivity`` of a landscape.
        top: where stems that never merge end; a little above everything else by default.

    Returns:
        the artists: lines, then feet.
    """
    return draw_graph(ax, graph, top=top, colors=_COLORS)
