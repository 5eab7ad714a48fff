"""Landscapes by design: what a design and a certified training cost, and plain L-BFGS from the same starts beside them.

Run with OMP_NUM_THREADS=1. Everything is measured in this one run; `--full` takes ten times as many starts.
"""

from __future__ import annotations

import sys
import time
import warnings

import numpy as np
from sklearn.datasets import load_iris, make_moons

from reluscape.requ.design import design
from reluscape.requ.objective import Objective
from reluscape.requ.training import lbfgs, random_net, train

DESIGN_WANTED, TRAINING_WANTED = 5.0, 30.0


def normal(n, d, seed):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)), np.where(rng.permutation(n) < n // 2, 1, -1)


def iris(n, seed):
    table = load_iris()
    X, y = table.data[50:], np.where(table.target[50:] == 2, 1, -1)
    chosen = np.random.default_rng(seed).permutation(len(X))[:n]
    X, y = X[chosen], y[chosen]
    keep = np.sort(np.unique(X, axis=0, return_index=True)[1])
    return (X[keep] - X.mean(axis=0)) / X.std(axis=0), y[keep]


def moons(n, seed):
    X, y = make_moons(n, noise=0.1, random_state=seed)
    return X, 2 * y - 1


def line(n, seed=0):
    X, y = np.arange(n, dtype=float)[:, None], np.where(np.arange(n) % 2, -1, 1)
    return (X - X.mean()) / X.std(), y


def designs() -> None:
    print(f"design, wanted below {DESIGN_WANTED:g} s")
    print(f"{'data':<28}{'seconds':>9}{'gamma* from':>13}{'to':>13}{'gap':>9}  upper end")
    cases = [(f"normal, random labels, {s}", normal(50, 4, s)) for s in range(3)] + [("iris, two classes", iris(50, 0))]
    for name, (X, y) in cases:
        begin = time.perf_counter()
        plan = design(X, y, rng=0)
        spent = time.perf_counter() - begin
        bounds = f"{plan.gamma_lower:>13.6g}{plan.gamma_upper:>13.6g}{plan.margin.gap:>9.0e}"
        print(f"{name + f' {X.shape}':<28}{spent:>9.2f}{bounds}  {plan.margin.kind}")


def plain(L, start):
    """L-BFGS alone: seconds, training error."""
    begin = time.perf_counter()
    net = lbfgs(L, start, 5_000)
    f = np.maximum(L.Z @ net.U.T, 0.0) ** 2 @ net.a
    return time.perf_counter() - begin, float(np.mean(np.sign(f) != L.y))


def trainings(starts: int) -> None:
    print(f"\ntraining from {starts} random starts, n = 16, wanted below {TRAINING_WANTED:g} s to a certified point;")
    print("plain L-BFGS from the same starts: on the same loss, without regulariser, and with lambda = 4 lambda_0")
    print(
        f"{'data':<26}{'lambda_0':>9}{'median s':>9}{'worst s':>9}{'certified':>10}{'no error':>9}"
        f" |{'L-BFGS s':>9}{'ratio':>7}{'no error':>9} |{'lambda=0':>9} |{'4 lambda_0':>11}"
    )
    cases = [
        ("line, alternating", line(16)),
        ("normal, random labels", normal(16, 2, 1)),
        ("normal, random labels", normal(16, 4, 1)),
        ("moons", moons(16, 0)),
        ("iris, two classes", iris(17, 1)),
    ]
    for name, (X, y) in cases:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plan = design(X, y, rng=0)
        L = Objective.of(X, y, plan.lambdas)
        none = Objective(L.Z, L.y, np.zeros(plan.width), L.loss)
        large = Objective(L.Z, L.y, plan.lambdas * (4 * plan.lambda0 / plan.lambdas.min()), L.loss)
        ours, theirs = [], []
        for seed in range(starts):
            start = random_net(plan.width, X.shape[1], seed)
            begin = time.perf_counter()
            end = train(X, y, plan, start=start)
            ours.append((time.perf_counter() - begin, end.certified, end.training_error == 0))
            theirs.append([plain(objective, start) for objective in (L, none, large)])
        seconds, certified, right = np.array(ours, dtype=float).T
        same, bare, strong = np.moveaxis(np.array(theirs), 1, 0)
        share = [f"{np.mean(kind[:, 1] == 0):.0%}" for kind in (same, bare, strong)]
        print(
            f"{name + f' {X.shape}':<26}{plan.lambda0:>9.2g}{np.median(seconds):>9.2f}{seconds.max():>9.2f}"
            f"{certified.mean():>10.0%}{right.mean():>9.0%} |{np.median(same[:, 0]):>9.2f}"
            f"{np.median(seconds) / np.median(same[:, 0]):>7.1f}{share[0]:>9} |{share[1]:>9} |{share[2]:>11}"
        )


if __name__ == "__main__":
    design([[0.0, 0.0], [1.0, 1.0]], [1, -1])  # imports and kernels
    designs()
    trainings(50 if "--full" in sys.argv else 5)
