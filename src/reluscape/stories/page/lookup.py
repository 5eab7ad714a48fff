"""Numbers of the page by their path in the JSON, so that what is shown is what the file holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..wording import digits, percent, significant
from .markup import element, text

KIND_WORDS = {
    "exact": "exact",
    "certified": "certified",
    "numerical": "numerical",
    "sampled": "sampled",
    "bound": "upper bound",
    "estimate": "estimate",
}


def at(report: Any, path: str) -> Any:
    """Follow a dotted path into the report; a missing step gives None.

    >>> at({"a": [{"b": 3}]}, "a.0.b"), at({"a": []}, "a.0.b")
    (3, None)
    """
    place = report
    for step in path.split("."):
        if isinstance(place, dict):
            place = place.get(step)
        elif isinstance(place, list) and step.lstrip("-").isdigit() and int(step) < len(place):
            place = place[int(step)]
        else:
            return None
    return place


def number(report: Any, path: str, style: str = "plain") -> str:
    """Show the number at a path, rounded for reading; the full value stands in the element's ``value``.

    Arguments:
        report: the JSON dict.
        path: dotted path of a number, or of a string of digits for integers beyond 2^53.
        style: "plain", "percent" (of a fraction) or "digits" (an integer in full, grouped).

    >>> number({"p": 0.4551}, "p", "percent")
    '<data value="0.4551" data-key="p">45.5%</data>'
    """
    value = at(report, path)
    if value is None:
        return element("span", "not known", class_="unknown")
    styles: dict[str, Callable[[Any], str]] = {"plain": significant, "percent": percent, "digits": digits}
    write = styles[style]
    label = text(write(value)).replace(" ", "&nbsp;")
    full = text(value) if str(value) != write(value).replace(",", "") else None
    return element("data", label, value=value, data_key=path, title=full if len(str(value)) > 15 else None)


def kind_badge(claim: dict[str, Any] | None) -> str:
    """Say in one word how a number is known."""
    kind = (claim or {}).get("kind")
    if not kind:
        return ""
    return element("span", text(KIND_WORDS.get(kind, kind)), class_=f"kind kind-{text(kind)}")


def interval(report: Any, path: str, style: str = "plain") -> str:
    """Show the interval of the claim at a path, or nothing where it has none."""
    claim = at(report, path) or {}
    if claim.get("low") is None or claim.get("high") is None or claim["low"] == claim["high"]:
        return ""
    low, high = number(report, f"{path}.low", style), number(report, f"{path}.high", style)
    return element("span", f"{low} to {high}", class_="interval")


def claim_cell(report: Any, path: str, style: str = "plain") -> str:
    """Show a claim: the number, its interval, and the word that says how it is known."""
    claim = at(report, path)
    if not isinstance(claim, dict) or (claim.get("value") is None and claim.get("high") is None):
        return element("span", "not known", class_="unknown")
    sign = {"bound": "≤ ", "estimate": "≈ "}.get(claim.get("kind", ""), "")
    key = f"{path}.value" if claim.get("value") is not None else f"{path}.high"
    main = element("span", sign + number(report, key, style), class_="value")
    return main + interval(report, path, style) + kind_badge(claim)
