"""The data, with the lines on which the hidden units switch."""

from __future__ import annotations

import math
from typing import Any

from ..wording import count, significant
from .figure import Figure
from .palette import BLUE, INK, VERMILLION, color_stops, value_range
from .traces import axis, layout, line, markers, plain

_PADDING = 0.07
# largest number of samples for each marker size
_SIZES = ((150, 10), (600, 7), (math.inf, 5))


def _range(values: list[float]) -> list[float]:
    low, high = min(values), max(values)
    pad = _PADDING * ((high - low) or abs(low) or 1.0)
    return [low - pad, high + pad]


def _size(picture: dict[str, Any]) -> int:
    return next(size for most, size in _SIZES if len(picture["x"]) <= most)


def _class_points(picture: dict[str, Any], classes: dict[str, str]) -> list[dict[str, Any]]:
    traces = []
    for sign, color, symbol in (("-1", BLUE, "circle"), ("+1", VERMILLION, "diamond")):
        picks = [k for k, value in enumerate(picture["color"]) if (value > 0) == (sign == "+1")]
        name = str(classes.get(sign, sign))
        x, y = ([picture[key][k] for k in picks] for key in ("x", "y"))
        traces.append(markers(x, y, color, name, symbol=symbol, showlegend=True, opacity=0.85, size=_size(picture)))
    return traces


def _valued_points(picture: dict[str, Any]) -> dict[str, Any]:
    low, high = value_range(picture["color"])
    title = {"text": plain(picture.get("color_label", "")), "side": "right"}
    bar = {"title": title, "thickness": 12, "outlinewidth": 0, "len": 0.92}
    scale = {"cmin": low, "cmax": high, "colorscale": color_stops(), "showscale": True, "colorbar": bar}
    label = plain(picture.get("color_label", "target"))
    hover = [f"{label} {significant(value)}" for value in picture["color"]]
    return markers(
        picture["x"],
        picture["y"],
        picture["color"],
        size=_size(picture),
        marker=scale,
        text=hover,
        hovertemplate="%{text}<extra></extra>",
    )


def data_figure(report: dict[str, Any]) -> Figure | None:
    """Draw the samples and the unit lines, or nothing where the JSON holds no such picture."""
    picture = (report.get("pictures") or {}).get("data")
    if not picture or not picture.get("x"):
        return None
    classes = (report.get("data") or {}).get("classes")
    traces: list[dict[str, Any]] = []
    signs: set[int] = set()
    for unit in picture.get("lines") or []:
        if len(unit.get("points") or []) < 2:
            continue
        sign = unit.get("sign") or 1
        dash, name = ("solid", "unit that adds") if sign > 0 else ("dash", "unit that subtracts")
        (x0, y0), (x1, y1) = unit["points"][0], unit["points"][-1]
        hover = f"unit {unit.get('unit', '')} switches here"
        traces.append(
            line(
                [x0, x1], [y0, y1], INK, name, dash=dash, width=1.4, opacity=0.55, text=hover, hoverinfo="text",
                showlegend=sign not in signs, legendgroup=name,
            )
        )  # fmt: skip
        signs.add(sign)
    traces += _class_points(picture, classes) if classes else [_valued_points(picture)]
    sheet = layout(
        440,
        xaxis=axis(picture.get("x_label", ""), range=_range(picture["x"])),
        yaxis=axis(picture.get("y_label", ""), range=_range(picture["y"])),
        showlegend=bool(classes or signs),
        margin={"l": 60, "r": 20, "t": 36, "b": 48},
    )
    units = count(len(picture.get("lines") or []), "line")
    labels = f"{picture.get('y_label', '')} against {picture.get('x_label', '')}"
    reading = "Each point is a sample. "
    if picture.get("lines"):
        reading += "A hidden unit is on at one side of its line and off at the other; all it can do is choose its line."
    title = "The data and the units’ lines" if signs else "The data"
    alt = f"{count(len(picture['x']), 'sample')}: {labels}, coloured by {picture.get('color_label', 'target')}"
    alt += f", with {units} where hidden units switch." if picture.get("lines") else "."
    return Figure("figure-data", title, reading, alt, traces, sheet, picture.get("note", ""))
