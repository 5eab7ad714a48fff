"""The landscape itself for data in the plane: losses as colours, borders of cells, minima, passes, ways."""

from __future__ import annotations

import math
from typing import Any

from ..wording import count, sentence, significant
from .figure import Figure
from .log_ground import log_ground
from .palette import GREEN, INK, PAPER, VERMILLION
from .traces import axis, layout, line, markers, plain

_DEGREES = 180.0 / math.pi
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
    """Draw one figure for each panel that holds a valley; none without data."""
    panels = [panel for panel in (plane or {}).get("panels") or [] if panel["minima"]]
    if not plane or not panels:
        return []
    lowest = min(
        [valley["value"] for valley in valleys] + [value for panel in panels for row in panel["loss"] for value in row]
    )
    return [_panel(plane, panel, place, lowest, valleys) for place, panel in enumerate(panels)]


def _panel(
    plane: dict[str, Any],
    panel: dict[str, Any],
    place: int,
    lowest: float,
    valleys: list[dict[str, Any]],
) -> Figure:
    weights = plane["kind"] == "weights"
    factor = 1.0 if weights else _DEGREES
    x, y = ([factor * t for t in panel[key]] for key in ("x", "y"))
    window = [[x[0], x[-1]], [y[0], y[-1]]]
    traces: list[dict[str, Any]] = [log_ground(x, y, panel["loss"], lowest)]
    traces.append(_walls(plane, max(abs(end) for ends in window for end in ends)))
    for way in panel["ways"]:
        across, up = ([factor * p[k] for p in way["points"]] for k in (0, 1))
        traces.append(line(across, up, PAPER, width=3.2, hoverinfo="skip"))
        traces.append(line(across, up, VERMILLION, width=1.6, hoverinfo="skip"))
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
        xaxis=axis(labels[0], range=window[0], showgrid=False, constrain="domain"),
        yaxis=axis(labels[1], range=window[1], showgrid=False, **lock),
        margin={"l": 60, "r": 20, "t": 12, "b": 48},
    )
    reading = _READING[plane["kind"]] if place == 0 else "The same for these signs of the output weights."
    alt = f"Landscape, {panel['title']}: {count(len(panel['minima']), 'marked minimum', 'marked minima')}, "
    alt += f"losses from {significant(min(min(r) for r in panel['loss']))}."
    note = "The colour tells orders of magnitude: how far a loss lies above the lowest one."
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
