"""The losses of an explanation side by side, and the exact loss along a line between two networks."""

from __future__ import annotations

import math
from typing import Any

from ..wording import count, loss_words, significant
from .figure import Figure
from .lookup import at
from .palette import BLUE, GREEN, GREY, INK, PAPER, VERMILLION
from .traces import axis, layout, line, markers

# what lies below this part of the loss at the higher end is drawn at the foot of a logarithmic picture
DEEPEST = 1e-3
_MANY = 60
_SPREAD = 20
_SPOT = 0.01

LOSS_NAMES = (
    ("constant", "best constant"),
    ("affine", "best straight-line fit"),
    ("model", "this network"),
    ("basin", "lowest in its basin"),
    ("last_layer", "best last layer"),
    ("best_known", "best known network"),
)


def loss_bars(report: dict[str, Any]) -> Figure | None:
    """Draw the losses as bars, the network's own in another colour."""
    pairs = [(key, name) for key, name in LOSS_NAMES if at(report, f"losses.{key}.value") is not None]
    if not pairs:
        return None
    values = [report["losses"][key]["value"] for key, _ in pairs]
    colors = [
        VERMILLION if key == "model" else BLUE if key in ("basin", "last_layer", "best_known") else GREY
        for key, _ in pairs
    ]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [name for _, name in pairs],
        "x": values,
        "marker": {"color": colors},
        "text": [significant(value) for value in values],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    top = max(values)
    words = loss_words(at(report, "model.loss") or "squared")
    sheet = layout(
        54 * len(pairs) + 80,
        xaxis=axis(words, rangemode="tozero", range=[0, 1.2 * top] if top > 0 else None),
        yaxis=axis("", autorange="reversed", ticks="", ticklabelstandoff=6),
        bargap=0.42,
        margin={"l": 150, "r": 40, "t": 8, "b": 48},
    )
    alt = (
        "Losses: "
        + "; ".join(f"{name} {significant(value)}" for (_, name), value in zip(pairs, values, strict=True))
        + "."
    )
    return Figure("figure-losses", "How good is it?", "Shorter is better.", alt, [bars], sheet)


def line_figure(data: dict[str, Any], place: int, loss: str = "squared") -> Figure | None:
    """Draw the loss along one line, with the solved points at which a unit switches for a sample."""
    samples = data.get("samples") or []
    breaks = list(zip(data.get("breakpoints") or [], data.get("loss") or [], strict=False))
    points = sorted({(t, value) for t, value in [*map(tuple, samples), *breaks] if value is not None})
    if not points:
        return None
    floor = _floor(points)
    lowest = min(value for _, value in points)
    if floor is not None:
        points = [(t, max(value, floor)) for t, value in points]
        breaks = [(t, max(value, floor)) for t, value in breaks]
    x, y = [t for t, _ in points], [value for _, value in points]
    traces = [line(x, y, BLUE, width=2.4, hovertemplate="loss %{y:.4g}<extra></extra>")]
    if breaks:
        is_dense = len(breaks) > _MANY
        ring = {"color": PAPER, "line": {"color": INK, "width": 0.8 if is_dense else 1.4}}
        traces.append(
            markers(
                [t for t, _ in breaks], [value for _, value in breaks], PAPER, "a unit switches for a row",
                size=4 if is_dense else 7, marker=ring, showlegend=True,
                hovertemplate="a unit switches here<br>loss %{y:.4g}<extra></extra>",
            )
        )  # fmt: skip
    width = x[-1] - x[0]
    ends = (0.0, 1.0)
    minima = [(t, max(value, floor or value)) for t, value in data.get("minima") or []]
    minima = [p for p in minima if min(abs(p[0] - end) for end in ends) > _SPOT * width]
    if minima:
        traces.append(
            markers([t for t, _ in minima], [value for _, value in minima], GREEN, "lowest nearby on this line",
                    size=9, symbol="triangle-up", showlegend=True)
        )  # fmt: skip
    for end, name, symbol in ((0.0, "this network", "diamond"), (1.0, data.get("ends"), "square")):
        here = min(points, key=lambda point: abs(point[0] - end))
        if name and x[0] <= end <= x[-1]:
            color = VERMILLION if end == 0.0 else INK
            traces.append(markers([here[0]], [here[1]], color, str(name), size=12, symbol=symbol, showlegend=True))
    sheet = layout(
        360,
        xaxis=axis(f"0 is this network, 1 is {data.get('ends') or 'the other end'}"),
        yaxis=axis(data.get("axis") or loss_words(loss), **_scale(floor, max(y))),
        showlegend=True,
        margin={"l": 66, "r": 20, "t": 56, "b": 48},
    )
    reading = "The loss is a smooth curve between two rings; the rings are solved exactly, not read off a grid."
    if not breaks:
        reading = data.get("reading") or "No unit switches for any row on this line, so the loss is one smooth curve."
    alt = f"{data.get('title', 'Line')}: loss along a line with {count(len(breaks), 'breakpoint')}, "
    alt += f"lowest value {significant(lowest)}."
    return Figure(
        f"figure-line-{place}",
        str(data.get("title", "Loss along a line")),
        reading,
        alt,
        traces,
        sheet,
        data.get("note", ""),
    )


def _floor(points: list[tuple[float, float]]) -> float | None:
    """Return the lowest loss that a logarithmic axis shows, None where the losses do not ask for one.

    They do where the line climbs far above the higher of its ends; what is far below that end goes out of the picture.
    """
    ends = [min((abs(t - end), value) for t, value in points)[1] for end in (0.0, 1.0)]
    low, top = min(value for _, value in points), max(value for _, value in points)
    if not spread_out(max(ends), top):
        return None
    return max(low, DEEPEST * max(ends))


def _scale(floor: float | None, high: float) -> dict[str, Any]:
    """Return the axis of the losses: logarithmic down to a floor, or linear."""
    if floor is None:
        return {"nticks": 6}
    few = {"dtick": "D2"} if high < 1e3 * floor else {"dtick": 1, "exponentformat": "power"}
    ends = [math.log10(floor), math.log10(high)]
    room = 0.06 * (ends[1] - ends[0])
    return {"type": "log", "range": [ends[0] - room, ends[1] + room], **few}


def spread_out(low: float, high: float) -> bool:
    """Tell whether losses differ so much that only a logarithmic scale shows all of them."""
    return low > 0 and high > _SPREAD * low
