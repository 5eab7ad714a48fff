"""The landscape itself for data in the plane: losses as colours, borders of cells, minima, passes, ways."""

from __future__ import annotations

import math
from typing import Any

from ..wording import count, sentence, significant
from .figure import Figure
from .palette import GREEN, INK, PAPER, VERMILLION, color_stops
from .traces import axis, layout, line, markers, plain

_DEGREES = 180.0 / math.pi
_QUANTILE = 0.6
_MARKS = (
    "Along a thin line a unit switches for a row. The numbers are valleys (green: a global minimum); a red line is the "
    "best way out of a trap, over its pass (cross)."
)
_READING = {
    "weights": f"The loss over the unit’s two weights, times its output weight. Dark is good. {_MARKS}",
    "directions": "Each axis is the direction of one unit’s weights; the colour is the lowest loss over their sizes, "
    f"so every valley of the landscape is one here. {_MARKS}",
}


def plane_figures(plane: dict[str, Any] | None, valleys: list[dict[str, Any]]) -> list[Figure]:
    """Draw one figure for each panel; none without data."""
    if not plane or not plane.get("panels"):
        return []
    scale = _scale(plane)
    return [_panel(plane, panel, place, scale, valleys) for place, panel in enumerate(plane["panels"])]


def _scale(plane: dict[str, Any]) -> tuple[float, float]:
    """Return the losses at the ends of the colour scale; far out losses grow without bound and share one colour."""
    values = sorted(v for panel in plane["panels"] for row in panel["loss"] for v in row)
    low = values[0]
    high = values[int(_QUANTILE * (len(values) - 1))] if plane["kind"] == "weights" else values[-1]
    return (low, high) if high > low else (low, low + (abs(low) or 1.0))


def _panel(
    plane: dict[str, Any],
    panel: dict[str, Any],
    place: int,
    scale: tuple[float, float],
    valleys: list[dict[str, Any]],
) -> Figure:
    weights = plane["kind"] == "weights"
    factor = 1.0 if weights else _DEGREES
    ticks = [factor * t for t in plane["ticks"]]
    edge = ticks[-1]
    bar = {"title": {"text": "loss", "side": "right"}, "thickness": 12, "outlinewidth": 0, "nticks": 6}
    traces: list[dict[str, Any]] = [
        {
            "type": "heatmap",
            "x": ticks,
            "y": ticks,
            "z": panel["loss"],
            "zmin": scale[0],
            "zmax": scale[1],
            "zsmooth": "best",
            "colorscale": color_stops(),
            "colorbar": bar,
            "hovertemplate": "loss %{z:.4g}<extra></extra>",
        }
    ]
    traces.append(_walls(plane, edge))
    for way in panel["ways"]:
        x, y = [factor * p[0] for p in way["points"]], [factor * p[1] for p in way["points"]]
        traces.append(line(x, y, PAPER, width=3.2, hoverinfo="skip"))
        traces.append(line(x, y, VERMILLION, width=1.6, hoverinfo="skip"))
    for spot in panel["passes"]:
        hover = f"pass on the way out of a trap (way {spot['way'] + 1})<extra></extra>"
        traces.append(
            markers([factor * spot["x"]], [factor * spot["y"]], PAPER, "", size=11, symbol="x", hovertemplate=hover,
                    marker={"line": {"color": INK, "width": 1}})
        )  # fmt: skip
    for spot in panel["minima"]:
        valley = valleys[spot["valley"]] if spot["valley"] < len(valleys) else {}
        color = VERMILLION if valley.get("spurious") else GREEN
        words = f"valley {spot['valley'] + 1}, loss {significant(valley.get('value', 0.0))}"
        point = markers([factor * spot["x"]], [factor * spot["y"]], color, "", size=17)
        inside = {"mode": "markers+text", "text": [str(spot["valley"] + 1)], "textfont": {"color": PAPER, "size": 10}}
        traces.append({**point, **inside, "hovertemplate": plain(words) + "<extra></extra>"})
    labels = plane["labels"] if weights else [f"{label} (degrees)" for label in plane["labels"]]
    lock = {"scaleanchor": "x", "constrain": "domain"}
    sheet = layout(
        520,
        xaxis=axis(labels[0], range=[-edge, edge], showgrid=False, constrain="domain"),
        yaxis=axis(labels[1], range=[-edge, edge], showgrid=False, **lock),
        margin={"l": 60, "r": 20, "t": 12, "b": 48},
    )
    reading = _READING[plane["kind"]] if place == 0 else "The same for these signs of the output weights."
    alt = f"Landscape, {panel['title']}: {count(len(panel['minima']), 'marked minimum', 'marked minima')}, "
    alt += f"losses from {significant(min(min(r) for r in panel['loss']))}."
    note = "Losses beyond the scale share its lightest colour." if weights else ""
    title = f"The landscape where {panel['title']}"
    return Figure(f"figure-plane-{place}", sentence(title), reading, alt, traces, sheet, note, square=True)


def _walls(plane: dict[str, Any], edge: float) -> dict[str, Any]:
    """Draw where a unit switches: lines through 0 for weights, a grid for directions."""
    x: list[Any] = []
    y: list[Any] = []
    for angle in plane["walls"]:
        if plane["kind"] == "weights":
            a, b = math.cos(angle), math.sin(angle)
            far = edge / max(abs(a), abs(b))
            x += [-far * a, far * a, None]
            y += [-far * b, far * b, None]
        else:
            at = angle * _DEGREES
            x += [at, at, None, -edge, edge, None]
            y += [-edge, edge, None, at, at, None]
    return line(x, y, "rgba(255,255,255,0.45)", width=0.8, hoverinfo="skip")
