"""Whether a survey's answers hold: its best known losses against 100 independent trainings, its width against 200.

Each table is surveyed once. Then PyTorch trains: at every listed width 100 networks, whose lowest loss the survey's
reference must not exceed by more than 2 %; at the width that the survey calls enough 200 networks, whose share of
successes must not lie below the survey's interval.

python benchmarks/observed.py                        tables of the examples and of scikit-learn
python benchmarks/observed.py NAME ...               some of them, by the names that are printed
python benchmarks/observed.py TABLE.csv TARGET ...   other tables, each with its target
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

import reluscape as rs
from reluscape.landscape.widths.subject import Subject
from reluscape.problem.data import Dataset, read_table, standardize

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
STEPS, RATE, RUNS, CONFIRMING, ALLOWED = 2_000, 0.01, 100, 200, 1.02


def trained(X: np.ndarray, Y: np.ndarray, loss: str, width: int, runs: int, seed: int) -> np.ndarray:
    """Return the lowest losses (runs,) of Adam from PyTorch's default first weights, all rows in every step."""
    generator = torch.Generator().manual_seed(seed)
    spread, centre = (Y.std(), Y.mean(axis=0)) if loss == "squared" else (1.0, 0.0)
    A, T = torch.tensor(X, dtype=torch.float32), torch.tensor((Y - centre) / spread, dtype=torch.float32)
    d, k = A.shape[1], T.shape[1]

    def box(half: float, *shape: int) -> torch.Tensor:
        return (half * (2 * torch.rand(*shape, generator=generator) - 1)).requires_grad_()

    W, V, c = box((d - 1) ** -0.5, runs, d, width), box(width**-0.5, runs, width, k), box(width**-0.5, runs, 1, k)
    adam = torch.optim.Adam([W, V, c], lr=RATE)
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


def check(name: str, data: Dataset, y: np.ndarray | None, classes: dict[int, str] | None, loss: str) -> bool:
    """Survey one table, train, print both and return whether the answers hold."""
    report = rs.survey(data, y, classes=classes, loss=loss).report
    subject = Subject.of(data, y, loss, classes, True)
    X, Y = np.asarray(standardize(data).X), subject.Y
    print(f"{name}: {data.n} rows, {data.d - 1} inputs, {report['seconds']} s")
    holds = True
    for entry in report["widths"]:
        best = trained(X, Y, loss, entry["width"], RUNS, 1).min()
        reference = entry["reference"]["value"]
        # what cannot be told from zero is zero
        fine = reference <= ALLOWED * best + 1e-4 * subject.constant
        holds &= fine
        print(
            f"  {entry['width']:4} units: best known {reference:.5g}, best of {RUNS} trainings {best:.5g}"
            f"{'' if fine else '   ABOVE'}"
        )
    found = report["width_for"]
    if found["width"] is None:
        print(f"  no width up to {max(point['width'] for point in found['curve'])} is enough")
        return holds
    point = next(p for p in found["curve"] if p["width"] == found["width"])
    reference = point["reference"]["value"]
    mark = reference + report["settings"]["tolerance"] * (subject.constant - reference) + 1e-9 * subject.constant
    share = float(np.mean(trained(X, Y, loss, found["width"], CONFIRMING, 2) <= mark))
    fine = share >= point["trained"]["low"]
    print(
        f"  {found['width']} units are enough: {point['trained']['low']:.0%} to {point['trained']['high']:.0%}; "
        f"{share:.1%} of {CONFIRMING} trainings{'' if fine else '   BELOW'}"
    )
    return holds and fine


def packaged() -> list[tuple[str, Dataset, np.ndarray | None, dict[int, str] | None, str]]:
    """Return tables that scikit-learn ships."""
    from sklearn import datasets

    rows = []
    for name in ("iris", "wine", "breast_cancer", "diabetes"):
        bunch = getattr(datasets, f"load_{name}")()
        if name == "diabetes":
            rows.append((name, Dataset(bunch.data, bunch.target, bias=True), None, None, "squared"))
            continue
        names = dict(enumerate(map(str, bunch.target_names)))
        if len(names) == 2:
            target = np.where(bunch.target == 1, 1, -1)
            rows.append((name, Dataset(bunch.data, target, bias=True), None, {-1: names[0], 1: names[1]}, "squared"))
        else:
            rows.append((name, Dataset(bunch.data, bias=True), bunch.target, names, "cross_entropy"))
    return rows


def tables(words: list[str]) -> list[tuple[str, Dataset, np.ndarray | None, dict[int, str] | None, str]]:
    """Return the tables that were asked for, else the examples and what scikit-learn ships."""
    usual = [("xor.csv", "xor"), ("linnerud.csv", "weight"), ("iris_versicolor_virginica.csv", "species")]
    if any(word.endswith(".csv") and Path(word).exists() for word in words):
        return [read(path, target) for path, target in zip(words[::2], words[1::2], strict=True)]
    shipped = [read(str(EXAMPLES / file), target) for file, target in usual] + packaged()
    return [row for row in shipped if not words or row[0] in words]


def read(path: str, target: str) -> tuple[str, Dataset, np.ndarray | None, dict[int, str] | None, str]:
    """Return the table of a file."""
    table = read_table(path, target, adapt=True)
    loss = "cross_entropy" if len(table.classes or ()) > 2 else "squared"
    return Path(path).name, Dataset.from_table(table, bias=True), table.Y, table.classes, loss


def main() -> None:
    """Check every table; exit with status 1 where an answer does not hold."""
    torch.set_num_threads(1)
    results = [check(*table) for table in tables(sys.argv[1:])]
    print(f"{sum(results)} of {len(results)} tables hold")
    raise SystemExit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
