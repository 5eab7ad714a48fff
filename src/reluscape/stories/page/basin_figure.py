"""How good the basin of a random start is: one histogram for each width on a common scale."""

from __future__ import annotations

from typing import Any

from ..wording import percent, significant
from .figure import Figure
from .lookup import at
from .palette import BLUE, GREEN, INK, VERMILLION
from .traces import axis, layout, rule

_BINS = 40
_PANEL = 104
_GAP = 0.22


def bin_counts(values: list[float], low: float, high: float, bins: int = _BINS) -> list[int]:
    """Count values in equal bins; the last bin holds its upper end.

    >>> bin_counts([0.0, 0.1, 0.9, 1.0], 0.0, 1.0, bins=2)
    [2, 2]
    """
    counts = [0] * bins
    for value in values:
        place = int((value - low) / (high - low) * bins)
        counts[min(max(place, 0), bins - 1)] += 1
    return counts


def _known(entry: dict[str, Any]) -> list[float]:
    return [value for value in at(entry, "basin_values.sample") or [] if value is not None]


def _panel(entry: dict[str, Any], k: int, span: tuple[float, float]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    low, high = span
    step = (high - low) / _BINS
    values = _known(entry)
    counts = bin_counts(values, low, high)
    shares = [number / len(values) for number in counts]
    edges = [low + step * b for b in range(_BINS + 1)]
    hover = [
        f"{percent(share)} of starts<br>between {significant(float(f'{a:.4g}'))} and {significant(float(f'{b:.4g}'))}"
        for share, a, b in zip(shares, edges, edges[1:], strict=False)
    ]
    bars = {
        "type": "bar",
        "x": [a + step / 2 for a in edges[:-1]],
        "y": shares,
        "width": step * 0.94,
        "marker": {"color": BLUE},
        "text": hover,
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "yaxis": f"y{k or ''}" if k == 0 else f"y{k + 1}",
    }
    ref = f"y{k + 1 if k else ''}"
    shapes = []
    if entry.get("threshold") is not None:
        box = {"x0": low, "x1": entry["threshold"], "y0": 0, "y1": 1, "yref": f"{ref} domain"}
        shapes.append(
            {"type": "rect", **box, "fillcolor": GREEN, "opacity": 0.11, "line": {"width": 0}, "layer": "below"}
        )
    reference = at(entry, "reference.value")
    if reference is not None:
        spot = {"x0": reference, "x1": reference, "y0": 0, "y1": 1, "yref": f"{ref} domain"}
        shapes.append({"type": "line", **spot, "line": {"color": GREEN, "width": 2}})
    return bars, shapes


def basin_figure(report: dict[str, Any]) -> Figure | None:
    """Draw the basin values of random starts, with the constant, the affine fit and each width's reference marked."""
    entries = [entry for entry in report.get("widths") or [] if _known(entry)]
    if not entries:
        return None
    marks = {name: at(report, f"losses.{name}.value") for name in ("constant", "affine")}
    every = [value for entry in entries for value in _known(entry)]
    every += [value for value in marks.values() if value is not None]
    every += [at(e, "reference.value") for e in entries if at(e, "reference.value") is not None]
    low, high = min(0.0, *every), max(every)
    high = high if high > low else low + 1.0
    pad = 0.015 * (high - low)
    span = (low, high + pad)
    traces, shapes, sheets = [], [], {}
    total = len(entries)
    for k, entry in enumerate(entries):
        bars, own = _panel(entry, k, span)
        traces.append(bars)
        shapes += own
        top = 1 - k / total
        name = f"yaxis{k + 1 if k else ''}"
        words = f"{entry['width']} unit" + ("" if entry["width"] == 1 else "s")
        sheets[name] = axis(
            words,
            domain=[top - (1 - _GAP) / total, top],
            tickformat=".0%",
            nticks=3,
            rangemode="tozero",
            fixedrange=True,
        )
    notes = []
    for key, color, label, side in (
        ("constant", INK, "best constant", "right"),
        ("affine", VERMILLION, "best straight-line fit", "right"),
    ):
        if marks[key] is not None:
            shape, note = rule(marks[key], color, label, xanchor=side)
            shapes.append(shape)
            notes.append(note)
    for note in notes[1:]:
        note["yshift"] = 15
    unit = f"mean squared error, squared units of {report['data'].get('target', 'the target')}"
    sheet = layout(
        _PANEL * total + 90,
        xaxis=axis(unit, range=[span[0] - pad, span[1]], anchor="free", position=max(0.0, _GAP / total - 0.02)),
        bargap=0,
        shapes=shapes,
        annotations=notes,
        margin={"l": 72, "r": 24, "t": 44, "b": 44},
        **sheets,
    )
    reading = (
        "The lowest loss that a random start can reach without leaving its basin. Further left is better; "
        "the green line is the reference of the width, and a start inside the green band is a good one."
    )
    parts = [
        f"width {e['width']}: median {significant(at(e, 'basin_values.quartiles.1'))}"
        for e in entries
        if at(e, "basin_values.quartiles.1") is not None
    ]
    alt = "Histograms of basin values of random starts, one for each width" + (
        " (" + "; ".join(parts) + ")." if parts else "."
    )
    trials = sorted({at(e, "basin_values.trials") for e in entries} - {None})
    amount = " to ".join(significant(number) for number in dict.fromkeys([*trials[:1], *trials[-1:]]))
    remark = f"{amount} random starts for each width, law {at(report, 'settings.law')}." if trials else ""
    return Figure("figure-basins", "How good is the basin of a random start?", reading, alt, traces, sheet, remark)
