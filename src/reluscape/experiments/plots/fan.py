"""The fan of one unit's weights in the plane, cut into activation regions and coloured by basin value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from matplotlib.patches import Wedge

from ...stories.page.palette import INK, PAPER, value_color, value_range

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_RINGS = {"+": (0.70, 1.0), "-": (0.36, 0.66)}


def draw_fan(ax: Axes, fan: Mapping[str, Any], *, labels: bool = True) -> list[Any]:
    """Draw regions as sectors: outer ring for output weight +1, inner ring for -1; whole sectors without values.

    Arguments:
        ax: the axes to draw on; its aspect becomes equal and its frame goes.
        fan: the block ``pictures.fan`` of a survey: ``cells`` with ``from``, ``to`` (radians), ``pattern`` and
            ``values``, and ``rays``.
        labels: write each region's pattern beside it.

    Returns:
        the artists, sectors first.
    """
    cells = fan["cells"]
    values = [value for cell in cells for value in (cell.get("values") or {}).values()]
    low, high = value_range(values)
    artists: list[Any] = []
    for cell in cells:
        start, end = math.degrees(cell["from"]), math.degrees(cell["to"])
        end += 360.0 if end <= start else 0.0
        rings = {sign: ring for sign, ring in _RINGS.items() if sign in (cell.get("values") or {})} or {"": (0.0, 1.0)}
        for sign, (inner, outer) in rings.items():
            color = value_color(cell["values"][sign], low, high) if sign else cell.get("color", "#eef1f4")
            wedge = Wedge(
                (0, 0), outer, start, end, width=outer - inner, facecolor=color, edgecolor=PAPER, linewidth=0.8
            )
            artists.append(ax.add_patch(wedge))
        if labels and cell.get("pattern"):
            middle = math.radians((start + end) / 2)
            spot = (1.16 * math.cos(middle), 1.16 * math.sin(middle))
            artists.append(ax.text(*spot, cell["pattern"], ha="center", va="center", fontsize=9, family="monospace"))
    for x, y in fan.get("rays") or []:
        size = math.hypot(x, y) or 1.0
        artists += ax.plot([0, 1.05 * x / size], [0, 1.05 * y / size], color=INK, linewidth=0.9)
    ax.set(aspect="equal", xlim=(-1.35, 1.35), ylim=(-1.35, 1.35))
    ax.axis("off")
    return artists
