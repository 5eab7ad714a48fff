"""Several outputs with weight decay by plain training of wide networks: nothing convex, no cells."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize


def wide_training(X, Y, lam, units=24, starts=4, seed=0):
    """The lowest |F - Y|^2 + (lam / 2) (|W|^2 + |V|^2) of some trainings of many units; an upper bound."""
    (_, d), k, draws = X.shape, Y.shape[1], np.random.default_rng(seed)

    def objective(x):
        W, V = x[: units * d].reshape(units, d), x[units * d :].reshape(units, k)
        heights = X @ W.T
        rest = np.maximum(heights, 0) @ V - Y
        g = 2 * (rest @ V.T * (heights > 0)).T @ X, 2 * np.maximum(heights, 0).T @ rest
        return (rest**2).sum() + lam / 2 * (x @ x), np.append(g[0].reshape(-1), g[1].reshape(-1)) + lam * x

    best = float((Y**2).sum())
    for _ in range(starts):
        x = draws.normal(size=units * (d + k)) * 0.5
        for _ in range(3):  # kinks stop a line search; a little noise frees it
            x = minimize(objective, x, jac=True, method="L-BFGS-B", options={"maxiter": 3000, "ftol": 1e-15}).x
            best = min(best, float(objective(x)[0]))
            x = x + 1e-4 * draws.normal(size=len(x))
    return best
