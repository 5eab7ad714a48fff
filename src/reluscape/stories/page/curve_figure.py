"""How often training ends well, and the loss it can reach, against the number of units; beside it what starts do."""

from __future__ import annotations

from typing import Any

from ..wording import count, percent, significant
from .figure import Figure
from .lookup import at
from .palette import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, SKY, VERMILLION
from .traces import axis, layout, line, markers, plain

_FARTHEST = 64
_FAN_COLORS, _DASHES = (VERMILLION, SKY, INK, GREY), ("dash", "longdashdot")


def _curve(report: dict[str, Any], key: str) -> list[dict[str, Any]]:
    if key in ("good", "trained", "reference"):
        points = at(report, "every_start.curve" if key == "good" else "width_for.curve") or []
        have = {point["width"] for point in points}
        points = points + [e for e in report.get("widths") or [] if e["width"] not in have]
        entries = [{"width": e["width"], **(e.get(key) or {})} for e in points]
    else:
        entries = [{"width": e["width"], **(at(e, "other_law.good") or {})} for e in report.get("widths") or []]
    return sorted((point for point in entries if point.get("value") is not None), key=lambda point: point["width"])


def _hover(point: dict[str, Any], law: str) -> str:
    between = ""
    if point.get("low") is not None and point.get("high") is not None and point["low"] != point["high"]:
        between = f"<br>{percent(point['low'])} to {percent(point['high'])}"
    units = count(point["width"], "unit")
    return f"{units}, {plain(law)}<br>{percent(point['value'])}{between}<br>{plain(point.get('kind', ''))}"


def _law_traces(points: list[dict[str, Any]], law: str, color: str, symbol: str) -> list[dict[str, Any]]:
    x = [point["width"] for point in points]
    low = [point["value"] if point.get("low") is None else point["low"] for point in points]
    high = [point["value"] if point.get("high") is None else point["high"] for point in points]
    red, green, blue = (int(color[k : k + 2], 16) for k in (1, 3, 5))
    band = line(
        x + x[::-1], low + high[::-1], "rgba(0,0,0,0)", fill="toself", fillcolor=f"rgba({red},{green},{blue},0.16)",
        hoverinfo="skip", width=0,
    )  # fmt: skip
    path = line(x, [point["value"] for point in points], color, hoverinfo="skip")
    dots = markers(x, [point["value"] for point in points], color, law, symbol=symbol, showlegend=True)
    dots |= {"text": [_hover(point, law) for point in points], "hovertemplate": "%{text}<extra></extra>"}
    return [band, path, dots]


def _loss_traces(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    x, y = [point["width"] for point in points], [point["share"] for point in points]
    dots = markers(x, y, GREEN, "best known loss", symbol="x", showlegend=True)
    dots |= {
        "text": [
            f"{p['width']} units<br>best known loss {significant(p['value'])} ({percent(p['share'])})" for p in points
        ],
        "hovertemplate": "%{text}<extra></extra>",
    }
    return [line(x, y, GREEN, hoverinfo="skip", dash="dash"), dots]


def _promise_traces(report: dict[str, Any], farthest: float) -> tuple[list[dict[str, Any]], list[str]]:
    traces, beyond = [], []
    applicable = [p for p in report.get("promises") or [] if p.get("applies") and (p.get("width") or p.get("curve"))]
    for k, promise in enumerate(applicable):
        color, dash = _FAN_COLORS[k % len(_FAN_COLORS)], _DASHES[k // len(_FAN_COLORS) % len(_DASHES)]
        name = str(promise.get("statement", "")).split(",")[0]
        steps = [*(promise.get("curve") or []), [promise.get("width"), promise.get("probability")]]
        steps = [(w, p) for w, p in steps if w is not None and p is not None and float(w) <= farthest]
        points = sorted(steps, key=lambda step: (float(step[0]), step[1])) if promise.get("curve") else []
        if any(p > 0 for _, p in points):
            hover = [f"{plain(name)}<br>{significant(w)} units: at least {percent(p)}" for w, p in points]
            traces.append(
                line(
                    [float(w) for w, _ in points], [p for _, p in points], color, name, dash=dash, showlegend=True,
                    shape="hv", text=hover, hovertemplate="%{text}<extra></extra>",
                )
            )  # fmt: skip
        elif (
            promise.get("width") is not None
            and float(promise["width"]) <= farthest
            and promise.get("probability") is not None
        ):
            dot = markers([float(promise["width"])], [promise["probability"]], color, name, symbol="star", size=14)
            label = (
                f"{plain(name)}<br>{significant(promise['width'])} units: at least {percent(promise['probability'])}"
            )
            traces.append({**dot, "showlegend": True, "hovertemplate": label + "<extra></extra>"})
        elif promise.get("width") is not None:
            width = significant(promise["width"])
            beyond.append(f"{promise.get('statement', '')} asks for {width} units, far beyond the right edge.")
    return traces, beyond


def curve_figure(report: dict[str, Any]) -> Figure | None:
    """Draw observed shares with their bands, the loss, the goal, and the promises that fit on the sheet."""
    trainings, good = _curve(report, "trained"), _curve(report, "good")
    if not trainings and not good:
        return None
    law = str(at(report, "settings.law") or "chosen")
    traces = _law_traces(trainings, "trainings that end well", BLUE, "circle") if trainings else []
    if good:
        traces += _law_traces(good, f"good starts, law {law}", ORANGE, "square")
    other = _curve(report, "other")
    other_law = next((at(e, "other_law.law") for e in report.get("widths") or [] if at(e, "other_law.law")), "other")
    if other:
        traces += _law_traces(other, f"good starts, law {other_law}", PURPLE, "diamond")
    fits = [point for point in _curve(report, "reference") if point.get("share") is not None]
    if fits:
        traces += _loss_traces(fits)
    widest = max(point["width"] for point in trainings or good)
    promises, beyond = _promise_traces(report, _FARTHEST * widest)
    traces += promises
    goal = at(report, "width_for.probability")
    positions = [x for trace in traces for x in trace["x"]]
    low, high = min(positions), max(positions)
    ends = [low / 1.15, high * 1.15]
    if goal is not None:
        traces.insert(0, line(ends, [goal, goal], GREY, width=1, dash="dot", hoverinfo="skip"))
    ticks = [2**k for k in range(64) if ends[0] <= 2**k <= ends[1]]
    enough = at(report, "width_for.width")
    shapes = []
    if enough is not None and goal is not None:
        spot = {"x0": enough, "x1": enough, "y0": 0, "y1": goal}
        shapes.append({"type": "line", **spot, "line": {"color": GREY, "width": 1, "dash": "dot"}})
    sheet = layout(
        440,
        xaxis=axis("hidden units", type="log", tickvals=ticks, ticktext=[f"{t:,}" for t in ticks]),
        yaxis=axis("share, and loss left", tickformat=".0%", range=[-0.02, 1.03]),
        showlegend=True,
        shapes=shapes,
        margin={"l": 66, "r": 20, "t": 64, "b": 48},
    )
    reading = "Bands are intervals that cover the truth in 95 of 100 cases. "
    if goal is not None:
        reading += f"The dotted line is the goal of {percent(goal)}"
        reading += f", reached at {significant(enough)} units." if enough is not None else "."
    if good:
        reading += " Good starts: random weights, before any training, in a good basin."
    if promises:
        reading += " Dashed: what a theorem guarantees, under its own law and for its own event; see its row below."
    if fits:
        reading += " Green: what the best known network of a width leaves of the best constant's loss."
    points, what = (trainings, "Trainings that end well: ") if trainings else (good, "Chance of a good start: ")
    alt = what + "; ".join(f"{point['width']} units {percent(point['value'])}" for point in points) + "."
    return Figure("figure-curve", "How wide must the layer be?", reading, alt, traces, sheet, " ".join(beyond))
