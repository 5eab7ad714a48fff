"""The landscape of one or two units on data in the plane: losses as colours, cells, minima, passes, ways out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.colors import LinearSegmentedColormap

from ...stories.page.palette import GREEN, INK, PAPER, VERMILLION, color_stops

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHARE = 0.6


def draw_plane_landscape(
    ax: Axes, plane: Mapping[str, Any], panel: int = 0, valleys: Sequence[Mapping[str, Any]] = ()
) -> list[Any]:
    """Draw one panel of a landscape.

    Arguments:
        ax: the axes to draw on; its aspect becomes equal.
        plane: the block ``pictures.plane`` of a landscape.
        panel: which of its panels.
        valleys: the landscape's ``valleys``; traps and global minima then differ in colour.

    Returns:
        the artists, the image first.
    """
    weights, part = plane["kind"] == "weights", plane["panels"][panel]
    values = sorted(v for each in plane["panels"] for row in each["loss"] for v in row)
    high = values[int(_SHARE * (len(values) - 1))] if weights else values[-1]
    factor = 1.0 if weights else 180.0 / math.pi
    left, right, low, up = (factor * part[name][end] for name in ("x", "y") for end in (0, -1))
    edge = max(map(abs, (left, right, low, up)))
    stops = [(float(place), str(color)) for place, color in color_stops()]
    artists: list[Any] = [
        ax.imshow(
            part["loss"],
            origin="lower",
            extent=(left, right, low, up),
            vmin=values[0],
            vmax=high if high > values[0] else values[0] + 1.0,
            cmap=LinearSegmentedColormap.from_list("losses", stops),
            interpolation="bilinear",
        )
    ]
    for angle in plane["walls"]:
        faint: dict[str, Any] = {"color": PAPER, "alpha": 0.45, "linewidth": 0.7}
        if weights:
            far = edge / max(abs(math.cos(angle)), abs(math.sin(angle)))
            a, b = far * math.cos(angle), far * math.sin(angle)
            artists += ax.plot([-a, a], [-b, b], **faint)
        else:
            artists += [ax.axvline(factor * angle, **faint), ax.axhline(factor * angle, **faint)]
    for way in part["ways"]:
        x, y = zip(*way["points"], strict=True)
        line = [factor * a for a in x], [factor * b for b in y]
        artists += ax.plot(*line, color=PAPER, linewidth=3)
        artists += ax.plot(*line, color=VERMILLION, linewidth=1.5)
    for spot in part["passes"]:
        at = factor * spot["x"], factor * spot["y"]
        artists += ax.plot(*at, "X", color=PAPER, markeredgecolor=INK, markersize=8)
    for spot in part["minima"]:
        trap = spot["valley"] < len(valleys) and valleys[spot["valley"]].get("spurious")
        at = factor * spot["x"], factor * spot["y"]
        artists += ax.plot(*at, "o", color=VERMILLION if trap else GREEN, markeredgecolor=PAPER, markersize=12)
        style: dict[str, Any] = {"color": PAPER, "ha": "center", "va": "center", "fontsize": 7.5}
        artists.append(ax.text(*at, str(spot["valley"] + 1), **style))
    labels = plane["labels"] if weights else [f"{label} (degrees)" for label in plane["labels"]]
    ax.set(xlim=(left, right), ylim=(low, up), xlabel=labels[0], ylabel=labels[1])
    ax.set_title(part["title"], fontsize=9)
    ax.set_aspect("equal")
    return artists
