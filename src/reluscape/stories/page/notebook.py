"""A report as a notebook shows it: the answer, the big numbers, the table of widths, two pictures; no script."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

from .key_figures import key_figures
from .loss_line import draw_loss_line
from .markup import bullets, element, text
from .tables import width_table
from .width_curve import draw_width_curve

MOST_PICTURES = 2
STYLE = """
.reluscape{font:14px/1.45 system-ui,sans-serif;max-width:900px}
.reluscape .cards{display:flex;flex-wrap:wrap;gap:12px;margin:12px 0}
.reluscape .card{border:1px solid #8886;border-radius:8px;padding:8px 12px;flex:1 1 180px}
.reluscape .card dd{margin:0}.reluscape .card .big{font-size:22px;font-weight:600}
.reluscape dt,.reluscape .interval,.reluscape caption{font-size:12px;opacity:.8}
.reluscape table{border-collapse:collapse}.reluscape td,.reluscape th{padding:2px 8px;text-align:right}
.reluscape svg{max-width:100%;height:auto;background:#fff}
"""
Picture = Callable[[Any], Any]


def pictures(report: dict[str, Any]) -> list[Picture]:
    """Return what can be drawn of a report: functions of Matplotlib axes, the best picture first."""
    if report.get("kind") == "survey":
        return _of_survey(report)
    if report.get("kind") == "explain":
        return [partial(_line, line=line) for line in report.get("lines") or [] if line.get("samples")]
    pictures: list[Picture] = []
    graph = (report.get("pictures") or {}).get("disconnectivity")
    if graph and graph.get("stems"):
        pictures.append(partial(_graph, graph=graph))
    return pictures


def _of_survey(report: dict[str, Any]) -> list[Picture]:
    """Return the share of trainings that end well against the width, and the losses against it."""
    widths = report.get("widths") or []
    pictures: list[Picture] = []
    if any((entry.get("trained") or {}).get("value") is not None for entry in widths):
        pictures.append(partial(_curve, entries=widths, key="trained", words="share of trainings that end well"))
    if any((entry.get("good") or {}).get("value") is not None for entry in widths):
        pictures.append(partial(_curve, entries=widths, key="good", words="chance of a good start"))
    return pictures


def _curve(ax: Any, entries: list[dict[str, Any]], key: str, words: str) -> None:
    draw_width_curve(ax, entries, key=key)
    ax.set(ylabel=words)


def _line(ax: Any, line: dict[str, Any]) -> None:
    draw_loss_line(ax, line)


def _graph(ax: Any, graph: dict[str, Any]) -> None:
    from ...landscape.topology.disconnectivity import draw_graph

    draw_graph(ax, graph)


def svg(picture: Picture) -> str:
    """Return a picture as an SVG element, drawn without a window."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.6, 3.4), layout="constrained")
    picture(figure.subplots())
    sheet = io.StringIO()
    figure.savefig(sheet, format="svg", metadata={"Date": None, "Creator": None})
    markup = sheet.getvalue()
    return markup[markup.index("<svg") :]


def notebook(report: dict[str, Any], lines: list[str]) -> str:
    """Return the HTML fragment of a report; every name from a file is escaped.

    Args:
        report: the JSON dict of a survey, an explanation or a landscape.
        lines: its verdict.
    """
    parts = [element("style", STYLE)]
    parts += (
        [element("p", element("strong", text(lines[0]))), bullets(text(line) for line in lines[1:])] if lines else []
    )
    if report.get("kind") == "survey":
        parts += [key_figures(report), width_table(report)]
    parts += [svg(picture) for picture in pictures(report)[:MOST_PICTURES]]
    return element("div", "".join(parts), class_="reluscape")
