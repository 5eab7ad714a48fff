"""What a dry run promises beside what the survey takes: ten tables of different shape, each command a process.

Processor time is what a dry run estimates, kernels being compiled by a survey before the first line.

python benchmarks/dry_run.py [NAME ...]      all, or the tables of these names
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SURVEY = [sys.executable, "-c", "from reluscape.cli import main; main()", "survey"]


def made(folder: Path) -> dict[str, list[str]]:
    """Write ten tables and return the words that survey each."""
    rng = np.random.default_rng(0)

    def table(name: str, columns: dict[str, np.ndarray]) -> list[str]:
        path = folder / f"{name}.csv"
        rows = zip(*columns.values(), strict=True)
        path.write_text(",".join(columns) + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
        return [str(path), "--target", list(columns)[-1]]

    def inputs(n: int, d: int) -> dict[str, np.ndarray]:
        return {f"x{k}": rng.normal(size=n).round(2) for k in range(d)}

    def smooth(columns: dict[str, np.ndarray]) -> np.ndarray:
        X = np.array(list(columns.values()))
        return (np.sin(X).sum(axis=0) + 0.2 * rng.normal(size=X.shape[1])).round(3)

    a, b, c, d, e = inputs(60, 2), inputs(300, 6), inputs(506, 13), inputs(1500, 3), inputs(5000, 10)
    f, g, h = inputs(150, 4), inputs(400, 5), inputs(8, 3)
    kinds = np.array(["low", "middle", "high"])
    return {
        "xor": [str(EXAMPLES / "xor.csv"), "--target", "xor"],
        "linnerud": [str(EXAMPLES / "linnerud.csv"), "--target", "weight"],
        "8 x 3": table("eight", h | {"y": smooth(h)}),
        "60 x 2": table("sixty", a | {"y": smooth(a)}),
        "150 x 4, three classes": table("classes", f | {"kind": kinds[np.digitize(smooth(f), (-1, 1))]}),
        "400 x 5, two targets": [*table("targets", g | {"y": smooth(g), "z": smooth(g)})[:2], "y,z"],
        "300 x 6": table("three", b | {"y": smooth(b)}),
        "506 x 13": table("wide", c | {"y": smooth(c)}),
        "1,500 x 3": table("long", d | {"y": smooth(d)}),
        "5,000 x 10, two classes": table("drawn", e | {"y": np.where(smooth(e) > 0, "yes", "no")}),
    }


def processor_seconds(words: list[str], folder: str) -> tuple[float, str]:
    """Return the processor seconds of a command and what it printed."""
    process = subprocess.Popen(
        [*SURVEY, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{words} ended with status {status}")
    return usage.ru_utime + usage.ru_stime, printed


def main() -> None:
    """Print a line for each table."""
    with tempfile.TemporaryDirectory() as folder:
        tables = made(Path(folder))
        processor_seconds(tables["linnerud"], folder)
        print(f"{'table':26} {'promised':>9} {'taken':>7} {'ratio':>6}")
        for name, words in tables.items():
            if name not in (sys.argv[1:] or [name]):
                continue
            promised = json.loads(processor_seconds([*words, "--dry-run", "--json"], folder)[1])["seconds"]
            taken = processor_seconds(words, folder)[0]
            print(f"{name:26} {promised:9.1f} {taken:7.1f} {promised / taken:6.2f}", flush=True)


if __name__ == "__main__":
    main()
