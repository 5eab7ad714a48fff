"""The layers of a network in a table, and what the last layer and the Jacobian say."""

from __future__ import annotations

from typing import Any

from ..wording import count, listing
from .lookup import at, kind_badge, number
from .markup import element, section, text
from .tables import table


def layer_section(report: dict[str, Any]) -> str:
    """Write one row for each layer, then the last layer alone and the Jacobian's rank."""
    layers = report.get("layers") or []
    if not layers:
        return ""
    head = ["Layer", "Gradient norm", "Off everywhere", "On everywhere", "The same unit twice", "On a kink, near one"]
    rows = []
    for k, layer in enumerate(layers):
        name = "output" if layer.get("output") else str(layer["layer"])
        row = [text(f"{name} ({count(layer['units'], 'unit')})"), number(report, f"layers.{k}.gradient_norm")]
        if not layer.get("output"):
            row += [_units(layer["dead"]), _units(layer["always_active"])]
            row.append("; ".join(_units(group) for group in layer["duplicated"]) or "none")
            kinks = number(report, f"layers.{k}.on_kink", "digits") + ", "
            row.append(kinks + number(report, f"layers.{k}.near_kink", "digits"))
        rows.append(row + [""] * (len(head) - len(row)))
    caption = "Units and rows count from 0; kinks are counted in pairs of a unit and a row."
    facts = "".join(element("dt", text(what)) + element("dd", words) for what, words in _facts(report))
    return section("layers", "Layer by layer", table(head, rows, caption) + element("dl", facts, class_="facts"))


def _units(units: list[int]) -> str:
    return text(listing(units)) if units else "none"


def _facts(report: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    last = report.get("last_layer")
    if last:
        lowest = number(report, "last_layer.lowest")
        words = "alone it could reach the loss " if not last["optimal"] else "already the best one, with loss "
        caveat = "" if last["attained"] else ", though no weights attain it"
        rows.append(("Last layer (a convex problem)", text(words) + lowest + text(caveat) + " " + kind_badge(last)))
    rank = report.get("jacobian")
    if rank:
        words = number(report, "jacobian.rank", "digits") + " of " + number(report, "jacobian.rows", "digits")
        if at(report, "jacobian.bound") is not None:
            words += text("; by Lemma 1 the loss is at most ") + number(report, "jacobian.bound")
        elif not rank["full"]:
            words += text("; a point without gradient need not fit the data")
        rows.append(("Rank of the Jacobian", words + " " + kind_badge(rank)))
    return rows
