"""The way from a report to its page, found when a page is asked for."""

from __future__ import annotations

import importlib
from typing import Any

PAGE_ROOM = "reluscape.stories.page.page"


def render_page(report: dict[str, Any]) -> str:
    """Return the self-contained HTML page of a report."""
    return importlib.import_module(PAGE_ROOM).render(report)
