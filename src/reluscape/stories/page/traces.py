"""Small pieces of Plotly figures as plain dicts: the common layout, axes, lines, markers, filled cells."""

from __future__ import annotations

from typing import Any

from .palette import GREY, INK, PAPER, color_stops, value_color

FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"


def plain(name: object) -> str:
    """Escape a name for Plotly, which reads a little HTML in its texts.

    >>> plain("<b>a & b")
    '&lt;b&gt;a &amp; b'
    """
    return str(name).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """Describe one axis: a thin line, faint grid, a title in plain words."""
    return {
        "title": {"text": plain(title), "standoff": 8},
        "linecolor": GREY,
        "gridcolor": "#eceef1",
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": GREY,
        "automargin": True,
        "exponentformat": "power",
        **more,
    }


def layout(height: int = 420, **more: Any) -> dict[str, Any]:
    """Describe the sheet that every figure is drawn on."""
    return {
        "height": height,
        "autosize": True,
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "margin": {"l": 60, "r": 20, "t": 12, "b": 48},
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": False,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"},
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": GREY, "font": {"family": FONT, "color": INK}, "align": "left"},
        **more,
    }


def line(x: list[Any], y: list[Any], color: str, name: str = "", **more: Any) -> dict[str, Any]:
    """Describe a line through points."""
    style = {"color": color, "width": more.pop("width", 2), "dash": more.pop("dash", "solid")}
    style["shape"] = more.pop("shape", "linear")
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": style,
        "name": plain(name),
        "showlegend": False,
        **more,
    }


def markers(x: list[Any], y: list[Any], color: Any, name: str = "", **more: Any) -> dict[str, Any]:
    """Describe points, ringed in white so that they stand out on any ground."""
    ring = {"color": PAPER, "width": 1}
    style = {"color": color, "size": more.pop("size", 9), "symbol": more.pop("symbol", "circle"), "line": ring}
    style.update(more.pop("marker", {}))
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": style,
        "name": plain(name),
        "showlegend": False,
        **more,
    }


def color_bar(low: float, high: float, title: str) -> dict[str, Any]:
    """Describe an invisible point that brings the scale of the losses with it."""
    bar = {
        "title": {"text": plain(title), "side": "right"},
        "thickness": 12,
        "outlinewidth": 0,
        "len": 0.92,
        "ticks": "outside",
        "nticks": 6,
    }
    style = {"color": [low], "cmin": low, "cmax": high, "colorscale": color_stops(), "showscale": True, "colorbar": bar}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [None],
        "y": [None],
        "marker": {**style, "size": 0.1},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def filled_cell(
    corners: list[list[float]], value: float | None, scale: tuple[float, float], hover: str
) -> dict[str, Any]:
    """Describe one cell filled by the colour of its value, with exact borders."""
    loop = [*corners, corners[0]]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [point[0] for point in loop],
        "y": [point[1] for point in loop],
        "fill": "toself",
        "fillcolor": value_color(value, *scale),
        "line": {"color": "rgba(255,255,255,0.75)", "width": 0.8},
        "hoveron": "fills",
        "text": hover,
        "hoverinfo": "text",
        "name": "",
        "showlegend": False,
    }


def rule(x: float, color: str, label: str, dash: str = "dot", **place: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Describe a vertical line across the sheet with its label: (shape, annotation)."""
    span = {"x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper"}
    shape = {"type": "line", **span, "line": {"color": color, "width": 1.6, "dash": dash}}
    note = {
        "x": x,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "text": plain(label),
        "showarrow": False,
        "font": {"color": color, "size": 12},
        **place,
    }
    return shape, note
