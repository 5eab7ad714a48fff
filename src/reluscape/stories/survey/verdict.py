"""The verdict: at most six plain lines that answer the questions people come with."""

from __future__ import annotations

from typing import Any

from ...numbers.tolerances import DEFAULT
from ..opening import without_bias
from ..usual_width import usual_place
from ..wording import count, percent, whole


def verdict_lines(report: dict[str, Any]) -> list[str]:
    """Return the verdict of a report whose numbers are filled in."""
    lines = [
        without_bias(report["data"]),
        _splits(report),
        _chance(report),
        _width(report),
        _fits(report),
        _limits(report),
    ]
    return [line for line in lines if line][:6]


def _splits(report: dict[str, Any]) -> str:
    """How many ways one unit can split the data."""
    regions, n = report["regions"], report["data"]["n"]
    if regions["kind"] == "exact":
        return f"One hidden unit can split these {n} rows in {whole(regions['value'])} different ways (exact count)."
    between = ""
    estimate = regions.get("estimate")
    if estimate and estimate["low"] is not None:
        between = f", about {whole(estimate['value'])} by an unbiased estimate"
    return f"One hidden unit can split these {n} rows in at most {whole(regions['value'])} different ways{between}."


def _chance(report: dict[str, Any]) -> str:
    """How likely a random start lies in a good basin at the usual width."""
    entry = report["widths"][usual_place(report) or 0]
    good = entry["good"]
    undecided = entry["basin_values"].get("undecided", 0)
    open_ones = f", {undecided} of them undecided: rows too close together to tell" if undecided else ""
    return (
        f"With {count(entry['width'], 'unit')}, a random start lies in a good basin with probability "
        f"{percent(good['value'])} ({percent(good['low'])} to {percent(good['high'])}, {good['trials']} random "
        f"starts{open_ones})."
    )


def _width(report: dict[str, Any]) -> str:
    """How many units are enough, against what the theorems ask for."""
    found = report["width_for"]
    wanted = percent(found["probability"])
    asked = [p for p in report["promises"] if p["applies"] and p["width"] is not None]
    theorem = " No theorem promises a width for these data."
    if asked:
        least = min(asked, key=lambda p: int(p["width"]))
        name = least["statement"].split(",")[0].removesuffix(" (corrected)")
        event = least.get("event", "").split(":")[0] or "a good start"
        theorem = f" {least['source']}'s {name} asks for {int(least['width']):,} (for a {event.removeprefix('a ')})."
    if found["width"] is not None:
        return f"{count(found['width'], 'unit').capitalize()} give a good start at least {wanted} of the time.{theorem}"
    reason = "the time ran out" if found["stopped_by"] == "time" else "the widest layer tried"
    if not found["more_than"]:
        return f"How many units give a good start {wanted} of the time stayed open ({reason}).{theorem}"
    return f"A good start {wanted} of the time needs more than {count(found['more_than'], 'unit')} ({reason}).{theorem}"


def _fits(report: dict[str, Any]) -> str:
    """The best straight fit against the best known network."""
    affine, best = report["losses"]["affine"], report["losses"]["best_network"]
    kind = "plane" if len(report["data"]["features"]) > 1 else "line"
    text = (
        f"The best straight {kind} leaves {percent(affine['share'])} of the target's variance; the best network found "
        f"({count(best['width'], 'unit')}) leaves {percent(best['share'])}"
    )
    if affine["accuracy"] is not None and best["accuracy"] is not None:
        text += f" (right for {percent(affine['accuracy'])} and {percent(best['accuracy'])} of the rows)"
    return text + "."


def _limits(report: dict[str, Any]) -> str:
    """What no network can do on these data."""
    lowest, equal, said = report["losses"]["any_width"]["share"] or 0.0, report["data"].get("floor_share") or 0.0, []
    if lowest > 0:
        reason = "are equal but have different targets"
        if lowest > equal * (1 + DEFAULT.kkt):
            reason = "lie on one line through the origin, which ties their outputs"
        said.append(f"Some rows {reason}: no network can go below {percent(lowest)} of the variance.")
    if not report["data"]["output_bias"]:
        said.append("There is no output bias: the missing constant, not the landscape, may decide these numbers.")
    return " ".join(said)
