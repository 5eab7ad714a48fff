"""Fifty times: kill a worker at random, kill the driver at random, run again; the table must be the calm one's.

python benchmarks/reliability.py [ROUNDS] [local|dask ...]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.experiments import storm

TRIALS = 1000
SPAN = {"local": 1.4, "dask": 2.2}


def main() -> None:
    """Print a line for each engine; end with status 1 if any round lost or changed anything."""
    from reluscape.experiments import run

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    engines = sys.argv[2:] or list(SPAN)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        calm = Path(folder) / "calm.db"
        total = run(storm.plan(TRIALS), calm).total
        table = storm.table(calm)
        print(
            f"{'engine':8} {'rounds':>6} {'same table':>10} {'chunks at the kill':>20} "
            f"{'outlived, s':>12} {'seconds':>8}"
        )
        for engine in engines:
            rng = np.random.default_rng(1)
            begin, same, held, longest = time.monotonic(), 0, [], 0.0
            for number in range(rounds):
                path = Path(folder) / f"{engine}{number}.db"
                waits = [storm.after(float(span)) for span in rng.uniform(0.0, SPAN[engine], 2)]
                outlived, chunks = storm.storm(engine, path, TRIALS, rng, *waits)
                held.append(chunks)
                longest = max(longest, outlived)
                same += storm.table(path) == table
            bad += rounds - same + (longest > storm.OUTLIVE_SECONDS)
            low, middle, high = np.percentile(held, [0, 50, 100])
            spread = f"{low:.0f}-{middle:.0f}-{high:.0f} of {total}"
            print(
                f"{engine:8} {rounds:6} {same:10} {spread:>20} {longest:12.2f} {time.monotonic() - begin:8.0f}",
                flush=True,
            )
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
