"""The results of a folder: JSON and page of each command and model under a name of their own, and an index of pages."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

INDEX = "index.html"
# the page of the last command, under a name that no command changes
LATEST = "report.html"
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
# letters at the head of a page among which its title stands
HEAD = 4096
STYLE = (
    ":root{color-scheme:light dark;--line:#d9dde2;--link:#0067a3;--ink:#1c2024;--paper:#fff}"
    "@media(prefers-color-scheme:dark){:root{--line:#3a4149;--link:#6fb8ea;--ink:#e8eaed;--paper:#16191d}}"
    "body{font:16px/1.6 system-ui,-apple-system,'Segoe UI',Arial,sans-serif;max-width:60rem;margin:0 auto;"
    "color:var(--ink);background:var(--paper);"
    "padding:2rem 1rem}"
    "h1{font-size:1.6rem;line-height:1.25;margin:.2rem 0 1.2rem;overflow-wrap:anywhere}"
    ".eyebrow{color:var(--link);font-size:.9rem;font-weight:700;margin:0}"
    "ul{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}"
    "li{border-bottom:1px solid var(--line);overflow-wrap:anywhere}"
    "a{color:var(--link);display:block;padding:.9rem 0;font-weight:600}"
)


def stem(folder: Path, kind: str, model: str = "") -> str:
    """Return the name, without its end, under which a folder holds JSON and page of a command on a model.

    Of a model's name only letters, digits, dots and hyphens are kept; its end is kept too where the folder holds the
    results of another model that would have the same name.

    >>> stem(Path("none"), "survey"), stem(Path("none"), "explain", "my net.pt")
    ('survey', 'explain-my_net')
    """
    name = _kept(Path(model).stem) if model else ""
    if not name:
        return kind
    short = f"{kind}-{name}"
    return short if _model_of(folder / f"{short}.json") in (None, Path(model).name) else f"{kind}-{_kept(model)}"


def results(folder: Path, report: dict[str, Any], model: str = "") -> dict[str, Callable[[], str]]:
    """Return what makes each file that a report writes into a folder, by file name: its JSON, its page, the index.

    For scripts the last JSON of a command also stands under the command's name alone, the last page as report.html.
    """
    from ..stories.page import render
    from ..stories.report import json_text

    name, page = stem(folder, report["kind"], model), render(report)
    return {
        f"{name}.json": partial(json_text, report),
        f"{report['kind']}.json": partial(json_text, report),
        f"{name}.html": lambda: page,
        LATEST: lambda: page,
        INDEX: partial(index, folder, {f"{name}.html": _title(page)}),
    }


def index(folder: Path, new: dict[str, str]) -> str:
    """Return a page that leads to every page of a folder.

    Args:
        folder: where they are.
        new: file -> title of what is about to be written.
    """
    titles = {
        path.name: _title(_head(path)) for path in sorted(folder.glob("*.html")) if path.name not in (INDEX, LATEST)
    }
    rows = "".join(
        f'<li><a href="{html.escape(name)}">{title}</a></li>' for name, title in sorted({**titles, **new}.items())
    )
    where = html.escape("".join(c if c.isprintable() else " " for c in folder.name)) or "Results"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{where}: all pages</title><style>{STYLE}</style></head>"
        f'<body><main><p class="eyebrow">reluscape</p><h1>{where}: all pages</h1>'
        f"<ul>{rows}</ul></main></body></html>\n"
    )


def _kept(name: str) -> str:
    """Return a name with every sign replaced that a file's name should not hold."""
    return re.sub(r"[^0-9A-Za-z.-]", "_", Path(name).name)


def _model_of(path: Path) -> str | None:
    """Return the model that a file of results is about, None where there is none to be read."""
    try:
        return str(json.loads(path.read_text("utf-8"))["model"]["file"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


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
