"""What an explanation's page shows, in which order."""

from __future__ import annotations

from typing import Any

from .figure import Figure
from .lookup import at, number
from .loss_figures import line_figure, loss_bars
from .markup import bullets, element, section, text
from .tables import losses_table
from .weight_figures import slice_figure
from .wording import count, listing

_FITS = (
    ("constant", "Best constant"),
    ("affine", "Best straight-line (affine) fit"),
    ("model", "This network"),
    ("basin", "Lowest in its basin"),
    ("best_known", "Best known network"),
)
_UNITS = (
    ("dead", "off on every sample"),
    ("always_active", "on for every sample, so linear here"),
    ("zero_output", "without effect, output weight zero"),
)


def explain_figures(report: dict[str, Any]) -> list[Figure]:
    """List the figures that the JSON holds data for."""
    lines = [line_figure(data, place) for place, data in enumerate(report.get("lines") or [])]
    found = [loss_bars(report), *lines, slice_figure(report.get("slice"))]
    return [figure for figure in found if figure is not None]


def _facts(report: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    found = report.get("verdict") or {}
    if found.get("kind"):
        smooth = {True: ", at a smooth point", False: ", on a kink"}.get(found.get("differentiable", "unknown"), "")
        rows.append(
            ("Verdict", text(found["kind"] + smooth) + (text(f" ({found['reason']})") if found.get("reason") else ""))
        )
    if found.get("loss") is not None:
        exact = found.get("exact_loss")
        shown = f" = {exact}" if exact and len(str(exact)) <= 40 else ""
        rows.append(("Loss", number(report, "verdict.loss") + text(shown)))
    if report.get("gradient_norm") is not None:
        rows.append(("Gradient norm", number(report, "gradient_norm")))
    if at(report, "snapped.loss") is not None:
        moved = (
            " away" if at(report, "snapped.distance") is None else ", at distance " + number(report, "snapped.distance")
        )
        rows.append(("Nearest exact minimum", "loss " + number(report, "snapped.loss") + moved))
    model = report.get("model") or {}
    if model.get("width") is not None:
        decay = model.get("weight_decay")
        words = (
            "weight decay unknown"
            if decay == "unknown"
            else "no weight decay"
            if not decay
            else f"weight decay {decay}"
        )
        rows.append(("Network", number(report, "model.width", "digits") + text(f" hidden units, {words}")))
    return rows


def _unit_lines(report: dict[str, Any]) -> list[str]:
    units = report.get("units") or {}
    lines = []
    for key, words in _UNITS:
        if units.get(key):
            names = listing([str(unit) for unit in units[key]])
            lines.append(f"{count(len(units[key]), 'unit')} {words}: {names}")
    for group in units.get("duplicated") or []:
        lines.append(f"units {listing([str(unit) for unit in group])} do the same work")
    dead = (report.get("samples") or {}).get("dead") or []
    if dead:
        rows = "row" if len(dead) == 1 else "rows"
        names = listing([str(row) for row in dead])
        lines.append(f"{count(len(dead), 'sample')} that no unit is on for: {rows} {names}")
    fit = report.get("affine_fit") or {}
    if fit.get("text"):
        lines.append(fit["text"])
    return lines


def explain_sections(report: dict[str, Any], figures: list[Figure]) -> str:
    """Write the story, the pictures, the losses, and what to do next."""
    facts = "".join(element("dt", text(name)) + element("dd", value) for name, value in _facts(report))
    story = element("dl", facts, class_="facts") if facts else ""
    lines = _unit_lines(report)
    if lines:
        story += bullets([text(line) for line in lines])
    steps = report.get("next_steps") or []
    following = section("next", "What to do next", bullets([text(step) for step in steps], "ol") if steps else "")
    drawn = "".join(figure.html() for figure in figures)
    return (
        following
        + section("story", "Where it stands", story)
        + element("section", drawn, id="pictures", aria_label="Pictures")
        + section("fits", "The losses", losses_table(report, _FITS))
    )
