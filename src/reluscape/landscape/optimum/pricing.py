"""Pricing: the unit whose feature takes most off a residual, by ascent from region to region."""

from __future__ import annotations

import numpy as np

from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset, standardize

STARTS, CLIMBED, ROUNDS = 200, 20, 20
# shares of the way to a region's own fit that are tried
STEPS = np.array([1.0, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.005])


def best_unit(
    data: Dataset, residual: np.ndarray, output_bias: bool, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Return (w, v) of the unit that takes most off a residual, as far as an ascent from random regions finds it.

    The gain of a unit is <r, f>^2 / <f, f> for its feature f = relu(X w), r and f centred where a constant is free. In
    the region of w the residual is fitted by the active samples alone; the fit's region is looked at next, while the
    gain rises.

    Args:
        data: the samples.
        residual: (n,) targets less predictions.
        output_bias: a constant is free.
        rng: draws the regions to start from.
    """
    X, free = np.asarray(data.X, dtype=float), np.ones((data.n, int(output_bias)))

    def centred(f: np.ndarray) -> np.ndarray:
        return f - f.mean(axis=0) if output_bias else f

    def gains(W: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        features = np.maximum(X @ W.T, 0.0)
        spread = centred(features)
        square = np.maximum((spread * spread).sum(axis=0), np.finfo(float).eps * (features * features).sum(axis=0))
        along = residual @ spread
        return along * np.abs(along) / np.where(square > 0, square, 1.0), along / np.where(square > 0, square, 1.0)

    W = rng.normal(size=(STARTS, data.d)) @ standardize(data).transform.T
    best, gain = W[0], 0.0
    for start in W[np.argsort(-np.abs(gains(W)[0]), kind="stable")[:CLIMBED]]:
        w = start
        for _ in range(ROUNDS):
            score, step = (v[0] for v in gains(w[None]))
            if abs(score) > abs(gain):
                best, gain = w * abs(step), score
            columns = np.concatenate([X * (X @ w > 0)[:, None], free], axis=1)
            fit = (np.sign(score) or 1.0) * np.linalg.lstsq(columns, residual, rcond=None)[0][: data.d]
            line = w * abs(step) + STEPS[:, None] * (fit - w * abs(step))
            along = gains(line)[0] * (np.sign(score) or 1.0)
            if along.max() <= abs(score) * (1.0 + DEFAULT.kkt):
                break
            w = line[int(np.argmax(along))]
    return best, 1.0 if gain >= 0 else -1.0
