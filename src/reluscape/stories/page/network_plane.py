"""An exact plane through weight space: the loss as colour, and the straight borders where a unit switches."""

from __future__ import annotations

import math
from typing import Any

from ..wording import count, significant
from .figure import Figure
from .log_ground import log_ground
from .palette import PAPER, VERMILLION
from .traces import axis, layout, markers, plain

_THIN = 80
_SPOT = 0.03


def plane_figure(plane: dict[str, Any] | None) -> Figure | None:
    """Draw the loss on a plane with every border solved as a straight segment."""
    if not plane or not plane.get("loss"):
        return None
    kinks, zeros = plane["borders"]["kinks"], plane["borders"]["zero_outputs"]
    values = [value for row in plane["loss"] for value in row if value is not None]
    low = min(values)
    traces = [log_ground(plane["a"], plane["b"], plane["loss"], low)]
    few = len(kinks) <= _THIN  # where many cross, near the network itself, they would hide the colours
    style = {"color": f"rgba(255,255,255,{0.6 if few else 0.25})", "width": 0.9 if few else 0.5}
    traces += _segments(kinks, style, "unit {0} switches for row {1}")
    dashes = {"color": PAPER, "width": 1.8, "dash": "dash"}
    traces += _segments(zeros, dashes, "output weight of unit {0} is zero")
    low_a, high_a, low_b, high_b = plane["window"]
    for k, (label, a, b) in enumerate(_apart(plane.get("points") or [], high_a - low_a), start=1):
        point = markers([a], [b], VERMILLION, f"{k}: {label}", size=19, showlegend=True)
        inside = {"mode": "markers+text", "text": [str(k)], "textfont": {"color": PAPER, "size": 11}}
        traces.append({**point, **inside, "hovertemplate": f"{plain(label)}<extra></extra>"})
    sheet = layout(
        540,
        showlegend=True,
        margin={"l": 60, "r": 20, "t": 64, "b": 48},
        xaxis=axis(plane.get("x_label", ""), range=[low_a, high_a], showgrid=False, constrain="domain"),
        yaxis=axis(plane.get("y_label", ""), range=[low_b, high_b], showgrid=False, scaleanchor="x"),
    )
    reading = (
        "A flat cut through the space of all weights. Colour is the loss at each point, dark is good. A thin line is "
        "where one unit switches on or off for one row; between the lines the loss is smooth."
    )
    reading = plane.get("reading") or reading
    if zeros:
        reading += " On a dashed line an output weight is zero."
    names = ", ".join(str(point[0]) for point in plane.get("points") or [])
    alt = f"Plane through weight space with {count(len(kinks), 'border')}, lowest loss {significant(low)}."
    alt += f" Marked points: {names}." if names else ""
    title, note = "The loss on a plane through these networks", plane.get("note", "")
    return Figure("figure-slice", title, reading, alt, traces, sheet, note, square=True)


def _apart(points: list[list[Any]], width: float) -> list[tuple[str, float, float]]:
    """Join the names of points that lie on one spot of the picture."""
    spots: list[tuple[str, float, float]] = []
    for label, a, b in points:
        place = next((k for k, (_, s, t) in enumerate(spots) if math.hypot(a - s, b - t) < _SPOT * width), None)
        if place is None:
            spots.append((str(label), a, b))
        else:
            name, s, t = spots[place]
            spots[place] = (f"{name} and {label}", s, t)
    return spots


def _segments(borders: list[list[Any]], style: dict[str, Any], hover: str) -> list[dict[str, Any]]:
    """Describe segments as one trace, each named where the pointer meets its ends."""
    if not borders:
        return []
    x: list[float | None] = []
    y: list[float | None] = []
    words: list[str] = []
    for *which, a0, b0, a1, b1 in borders:
        x += [a0, a1, None]
        y += [b0, b1, None]
        words += [hover.format(*which)] * 2 + [""]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": y,
            "text": words,
            "hoverinfo": "text",
            "line": style,
            "name": "",
            "showlegend": False,
        }
    ]
