"""The width that a survey's headline chance is about: decided here for the verdict and for the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

USUAL_WIDTH = 8


def usual_place(report: Mapping[str, Any]) -> int | None:
    """Return the place in `widths` of the usual width, 8 units where listed, else the widest; None where none is.

    >>> usual_place({"widths": [{"width": 4}, {"width": 8}, {"width": 16}]}), usual_place({"widths": [{"width": 4}]})
    (1, 0)
    """
    widths = [entry["width"] for entry in report.get("widths") or []]
    if not widths:
        return None
    return widths.index(USUAL_WIDTH if USUAL_WIDTH in widths else max(widths))
