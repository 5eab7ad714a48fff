"""Proofs for trained networks of two hidden layers and of several classes, with decay, from fixed seeds.

Sets of networks are trained by Adam from seeded starts, written out in numpy for all starts at once: 60 networks
2-4-3-1 on 16 rows, 30 softmax networks 4-m-3 on iris (m = 2, 3, 4), 20 networks 10-10-10-1 on 100 rows of diabetes, and
two of 931 parameters, 20-25-15-1 on 150 rows. Each is given to `prove`. Printed are the verdicts, the time of each, the
kinks, the distance from the trained weights, and how many of 5,000 random neighbours of the proved points are lower, at
radii from 1e-8 to 1e-2. With torch installed its automatic differentiation is asked too, at 1,000 random neighbours:
at radii up to 1e-5 J has to rise along the way from the proved point, and torch's J must not be lower at any.

    python benchmarks/depth.py                        # the first three sets
    python benchmarks/depth.py diabetes --decay 0.01 --seed 3
    python benchmarks/depth.py --store DIR --seconds 500    # a piece; run it again to go on

With a store trained weights and answers are kept there; what is there is not done again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes, load_iris

from reluscape import DeepNet, verify
from reluscape.critical.proof import prove

SEED = 18
RATE = 0.03
RADII = (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
NEIGHBOURS = 5_000
# points at which torch is asked, and the radius up to which J must rise along the way to them
PROBES, LINEAR = 1_000, 1e-5


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
    rng = np.random.default_rng(5)
    L = np.round(rng.normal(size=(150, 20)), 2)
    u = np.round(np.sin(L[:, 0] + L[:, 1]) + 0.5 * L[:, 2] * L[:, 3] + 0.3 * rng.normal(size=150), 2)
    out.append((Task("large", L, u[:, None], "squared", 0.004, (20, 25, 15, 1), 50_000), 2))
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


@dataclass
class Clock:
    """Seconds that may be used, from the start of the program."""

    seconds: float

    def over(self) -> bool:
        """Return whether they are used up."""
        return time.perf_counter() > self.seconds


def trained(task: Task, starts: int, seed: int, file: Path | None, clock: Clock) -> list[DeepNet] | None:
    """Return the networks where Adam ends, its rate falling to zero, or None where the time did not suffice."""
    rng = np.random.default_rng([seed, *task.sizes])
    count = len(task.sizes) - 1
    layers = [
        rng.normal(size=(starts, b, a + 1)) * np.sqrt(2.0 / a) * 0.9
        for a, b in zip(task.sizes, task.sizes[1:], strict=False)
    ]
    first, second, begin = [np.zeros_like(M) for M in layers], [np.zeros_like(M) for M in layers], 0
    if file is not None and file.exists():
        kept = np.load(file)
        layers, first, second = ([kept[f"{name}{k}"] for k in range(count)] for name in ("layer", "first", "second"))
        begin = int(kept["step"])
    step = begin
    while step < task.steps and not (step % 1_000 == 0 and clock.over()):
        rate = RATE * (1 - step / task.steps) ** 2
        for k, g in enumerate(gradients(task, layers)[1]):
            first[k] = 0.9 * first[k] + 0.1 * g
            second[k] = 0.999 * second[k] + 0.001 * g * g
            down = first[k] / (1 - 0.9 ** (step + 1))
            layers[k] = layers[k] - rate * down / (np.sqrt(second[k] / (1 - 0.999 ** (step + 1))) + 1e-10)
        step += 1
    if file is not None and step > begin:
        parts = {f"{name}{k}": M for name, part in (("layer", layers), ("first", first), ("second", second))
                 for k, M in enumerate(part)}  # fmt: skip
        np.savez(file, step=step, **parts)
    if step < task.steps:
        return None
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


def torch_objective(task: Task, layers: list[Any]) -> Any:
    """Return J (points,) by torch for networks stacked along the first axis."""
    import torch

    H = torch.tensor(task.X).expand(len(layers[0]), *task.X.shape)
    for k, M in enumerate(layers):
        H = torch.einsum("pni,poi->pno", H, M[:, :, :-1]) + M[:, None, :, -1]
        H = torch.relu(H) if k + 1 < len(layers) else H
    Y = torch.tensor(task.Y).expand_as(H)
    if task.loss == "squared":
        losses = ((H - Y) ** 2).sum(dim=2).mean(dim=1)
    else:
        losses = torch.nn.functional.cross_entropy(H.flatten(0, 1), Y.flatten(0, 1), reduction="none")
        losses = losses.reshape(H.shape[:2]).mean(dim=1)
    return losses + task.decay / 2 * sum((M**2).sum(dim=(1, 2)) for M in layers)


def against_torch(task: Task, net: DeepNet) -> dict[str, Any]:
    """Return at how many random neighbours torch's J is lower or falls on the way, and the least slope over the radius.

    The slope is that of automatic differentiation along the direction from the proved point.
    """
    try:
        import torch
    except ModuleNotFoundError:
        return {}
    rng = np.random.default_rng(SEED)
    base = np.concatenate([np.c_[w, b].reshape(-1) for w, b in zip(net.weights, net.biases, strict=True)])
    shapes = [(len(w), w.shape[1] + 1) for w in net.weights]
    cuts = np.cumsum([a * b for a, b in shapes])[:-1]

    def stacked(points: np.ndarray) -> list[Any]:
        parts = zip(np.split(points, cuts, axis=1), shapes, strict=True)
        return [torch.tensor(part.reshape(-1, *shape), requires_grad=True) for part, shape in parts]

    with torch.no_grad():
        here = float(torch_objective(task, stacked(base[None]))[0])
    out = {"torch_points": 0, "torch_lower": 0, "torch_falls": 0, "torch_slope": np.inf}
    for radius in RADII:
        U = rng.normal(size=(PROBES // len(RADII) + 1, len(base)))
        U[::2] *= rng.random(U[::2].shape) < 0.15
        U *= radius / np.maximum(np.linalg.norm(U, axis=1, keepdims=True), 1e-300)
        U = U[U.any(axis=1)]
        layers = stacked(base + U)
        J = torch_objective(task, layers)
        J.sum().backward()
        gradient = np.concatenate([M.grad.numpy().reshape(len(U), -1) for M in layers], axis=1)
        slopes = (gradient * U).sum(axis=1) / radius
        out["torch_points"] += len(U)
        out["torch_lower"] += int((J.detach().numpy() < here * (1 - 1e-14)).sum())
        if radius <= LINEAR:
            out["torch_falls"] += int((slopes <= 0).sum())
            out["torch_slope"] = min(out["torch_slope"], float(slopes.min()) / radius)
    return out


def answer(task: Task, net: DeepNet) -> dict[str, Any]:
    """Return what is proved about a network, as plain JSON."""
    begin = time.perf_counter()
    proof = prove(net, task.X, task.Y, task.loss, task.decay)
    out: dict[str, Any] = {"verdict": proof.verdict, "kinks": proof.kinks, "distance": proof.distance}
    out |= {"seconds": time.perf_counter() - begin, "certified": proof.certificate is not None, "reason": proof.reason}
    if proof.certificate is not None:
        begin = time.perf_counter()
        out["verified"] = bool(verify(proof.certificate))
        out["verify_seconds"] = time.perf_counter() - begin
    if proof.verdict == "local minimum":
        out["lower"], out["least"] = lower_neighbours(task, proof.net)
        out |= against_torch(task, proof.net)
    return out


def report(task: Task, starts: int, seed: int, store: Path | None, clock: Clock) -> bool:
    """Train, prove, check and print one task; return whether it came to its end."""
    name = f"{task.name.replace(' ', '-')}-{task.decay:g}-{seed}"
    weights, file = (None, None) if store is None else (store / f"{name}.npz", store / f"{name}.jsonl")
    nets = trained(task, starts, seed, weights, clock)
    if nets is None:
        print(f"{task.name}: in training; run the command again")
        return False
    done = [json.loads(line) for line in file.read_text().splitlines()] if file is not None and file.exists() else []
    for number in range(len(done), starts):
        if clock.over():
            print(f"{task.name}: {number} of {starts} networks are done; run the command again")
            return False
        done.append(answer(task, nets[number]))
        if file is not None:
            with file.open("a") as stream:
                stream.write(json.dumps(done[-1]) + "\n")
        print(f"  {number:2d} {told(done[-1])}", flush=True)
    counts, times = Counter(a["verdict"] for a in done), sorted(a["seconds"] for a in done)
    proved, checked = sum(a["certified"] for a in done), sum(a.get("verified", False) for a in done)
    lower = sum(a.get("lower", 0) for a in done)
    print(f"{task.name}, decay {task.decay:g}, seed {seed}: {proved} of {starts} with certificate, {dict(counts)}; "
          f"verified {checked}; seconds {times[0]:.2f} to {times[-1]:.2f}, median {times[len(times) // 2]:.2f}; "
          f"lower neighbours {lower}")  # fmt: skip
    asked = [a for a in done if "torch_points" in a]
    if asked:
        points, lower, falls = (sum(a[f"torch_{name}"] for a in asked) for name in ("points", "lower", "falls"))
        print(f"  torch at {points:,} neighbours of {len(asked)} minima: lower at {lower}, falling on the way at "
              f"{falls}, least slope / radius {min(a['torch_slope'] for a in asked):.1e}")  # fmt: skip
    return True


def told(a: dict[str, Any]) -> str:
    """Return one answer as a line."""
    line = f"{a['verdict']}: {a['kinks']} kinks, distance {a['distance']:.2g}, {a['seconds']:.2f} s"
    if "verified" in a:
        line += f", verified {a['verified']} in {a['verify_seconds']:.2f} s"
    if "lower" in a:
        line += f", lower neighbours {a['lower']} (least difference / radius {a['least']:.1e})"
    if "torch_points" in a:
        line += f", torch: lower {a['torch_lower']}, falling {a['torch_falls']}, least slope {a['torch_slope']:.1e}"
    return f"{line}: {a['reason']}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="?", help="small, softmax, diabetes or large")
    parser.add_argument("--decay", type=float, help="another weight decay")
    parser.add_argument("--seed", type=int, default=SEED, help="of the starts")
    parser.add_argument("--store", type=Path, help="folder for weights and answers")
    parser.add_argument("--seconds", type=float, default=np.inf, help="stop after about so many seconds")
    chosen = parser.parse_args()
    clock = Clock(time.perf_counter() + chosen.seconds)
    if chosen.store is not None:
        chosen.store.mkdir(parents=True, exist_ok=True)
    for task, starts in tasks():
        if task.name.startswith(chosen.only) if chosen.only else task.name != "large":
            task = task if chosen.decay is None else replace(task, decay=chosen.decay)
            if not report(task, starts, chosen.seed, chosen.store, clock):
                break


if __name__ == "__main__":
    main()
