"""The summary of a store: one row per cell and number, computed from the chunks' statistics by the database."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from ..numbers.estimates import clopper_pearson

# the columns of a summary that are no parameters
MEASURED = ("number", "trials", "missing", "mean", "standard_error", "low", "high", "least", "most", "lost_chunks")
_SUMMARY = """
select cell, name, n, missing, total, least, most, (
  select sum(deviations + (part.total - count * mean) * (part.total - count * mean) / count)
  from statistic as part where part.cell = whole.cell and part.name = whole.name
)
from (
  select cell, name, sum(count) as n, sum(missing) as missing, sum(total) as total, min(least) as least,
         max(most) as most, sum(total) / sum(count) as mean
  from statistic group by cell, name
) as whole
order by cell, name
"""


def summary_of(db: sqlite3.Connection, quantities: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one row per cell and number.

    Args:
        db: connection to a store.
        quantities: for each quantity the "numbers" that it gives, and which of them are "chances".
    """
    cells = {cell: (quantity, json.loads(text)) for cell, quantity, text in db.execute("select * from cell")}
    failures = dict(db.execute("select cell, count(*) from chunk where status != 'done' group by cell"))
    chances = {name: set(entry["chances"]) for name, entry in quantities.items()}
    rows = []
    for cell, name, count, missing, total, least, most, deviations in db.execute(_SUMMARY):
        spread = deviations / (count - 1) if count > 1 else None
        quantity, parameters = cells[cell]
        low, high = (None, None)
        if name in chances[quantity] and count:
            low, high = clopper_pearson(round(total), count)
        rows.append(
            {
                "cell": cell,
                "quantity": quantity,
                **parameters,
                "number": name,
                "trials": count,
                "missing": missing,
                "mean": total / count if count else None,
                "standard_error": None if spread is None else (spread / count) ** 0.5,
                "low": low,
                "high": high,
                "least": least,
                "most": most,
                "lost_chunks": failures.get(cell, 0),
            }
        )
    return rows


def csv_text(rows: list[dict[str, Any]]) -> str:
    r"""Return rows of a summary as CSV text; floats are written so that they read back as they are.

    >>> csv_text([])
    'cell,quantity,number,trials,missing,mean,standard_error,low,high,least,most,lost_chunks\n'
    """
    names = ["cell", "quantity", *dict.fromkeys(k for row in rows for k in row if k not in MEASURED), *MEASURED]
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(dict.fromkeys(names)), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: repr(v) if isinstance(v, float) else v for k, v in row.items()})
    return buffer.getvalue()
