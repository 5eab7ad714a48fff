"""How long `explain` takes on larger trained networks, of the sizes and losses that times are wanted for.

Each network is trained by 2,000 steps of Adam on a noisy bent target, or on its sign, and explained twice in this
process, first with whatever has to be compiled. Processor seconds stand beside wall seconds.

python benchmarks/explain.py [NUMBER ...]      all, or the sizes of these numbers
"""

from __future__ import annotations

import sys
import time

import numpy as np

import reluscape as rs
from reluscape.critical.training import Batch
from reluscape.critical.training.adam import adam

# rows, inputs, units, loss, seconds wanted
SIZES = ((400, 4, 8, "bce", 6), (2_000, 20, 50, "squared", 15), (2_000, 20, 50, "bce", 15))
STEPS, RATE = 2_000, 0.01


def trained(n: int, d: int, units: int, loss: str) -> tuple[np.ndarray, np.ndarray, rs.TwoLayerNet]:
    """Return samples (n, d + 1) with a column of ones, targets (n,) and a network trained on them."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, d))
    bent = np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.3 * rng.normal(size=n)
    y = (bent > 0).astype(float) if loss == "bce" else bent
    samples = np.hstack([X, np.ones((n, 1))])
    batch = Batch.of(samples, y, units, True, loss)
    start = 0.5 * rng.normal(size=(1, batch.size))
    W, V, c = batch.unpack(adam(lambda theta, _: batch.evaluate(theta), start, STEPS, RATE, 0.0)[0])
    return samples, y, rs.TwoLayerNet(W[0], V[0, :, 0], float(c[0, 0]))


def main() -> None:
    """Print a line for each size and call."""
    chosen = [int(word) for word in sys.argv[1:]] or range(1, len(SIZES) + 1)
    print(f"{'rows x inputs, units, loss':32}{'call':>8}{'seconds':>9}{'processor':>11}{'wanted':>8}  answer")
    for number in chosen:
        n, d, units, loss, seconds = SIZES[number - 1]
        X, y, net = trained(n, d, units, loss)
        for call in ("first", "later"):
            begin, work = time.perf_counter(), time.process_time()
            found = rs.explain(net, X, y, loss=loss)
            wall, work = time.perf_counter() - begin, time.process_time() - work
            size = f"{n:,} x {d}, {units}, {loss}"
            print(f"{size:32}{call:>8}{wall:9.1f}{work:11.1f}{seconds:8}  {found.answer}", flush=True)


if __name__ == "__main__":
    main()
