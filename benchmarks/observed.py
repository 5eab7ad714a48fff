"""Whether a survey's answers hold: its best known losses against 100 independent trainings, its width against 200.

Each table is surveyed once. Then PyTorch trains: at every listed width 100 networks, whose lowest loss the survey's
reference must not exceed by more than 2 %; at the width that the survey calls enough 200 networks, whose share of
successes must not lie below the survey's interval. Each survey and each batch of trainings is kept as a line of JSON in
the file named and not computed again; the tables that are complete are printed at the end.

python benchmarks/observed.py FILE.jsonl                        the tables named below
python benchmarks/observed.py FILE.jsonl NAME ...               some of them
python benchmarks/observed.py FILE.jsonl TABLE.csv TARGET ...   other tables, each with its target
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from kept import Kept

import reluscape as rs
from reluscape.landscape.widths.subject import Subject
from reluscape.problem.data import Dataset, read_table, standardize

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
STEPS, RATE, RUNS, CONFIRMING, ALLOWED = 2_000, 0.01, 100, 200, 1.02
# name, samples, targets where they are several or classes, names of the classes, loss
Table = tuple[str, Dataset, "np.ndarray | None", "dict[int, str] | None", str]


def trained(
    X: np.ndarray, Y: np.ndarray, loss: str, width: int, runs: int, seed: int, rate: float = RATE
) -> np.ndarray:
    """Return the lowest losses (runs,) of Adam from PyTorch's default first weights, all rows in every step."""
    generator = torch.Generator().manual_seed(seed)
    spread, centre = (Y.std(), Y.mean(axis=0)) if loss == "squared" else (1.0, 0.0)
    A, T = torch.tensor(X, dtype=torch.float32), torch.tensor((Y - centre) / spread, dtype=torch.float32)
    d, k = A.shape[1], T.shape[1]

    def box(half: float, *shape: int) -> torch.Tensor:
        return (half * (2 * torch.rand(*shape, generator=generator) - 1)).requires_grad_()

    W, V, c = box((d - 1) ** -0.5, runs, d, width), box(width**-0.5, runs, width, k), box(width**-0.5, runs, 1, k)
    adam = torch.optim.Adam([W, V, c], lr=rate)
    lowest = torch.full((runs,), torch.inf)
    for _ in range(STEPS):
        F = torch.relu(A @ W) @ V + c
        if loss == "squared":
            losses = ((F - T) ** 2).sum(dim=2).mean(dim=1)
        else:
            losses = -(torch.log_softmax(F, dim=2) * T).sum(dim=2).mean(dim=1)
        lowest = torch.minimum(lowest, losses.detach())
        adam.zero_grad()
        losses.sum().backward()
        adam.step()
    return lowest.double().numpy() * spread**2


def surveyed(table: Table) -> dict[str, Any]:
    """Return what a survey says of a table."""
    name, data, y, classes, loss = table
    report = rs.survey(data, y, classes=classes, loss=loss).report
    found = report["width_for"]
    point = next((p for p in found["curve"] if p["width"] == found["width"]), None)
    return {
        "table": name,
        "rows": data.n,
        "inputs": data.d - 1,
        "loss": loss,
        "seconds": report["seconds"],
        "tolerance": report["settings"]["tolerance"],
        "widths": [
            {"width": e["width"], "reference": e["reference"]["value"], "source": e["reference"]["source"]}
            for e in report["widths"]
        ],
        "enough": found["width"],
        "widest": max(p["width"] for p in found["curve"]),
        "claimed": None
        if point is None
        else {end: point["trained"][end] for end in ("value", "low", "high", "trials")},
        "reference": None if point is None else point["reference"]["value"],
    }


def measured(table: Table, kept: Kept) -> dict[str, Any]:
    """Survey one table, train, and return both."""
    name, data, y, classes, loss = table
    row = kept.get(name, partial(surveyed, table))
    subject = Subject.of(data, y, loss, classes, True)
    X, Y = np.asarray(standardize(data).X), subject.Y

    def runs(width: int, number: int, seed: int) -> list[float]:
        return [float(value) for value in trained(X, Y, loss, width, number, seed)]

    widths = []
    for entry in row["widths"]:
        width = entry["width"]
        losses = kept.get(f"{name}, {width} units, {RUNS} runs", partial(runs, width, RUNS, 1))
        widths.append({**entry, "best_of_100": min(losses)})
    row = {**row, "widths": widths, "constant": subject.constant}
    enough, low = row["enough"], row["reference"]
    if enough is not None:
        losses = kept.get(f"{name}, {enough} units, {CONFIRMING} runs", partial(runs, enough, CONFIRMING, 2))
        mark = low + row["tolerance"] * (subject.constant - low) + 1e-9 * subject.constant
        row["confirmed"] = float(np.mean(np.array(losses) <= mark))
    return row


def printed(row: dict[str, Any]) -> bool:
    """Print one table's line and return whether its answers hold."""
    print(f"{row['table']}: {row['rows']} rows, {row['inputs']} inputs, {row['loss']}, {row['seconds']} s")
    holds = True
    for entry in row["widths"]:
        # what cannot be told from zero is zero
        fine = entry["reference"] <= ALLOWED * entry["best_of_100"] + 1e-4 * row["constant"]
        holds &= fine
        print(
            f"  {entry['width']:4} units: best known {entry['reference']:.5g}, best of {RUNS} trainings "
            f"{entry['best_of_100']:.5g} ({entry['source']}){'' if fine else '   ABOVE'}"
        )
    if row["enough"] is None:
        print(f"  no width up to {row['widest']} is enough")
        return holds
    fine = row["confirmed"] >= row["claimed"]["low"]
    print(
        f"  {row['enough']} units are enough: {row['claimed']['low']:.0%} to {row['claimed']['high']:.0%}; "
        f"{row['confirmed']:.1%} of {CONFIRMING} trainings{'' if fine else '   BELOW'}"
    )
    return holds and fine


def rules() -> list[Table]:
    """Return tables of simple rules."""
    rng = np.random.default_rng(0)
    bits = np.array(np.meshgrid(*[[0, 1]] * 4)).reshape(4, -1).T
    plane = np.round(rng.uniform(-1, 1, (60, 2)), 3)
    wave = np.round(rng.uniform(-2, 2, (100, 1)), 3)
    found = {
        "parity of 4 bits": (bits, bits.sum(axis=1) % 2),
        "distance from 0": (plane, np.round(np.hypot(*plane.T), 3)),
        "noisy sine": (wave, np.round(np.sin(3 * wave[:, 0]) + 0.1 * rng.normal(size=100), 3)),
        "noise": (plane, np.round(rng.normal(size=60), 3)),
    }
    exact = rs.exact_decimals
    return [
        (name, Dataset(exact(X.astype(float)), exact(y.astype(float)), bias=True), None, None, "squared")
        for name, (X, y) in found.items()
    ]


def packaged() -> list[Table]:
    """Return tables that scikit-learn ships."""
    from sklearn import datasets

    rows: list[Table] = []
    for name in ("iris", "wine", "breast_cancer", "diabetes"):
        bunch = getattr(datasets, f"load_{name}")()
        X = rs.exact_decimals(bunch.data)
        if name == "diabetes":
            rows.append((name, Dataset(X, bunch.target, bias=True), None, None, "squared"))
            continue
        names = dict(enumerate(map(str, bunch.target_names)))
        if len(names) > 2:
            rows.append((name, Dataset(X, bias=True), bunch.target, names, "cross_entropy"))
        if name != "iris":
            title, chosen = ("wine, class 0", 0) if name == "wine" else (name, 1)
            target = np.where(bunch.target == chosen, 1, -1)
            rows.append((title, Dataset(X, target, bias=True), None, {-1: "others", 1: names[chosen]}, "squared"))
    return rows


def tables(words: list[str]) -> list[Table]:
    """Return the tables that were asked for, else the examples, simple rules and what scikit-learn ships."""
    usual = [("xor.csv", "xor"), ("linnerud.csv", "weight"), ("iris_versicolor_virginica.csv", "species")]
    if any(word.endswith(".csv") and Path(word).exists() for word in words):
        return [read(path, target) for path, target in zip(words[::2], words[1::2], strict=True)]
    shipped = [read(str(EXAMPLES / file), target) for file, target in usual] + rules() + packaged()
    return [row for row in shipped if not words or row[0] in words]


def read(path: str, target: str) -> Table:
    """Return the table of a file."""
    table = read_table(path, target, adapt=True)
    loss = "cross_entropy" if len(table.classes or ()) > 2 else "squared"
    return Path(path).name, Dataset.from_table(table, bias=True), table.Y, table.classes, loss


def main() -> None:
    """Check every table; exit with status 1 where an answer does not hold."""
    if len(sys.argv) < 2 or not sys.argv[1].endswith(".jsonl"):
        raise SystemExit(__doc__)
    torch.set_num_threads(1)
    kept = Kept(Path(sys.argv[1]))
    rows = [measured(table, kept) for table in tables(sys.argv[2:])]
    results = [printed(row) for row in rows]
    print(f"{sum(results)} of {len(results)} tables hold")
    raise SystemExit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
