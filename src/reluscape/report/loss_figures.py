"""The losses of an explanation side by side, and the exact loss along a line between two networks."""

from __future__ import annotations

from typing import Any

from ..plots.palette import BLUE, GREY, INK, PAPER, VERMILLION
from .figure import Figure
from .lookup import at
from .traces import axis, layout, line, markers
from .wording import count, significant

LOSS_NAMES = (
    ("constant", "best constant"),
    ("affine", "best straight-line fit"),
    ("model", "this network"),
    ("basin", "lowest in its basin"),
    ("best_known", "best known network"),
)


def loss_bars(report: dict[str, Any]) -> Figure | None:
    """Draw the losses as bars, the network's own in another colour."""
    known = [(key, name) for key, name in LOSS_NAMES if at(report, f"losses.{key}.value") is not None]
    if not known:
        return None
    values = [report["losses"][key]["value"] for key, _ in known]
    colors = [VERMILLION if key == "model" else BLUE if key in ("basin", "best_known") else GREY for key, _ in known]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [name for _, name in known],
        "x": values,
        "marker": {"color": colors},
        "text": [significant(value) for value in values],
        "textposition": "outside",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    sheet = layout(
        54 * len(known) + 80,
        xaxis=axis(
            "mean squared error", rangemode="tozero", range=[0, 1.14 * max(values)] if max(values) > 0 else None
        ),
        yaxis=axis("", autorange="reversed", ticks="", ticklabelstandoff=6),
        bargap=0.42,
        margin={"l": 150, "r": 40, "t": 8, "b": 48},
    )
    alt = (
        "Losses: "
        + "; ".join(f"{name} {significant(value)}" for (_, name), value in zip(known, values, strict=True))
        + "."
    )
    return Figure("figure-losses", "How good is it?", "Shorter is better.", alt, [bars], sheet)


def line_figure(data: dict[str, Any], place: int) -> Figure | None:
    """Draw the loss along one line, with the solved points at which a unit switches for a sample."""
    samples = data.get("samples") or []
    breaks = list(zip(data.get("breakpoints") or [], data.get("loss") or [], strict=False))
    points = sorted({(t, loss) for t, loss in [*map(tuple, samples), *breaks] if loss is not None})
    if not points:
        return None
    x, y = [t for t, _ in points], [loss for _, loss in points]
    traces = [line(x, y, BLUE, width=2.4, hovertemplate="loss %{y:.4g}<extra></extra>")]
    if breaks:
        ring = {"color": PAPER, "line": {"color": INK, "width": 1.4}}
        traces.append(
            markers(
                [t for t, _ in breaks], [loss for _, loss in breaks], PAPER, "a unit switches for a sample", size=7,
                marker=ring, showlegend=True, hovertemplate="a unit switches here<br>loss %{y:.4g}<extra></extra>",
            )
        )  # fmt: skip
    here = min(points, key=lambda point: abs(point[0]))
    if x[0] <= 0.0 <= x[-1]:
        traces.append(
            markers([here[0]], [here[1]], VERMILLION, "this network", size=12, symbol="diamond", showlegend=True)
        )
    sheet = layout(
        340,
        xaxis=axis("0 is this network, 1 is the other end"),
        yaxis=axis("mean squared error"),
        showlegend=True,
        margin={"l": 66, "r": 20, "t": 36, "b": 48},
    )
    reading = "The loss is a smooth curve between two rings; the rings are solved exactly, not read off a grid."
    alt = f"{data.get('title', 'Line')}: loss along a line with {count(len(breaks), 'breakpoint')}, "
    alt += f"lowest value {significant(min(y))}."
    return Figure(
        f"figure-line-{place}",
        str(data.get("title", "Loss along a line")),
        reading,
        alt,
        traces,
        sheet,
        data.get("note", ""),
    )
