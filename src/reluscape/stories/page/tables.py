"""The numbers of a survey in tables: one row for each width, the reference fits, the theorems' promises."""

from __future__ import annotations

from typing import Any

from ..wording import count, loss_words, sentence, significant
from .lookup import at, claim_cell, kind_badge, number
from .markup import element, section, text

_COLUMNS = (
    ("trained", "Training ends well", "percent", "share of trainings that end within the tolerance of the reference"),
    ("regions", "Regions of the layer", "plain", "activation regions of the whole layer"),
    ("basins", "Basins", "plain", "regions together with the signs of the output weights"),
    ("full_rank", "Full rank", "percent", "chance that the Jacobian has full rank"),
    ("good", "Good start", "percent", "chance that a start's basin value is within the tolerance of the reference"),
    ("zero", "Zero-loss start", "percent", "chance that a start's basin reaches loss zero"),
    ("better_than_affine", "Better than a line", "percent", "chance that a start's basin beats the best affine fit"),
)

# texts of claims that say what the column's own words say
_SAID_TWICE = ("activation regions of the layer", "activation regions times the signs of the output weights")


def table(head: list[str], rows: list[list[str]], caption: str, most: int | None = None, **attributes: object) -> str:
    """Write a table of HTML fragments; on a phone each row becomes a card that repeats the column names.

    Arguments:
        head: names of the columns.
        rows: the cells; the first of each row is its heading.
        caption: what the table lists.
        most: rows that are shown at once, the others after a press of a button; None shows all.
        attributes: of the table.
    """
    opening = element("thead", element("tr", "".join(element("th", text(name), scope="col") for name in head)))
    body = "".join(
        element(
            "tr",
            element("th", row[0], scope="row", data_label=head[0])
            + "".join(element("td", cell, data_label=name) for name, cell in zip(head[1:], row[1:], strict=True)),
            class_="more" if most is not None and place >= most else None,
        )
        for place, row in enumerate(rows)
    )
    inner = element("caption", text(caption)) + opening + element("tbody", body)
    content = element("table", inner, **attributes)
    if most is not None and len(rows) > most:
        words = text(f"Show all {len(rows)}")
        content += element("button", words, type="button", class_="all screen-only", hidden="hidden")
    return element("div", content, class_="scroll")


def _reference_cell(report: dict[str, Any], path: str) -> str:
    if at(report, f"{path}.value") is None:
        return element("span", "not known", class_="unknown")
    parts = element("span", number(report, f"{path}.value"), class_="value")
    if at(report, f"{path}.share") is not None:
        parts += element("span", number(report, f"{path}.share", "percent") + " of the variance", class_="interval")
    if at(report, f"{path}.source"):
        parts += element("span", text(at(report, f"{path}.source")), class_="interval")
    return parts + kind_badge(at(report, path))


def _column_notes(report: dict[str, Any]) -> str:
    entries = report.get("widths") or []
    notes = ""
    for key, name, _, meaning in _COLUMNS:
        said = (meaning, *_SAID_TWICE)
        groups: dict[str, list[int]] = {}
        for entry in entries:
            claim = entry.get(key) or {}
            facts = [
                f"{significant(claim['trials'])} draws" if claim.get("trials") else "",
                f"over {claim['population']}" if claim.get("population") else "",
                f"law {claim['law']}" if claim.get("law") else "",
                claim.get("text") or "",
            ]
            line = ", ".join(fact for fact in facts if fact and fact not in said)
            groups.setdefault(line, []).append(entry["width"])
        for line, widths in groups.items():
            which = "" if len(groups) == 1 else f" (width {', '.join(map(str, widths))})"
            notes += element("dt", text(name + which)) + element(
                "dd", text(meaning + (f"; {line}" if line else "")) + "."
            )
    other = {str(law) for e in entries if (law := at(e, "other_law.law"))}
    if other:
        names = ", ".join(sorted(other))
        notes += element("dt", text(f"Good start, law {names}")) + element(
            "dd", text(f"the same chance when the weights are drawn by the law {names}.")
        )
    return element(
        "details", element("summary", "What each column counts, and over what") + element("dl", notes), open="open"
    )


def width_table(report: dict[str, Any], lead: str = "") -> str:
    """Write the table with one row for each width; every number says how it is known."""
    entries = report.get("widths") or []
    if not entries:
        return ""
    columns = [column for column in _COLUMNS if any(entry.get(column[0]) for entry in entries)]
    other = any(at(entry, "other_law.good") for entry in entries)
    law = next((at(entry, "other_law.law") for entry in entries if at(entry, "other_law.law")), "")
    head = [
        "Units",
        *(name for _, name, _, _ in columns),
        *([f"Good start, law {law}"] if other else []),
        "Reference loss" if report.get("weight_decay") is None else "Reference objective",
    ]
    rows = []
    for k in range(len(entries)):
        row = [number(report, f"widths.{k}.width", "digits")]
        row += [claim_cell(report, f"widths.{k}.{key}", style) for key, _, style, _ in columns]
        if other:
            row.append(claim_cell(report, f"widths.{k}.other_law.good", "percent"))
        rows.append([*row, _reference_cell(report, f"widths.{k}.reference")])
    body = table(head, rows, "One row for each number of hidden units", class_="widths")
    return section("widths", "Width by width", body + _column_notes(report), lead)


def losses_table(report: dict[str, Any], names: tuple[tuple[str, str], ...]) -> str:
    """Write the fits that everything is measured against, or an empty string where none is known."""
    losses = report.get("losses") or {}
    pairs = [(key, name) for key, name in names if at(losses, f"{key}.value") is not None]
    if not pairs:
        return ""
    accuracy = any(losses[key].get("accuracy") is not None for key, _ in pairs)
    loss = at(report, "model.loss") or at(report, "data.loss") or at(report, "settings.loss") or "squared"
    squared = loss == "squared"
    share = "Share of the variance" if squared else "Share of the best constant’s"
    head = ["Fit", sentence(loss_words(loss)), share, *(["Accuracy"] if accuracy else []), "Known"]
    rows = []
    for key, name in pairs:
        width = losses[key].get("width")
        row = [
            text(name) + (text(f", width {width}") if width else ""),
            number(report, f"losses.{key}.value"),
            number(report, f"losses.{key}.share", "percent"),
        ]
        if accuracy:
            known_share = losses[key].get("accuracy") is not None
            row.append(number(report, f"losses.{key}.accuracy", "percent") if known_share else "")
        rows.append([*row, kind_badge(losses[key])])
    return table(head, rows, "Losses in squared units of the target" if squared else "Means over the samples")


def promises_table(report: dict[str, Any]) -> str:
    """Write what each theorem asks for on these data, or why it says nothing about them."""
    promises = report.get("promises") or []
    if not promises:
        return ""
    rows = []
    for k, promise in enumerate(promises):
        if not promise.get("applies"):
            continue
        if promise.get("width") is not None:
            answer = number(report, f"promises.{k}.width") + " units"
            if promise.get("probability") is not None:
                answer += " for " + number(report, f"promises.{k}.probability", "percent")
            reason = promise.get("reason") or ""
        else:
            answer = element("span", "applies", class_="unknown")
            reason = promise.get("reason") or ""
        name = text(promise.get("statement", "")) + element("span", text(promise.get("source", "")), class_="interval")
        rows.append([name, answer, text(promise.get("law") or "any"), text(reason)])
    caption = "Each theorem under its own law of initialisation"
    body = table(["Theorem", "Asks for", "Law", "Remark"], rows, caption) if rows else ""
    others = [
        f"{p.get('statement', '')} ({p.get('reason') or 'no reason given'})" for p in promises if not p.get("applies")
    ]
    if others:
        heading = f"{count(len(others), 'other theorem')} {'does' if len(others) == 1 else 'do'} not apply"
        body += element("details", element("summary", heading) + element("p", text("; ".join(others) + ".")))
    return section("promises", "What the theorems promise", body)
