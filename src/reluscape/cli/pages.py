"""The pages of a folder: one for each command and model, the last one again as report.html, and an index of them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

INDEX, LAST = "index.html", "report.html"
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
# letters at the head of a page among which its title stands
HEAD = 4096
STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:44rem;"
    "margin:2rem auto;padding:0 1rem}"
    "li{margin:.6rem 0;overflow-wrap:anywhere}"
)


def page_name(kind: str, model: str = "") -> str:
    """Return the file of a page; of a model's name only letters, digits, dots and hyphens are kept.

    >>> page_name("survey"), page_name("explain", "my net.pt")
    ('survey.html', 'explain-my_net.html')
    """
    stem = re.sub(r"[^0-9A-Za-z.-]", "_", Path(model).stem) if model else ""
    return f"{kind}-{stem}.html" if stem else f"{kind}.html"


def pages(folder: Path, report: dict[str, Any], model: str = "") -> dict[str, Callable[[], str]]:
    """Return what makes each page that a report writes into a folder, by file name."""
    from ..stories.page import render

    name, made = page_name(report["kind"], model), render(report)
    return {name: lambda: made, LAST: lambda: made, INDEX: partial(index, folder, {name: _title(made)})}


def index(folder: Path, new: dict[str, str]) -> str:
    """Return a page that leads to every page of a folder.

    Args:
        folder: where they are.
        new: file -> title of what is about to be written.
    """
    found = {path.name: _title(_head(path)) for path in sorted(folder.glob("*.html")) if path.name not in (INDEX, LAST)}
    rows = "".join(
        f'<li><a href="{html.escape(name)}">{title}</a></li>' for name, title in sorted({**found, **new}.items())
    )
    where = html.escape("".join(c if c.isprintable() else " " for c in folder.name)) or "Results"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{where}: all pages</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{where}</h1><ul>{rows}</ul></main></body></html>\n"
    )


def _head(path: Path) -> str:
    """Return the first letters of a file, nothing where it cannot be read."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(HEAD)
    except OSError:
        return ""


def _title(page: str) -> str:
    """Return the title in a page's head, escaped as it stands there and free of markup."""
    match = TITLE.search(page[:HEAD])
    text = html.unescape(match.group(1)).strip() if match else ""
    return html.escape(text) or "a page without a title"
