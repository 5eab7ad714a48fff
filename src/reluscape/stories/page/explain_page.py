"""What an explanation's page shows, in which order."""

from __future__ import annotations

from typing import Any

from ..wording import count, listing, sentence
from .figure import Figure
from .fit_figure import fit_figure
from .layer_table import layer_section
from .lookup import at, number
from .loss_figures import line_figure, loss_bars
from .markup import bullets, element, section, text
from .network_plane import plane_figure
from .tables import losses_table

WRONG_INPUT, SOLVED = "wrong input", "solved"
_FITS = (
    ("constant", "Best constant"),
    ("affine", "Best straight-line (affine) fit"),
    ("model", "This network"),
    ("basin", "Lowest in its basin"),
    ("last_layer", "Best last layer for these features"),
    ("best_known", "Best known network"),
)
_UNITS = (
    ("dead", "off on every row"),
    ("always_active", "on for every row, so it acts like a straight line"),
    ("zero_output", "without effect, its output weight is zero"),
)


def explain_figures(report: dict[str, Any]) -> list[Figure]:
    """List the figures that the JSON holds data for."""
    answer = report.get("answer")
    if answer == WRONG_INPUT:
        return []
    loss = at(report, "model.loss") or "squared"
    lines = [line_figure(data, place, loss) for place, data in enumerate(report.get("lines") or [])]
    fit = fit_figure(report.get("fit"), "What the network computes", at(report, "data.classes"))
    # nothing lies beyond a network that is solved, but weights that grow without end
    beyond = [] if answer == SOLVED else [*lines, plane_figure(report.get("slice"))]
    parts = [fit, loss_bars(report), *beyond]
    return [figure for figure in parts if figure is not None]


def _facts(report: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    parts = report.get("verdict") or {}
    decay = at(report, "model.weight_decay")
    with_decay = isinstance(decay, int | float) and decay > 0
    if parts.get("kind"):
        smooth = {True: ", at a smooth point", False: ", on a kink"}.get(parts.get("differentiable", "unknown"), "")
        rows.append(
            ("Verdict", text(parts["kind"] + smooth) + (text(f" ({parts['reason']})") if parts.get("reason") else ""))
        )
    if parts.get("loss") is not None:
        exact = parts.get("exact_loss")
        suffix = f" = {exact}" if exact and len(str(exact)) <= 40 else ""
        rows.append(("Loss plus penalty" if with_decay else "Loss", number(report, "verdict.loss") + text(suffix)))
    if report.get("gradient_norm") is not None:
        name = "Gradient norm of the loss alone" if with_decay else "Gradient norm"
        rows.append((name, number(report, "gradient_norm")))
    if at(report, "snapped.loss") is not None:
        distance = (
            " away" if at(report, "snapped.distance") is None else ", at distance " + number(report, "snapped.distance")
        )
        kind = "Nearest exact minimum" if parts.get("is_local_minimum") else "Exact point beside it"
        rows.append((kind, "loss " + number(report, "snapped.loss") + distance))
    elif at(report, "nearest.loss") is not None:
        words = "loss " + number(report, "nearest.loss") + ", at distance " + number(report, "nearest.distance")
        if at(report, "nearest.kinks") is not None:
            words += ", " + number(report, "nearest.kinks", "digits") + text(" kinks away")
        rows.append(("Nearest exact minimum found", words))
    if at(report, "losses.basin.value") is not None:
        rows.append(("Lowest loss in its basin", number(report, "losses.basin.value")))
    if report.get("better_basin"):
        rows.append(("A better basin", _better(report)))
    model = report.get("model") or {}
    if model.get("width") is not None:
        units = " + ".join(str(width) for width in model.get("hidden") or [model["width"]])
        outputs = model.get("outputs") or 1
        several = f", {outputs} outputs" if outputs > 1 else ""
        rows.append(("Network", text(f"{units} hidden units{several}, {_decay(model.get('weight_decay'))}")))
    return rows


def _decay(decay: Any) -> str:
    words = {
        "unknown": "weight decay unknown",
        "ignore": "weight decay ignored as asked",
        None: "weight decay not stated",
    }
    if decay in words:
        return words[decay]
    return f"weight decay {decay:.6g}" if decay else "trained without weight decay"


def _better(report: dict[str, Any]) -> str:
    better = report["better_basin"]
    away = number(report, "better_basin.kinks", "digits") + (" kink away" if better["kinks"] == 1 else " kinks away")
    where = ""
    if better.get("unit") is not None:
        rows = listing(better["samples"])
        where = text(f" (unit {better['unit']}, row{'' if len(better['samples']) == 1 else 's'} {rows})")
    elif better["at_least"] < better["kinks"]:
        least = number(report, "better_basin.at_least", "digits")
        away = (f"{least} to " if better["at_least"] > 1 else "at most ") + away
    return away + where + ", lowest loss there " + number(report, "better_basin.value")


def _unit_lines(report: dict[str, Any]) -> list[str]:
    units = report.get("units") or {}
    lines = []
    for key, words in _UNITS:
        if units.get(key):
            names = listing(units[key])
            number = "number" if len(units[key]) == 1 else "numbers"
            lines.append(f"{count(len(units[key]), 'unit')} {words}: {number} {names}")
    for group in units.get("duplicated") or []:
        lines.append(f"units {listing(group)} do the same work")
    dead = (report.get("samples") or {}).get("dead") or []
    if dead:
        rows = "row" if len(dead) == 1 else "rows"
        names = listing(dead)
        lines.append(f"{count(len(dead), 'sample')} that no unit is on for: {rows} {names}")
    fit = report.get("affine_fit") or {}
    if fit.get("text"):
        lines.append(fit["text"])
    return lines


def explain_sections(report: dict[str, Any], figures: list[Figure]) -> str:
    """Write the story, the pictures, the losses, and what to do next; of a wrong input only the last."""
    facts = "".join(element("dt", text(name)) + element("dd", value) for name, value in _facts(report))
    story = element("dl", facts, class_="facts") if facts else ""
    lines = _unit_lines(report)
    if lines:
        story += bullets([text(sentence(line)) for line in lines])
    steps = report.get("next_steps") or []
    following = section(
        "next", "What to do next", bullets([text(sentence(step)) for step in steps], "ol") if steps else ""
    )
    if report.get("answer") == WRONG_INPUT:  # the rest would describe a network that was not trained on these rows
        return following
    pictures = "".join(figure.html() for figure in figures)
    return (
        following
        + section("story", "Where it stands", story)
        + element("section", pictures, id="pictures", aria_label="Pictures")
        + section("fits", "The losses", losses_table(report, _FITS))
        + layer_section(report)
    )
