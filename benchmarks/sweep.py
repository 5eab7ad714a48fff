"""The store's speed and size, the embedded engine's overhead, two workers against one, Dask against both.

python benchmarks/sweep.py
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np

from reluscape.experiments import Store, Sweep, run
from reluscape.experiments.engines import Dask, Local, Serial
from reluscape.experiments.quantities.registry import Quantity
from reluscape.experiments.results import ChunkResult

NAP_SECONDS = 0.5
NAPS = 24
TRIALS, NUMBERS = 1_000_000, 10
# share of the machine that other processes may take in a run that counts
QUIET = 0.03


def _nap(parameters: dict, rng: np.random.Generator) -> dict[str, float]:
    time.sleep(NAP_SECONDS)
    return {"x": rng.random()}


NAP = Quantity("nap", "half a second of nothing", {}, ("x",), _nap)


def _blocks(kind: str, chunk: int) -> list[np.ndarray]:
    """Return a million trials in chunks: ten numbers of full precision, or a rank with its verdict."""
    rng = np.random.default_rng(0)
    blocks = []
    for _ in range(TRIALS // chunk):
        if kind == "floats":
            blocks.append(rng.standard_normal((chunk, NUMBERS)))
        else:
            rank = rng.binomial(20, 0.9, chunk).astype(float)
            blocks.append(np.column_stack([rank == 20, rank]))
    return blocks


def store_speed(kind: str, chunk: int, keep: bool) -> tuple[float, float, float]:
    """Return seconds to write a million trials, megabytes, and seconds of a summary query."""
    cells = 100
    plan = Sweep("big", "full_rank", {"n": list(range(1, cells + 1))}, {}, {"d": 1, "width": 1}, keep_trials=keep)
    blocks = _blocks(kind, chunk)
    each = len(blocks) // cells
    names = tuple(f"x{k}" for k in range(blocks[0].shape[1]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with Store(path, plan) as store:
            begin = time.perf_counter()
            for first in range(0, len(blocks), 100):
                store.put(
                    ChunkResult(k // each, k % each, "done", names, blocks[k])  # the order of a plan
                    for k in range(first, min(first + 100, len(blocks)))
                )
            wrote = time.perf_counter() - begin
            begin = time.perf_counter()
            rows = store.summary()
            asked = time.perf_counter() - begin
        assert sum(row["trials"] for row in rows) == TRIALS * len(names)
        return wrote, path.stat().st_size / 1e6, asked


def timed(plan: Sweep, engine: object) -> float:
    """Return the seconds of a whole run, its start included."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        state = run(plan, Path(folder) / "a.db", engine)
        assert state.lost == 0
        return time.perf_counter() - begin


def busy() -> tuple[float, float]:
    """Return seconds that all processes of this machine have computed so far, and this one with its children."""
    ours = sum(os.times()[:4])
    if not Path("/proc/stat").exists():
        return ours, ours
    ticks = Path("/proc/stat").read_text().split()[1:4]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), ours


def quietest(plan: Sweep, engine: object, tries: int = 5, wanted: int = 2) -> tuple[float, float]:
    """Return (seconds, share of the machine that others took) of the fastest of two runs that others left alone.

    Where there are no two such runs among five, the one that was disturbed least counts.
    """
    quiet, least = [], (0.0, float("inf"))
    for _ in range(tries):
        (all_before, ours_before), begin = busy(), time.perf_counter()
        seconds = timed(plan, engine)
        all_after, ours_after = busy()
        others = (all_after - all_before) - (ours_after - ours_before)
        share = max(0.0, others / ((time.perf_counter() - begin) * (os.cpu_count() or 1)))
        least = min(least, (seconds, share), key=lambda run: run[1])
        if share < QUIET:
            quiet.append((seconds, share))
        if len(quiet) == wanted:
            break
    return min(quiet) if quiet else least


def main() -> None:
    """Print two tables."""
    print(f"{TRIALS:,} trials: what is stored{'':16} chunk  write, s     MB  summary, s")
    for kind, chunk, keep, words in (
        ("floats", 1000, False, "statistics of 10 numbers"),
        ("floats", 50, False, "statistics of 10 numbers"),
        ("rank", 1000, True, "rank and verdict, every trial"),
        ("rank", 50, True, "rank and verdict, every trial"),
        ("floats", 1000, True, "10 random doubles, every trial"),
    ):
        wrote, size, asked = store_speed(kind, chunk, keep)
        print(f"{words:40} {chunk:5} {wrote:9.2f} {size:6.1f} {asked:11.3f}", flush=True)

    naps = Sweep("naps", "sweep:NAP", trials=NAPS, chunk=1)
    start = min(timed(Sweep("naps", "sweep:NAP", trials=2, chunk=1), Local(2)) for _ in range(3)) - NAP_SECONDS
    spent = timed(naps, Local(2)) - start
    ideal = NAPS * NAP_SECONDS / 2
    print(f"\nembedded engine, {NAPS} chunks of {NAP_SECONDS} s, 2 workers: start {start:.2f} s, ", end="")
    print(f"then {spent:.2f} s for {ideal:.1f} s of work: overhead {100 * (spent / ideal - 1):.1f} %", flush=True)

    fixed = {"n": 60, "d": 4, "width": 10}
    work = Sweep("work", "basin_value", {}, {}, fixed, trials=int(os.environ.get("TRIALS", "3000")), chunk=100)
    timed(Sweep("work", "basin_value", {}, {}, fixed, trials=10), Serial())
    engines = {
        "serial": Serial(),
        "embedded, 1 worker": Local(1),
        "embedded, 2 workers": Local(2),
        "Dask here, 2 workers": Dask(None, 2),
    }
    runs = {name: quietest(work, engine) for name, engine in engines.items()}
    few = Sweep("few", "basin_value", {}, {}, fixed, trials=2, chunk=1)
    starts = {name: quietest(few, engine)[0] for name, engine in engines.items()}
    one, two = runs["embedded, 1 worker"][0], runs["embedded, 2 workers"][0]
    print(f"\n{work.trials:,} basin values, start included{'':4} seconds  of them start  taken by others  against")
    for name, (seconds, share) in runs.items():
        against = {"embedded, 2 workers": f"{one / two:.2f} times one worker"}.get(name, "")
        if name.startswith("Dask"):
            beside = (seconds - starts[name]) / (two - starts["embedded, 2 workers"])
            against = (
                f"{100 * (seconds / two - 1):+.0f} % of two embedded workers, {100 * (beside - 1):+.0f} % without start"
            )
        print(f"{name:36} {seconds:7.2f} {starts[name]:14.2f} {100 * share:14.0f} %  {against}".rstrip())


if __name__ == "__main__":
    main()
