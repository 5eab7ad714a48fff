"""What the page of a designed landscape shows: the answer, the network over its samples, the design, what holds."""

from __future__ import annotations

from typing import Any

from ..wording import count, sentence, significant
from .figure import Figure
from .fit_figure import fit_figure
from .lookup import at, kind_badge, number
from .markup import bullets, element, section, text
from .palette import BLUE, GREY, INK, VERMILLION
from .tables import table
from .traces import axis, layout, line, markers

_STEPS = {"start": "start", "L-BFGS": "descent", "snap": "set to the exact point", "escape": "step off a saddle"}


def design_figures(report: dict[str, Any]) -> list[Figure]:
    """List the figures that the JSON holds data for."""
    fit = fit_figure(at(report, "pictures.fit"), "What the designed network computes", at(report, "data.classes"))
    parts = [fit, _outputs(report), _course(report)]
    return [figure for figure in parts if figure is not None]


def _outputs(report: dict[str, Any]) -> Figure | None:
    """Draw how far each sample lies on the right side, the worst first."""
    outputs, labels = at(report, "pictures.outputs") or [], at(report, "pictures.labels") or []
    if not outputs:
        return None
    sides = sorted((label * output, label) for output, label in zip(outputs, labels, strict=True))
    names = at(report, "data.classes") or {}
    traces = []
    for sign, color, symbol in ((-1, BLUE, "circle"), (1, VERMILLION, "diamond")):
        mine = [(k + 1, side) for k, (side, label) in enumerate(sides) if (label > 0) == (sign > 0)]
        name = str(names.get(f"{sign:+d}", f"{sign:+d}"))
        x, y = [k for k, _ in mine], [side for _, side in mine]
        traces.append(markers(x, y, color, name, symbol=symbol, showlegend=True,
                              hovertemplate="on the right side by %{y:.4g}<extra></extra>"))  # fmt: skip
    border = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": 0, "y1": 0, "line": {"color": INK, "width": 1}}
    sheet = layout(
        340,
        xaxis=axis("samples, the worst first", range=[0, len(sides) + 1]),
        yaxis=axis("how far on the right side"),
        showlegend=True,
        shapes=[border],
        margin={"l": 66, "r": 20, "t": 40, "b": 48},
    )
    wrong = sum(side <= 0 for side, _ in sides)
    reading = "The output for each sample, counted from 0 towards its own class. Below the line a sample is wrong."
    alt = f"{count(len(sides), 'sample')}, {wrong} of them wrong; the least lead is {significant(sides[0][0])}."
    return Figure("figure-outputs", "Is every sample right?", reading, alt, traces, sheet)


def _course(report: dict[str, Any]) -> Figure | None:
    """Draw the loss after each step of the training."""
    history = at(report, "training.history") or []
    if len(history) < 2:
        return None
    x, y = list(range(len(history))), [value for _, value in history]
    words = [_STEPS.get(what, what) for what, _ in history]
    traces = [line(x, y, GREY, width=1.6, hoverinfo="skip")]
    for what, color, symbol in (("", BLUE, "circle"), ("escape", VERMILLION, "triangle-down")):
        mine = [k for k in x if (history[k][0] == "escape") == bool(what)]
        if mine:
            name = "a saddle left" if what else "descent"
            traces.append(markers([x[k] for k in mine], [y[k] for k in mine], color, name, symbol=symbol,
                                  showlegend=True, text=[words[k] for k in mine],
                                  hovertemplate="%{text}<br>loss %{y:.6g}<extra></extra>"))  # fmt: skip
    sheet = layout(
        340,
        xaxis=axis("stage of the training", dtick=max(1, len(x) // 10)),
        yaxis=axis("loss and regulariser"),
        showlegend=True,
        margin={"l": 66, "r": 20, "t": 40, "b": 48},
    )
    reading = "Training goes down, and where it meets a saddle it steps off along a direction that leads lower."
    alt = f"The loss falls from {significant(y[0])} to {significant(y[-1])} in {count(len(x) - 1, 'stage')}."
    return Figure("figure-course", "The way down", reading, alt, traces, sheet)


def _claims(report: dict[str, Any]) -> str:
    """Write what holds at the end, and how each is known."""
    rows = []
    for claim in at(report, "certificate.claims") or []:
        holds = "yes" if claim["holds"] else "not shown"
        rows.append([text(claim["name"]), holds, text(sentence(claim["text"])), kind_badge(_known(claim))])
    return (
        table(["Claim", "Holds", "In words", "Known"], rows, "At the network that the training ended in")
        if rows
        else ""
    )


def _known(claim: dict[str, Any]) -> dict[str, str]:
    return {"kind": "certified" if claim["kind"] == "proven" else str(claim["kind"])}


def design_sections(report: dict[str, Any], figures: list[Figure]) -> str:
    """Write the pictures, the design's numbers and what holds at the end."""
    plan = report.get("design") or {}
    facts = [
        ("Units", number(report, "design.width", "digits")),
        ("Slope of the loss on a wrong sample", number(report, "design.epsilon") + " or more"),
        ("Margin of the data", number(report, "design.gamma.low") + " " + kind_badge(plan.get("gamma"))),
        ("Bound of the coefficients", number(report, "design.lambda0")),
        ("Loss and regulariser at the end", number(report, "training.loss")),
        ("Saddles left on the way", number(report, "training.escapes", "digits")),
    ]
    fact_list = element("dl", "".join(element("dt", text(k)) + element("dd", v) for k, v in facts), class_="facts")
    steps = bullets([text(sentence(str(step))) for step in plan.get("lines") or []], "ol")
    pictures = "".join(figure.html() for figure in figures)
    return (
        element("section", pictures, id="pictures", aria_label="Pictures")
        + section("claims", "What holds", _claims(report))
        + section("design", "The design", fact_list + steps)
    )
