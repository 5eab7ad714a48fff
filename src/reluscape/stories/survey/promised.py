"""What the theorems promise on a data set, each under its own law."""

from __future__ import annotations

from ... import bounds
from ...errors import AssumptionError, ReluscapeError, TooLarge
from ...landscape.widths.settings import Settings
from ...problem.data import Dataset
from .. import schema
from ..claims import plain


def promised(data: Dataset, settings: Settings) -> list[schema.Promise]:
    """Return what the theorems promise for the settings' chance of a good start."""
    rows: list[schema.Promise] = []
    try:
        table = bounds.table(data, data.y_fractions, 1 - settings.probability)
    except (AssumptionError, TooLarge):
        return []
    widths = [1 << k for k in range(settings.max_width.bit_length())]
    for row in table:
        curve = None
        if row.applies and row.at_width is not None:
            try:
                curve = [[w, plain(row.at_width(w))] for w in widths]
            except (ReluscapeError, OverflowError):
                curve = None
        rows.append(
            {
                "statement": row.statement,
                "source": row.source,
                "law": row.law,
                "event": row.event,
                "applies": bool(row.applies),
                "reason": row.reason,
                "width": plain(row.width),
                "probability": plain(row.probability),
                "curve": curve,
            }
        )
    return rows
