"""How the time of every headline job grows with rows, inputs and units: fitted exponents beside the theory's.

Each job runs along one axis while the other sizes stay; an axis ends where a cell took longer than `--most` seconds of
processor time, or at its last size. Cells are appended to a store as they end, so the same command goes on after an
interrupt. The exponent is the slope of a line through log time against log size over the last `LAST` sizes.

Run with one thread: OMP_NUM_THREADS=1 python benchmarks/growth.py [--most 20] [--store growth.jsonl] [JOB ...]
The cells behind docs/images/growth.png are in benchmarks/growth.jsonl; `python docs/pictures.py` draws them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import reluscape as rs

# sizes that an exponent is fitted to, and seconds below which a time is mostly the call itself
LAST, FLOOR = 3, 5e-3
# seconds from which a cell is not measured again; shorter first runs may hold compilation
LONG = 60.0
AXES = ("rows", "inputs", "units")


@dataclass(frozen=True)
class Job:
    """One job along one axis.

    Attributes:
        name: what is asked.
        axis: which size grows: "rows", "inputs" or "units".
        fixed: the other sizes.
        sizes: along the axis.
        theory: exponent of the work in this size, None where it is not a power.
        why: where the exponent comes from.
        run: takes (rows, inputs, units) and returns what is to be timed.
    """

    name: str
    axis: str
    fixed: dict[str, int]
    sizes: tuple[int, ...]
    theory: float | None
    why: str
    run: Callable[[int, int, int], Callable[[], Any]]

    @property
    def key(self) -> str:
        """The job and its axis in one word each."""
        return f"{self.name} / {self.axis}"


def table(n: int, d: int) -> rs.Dataset:
    """Return n rows with d inputs, a column of ones, and a target that bends."""
    rng = np.random.default_rng([n, d])
    X = rng.normal(size=(n, d)).round(3)
    return rs.Dataset(X, (np.sin(2 * X[:, 0]) + np.abs(X[:, -1]) + 0.1 * rng.normal(size=n)).round(3), bias=True)


def layer(n: int, d: int, m: int) -> tuple[rs.Dataset, np.ndarray, np.ndarray]:
    """Return data, a random layer's pattern (m, n) and output signs (m,)."""
    data, rng = table(n, d), np.random.default_rng([n, d, m])
    return data, data.X @ rng.normal(size=(m, d + 1)).T > 0, np.resize([1, -1], m)


def regions(n: int, d: int, m: int) -> Callable[[], Any]:
    data = table(n, d)
    return lambda: rs.count_regions(data)


def basin(n: int, d: int, m: int) -> Callable[[], Any]:
    data, pattern, signs = layer(n, d, m)
    return lambda: rs.basin_value(data, None, pattern.T, signs, output_bias=True)


def rank(n: int, d: int, m: int) -> Callable[[], Any]:
    data, pattern, _ = layer(n, d, m)
    return lambda: rs.jacobian_rank(pattern.T, data)


def valleys(n: int, d: int, m: int) -> Callable[[], Any]:
    data = table(n, d)
    return lambda: rs.barrier_tree(data, width=m)


def lowest(n: int, d: int, m: int) -> Callable[[], Any]:
    data = table(n, d)
    return lambda: rs.global_minimum(data, width=m, exact=False)


def verdict(n: int, d: int, m: int) -> Callable[[], Any]:
    data, rng = table(n, d), np.random.default_rng([n, d, m])
    W, v = rng.normal(size=(m, d + 1)), rng.normal(size=m)
    return lambda: rs.certify(data, None, W, v, exact=False)


def explanation(n: int, d: int, m: int) -> Callable[[], Any]:
    data, rng = table(n, d), np.random.default_rng([n, d, m])
    net = rs.TwoLayerNet(rng.normal(size=(m, d + 1)) / np.sqrt(d), rng.normal(size=m) / m, 0.0, True)
    return lambda: rs.explain(net, data, loss="squared")


PAIRS = "n^(r-1) subsets of rank r - 1"
STEP = "a step of the solver forms a square matrix of the m d weights from n rows"
RESTS = "forward passes"
COUNTED = "searches are counted: the larger the network, the fewer starts and steps"
JOBS = (
    Job("count regions", "rows", {"inputs": 2, "units": 1}, (100, 200, 400, 800, 1600), 2, PAIRS + ", r = 3", regions),
    Job("count regions", "inputs", {"rows": 30, "units": 1}, (4, 5, 6, 7, 8), None, "n^(r-1): no power of r", regions),
    Job("basin value", "rows", {"inputs": 8, "units": 8}, (200, 800, 3200, 12800), 1, STEP, basin),
    Job("basin value", "inputs", {"rows": 400, "units": 8}, (4, 8, 16, 32, 64), 2, STEP, basin),
    Job("basin value", "units", {"rows": 400, "inputs": 8}, (8, 16, 32, 64, 128), 2, STEP, basin),
    Job("rank of the Jacobian", "rows", {"inputs": 4, "units": 200}, (100, 200, 400, 800), 3,
        "n columns, each reduced by those before, of n entries", rank),
    Job("rank of the Jacobian", "units", {"rows": 400, "inputs": 4}, (100, 200, 400, 800), 0,
        "full rank is there before all columns have been looked at", rank),
    Job("valleys", "rows", {"inputs": 1, "units": 2}, (16, 32, 64, 128, 256), 2, "C(2R + m - 1, m), R = 2n on a line",
        valleys),
    Job("valleys", "units", {"rows": 5, "inputs": 1}, (1, 2, 3, 4, 5), None, "(2R)^m: no power of m", valleys),
    Job("lowest loss of a width", "rows", {"inputs": 1, "units": 2}, (20, 40, 80, 160, 320), 2,
        "R^m sets of regions, R = 2n on a line, without what bounds leave out", lowest),
    Job("verdict off kinks", "rows", {"inputs": 10, "units": 20}, (8000, 16000, 32000, 64000, 128000), 1, RESTS,
        verdict),
    Job("verdict off kinks", "units", {"rows": 4000, "inputs": 10}, (40, 80, 160, 320, 640), 1, RESTS, verdict),
    Job("explain", "rows", {"inputs": 4, "units": 4}, (100, 200, 400, 800, 1600), None, COUNTED, explanation),
    Job("explain", "units", {"rows": 200, "inputs": 4}, (2, 4, 8, 16), None, COUNTED, explanation),
)  # fmt: skip


def measure(job: Job, size: int) -> float:
    """Return the processor seconds of one cell: the fastest of two to four, one where the first took long."""
    sizes = {**job.fixed, job.axis: size}
    work = job.run(*(sizes[axis] for axis in AXES))
    taken: list[float] = []
    while len(taken) < 2 or (len(taken) < 4 and sum(taken) < 0.5):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
        if taken[0] > LONG:
            break
    return min(taken)


def exponent(cells: dict[int, float]) -> float | None:
    """Return the slope of log time against log size, None with fewer than two cells that are long enough."""
    kept = [(size, seconds) for size, seconds in sorted(cells.items()) if seconds >= FLOOR][-LAST:]
    if len(kept) < 2:
        return None
    size, seconds = np.log(np.array(kept)).T
    return float(np.polyfit(size, seconds, 1)[0])


def stored(path: Path) -> dict[str, dict[int, float]]:
    """Return the cells measured so far."""
    found: dict[str, dict[int, float]] = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        record = json.loads(line)
        found.setdefault(record["job"], {})[record["size"]] = record["seconds"]
    return found


def sweep(jobs: list[Job], store: Path, most: float) -> None:
    """Measure what the store lacks."""
    for job in jobs:
        cells = stored(store).get(job.key, {})
        if not cells:
            measure(job, job.sizes[0])  # kernels are compiled, or read, outside what is timed
        for size in job.sizes:
            if size not in cells:
                cells[size] = measure(job, size)
                with store.open("a") as file:
                    record = {"job": job.key, "size": size, "seconds": cells[size]}
                    file.write(json.dumps(record) + "\n")
            if cells[size] > most:
                break
        print(row(job, cells), flush=True)


def row(job: Job, cells: dict[int, float]) -> str:
    """Return one line of the table."""
    found, theory = exponent(cells), "no power" if job.theory is None else f"{job.theory:g}"
    fitted = "too short" if found is None else f"{found:.1f}"
    fixed = ", ".join(f"{value} {axis}" for axis, value in job.fixed.items())
    last = max(cells)
    return (
        f"| {job.name} | {job.axis} {min(cells)} to {last} | {fixed} | {cells[last]:.3g} s | {fitted} | {theory} | "
        f"{job.why} |"
    )


def main() -> None:
    """Measure and print the table."""
    reader = argparse.ArgumentParser()
    reader.add_argument("jobs", nargs="*", help="names of jobs, all where none is")
    reader.add_argument("--most", type=float, default=20.0)
    reader.add_argument("--store", type=Path, default=Path("growth.jsonl"))
    told = reader.parse_args()
    jobs = [job for job in JOBS if not told.jobs or job.name in told.jobs]
    print("| job | axis | other sizes | longest | exponent | theory | why |\n|---|---|---|---|---|---|---|")
    sweep(jobs, told.store, told.most)


if __name__ == "__main__":
    main()
