"""Predicted against observed: does the first basin, reachability, full rank or a theorem tell how training ends?

Twenty small tables, widths 1 to 32. For each: the shares of random starts with a good first basin, from which a good
loss can be reached without climbing, and with a Jacobian of full rank; what the theorems ask for; and the observed
shares of trainings that end at the same mark: PyTorch's first weights with Adam at rate 0.01 (as the survey trains), at
PyTorch's own rate 0.001 and with L-BFGS, and scikit-learn's MLP with its own defaults but for the decay. None of the
trainings counted is one that the mark was found with. Each survey, and each table and width, is kept as a line of JSON
in the file named and not computed again. docs/predicted.py makes the page from it.

python benchmarks/predicted.py benchmarks/predicted.jsonl              all tables
python benchmarks/predicted.py benchmarks/predicted.jsonl NAME ...     some of them
"""

from __future__ import annotations

import sys
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from kept import Kept

import reluscape as rs
from reluscape.critical.training import Batch, Plan
from reluscape.critical.training.runs import optimise, starts
from reluscape.landscape.topology.size import landscape_size
from reluscape.numbers.estimates import Probability
from reluscape.problem.data import Dataset, standardize

WIDTHS = (1, 2, 4, 8, 16, 32)
STARTS, RUNS, OTHER_RUNS, PACKAGE_RUNS, SECONDS = 200, 60, 20, 10, 8.0
# the rates of the survey's Adam and of PyTorch's; basins up to which reachability is decided start by start
RATE, OWN_RATE, MOST_RELATED = 0.01, 0.001, 20_000
ENDS = ("value", "low", "high")
# numbers of runs that no survey trains
FRESH = 2_000_000


def tables() -> dict[str, tuple[Any, Any]]:
    """Return twenty small tables: the simplest rules and parts of the sets that scikit-learn ships."""
    from sklearn import datasets

    rng = np.random.default_rng(0)
    x = np.round(np.linspace(-2, 2, 17), 3)[:, None]
    bits = {n: np.array(np.meshgrid(*[[0, 1]] * n)).reshape(n, -1).T for n in (2, 3, 4)}
    plane = np.round(rng.uniform(-1, 1, (40, 2)), 3)
    found: dict[str, tuple[Any, Any]] = {f"parity of {n} bits": (b, b.sum(axis=1) % 2) for n, b in bits.items()}
    found["majority of 3 bits"] = bits[3], (bits[3].sum(axis=1) > 1).astype(int)
    found["larger of 2"] = np.round(plane, 2), np.round(plane.max(axis=1), 2)
    found["absolute value"] = x, np.abs(x[:, 0])
    found["parabola"] = x, np.round(x[:, 0] ** 2, 4)
    found["sine"] = x, np.round(np.sin(3 * x[:, 0]), 4)
    found["step"] = x, (x[:, 0] > 0).astype(int)
    found["distance from 0"] = plane, np.round(np.hypot(*plane.T), 3)
    found["quadrants"] = plane, (plane[:, 0] * plane[:, 1] > 0).astype(int)
    found["noise"] = plane, np.round(rng.normal(size=40), 3)
    for name, make in (("moons", datasets.make_moons), ("circles", datasets.make_circles)):
        X, y = make(40, noise=0.1, random_state=0)
        found[name] = np.round(X, 3), y
    linnerud = datasets.load_linnerud()
    for k, name in enumerate(linnerud.target_names):
        found[f"linnerud, {name.lower()}"] = linnerud.data, linnerud.target[:, k]
    iris, wine = datasets.load_iris(), datasets.load_wine()
    found["iris, two classes"] = iris.data[50:110], iris.target[50:110]
    found["wine, two classes"] = wine.data[30:90, :4], wine.target[30:90]
    diabetes = datasets.load_diabetes(scaled=False)
    found["diabetes, 40 rows"] = diabetes.data[:40, :4], diabetes.target[:40]
    return found


def own_runs(X: np.ndarray, y: np.ndarray, width: int, plan: Plan) -> np.ndarray:
    """Return the losses of trainings that all see all rows in every step, from PyTorch's first weights."""
    batch = Batch.of(X, y, width, True)
    with np.errstate(all="ignore"):
        ends = optimise(batch, starts(batch, plan, range(FRESH, FRESH + plan.runs)), plan, 0.0)[0]
        return batch.evaluate(ends)[0]


def package_runs(X: np.ndarray, y: np.ndarray, width: int, solver: str) -> np.ndarray:
    """Return the losses of scikit-learn's own trainings, its defaults but for the decay."""
    from sklearn.neural_network import MLPRegressor

    losses = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its warning of convergence is one of the outcomes
        for seed in range(PACKAGE_RUNS):
            model = MLPRegressor(hidden_layer_sizes=(width,), solver=solver, alpha=0.0, random_state=seed)
            losses.append(np.mean((model.fit(X, y).predict(X) - y) ** 2))
    return np.array(losses)


def reachable(data: Dataset, width: int) -> Probability:
    """Return the share of starts, of PyTorch's law, from which the lowest loss can be reached without climbing.

    Where the basins are too many to relate it is bounded from below by the starts above the best constant's loss, all
    of which can.
    """
    if landscape_size(data, width).basins <= MOST_RELATED:
        return rs.reachable_probability(
            data, None, width, "torch", STARTS, rng=0, output_bias=True, steps=1
        ).without_climbing
    above = rs.start_above_zero("torch", data, None, width, STARTS, rng=0)
    return Probability.certified(above.low, 1.0, "initialization", "torch")


def claim(share: Probability) -> dict[str, Any]:
    """Return a share as numbers."""
    return {**{end: float(getattr(share, end)) for end in ENDS}, "kind": share.kind}


def surveyed(data: Dataset) -> dict[str, Any]:
    """Return what a survey says of a table, width by width, losses as shares of the variance."""
    report = rs.survey(data, widths=WIDTHS, trials=STARTS, max_width=max(WIDTHS), seconds=SECONDS).report
    asked = [int(p["width"]) for p in report["promises"] if p["applies"] and p["width"] is not None]
    variance = float(np.asarray(data.y).var())
    widths = {}
    for entry in report["widths"]:
        shares = {key: {end: entry[key][end] for end in (*ENDS, "kind")} for key in ("good", "full_rank")}
        losses = {"mark": entry["threshold"] / variance, "reference": entry["reference"]["value"] / variance}
        widths[str(entry["width"])] = {**losses, **shares}
    return {"theorems_ask_for": min(asked, default=None), "widths": widths}


def cell(name: str, data: Dataset, width: int, kept: Kept) -> dict[str, Any]:
    """Return what is predicted and observed for one table and width."""
    known = kept.get(name, lambda: surveyed(data))
    target, entry = np.asarray(data.y), dict(known["widths"][str(width)])
    A, b = np.asarray(standardize(data).X), (target - target.mean()) / target.std()
    mark = entry.pop("mark")
    runs = {
        "adam": own_runs(A, b, width, Plan(RUNS, rate=RATE)),
        "adam_own_rate": own_runs(A, b, width, Plan(RUNS, rate=OWN_RATE, seed=1)),
        "lbfgs": own_runs(A, b, width, Plan(OTHER_RUNS, "lbfgs")),
        "sklearn_adam": package_runs(A[:, :-1], b, width, "adam"),
        "sklearn_lbfgs": package_runs(A[:, :-1], b, width, "lbfgs"),
    }
    return {
        "table": name,
        "rows": data.n,
        "inputs": data.d - 1,
        "width": width,
        "best_training": float(min(losses.min() for losses in runs.values())),
        "theorems_ask_for": known["theorems_ask_for"],
        **entry,
        "reachable": claim(reachable(Dataset(A[:, :-1], b, bias=True), width)),
        **{
            key: claim(Probability.sampled(int((losses <= mark).sum()), len(losses), "trainings"))
            for key, losses in runs.items()
        },
    }


def main() -> None:
    """Fill the file."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    kept = Kept(Path(sys.argv[1]))
    exact = rs.exact_decimals
    for name, (X, y) in tables().items():
        if name not in (sys.argv[2:] or [name]):
            continue
        data = Dataset(exact(np.asarray(X, dtype=float)), exact(np.asarray(y, dtype=float)), bias=True)
        for width in WIDTHS:
            row = kept.get(f"{name}, {width} units", partial(cell, name, data, width, kept))
            good, ended = row["good"]["value"], row["adam"]["value"]
            print(f"{name}, {width} units: {good:.0%} good first basins, {ended:.0%} ended well", flush=True)


if __name__ == "__main__":
    main()
