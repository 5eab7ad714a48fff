"""Proofs for trained networks of two hidden layers and of several classes, with decay, from fixed seeds.

Three sets of networks are trained by Adam from seeded starts, written out in numpy for all starts at once:
60 networks 2-4-3-1 on 16 rows, 30 softmax networks 4-m-3 on iris (m = 2, 3, 4), 20 networks 10-10-10-1 on 100 rows of
diabetes. Each is given to `prove`. Printed are the verdicts, the time of each, the kinks, the distance from the trained
weights, and how many random neighbours of the proved points are lower, at radii from 1e-8 to 1e-2.

    python benchmarks/depth.py            # all three sets
    python benchmarks/depth.py small      # one of small, softmax, diabetes
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
from sklearn.datasets import load_diabetes, load_iris

from reluscape import DeepNet, verify
from reluscape.critical.proof import Proof, prove

SEED = 18
RATE = 0.03
RADII = (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
NEIGHBOURS = 5_000


@dataclass(frozen=True, eq=False)
class Task:
    """Data, loss, decay, layer sizes and steps of Adam."""

    name: str
    X: np.ndarray
    Y: np.ndarray
    loss: str
    decay: float
    sizes: tuple[int, ...]
    steps: int = 25_000


def tasks() -> list[tuple[Task, int]]:
    """Return the tasks with their numbers of starts."""
    rng = np.random.default_rng(4)
    X = np.round(rng.normal(size=(16, 2)), 2)
    y = np.round(np.sin(2 * X[:, 0]) + X[:, 1] ** 2 - 1, 2)
    out = [(Task("small", X, y[:, None], "squared", 0.00625, (2, 4, 3, 1)), 60)]
    iris = load_iris()
    Z = np.round((iris.data - iris.data.mean(axis=0)) / iris.data.std(axis=0), 3)
    for m in (2, 3, 4):
        out.append((Task(f"softmax {m}", Z, np.eye(3)[iris.target], "cross_entropy", 0.01, (4, m, 3)), 10))
    diabetes = load_diabetes()
    rows = np.random.default_rng(1).choice(len(diabetes.data), 100, replace=False)
    D, t = diabetes.data[rows], diabetes.target[rows]
    D = np.round((D - D.mean(axis=0)) / D.std(axis=0), 3)
    t = np.round((t - t.mean()) / t.std(), 3)
    out.append((Task("diabetes", D, t[:, None], "squared", 0.002, (10, 10, 10, 1), 50_000), 20))
    return out


def gradients(task: Task, layers: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return J (starts,) and its gradients for networks stacked along the first axis; biases are last columns."""
    n = len(task.X)
    H = np.broadcast_to(task.X, (len(layers[0]), *task.X.shape))
    fed, heights = [], []
    for k, M in enumerate(layers):
        fed.append(np.concatenate([H, np.ones((*H.shape[:2], 1))], axis=2))
        heights.append(fed[-1] @ M.transpose(0, 2, 1))
        H = np.maximum(heights[-1], 0.0) if k + 1 < len(layers) else heights[-1]
    if task.loss == "squared":
        J = ((H - task.Y) ** 2).sum(axis=2).mean(axis=1)
        S = 2 * (H - task.Y) / n
    else:
        top = H.max(axis=2, keepdims=True)
        E = np.exp(H - top)
        J = (np.log(E.sum(axis=2)) + top[:, :, 0] - (H * task.Y).sum(axis=2)).mean(axis=1)
        S = (E / E.sum(axis=2, keepdims=True) - task.Y) / n
    out: list[np.ndarray] = []
    for k in range(len(layers) - 1, -1, -1):
        out.insert(0, S.transpose(0, 2, 1) @ fed[k] + task.decay * layers[k])
        if k:
            S = (S @ layers[k][:, :, :-1]) * (heights[k - 1] > 0)
    for M in layers:
        J = J + task.decay / 2 * (M * M).sum(axis=(1, 2))
    return J, out


def trained(task: Task, starts: int) -> list[DeepNet]:
    """Return the networks where Adam ends, its rate falling to zero."""
    rng = np.random.default_rng([SEED, *task.sizes])
    layers = [
        rng.normal(size=(starts, b, a + 1)) * np.sqrt(2.0 / a) * 0.9
        for a, b in zip(task.sizes, task.sizes[1:], strict=False)
    ]
    first, second = [np.zeros_like(M) for M in layers], [np.zeros_like(M) for M in layers]
    for step in range(task.steps):
        rate = RATE * (1 - step / task.steps) ** 2
        for k, g in enumerate(gradients(task, layers)[1]):
            first[k] = 0.9 * first[k] + 0.1 * g
            second[k] = 0.999 * second[k] + 0.001 * g * g
            down = first[k] / (1 - 0.9 ** (step + 1))
            layers[k] = layers[k] - rate * down / (np.sqrt(second[k] / (1 - 0.999 ** (step + 1))) + 1e-10)
    return [DeepNet([M[s][:, :-1] for M in layers], [M[s][:, -1] for M in layers]) for s in range(starts)]


def lower_neighbours(task: Task, net: DeepNet) -> tuple[int, float]:
    """Return how many random neighbours are lower than rounding explains, and the lowest difference over the radius.

    Half of the directions move only a few parameters.
    """
    rng = np.random.default_rng(SEED)
    base = [np.concatenate([w, b[:, None]], axis=1) for w, b in zip(net.weights, net.biases, strict=True)]
    sizes = [M.size for M in base]
    J0 = gradients(task, [M[None] for M in base])[0][0]
    lower, worst, block = 0, np.inf, NEIGHBOURS // len(RADII) + 1
    for radius in RADII:
        U = rng.normal(size=(block, sum(sizes)))
        U[::2] *= rng.random(U[::2].shape) < 0.15
        U *= radius / np.maximum(np.linalg.norm(U, axis=1, keepdims=True), 1e-300)
        parts = np.split(U, np.cumsum(sizes)[:-1], axis=1)
        J = gradients(task, [M[None] + P.reshape(-1, *M.shape) for M, P in zip(base, parts, strict=True)])[0]
        lower += int((J < J0 * (1 - 1e-14)).sum())
        worst = min(worst, float((J - J0).min()) / radius)
    return lower, worst


def report(task: Task, starts: int) -> list[Proof]:
    """Train, prove, check and print one task."""
    begin = time.perf_counter()
    nets = trained(task, starts)
    print(f"{task.name}: {starts} networks trained in {time.perf_counter() - begin:.0f} s", flush=True)
    proofs, times, lower = [], [], 0
    for number, net in enumerate(nets):
        begin = time.perf_counter()
        proof = prove(net, task.X, task.Y, task.loss, task.decay)
        times.append(time.perf_counter() - begin)
        proofs.append(proof)
        line = f"  {number:2d} {proof.verdict}: {proof.kinks} kinks, distance {proof.distance:.2g}, {times[-1]:.2f} s"
        if proof.certificate is not None:
            begin = time.perf_counter()
            line += f", verified {bool(verify(proof.certificate))} in {time.perf_counter() - begin:.2f} s"
        if proof.verdict == "local minimum":
            count, worst = lower_neighbours(task, proof.net)
            lower += count
            line += f", lower neighbours {count} (least difference / radius {worst:.1e})"
        print(f"{line}: {proof.reason}", flush=True)
    counts = Counter(proof.verdict for proof in proofs)
    decided = sum(proof.method == "certified" for proof in proofs)
    print(f"{task.name}: {decided} of {starts} with certificate, {dict(counts)}; times {min(times):.2f} to "
          f"{max(times):.2f} s; lower neighbours {lower}")  # fmt: skip
    return proofs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="?", help="small, softmax or diabetes")
    chosen = parser.parse_args().only
    for task, starts in tasks():
        if chosen is None or task.name.startswith(chosen):
            report(task, starts)


if __name__ == "__main__":
    main()
