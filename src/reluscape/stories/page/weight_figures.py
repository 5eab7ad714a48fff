"""Weight space coloured by basin value: the fan of one unit in the plane, and an exact two-dimensional slice."""

from __future__ import annotations

import math
from typing import Any

from ..wording import count, listing, significant
from .figure import Figure
from .palette import INK, PAPER, VERMILLION, scale_color, value_range
from .traces import axis, color_bar, filled_cell, layout, line, markers, plain

_RINGS = {"+": (0.70, 1.0, "adds"), "-": (0.36, 0.66, "subtracts")}
_ARC_STEP = math.pi / 60
_MOST_ROWS = 12
_LABELLED_CELLS = 16
_LABELLED_LENGTH = 10
_MOST_SINGLE_CELLS = 700
_COLOR_BINS = 40


def _rows_on(pattern: str) -> str:
    """Tell the rows on which a unit is on, counted from 0; of a long pattern only how many.

    >>> _rows_on("0110"), _rows_on("000"), _rows_on("11"), _rows_on("0101... (7 of 90 active)")
    ('on for rows 1 and 2', 'on for no row', 'on for every row', 'on for 7 of 90 rows')
    """
    if "(" in pattern:
        return f"on for {pattern.partition('(')[2].removesuffix(' active)')} rows"
    on = [row for row, bit in enumerate(pattern) if bit == "1"]
    if not on or len(on) == len(pattern):
        return "on for every row" if on else "on for no row"
    return f"on for row{'' if len(on) == 1 else 's'} {listing(on, _MOST_ROWS)}"


def _sector(start: float, end: float, inner: float, outer: float) -> list[list[float]]:
    steps = max(2, math.ceil((end - start) / _ARC_STEP))
    angles = [start + (end - start) * k / steps for k in range(steps + 1)]
    there = [[outer * math.cos(a), outer * math.sin(a)] for a in angles]
    back = [[inner * math.cos(a), inner * math.sin(a)] for a in reversed(angles)]
    return there + back


def _bare_axes(limit: float) -> dict[str, Any]:
    bare = {"visible": False, "range": [-limit, limit], "fixedrange": True}
    return {"xaxis": {**bare, "constrain": "domain"}, "yaxis": {**bare, "scaleanchor": "x", "constrain": "domain"}}


def fan_figure(report: dict[str, Any]) -> Figure | None:
    """Draw the plane of one unit's weights, cut into its activation regions."""
    fan = (report.get("pictures") or {}).get("fan")
    if not fan or not fan.get("cells"):
        return None
    cells = fan["cells"]
    values = [value for cell in cells for value in (cell.get("values") or {}).values()]
    scale = value_range(values)
    traces: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for cell in cells:
        start, end = cell["from"], cell["to"] if cell["to"] > cell["from"] else cell["to"] + 2 * math.pi
        for sign, (inner, outer, word) in _RINGS.items():
            if sign not in (cell.get("values") or {}):
                continue
            value = cell["values"][sign]
            value_text = "not known" if value is None else significant(value)
            hover = f"{_rows_on(str(cell.get('pattern', '')))}<br>unit {word}: lowest loss {value_text}"
            traces.append(filled_cell(_sector(start, end, inner, outer), value, scale, hover))
        pattern = cell.get("pattern", "")
        if len(cells) <= _LABELLED_CELLS and 0 < len(pattern) <= _LABELLED_LENGTH:
            middle = (start + end) / 2
            spot = {"x": 1.16 * math.cos(middle), "y": 1.13 * math.sin(middle)}
            font = {"size": 11, "family": "ui-monospace, 'DejaVu Sans Mono', monospace"}
            notes.append({**spot, "text": pattern, "showarrow": False, "font": font})
    middle_font = {"size": 11, "color": INK}
    words = "outer ring adds<br>inner subtracts"
    notes.append({"x": 0, "y": 0, "text": words, "showarrow": False, "font": middle_font, "bgcolor": PAPER})
    for x, y in fan.get("rays") or []:
        size = math.hypot(x, y) or 1.0
        traces.append(
            line([0.36 * x / size, 1.04 * x / size], [0.36 * y / size, 1.04 * y / size], INK, width=1, hoverinfo="skip")
        )
    traces.append(color_bar(*scale, "lowest loss in the basin"))
    sheet = layout(520, annotations=notes, margin={"l": 8, "r": 8, "t": 8, "b": 8}, **_bare_axes(1.28))
    reading = (
        "Every direction of one unit’s weights belongs to one region; at a ray the unit switches on or off for a "
        "sample. The outer ring is a unit that adds to the output, the inner ring one that subtracts. Dark is good."
    )
    ends = f"from {significant(scale[0])} to {significant(scale[1])}"
    alt = f"Fan of {count(len(cells), 'region')} of one unit’s weights, coloured by basin value {ends}."
    return Figure(
        "figure-fan", "One unit’s weight space", reading, alt, traces, sheet, fan.get("note", ""), square=True
    )


def _grouped_cells(cells: list[dict[str, Any]], scale: tuple[float, float]) -> list[dict[str, Any]]:
    bins: dict[float | None, list[dict[str, Any]]] = {}
    for cell in cells:
        value = cell.get("value")
        place = None if value is None else round((value - scale[0]) / (scale[1] - scale[0]) * _COLOR_BINS) / _COLOR_BINS
        bins.setdefault(place, []).append(cell)
    traces = []
    for place, group in bins.items():
        x: list[float | None] = []
        y: list[float | None] = []
        for cell in group:
            loop = [*cell["polygon"], cell["polygon"][0]]
            x += [*(point[0] for point in loop), None]
            y += [*(point[1] for point in loop), None]
        trace = filled_cell([[0.0, 0.0]], None, scale, "")
        middle = None if place is None else scale[0] + place * (scale[1] - scale[0])
        hover = "not known" if middle is None else f"about {significant(middle)}"
        color = trace["fillcolor"] if place is None else scale_color(place)
        traces.append({**trace, "x": x, "y": y, "fillcolor": color, "text": f"lowest loss {hover}"})
    return traces


def slice_figure(slice_: dict[str, Any] | None, name: str = "figure-slice") -> Figure | None:
    """Draw a plane through weight space with exact cell borders."""
    if not slice_ or not slice_.get("cells"):
        return None
    cells = slice_["cells"]
    scale = value_range(cell.get("value") for cell in cells)
    if len(cells) <= _MOST_SINGLE_CELLS:
        traces = []
        for cell in cells:
            value_text = "not known" if cell.get("value") is None else significant(cell["value"])
            hover = f"lowest loss in this basin {value_text}"
            if cell.get("pattern"):
                hover += f"<br>{plain(_rows_on(str(cell['pattern'])))}"
            traces.append(filled_cell(cell["polygon"], cell.get("value"), scale, hover))
    else:
        traces = _grouped_cells(cells, scale)
    for k, (label, a, b) in enumerate(slice_.get("points") or [], start=1):
        point = markers([a], [b], VERMILLION, f"{k}: {label}", size=19, showlegend=True)
        inside = {"mode": "markers+text", "text": [str(k)], "textfont": {"color": PAPER, "size": 11}}
        traces.append({**point, **inside, "hovertemplate": f"{plain(label)}<extra></extra>"})
    traces.append(color_bar(*scale, "lowest loss in the basin"))
    corners = [point for cell in cells for point in cell["polygon"]]
    spans = [[min(p[k] for p in corners), max(p[k] for p in corners)] for k in (0, 1)]
    sheet = layout(
        520,
        showlegend=bool(slice_.get("points")),
        margin={"l": 60, "r": 20, "t": 40, "b": 48},
        xaxis=axis(slice_.get("x_label", ""), range=spans[0], showgrid=False, constrain="domain"),
        yaxis=axis(slice_.get("y_label", ""), range=spans[1], showgrid=False),
    )
    reading = (
        "A flat cut through weight space. Inside a cell no unit switches for any sample; the colour is the lowest loss "
        "that can be reached without leaving the cell’s basin. Dark is good."
    )
    names = ", ".join(str(point[0]) for point in slice_.get("points") or [])
    ends = f"from {significant(scale[0])} to {significant(scale[1])}"
    alt = f"Slice of weight space with {count(len(cells), 'cell')}, basin values {ends}."
    alt += f" Marked points: {names}." if names else ""
    return Figure(name, "A slice of weight space", reading, alt, traces, sheet, slice_.get("note", ""), square=True)
