"""Four numbers that a reader should leave a survey with."""

from __future__ import annotations

from typing import Any

from ..usual_width import usual_place
from ..wording import count
from .lookup import at, interval, kind_badge, number
from .markup import element, text


def _card(label: str, value: str, below: str, badge: str = "") -> str:
    inner = element("dt", label) + element("dd", value, class_="big")
    return element("div", inner + (element("dd", below + badge) if below or badge else ""), class_="card")


def _splits(report: dict[str, Any]) -> str:
    claim = report.get("regions") or {}
    if claim.get("value") is None:
        return ""
    sign = {"bound": "≤ ", "estimate": "≈ "}.get(claim.get("kind", ""), "")
    label = text(f"ways one unit can split the {count(at(report, 'data.n') or 0, 'sample')}")
    return _card(label, sign + number(report, "regions.value"), interval(report, "regions"), kind_badge(claim))


def _chance(report: dict[str, Any]) -> str:
    place = usual_place(report)
    key = "trained" if place is not None and at(report, f"widths.{place}.trained") else "good"
    if place is None or at(report, f"widths.{place}.{key}.value") is None:
        return ""
    path = f"widths.{place}.{key}"
    claim = at(report, path)
    width = count(report["widths"][place]["width"], "unit")
    what = "trainings end well" if key == "trained" else "chance of a good start"
    return _card(
        text(f"{what} with {width}"),
        number(report, f"{path}.value", "percent"),
        interval(report, path, "percent"),
        kind_badge(claim),
    )


def least_promise(report: dict[str, Any]) -> int | None:
    """Find the place of the applicable theorem that asks for the fewest units."""
    pairs = [
        (promise["width"], k)
        for k, promise in enumerate(report.get("promises") or [])
        if promise.get("applies") and promise.get("width") is not None
    ]
    return min(pairs, key=lambda pair: (int(pair[0]), pair[1]))[1] if pairs else None


def _width_for(report: dict[str, Any]) -> str:
    enough = report.get("width_for") or {}
    if enough.get("width") is not None:
        value = number(report, "width_for.width", "digits")
    elif enough.get("curve"):
        widest = max(range(len(enough["curve"])), key=lambda k: enough["curve"][k]["width"])
        value = "more than " + number(report, f"width_for.curve.{widest}.width", "digits")
    else:
        return ""
    promise = least_promise(report)
    below = (
        "no theorem here promises a width"
        if promise is None
        else "the theorems ask for " + number(report, f"promises.{promise}.width") + ", each under its own law"
    )
    label = (
        "units, with which training ends well in " + number(report, "width_for.probability", "percent") + " of cases"
    )
    return _card(label, value, element("span", below, class_="interval"))


def _fits(report: dict[str, Any]) -> str:
    if at(report, "losses.best_network.share") is None or at(report, "losses.affine.share") is None:
        return ""
    width = at(report, "losses.best_network.width")
    label = "of the variance is left by the best known network" + (text(f" ({count(width, 'unit')})") if width else "")
    below = "best straight-line fit: " + number(report, "losses.affine.share", "percent")
    value = number(report, "losses.best_network.share", "percent")
    return _card(label, value, element("span", below, class_="interval"), kind_badge(at(report, "losses.best_network")))


def key_figures(report: dict[str, Any]) -> str:
    """Write the four cards; a card without its number is left out."""
    cards = "".join(make(report) for make in (_width_for, _chance, _fits, _splits))
    return element("dl", cards, class_="cards") if cards else ""
