"""The two batched kernels on a device against all cores of the processor: rank screen and basin values.

python benchmarks/gpu.py [DEVICE]    (default cuda; "cpu" runs the same code where there is no GPU)
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from reluscape.basins import BasinEvaluator
from reluscape.errors import ReluscapeError
from reluscape.interop.torch_device import find_device
from reluscape.interop.torch_rank import certainly_full
from reluscape.jacobian import batched_full_rank

RANKS = ((20, 2, 60, 4000), (50, 3, 90, 2000), (100, 3, 150, 1000))
BASINS = ((20, 3, 10, 4000), (50, 4, 20, 1000), (100, 5, 30, 200))
SMALLER = 10


def random_ranks(n: int, d: int, m: int, trials: int) -> tuple[np.ndarray, np.ndarray]:
    """Return patterns and samples: uniform data with a column of ones, weights uniform in a box."""
    rng = np.random.default_rng(n)
    X = np.concatenate([rng.uniform(0, 1, (trials, n, d)), np.ones((trials, n, 1))], axis=2)
    W = rng.uniform(-1, 1, (trials, m, d + 1))
    return np.einsum("bmd,bnd->bmn", W, X) > 0, X


def best_of(function: object, times: int = 3) -> tuple[float, object]:
    """Return the shortest time of several calls, the first not counted, and the last result."""
    seconds, result = float("inf"), function()
    for _ in range(times):
        begin = time.perf_counter()
        result = function()
        seconds = min(seconds, time.perf_counter() - begin)
    return seconds, result


def main() -> None:
    """Print one line for each size: seconds here and there, the ratio, and how far the answers are apart."""
    device = sys.argv[1] if len(sys.argv) > 1 else "cuda"
    try:
        place = find_device(device)
    except ReluscapeError as problem:
        raise SystemExit(f"gpu.py: {problem}; python benchmarks/gpu.py cpu runs the same code") from None
    import torch

    name = torch.cuda.get_device_name(place) if place.type == "cuda" else "the processor itself"
    cores, scale = os.cpu_count() or 1, 1 if place.type == "cuda" else SMALLER
    print(f"device: {name}; against {cores} cores; torch {torch.__version__}")
    print(
        f"{'what':12} {'n':>4} {'d':>2} {'m':>4} {'trials':>7} {'cores, s':>9} {'device, s':>10} {'ratio':>6}"
        "  agreement"
    )
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        for n, d, m, trials in RANKS:
            A, X = random_ranks(n, d, m, trials // scale)
            parts = np.array_split(np.arange(len(A)), cores)

            def here(A=A, X=X, parts=parts):
                found = pool.map(batched_full_rank, [A[p] for p in parts], [X[p] for p in parts])
                return np.concatenate(list(found))

            def there(A=A, X=X):
                return certainly_full(A, X, device)

            cpu, full = best_of(here)
            gpu, screened = best_of(there)
            whole, decided = best_of(lambda A=A, X=X: batched_full_rank(A, X, device), 1)
            same = "same" if (decided == full).all() else "DIFFERENT"
            left = f"{same}; {100 * full.mean():.0f} % full, {100 * screened.mean():.0f} % proved there, "
            left += f"{whole:.2f} s with the rest decided here on one core"
            print(f"{'rank screen':12} {n:4} {d:2} {m:4} {len(A):7} {cpu:9.3f} {gpu:10.3f} {cpu / gpu:6.1f}  {left}")
    for n, d, m, trials in BASINS:
        rng = np.random.default_rng(n)
        X, y = np.column_stack([rng.standard_normal((n, d)), np.ones(n)]), rng.standard_normal(n)
        W, signs = rng.standard_normal((trials // scale, m, d + 1)), rng.choice([-1, 1], (trials // scale, m))
        A = np.einsum("bmd,nd->bmn", W, X) > 0

        def values(name=None, X=X, y=y, A=A, signs=signs):
            return BasinEvaluator(X, y, True, threads=cores, device=name).values(A, signs)

        cpu, ours = best_of(values, 2)
        gpu, theirs = best_of(lambda values=values: values(device), 2)
        apart = f"values differ by at most {np.abs(ours - theirs).max() / np.mean(y**2):.1e} of the targets"
        print(f"{'basin values':12} {n:4} {d:2} {m:4} {len(A):7} {cpu:9.3f} {gpu:10.3f} {cpu / gpu:6.1f}  {apart}")


if __name__ == "__main__":
    main()
