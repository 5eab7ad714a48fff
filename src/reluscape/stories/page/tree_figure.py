"""The barrier tree as a disconnectivity graph, and the loss along the ways out of the deepest traps."""

from __future__ import annotations

from typing import Any

from ..wording import count, percent, significant
from .figure import Figure
from .palette import BLUE, CYCLE, GREEN, GREY, INK, VERMILLION
from .traces import axis, layout, line, markers

_MOST_NAMED = 20


def tree_figure(
    graph: dict[str, Any] | None, valleys: list[dict[str, Any]], height: str = "mean squared error"
) -> Figure | None:
    """Draw the disconnectivity graph: a stem for each valley, joined where the loss is high enough to cross over."""
    if not graph or not graph.get("stems"):
        return None
    stems, joins, zero = graph["stems"], graph["joins"], graph.get("zero_loss")
    heights = [s["high"] for s in stems if s["high"] is not None]
    lows = [s["low"] for s in stems]
    ceiling = max([*heights, *lows, *([zero] if zero is not None else [])])
    top = ceiling + 0.08 * ((ceiling - min(lows)) or abs(ceiling) or 1.0)
    rails_x: list[Any] = []
    rails_y: list[Any] = []
    for stem in stems:
        rails_x += [stem["x"], stem["x"], None]
        rails_y += [stem["low"], top if stem["high"] is None else stem["high"], None]
    for join in joins:
        rails_x += [join["from"], join["to"], None]
        rails_y += [join["height"], join["height"], None]
    traces = [line(rails_x, rails_y, INK, width=1.6, hoverinfo="skip")]
    for spurious, color, name in ((False, GREEN, "global minimum"), (True, VERMILLION, "trap")):
        mine = [s for s in stems if bool(s["spurious"]) is spurious]
        if not mine:
            continue
        with_names = len(stems) <= _MOST_NAMED
        dots = markers([s["x"] for s in mine], [s["low"] for s in mine], color, name, size=11, showlegend=True)
        dots |= {"customdata": [_hover(s, valleys) for s in mine], "hovertemplate": "%{customdata}<extra></extra>"}
        if with_names:
            places = [str(s["valley"] + 1) for s in mine]
            dots |= {"mode": "markers+text", "textposition": "bottom center", "text": places}
        traces.append(dots)
    shapes, notes = [], []
    if zero is not None:
        shapes.append({"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": zero, "y1": zero,
                       "line": {"color": GREY, "width": 1.2, "dash": "dot"}})  # fmt: skip
        notes.append({"x": 1, "xref": "paper", "xanchor": "right", "y": zero, "yanchor": "bottom", "showarrow": False,
                      "text": "loss of the zero network", "font": {"color": GREY, "size": 12}})  # fmt: skip
    last = max(s["x"] for s in stems)
    sheet = layout(
        460,
        xaxis=axis("", showticklabels=False, showgrid=False, ticks="", range=[-0.7, last + 0.7], showline=False),
        yaxis=axis(height),
        showlegend=True,
        shapes=shapes,
        annotations=notes,
        margin={"l": 66, "r": 20, "t": 40, "b": 24},
    )
    reading = (
        "Every stem is a valley; its foot is the valley’s lowest loss, and it joins another stem at the loss one has "
        "to climb to for crossing over. A long stem is a deep trap. Left and right carry no meaning."
    )
    alt = f"Disconnectivity graph with {count(len(stems), 'valley')}, losses from {significant(min(lows))} up; "
    alt += f"{count(sum(bool(s['spurious']) for s in stems), 'trap')}."
    note = f"Merges above {significant(graph['cap'])} were not looked for." if graph.get("cap") is not None else ""
    return Figure("figure-tree", "Valleys and the barriers between them", reading, alt, traces, sheet, note)


def _hover(stem: dict[str, Any], valleys: list[dict[str, Any]]) -> str:
    """Say what a valley is."""
    words = f"valley {stem['valley'] + 1}<br>loss {significant(stem['low'])}"
    if stem["high"] is not None:
        words += f"<br>barrier {significant(stem['high'] - stem['low'])}"
    if stem["valley"] < len(valleys):
        share = ((valleys[stem["valley"]].get("starts") or {}).get("value")) or 0.0
        words += f"<br>{percent(share)} of starts"
    return words


def ways_figure(ways: list[dict[str, Any]], height: str = "mean squared error") -> Figure | None:
    """Draw the loss along the ways out of the deepest traps."""
    if not ways:
        return None
    traces = []
    for way, color in zip(ways, CYCLE, strict=False):
        x, y = [p[0] for p in way["samples"]], [p[1] for p in way["samples"]]
        name = f"from valley {way['valley'] + 1}"
        if way.get("parent") is not None:
            name += f" to valley {way['parent'] + 1}"
        traces.append(line(x, y, color, name, width=2.4, showlegend=True, hovertemplate="loss %{y:.4g}<extra></extra>"))
        a, b = way["pass"]
        hover = f"the pass: loss {significant(b)}<extra></extra>"
        traces.append(markers([a], [b], color, "", size=11, symbol="diamond", hovertemplate=hover))
    sheet = layout(
        360,
        xaxis=axis("place on the way, one step for each straight piece"),
        yaxis=axis(height),
        showlegend=True,
        margin={"l": 66, "r": 20, "t": 40, "b": 48},
    )
    reading = (
        "The loss along a way from the bottom of a trap to a lower valley that climbs as little as possible. No way "
        "has a lower top than the diamond."
    )
    alt = "; ".join(f"way from valley {w['valley'] + 1} over loss {significant(w['pass'][1])}" for w in ways) + "."
    return Figure("figure-ways", "The best ways out of the deepest traps", reading, alt, traces, sheet)


def reach_figure(chances: dict[str, Any] | None, trainer: str = "gradient descent") -> Figure | None:
    """Draw what random starts reach: by training, in their first basin, without climbing."""
    if not chances:
        return None
    names = (
        ("first_basin", "start in the basin<br>of a global minimum"),
        ("gradient_descent", f"{trainer}<br>gets there"),
        ("without_climbing", "some path without<br>climbing gets there"),
    )
    pairs = [(chances[key], words) for key, words in names if chances.get(key)]
    share = [100 * c["value"] for c, _ in pairs]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [words for _, words in pairs],
        "x": share,
        "marker": {"color": [GREY, BLUE, GREEN][: len(pairs)]},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [100 * (c["high"] - c["value"]) for c, _ in pairs],
            "arrayminus": [100 * (c["value"] - c["low"]) for c, _ in pairs],
            "color": INK,
            "thickness": 1.4,
        },
        "hovertemplate": "%{x:.1f}% of starts<extra></extra>",
    }
    sheet = layout(
        54 * len(pairs) + 90,
        xaxis=axis("random starts, %", range=[0, 104]),
        yaxis=axis("", autorange="reversed", ticks="", ticklabelstandoff=6),
        bargap=0.42,
        margin={"l": 150, "r": 30, "t": 8, "b": 48},
    )
    reading = (
        "Where a bar is longer than the one above it, the landscape allows more than is used: a path exists that never "
        "climbs, though " + f"{trainer} takes another."
    )
    alt = (
        "; ".join(f"{words.replace('<br>', ' ')}: {s:.1f} per cent" for (_, words), s in zip(pairs, share, strict=True))
        + "."
    )
    return Figure("figure-reach", "What random starts can reach", reading, alt, [bars], sheet)
