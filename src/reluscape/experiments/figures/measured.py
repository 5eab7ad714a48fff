"""Sweeps behind figures: run in this process, their means as numbers by cell and name."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from .. import Store, Sweep, run


def measured(plan: Sweep) -> list[dict[str, Any]]:
    """Run a plan in this process and return its summary, one row per cell and number.

    >>> plan = Sweep("tiny", "full_rank", {"width": [9]}, fixed={"n": 1, "d": 1}, trials=3)
    >>> [(row["number"], row["trials"]) for row in measured(plan)]
    [('full_rank', 3), ('rank', 3)]
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figure.db"
        run(plan, path)
        with Store(path) as store:
            return store.summary()
