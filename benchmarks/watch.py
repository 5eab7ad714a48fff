"""What `reluscape.watch` costs at its default interval, as a share of the training it watches.

Full-batch Adam in torch on four sizes, each trained for the same seconds: how long the watch took to make (loading what
it needs, before the training), the steps, the looks, and the watch's own seconds as a share of the training's. The last
figure takes the steps by number: seconds of the same steps with the watch and without, in turn, the least of three.

Run with one thread: OMP_NUM_THREADS=1 python benchmarks/watch.py [--seconds 10]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch

import reluscape as rs

SIZES = ((4, 2, 2), (200, 5, 16), (1000, 10, 32), (2000, 20, 50))
REPEAT = 3


def training(n: int, d: int, m: int) -> tuple[torch.nn.Module, np.ndarray, np.ndarray, Callable[[], None]]:
    """Return a model, its data, and a function that makes one step of training."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, d))
    y = np.sin(2 * X[:, 0]) + X[:, -1] ** 2 + 0.1 * rng.normal(size=n)
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(d, m), torch.nn.ReLU(), torch.nn.Linear(m, 1))
    inputs, targets = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)[:, None]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def step() -> None:
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()

    return model, X, y, step


def spent(n: int, d: int, m: int, steps: int, watched: bool) -> float:
    """Return the seconds of so many steps."""
    model, X, y, step = training(n, d, m)
    seen = rs.watch(model, X, y, say=lambda line: None) if watched else None
    begin = time.perf_counter()
    for _ in range(steps):
        step()
        if seen is not None:
            seen.step()
    return time.perf_counter() - begin


def main() -> None:
    """Print a line for each size."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--seconds", type=float, default=10.0)
    seconds = reader.parse_args().seconds
    print("rows x inputs, units  made in    steps    looks  its own count  same steps with and without   last answer")
    for n, d, m in SIZES:
        model, X, y, step = training(n, d, m)
        seen = rs.watch(model, X, y, say=lambda line: None)
        begin, steps = time.monotonic(), 0
        while time.monotonic() - begin < seconds:
            step()
            seen.step()
            steps += 1
        own = seen.seconds / (time.monotonic() - begin - seen.seconds)
        pairs = [[spent(n, d, m, steps // REPEAT, watched) for watched in (False, True)] for _ in range(REPEAT)]
        without, beside = (min(column) for column in zip(*pairs, strict=True))
        last = seen.checks[-1].answer if seen.checks else "nothing"
        print(
            f"{f'{n} x {d}, {m}':>20} {seen.preparation:6.2f} s {steps:8d} {len(seen.checks):7d} {own:13.1%} "
            f"{beside:10.2f} s / {without:.2f} s = {beside / without - 1:+.1%}   {last}",
            flush=True,
        )


if __name__ == "__main__":
    main()
