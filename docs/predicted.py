"""Writes the tables of predicted.md from the measurements of benchmarks/predicted.py."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

HERE = Path(__file__).parent
MEASURED, PAGE = HERE.parent / "benchmarks" / "predicted.jsonl", HERE / "predicted.md"
# rows up to which a table counts as tiny; share of the best known loss below which it counts as beaten; shares of the
# variance that cannot be told from zero
TINY, ALLOWED, TOLD_FROM_ZERO = 16, 1 / 1.02, 1e-4
PREDICTIONS = {
    "good": "good first basin",
    "reachable": "reachable without climbing",
    "full_rank": "full rank",
    "theorem": "a theorem's width is reached",
    "units": "number of units alone",
}
OBSERVATIONS = {
    "adam": "Adam, rate 0.01",
    "adam_own_rate": "Adam, rate 0.001",
    "lbfgs": "L-BFGS",
    "sklearn_adam": "scikit-learn, Adam",
    "sklearn_lbfgs": "scikit-learn, L-BFGS",
}
Row = dict[str, Any]


def head(*titles: str) -> list[str]:
    """Return the first two lines of a table."""
    return [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]


def predicted(row: Row, key: str) -> float | None:
    """Return a prediction as a number, None where only a bound of it is known or no theorem applies."""
    if key == "units":
        return float(row["width"])
    if key == "theorem":
        asked = row["theorems_ask_for"]
        return None if asked is None else float(row["width"] >= asked)
    return None if row[key]["kind"] == "certified" else float(row[key]["value"])


def correlation(rows: list[Row], key: str, observed: str) -> tuple[float, int] | None:
    """Return the rank correlation of a prediction with an observed share, and the pairs; None for a constant."""
    pairs = [(predicted(row, key), row[observed]["value"]) for row in rows]
    known = np.array([pair for pair in pairs if pair[0] is not None], dtype=float)
    if len(known) < 3 or not np.ptp(known, axis=0).all():
        return None
    return float(spearmanr(*known.T).statistic), len(known)


def correlations(rows: list[Row]) -> str:
    """Return the table of rank correlations over some rows."""
    lines = [
        "| prediction | cells | " + " | ".join(OBSERVATIONS.values()) + " |",
        "|---" * (len(OBSERVATIONS) + 2) + "|",
    ]
    for key, title in PREDICTIONS.items():
        found = [correlation(rows, key, observed) for observed in OBSERVATIONS]
        count = max((pair[1] for pair in found if pair), default=0)
        cells = (f"{pair[0]:.2f}" if pair else "-" for pair in found)
        lines.append(f"| {title} | {count} | {' | '.join(cells)} |")
    return "\n".join(lines)


def share(claim: Row) -> str:
    """Return a share with its interval, or as a bound."""
    if claim["kind"] == "certified":
        return f"{100 * claim['low']:.0f} % or more"
    return f"{100 * claim['value']:.0f} % ({100 * claim['low']:.0f} to {100 * claim['high']:.0f})"


def everything(rows: list[Row]) -> str:
    """Return the whole table."""
    keys = ["good", "reachable", "full_rank", *OBSERVATIONS]
    titles = [{**PREDICTIONS, **OBSERVATIONS}[key] for key in keys]
    lines = [
        "| table | rows | units | " + " | ".join(titles) + " | a theorem asks for |",
        "|---" * (len(keys) + 4) + "|",
    ]
    for row in rows:
        cells = " | ".join(share(row[key]) for key in keys)
        asked = row["theorems_ask_for"]
        lines.append(f"| {row['table']} | {row['rows']} | {row['width']} | {cells} | {asked or '-'} |")
    return "\n".join(lines)


def misses(rows: list[Row]) -> str:
    """Return how often the first basin is off, by the size of the table."""
    lines = head("rows of the table", "cells", "differ by at most 20 points", "first basin lower", "first basin higher")
    for title, chosen in ((f"up to {TINY}", lambda n: n <= TINY), (f"more than {TINY}", lambda n: n > TINY)):
        gaps = np.array([row["adam"]["value"] - row["good"]["value"] for row in rows if chosen(row["rows"])])
        counts = (np.abs(gaps) <= 0.2).sum(), (gaps > 0.2).sum(), (gaps < -0.2).sum()
        lines.append(f"| {title} | {len(gaps)} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)


def beaten(rows: list[Row]) -> str:
    """Return where a fresh training ended lower than the best known loss."""
    lower = [row for row in rows if row["best_training"] < ALLOWED * row["reference"] - TOLD_FROM_ZERO]
    said = f"In {len(rows) - len(lower)} of {len(rows)} cells no fresh training ended more than 2 % below it"
    cells = "; ".join(
        f"{row['table']}, {row['width']} units: {row['best_training']:.3g} of the variance, not {row['reference']:.3g}"
        for row in lower
    )
    return f"{said}{f' ({cells})' if cells else ''}."


BLOCKS: dict[str, Callable[[list[Row]], str]] = {
    "beaten": beaten,
    "all": correlations,
    "tiny": lambda rows: correlations([row for row in rows if row["rows"] <= TINY]),
    "larger": lambda rows: correlations([row for row in rows if row["rows"] > TINY]),
    "misses": misses,
    "everything": everything,
}


def filled(page: str, rows: list[Row]) -> str:
    """Return the page with each block, `<!-- NAME -->` to `<!-- end -->`, made anew."""
    for name, block in BLOCKS.items():
        mark = f"<!-- {name} -->\n"
        begin = page.index(mark) + len(mark)
        end = page.index("<!-- end -->", begin)
        page = f"{page[:begin]}{block(rows)}\n{page[end:]}"
    return page


def measured() -> list[Row]:
    """Return the measurements, one for each table and width."""
    lines = map(json.loads, MEASURED.read_text(encoding="utf-8").splitlines())
    return [line["value"] for line in lines if "table" in line["value"]]


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), measured()), encoding="utf-8")
