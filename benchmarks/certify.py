"""What a verdict costs: against forward passes, a tiny census, and descent against L-BFGS from the same start.

Run with OMP_NUM_THREADS=1; times are CPU seconds of this process, so that other work on the machine does not count, and
every line is measured in this one run.
"""

from __future__ import annotations

import time

import numpy as np
from scipy.optimize import minimize

import reluscape as rs
from reluscape.problem.data import standardize


def timed(call, repeats=5):
    best, result = np.inf, None
    for _ in range(repeats):
        start = time.process_time()
        result = call()
        best = min(best, time.process_time() - start)
    return best, result


def verdict_against_forward_pass() -> None:
    print(f"{'n':>7}{'d':>5}{'units':>7}{'forward':>11}{'verdict':>11}{'ratio':>8}  kind")
    for n, d, m in ((1_000, 20, 50), (10_000, 50, 200), (50_000, 100, 100)):
        rng = np.random.default_rng(0)
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        W, v = rng.normal(size=(m, d)), rng.normal(size=m)
        forward, _ = timed(lambda X=X, W=W, v=v: np.maximum(X @ W.T, 0.0) @ v)
        cost, verdict = timed(lambda X=X, y=y, W=W, v=v: rs.certify(X, y, W, v), 3)
        print(f"{n:>7}{d:>5}{m:>7}{forward:>10.4f}s{cost:>10.4f}s{cost / forward:>8.1f}  {verdict.kind}")


def verdict_on_kinks() -> None:
    print("on kinks: units repeated with other lengths, errors at right angles to what the units can do")
    print(f"{'n':>7}{'d':>5}{'units':>7}{'kinks':>7}{'forward':>11}{'verdict':>11}{'ratio':>8}  kind")
    n, d, m = 10_000, 50, 200
    for different, each in ((4, 0), (4, 10), (20, 20), (40, 40)):
        rng = np.random.default_rng(0)
        X, base = rng.normal(size=(n, d)), rng.normal(size=(different, d))
        for w in base:
            rows = X[rng.choice(n, each, replace=False)]
            for _ in range(2):
                w -= rows.T @ np.linalg.solve(rows @ rows.T, rows @ w)
        W = np.repeat(base, m // different, axis=0) * rng.uniform(0.5, 2.0, size=(m, 1))
        v = rng.normal(size=m)
        Q = np.linalg.qr(np.concatenate([(X @ w > 1e-9)[:, None] * X for w in base], axis=1))[0]
        errors = rng.normal(size=n)
        for _ in range(2):
            errors -= Q @ (Q.T @ errors)
        y = np.maximum(X @ W.T, 0.0) @ v - errors
        forward, _ = timed(lambda X=X, W=W, v=v: np.maximum(X @ W.T, 0.0) @ v)
        cost, verdict = timed(lambda X=X, y=y, W=W, v=v: rs.certify(X, y, W, v), 3)
        kinks = int((np.abs(X @ W.T) < 1e-9).sum())
        print(f"{n:>7}{d:>5}{m:>7}{kinks:>7}{forward:>10.4f}s{cost:>10.4f}s{cost / forward:>8.1f}  {verdict.kind}")


def census() -> None:
    X, y = [[-2, 1], [-1, 1], [1, 1], [2, 1]], [1, -1, 1, -1]
    rs.local_minima(X, y, 1)
    cost, found = timed(lambda: rs.local_minima(X, y, 2), 3)
    print(f"census of 4 samples on a line, 2 units: {cost:.3f}s, losses {', '.join(map(str, found.losses))}")


def loss_and_gradient(theta, X, y, m):
    d = X.shape[1]
    W, v, c = theta[: m * d].reshape(m, d), theta[m * d : -1], theta[-1]
    H = X @ W.T
    A = np.maximum(H, 0.0)
    r = A @ v + c - y
    g = 2 * r / len(y)
    dW = ((H > 0) * g[:, None]).T @ X * v[:, None]
    return np.mean(r**2), np.concatenate([dW.ravel(), A.T @ g, [g.sum()]])


def descent_against_lbfgs() -> None:
    data = rs.datasets.load("diabetes", bias=True)
    X, y = standardize(data).X, (data.y - data.y.mean()) / data.y.std()
    table = rs.Dataset(X, y)
    rs.descend(table, None, np.ones((1, X.shape[1])), np.ones(1), 0.0)
    print("descent on standardised diabetes, 10 units, against L-BFGS from the same start")
    for seed in range(5):
        rng = np.random.default_rng(seed)
        W, v = rng.normal(size=(10, X.shape[1])) / 3, rng.normal(size=10) / 3
        cost, end = timed(lambda W=W, v=v: rs.descend(table, None, W, v, 0.0), 1)
        start = np.concatenate([W.ravel(), v, [0.0]])
        other, found = timed(
            lambda start=start: minimize(
                loss_and_gradient,
                start,
                (X, y, 10),
                jac=True,
                method="L-BFGS-B",
                options={"maxiter": 5000, "gtol": 1e-9},
            ),
            1,
        )
        print(
            f"  seed {seed}: descent {end.loss:.5f} ({end.verdict.kind}, {end.basins} basins, {cost:.2f}s), "
            f"L-BFGS {found.fun:.5f} ({other:.2f}s)"
        )


if __name__ == "__main__":
    verdict_against_forward_pass()
    verdict_on_kinks()
    census()
    descent_against_lbfgs()
