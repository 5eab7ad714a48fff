"""Predicted against observed: does the first basin, full rank or a theorem tell how often training succeeds?

Twenty small tables, widths 1 to 32. For each: the shares of random starts with a good first basin and with a Jacobian
of full rank, what the theorems ask for, and the observed share of trainings that end at the same mark (Adam and L-BFGS
as the survey trains, and scikit-learn's MLP with its own defaults). One line of JSON for each table and width, appended
to the file named; lines that are there are not computed again. The rank correlations are printed at the end.

python benchmarks/predicted.py predicted.jsonl
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

import reluscape as rs
from reluscape.numbers.estimates import Probability
from reluscape.problem.data import Dataset, standardize

WIDTHS = (1, 2, 4, 8, 16, 32)
STARTS, TRAININGS, PACKAGE_RUNS, SECONDS = 200, 40, 10, 5.0
PREDICTIONS = ("good", "full_rank")
OBSERVATIONS = ("adam", "lbfgs", "sklearn_adam", "sklearn_lbfgs")


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


def package_share(data: Dataset, width: int, solver: str, mark: float) -> Probability:
    """Return the share of scikit-learn's own trainings that end at a mark, its defaults but for the decay."""
    from sklearn.neural_network import MLPRegressor

    X, y = np.asarray(standardize(data).X)[:, :-1], np.asarray(data.y)
    spread = float(y.std())
    hits = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its warning of convergence is one of the outcomes
        for seed in range(PACKAGE_RUNS):
            model = MLPRegressor(hidden_layer_sizes=(width,), solver=solver, alpha=0.0, random_state=seed)
            model.fit(X, (y - y.mean()) / spread)
            hits += spread**2 * np.mean((model.predict(X) - (y - y.mean()) / spread) ** 2) <= mark
    return Probability.sampled(int(hits), PACKAGE_RUNS, "trainings of scikit-learn")


def measured(name: str, X: Any, y: Any, width: int) -> dict[str, Any]:
    """Return what is predicted and observed for one table and width."""
    data = Dataset(
        rs.exact_decimals(np.asarray(X, dtype=float)), rs.exact_decimals(np.asarray(y, dtype=float)), bias=True
    )
    how = {"trials": STARTS, "trainings": TRAININGS, "max_width": width, "seconds": SECONDS}
    report = rs.survey(data, widths=(width,), **how).report
    entry = report["widths"][0]
    asked = [int(p["width"]) for p in report["promises"] if p["applies"] and p["width"] is not None]
    claims = {key: entry[key] for key in PREDICTIONS} | {"adam": entry["trained"], "lbfgs": entry["training"]["lbfgs"]}
    for solver in ("adam", "lbfgs"):
        share = package_share(data, width, solver, entry["threshold"])
        claims[f"sklearn_{solver}"] = {"value": share.value, "low": share.low, "high": share.high}
    return {
        "table": name,
        "rows": data.n,
        "inputs": data.d - 1,
        "width": width,
        "reference": entry["reference"]["value"],
        "theorems_ask_for": min(asked, default=None),
        **{key: claim and {end: claim[end] for end in ("value", "low", "high")} for key, claim in claims.items()},
    }


def correlations(rows: list[dict[str, Any]]) -> None:
    """Print the rank correlation of every prediction with every observation."""
    from scipy.stats import spearmanr

    print(f"{'':12}" + "".join(f"{name:>15}" for name in OBSERVATIONS))
    for key in PREDICTIONS:
        cells = []
        for name in OBSERVATIONS:
            pairs = [(row[key]["value"], row[name]["value"]) for row in rows if row[key] and row[name]]
            a, b = np.array(pairs).T
            cells.append(f"{spearmanr(a, b).statistic:15.2f}" if np.ptp(a) and np.ptp(b) else f"{'-':>15}")
        print(f"{key:12}" + "".join(cells) + f"   ({len(rows)} tables and widths)")


def printed(rows: list[dict[str, Any]]) -> None:
    """Print the rows as a table for the documents."""
    names = (*PREDICTIONS, *OBSERVATIONS)
    print("| table | rows | units | " + " | ".join(names) + " | theorems ask for |")
    print("|---" * (len(names) + 4) + "|")
    for row in rows:
        shares = (f"{row[name]['value']:.0%}" if row[name] else "-" for name in names)
        asked = row["theorems_ask_for"]
        print(f"| {row['table']} | {row['rows']} | {row['width']} | {' | '.join(shares)} | {asked or '-'} |")


def main() -> None:
    """Fill the file and print the correlations."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    path = Path(sys.argv[1])
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    done = {(row["table"], row["width"]) for row in rows}
    for name, (X, y) in tables().items():
        for width in WIDTHS:
            if (name, width) in done:
                continue
            rows.append(measured(name, X, y, width))
            with path.open("a") as file:
                file.write(json.dumps(rows[-1]) + "\n")
            print(name, width, rows[-1]["adam"]["value"], flush=True)
    printed(rows)
    correlations(rows)


if __name__ == "__main__":
    main()
