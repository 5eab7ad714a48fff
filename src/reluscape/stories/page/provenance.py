"""Where the page comes from: command, seed, versions, and its data to take away."""

from __future__ import annotations

from typing import Any

from .lookup import number
from .markup import element, section, text


def provenance(report: dict[str, Any]) -> str:
    """Write the section from which the page can be made again."""
    versions = {"reluscape": report.get("version"), **(report.get("versions") or {})}
    version_text = ", ".join(f"{name} {value}" for name, value in versions.items() if value)
    rows = [("Command", element("code", text(report.get("command", "not recorded"))))]
    if report.get("seed") is not None:
        rows.append(("Seed", number(report, "seed", "digits")))
    rows.append(("Versions", text(version_text)))
    if report.get("created"):
        rows.append(("Made", element("time", text(report["created"]), datetime=report["created"])))
    if report.get("seconds") is not None:
        rows.append(("Time", number(report, "seconds") + " s"))
    body = element("dl", "".join(element("dt", text(k)) + element("dd", v) for k, v in rows), class_="facts")
    name = f"{report['kind']}.json"
    link = element("a", f"Download {text(name)}", id="download", href="#", download=name, hidden="hidden")
    return section("source", "Reproduce this page", body + element("p", link, class_="screen-only"))
