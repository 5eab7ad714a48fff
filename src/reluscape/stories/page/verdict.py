"""The verdict, first on the page and in plain words, and the head that says what the page is about."""

from __future__ import annotations

from typing import Any

from ..wording import count, listing, sentence
from .figure import Figure
from .lookup import number
from .markup import bullets, element, text


def headline(report: dict[str, Any]) -> str:
    """Say which question of which data the page answers."""
    data = report.get("data") or {}
    target, file = data.get("target", "the target"), data.get("file", "the data")
    if report["kind"] == "explain":
        model = (report.get("model") or {}).get("file", "this network")
        return f"Where {model} ended on {file}"
    if report["kind"] == "census":
        width = count((report.get("settings") or {}).get("width") or 0, "unit")
        return f"Every valley of {target} in {file}, {width}"
    if report["kind"] == "design":
        return f"A landscape without bad minima for {target} in {file}"
    return f"The loss landscape of {target} in {file}"


def _description(report: dict[str, Any]) -> str:
    data = report.get("data") or {}
    parts = [
        number(report, "data.n", "digits") + (" sample" if data.get("n") == 1 else " samples"),
        text(f"{data.get('target', 'target')} from {listing([str(f) for f in data.get('features') or []])}"),
    ]
    classes = data.get("classes")
    if classes:
        parts.append(text(", ".join(f"{name} is {sign.replace('-', '−')}" for sign, name in classes.items())))
    biases = {
        (True, True): "hidden and output bias",
        (True, False): "hidden bias, no output bias",
        (False, True): "output bias, no hidden bias",
        (False, False): "no bias",
    }
    if "bias" in data:
        parts.append(biases[bool(data.get("bias")), bool(data.get("output_bias"))])
    return element("p", " · ".join(parts), class_="about")


def _warnings(report: dict[str, Any]) -> str:
    data = report.get("data") or {}
    lines = [text(line) for line in data.get("warnings") or []]
    position = data.get("general_position") or {}
    if position.get("text"):
        status = {"certified": "In general position", "refuted": "Not in general position"}.get(
            position.get("status", ""), "General position not checked"
        )
        words = str(position["text"])
        words = f"in {words}" if words.startswith("general position") else words
        lines.append(text(sentence(words) if words.lower().startswith(status.lower()) else f"{status}: {words}"))
    if data.get("duplicates"):
        lines.append(text(f"{count(data['duplicates'], 'repeated row')} in the data"))
    if not lines:
        return ""
    return element("details", element("summary", "About the data") + bullets(lines), class_="about-data", open="open")


def masthead(report: dict[str, Any]) -> str:
    """Write the page's head: kind of page, title, what the data are."""
    small = element("p", "reluscape " + text(report["kind"]), class_="eyebrow")
    return element("header", small + element("h1", text(headline(report))) + _description(report))


def verdict(report: dict[str, Any], picture: Figure | None = None) -> str:
    """Write the verdict with the first picture beside it; its first line is the answer, the others what it rests on."""
    verdict_block = report.get("verdict") or []
    lines = verdict_block.get("text") or [] if isinstance(verdict_block, dict) else verdict_block
    if not lines:
        lines = ["No verdict was reached."]
    answer = element("p", text(sentence(lines[0])), class_="answer")
    image = picture.html() if picture is not None else ""
    rest = (bullets([text(sentence(line)) for line in lines[1:]]) if lines[1:] else "") + _warnings(report)
    return element(
        "section", answer + image + (element("div", rest, class_="because") if rest else ""), id="verdict",
        class_="with-picture" if image else None, aria_label="Verdict",
    )  # fmt: skip
