"""What a network of one or two inputs computes, over its samples: a curve, or colours and the border of classes."""

from __future__ import annotations

from typing import Any

from ..wording import count, significant
from .figure import Figure
from .palette import BLUE, INK, PAPER, VERMILLION, color_stops, value_range
from .traces import axis, layout, line, markers, plain

# from the one class over the border to the other, pale enough for the samples to stand out
_CLASSES = [[0.0, "#5fa3cc"], [0.5, "#ffffff"], [1.0, "#e6915a"]]
# samples up to which their dots are large
_FEW = 150


def fit_figure(
    fit: dict[str, Any] | None,
    title: str,
    classes: dict[str, str] | None = None,
    lines: list[dict[str, Any]] | None = None,
) -> Figure | None:
    """Draw a network's output over its samples; None without data.

    Args:
        fit: the block of the JSON.
        title: of the figure.
        classes: name of each class by its number, where the target is one.
        lines: where hidden units switch, as in a survey's picture of its data.
    """
    if not fit or not fit.get("value"):
        return None
    names = {float(number): name for number, name in (classes or {}).items()} if fit.get("level") is not None else {}
    draw = _curve if len(fit["grid"]) == 1 else _colours
    return draw(fit, title, names, lines or [])


def _size(fit: dict[str, Any]) -> int:
    return 10 if len(fit["targets"]) <= _FEW else 6


def _curve(fit: dict[str, Any], title: str, names: dict[float, str], lines: list[dict[str, Any]]) -> Figure:
    """Draw the output of a network of one input."""
    x = fit["grid"][0]
    where = [line["points"][0][0] for line in lines if line.get("points")]
    shapes = [_rule(place) for place in where]
    traces = [
        line(x, fit["value"], BLUE, "the network", width=2.6, showlegend=True,
             hovertemplate="network %{y:.4g}<extra></extra>"),
        markers([row[0] for row in fit["samples"]], fit["targets"], VERMILLION, "samples", showlegend=True,
                size=_size(fit), hovertemplate="(%{x:.4g}, %{y:.4g})<extra></extra>"),
    ]  # fmt: skip
    if fit.get("level") is not None:
        ends = [x[0], x[-1]]
        traces.insert(0, line(ends, [fit["level"]] * 2, INK, "border of the classes", width=1, dash="dash",
                              showlegend=True, hoverinfo="skip"))  # fmt: skip
    label = fit["target"] if not names else ", ".join(f"{name} is {significant(v)}" for v, name in names.items())
    sheet = layout(
        420,
        xaxis=axis(fit["labels"][0]),
        yaxis=axis(label),
        showlegend=True,
        shapes=shapes,
        margin={"l": 60, "r": 20, "t": 36, "b": 48},
    )
    reading = "The line is what the network says for each input; it bends where a hidden unit switches on or off."
    if where:
        reading += " There stand the dotted lines."
    alt = f"The network's output against {fit['labels'][0]}, with {count(len(fit['targets']), 'sample')}."
    return Figure("figure-fit", title, reading, alt, traces, sheet)


def _colours(fit: dict[str, Any], title: str, names: dict[float, str], lines: list[dict[str, Any]]) -> Figure:
    """Draw the output of a network of two inputs."""
    flat = [value for row in fit["value"] for value in row]
    level = fit.get("level")
    low, high = value_range([*flat, *fit["targets"]])
    if level is not None:
        reach = max((abs(target - level) for target in fit["targets"]), default=0.0) or 1.0
        low, high = level - reach, level + reach
    ground: dict[str, Any] = {
        "type": "heatmap", "x": fit["grid"][0], "y": fit["grid"][1], "z": fit["value"], "zmin": low, "zmax": high,
        "zsmooth": "best", "colorscale": color_stops() if level is None else _CLASSES,
        "colorbar": {"title": {"text": "network", "side": "right"}, "thickness": 12, "outlinewidth": 0, "len": 0.92},
        "hovertemplate": "network %{z:.4g}<extra></extra>",
    }  # fmt: skip
    traces = [ground]
    if level is not None:
        traces.append({
            "type": "contour", "x": fit["grid"][0], "y": fit["grid"][1], "z": fit["value"], "showscale": False,
            "autocontour": False, "contours": {"start": level, "end": level, "size": 1, "coloring": "none"},
            "line": {"color": INK, "width": 2.4, "smoothing": 0}, "hoverinfo": "skip",
            "name": "border of the classes", "showlegend": True,
        })  # fmt: skip
    for place, unit in enumerate(lines):
        x, y = ([point[k] for point in unit["points"]] for k in (0, 1))
        traces.append(line(x, y, INK, "a unit switches", width=1.2, dash="dot", opacity=0.7, showlegend=place == 0,
                           text=f"unit {unit.get('unit', '')} switches here", hoverinfo="text"))  # fmt: skip
    traces += _samples(fit, names, low, high)
    ends = [[ticks[0], ticks[-1]] for ticks in fit["grid"]]
    sheet = layout(
        480,
        xaxis=axis(fit["labels"][0], range=ends[0], showgrid=False),
        yaxis=axis(fit["labels"][1], range=ends[1], showgrid=False),
        showlegend=bool(names or lines or level is not None),
        margin={"l": 60, "r": 20, "t": 56, "b": 48},
    )
    reading = "Each point is a sample; the ground is what the network says there."
    if level is not None:
        reading += " The strong line is where it changes its mind between the classes."
    else:
        reading += " Where a point has the colour of its ground, the network fits it."
    alt = f"The network's output over {fit['labels'][0]} and {fit['labels'][1]}, "
    alt += f"with {count(len(fit['targets']), 'sample')}."
    return Figure("figure-fit", title, reading, alt, traces, sheet)


def _samples(fit: dict[str, Any], names: dict[float, str], low: float, high: float) -> list[dict[str, Any]]:
    """Describe the samples: by class, or coloured by their target on the network's own scale."""
    where = [[row[k] for row in fit["samples"]] for k in (0, 1)]
    if fit.get("level") is None:
        scale = {"cmin": low, "cmax": high, "colorscale": color_stops()}
        scale["line"] = {"color": PAPER, "width": 1.6}
        labels = [f"{plain(fit['target'])} {significant(value)}" for value in fit["targets"]]
        return [markers(where[0], where[1], fit["targets"], size=_size(fit) + 2, marker=scale, text=labels,
                        hovertemplate="%{text}<extra></extra>")]  # fmt: skip
    traces = []
    for value in sorted(set(fit["targets"])):
        picks = [k for k, target in enumerate(fit["targets"]) if target == value]
        color, symbol = (VERMILLION, "diamond") if value > fit["level"] else (BLUE, "circle")
        x, y = ([column[k] for k in picks] for column in where)
        traces.append(markers(x, y, color, names.get(value, significant(value)), symbol=symbol, size=_size(fit) + 2,
                              showlegend=True, marker={"line": {"color": INK, "width": 1}}))  # fmt: skip
    return traces


def _rule(place: float) -> dict[str, Any]:
    """Describe a vertical line where a unit switches."""
    style = {"color": INK, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1, "yref": "paper", "line": style}
