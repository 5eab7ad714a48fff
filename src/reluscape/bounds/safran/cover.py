"""The network of the proof of Safran and Shamir's Theorem 4: each sample is predicted by the first unit that can."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...numbers.checks import readonly
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from ...problem.targets import with_targets
from ..arguments import require, which_form
from .basins import as_two_layer, sides

__all__ = ["safran_theorem_4_network"]


def safran_theorem_4_network(X: Any, y: Any, W: Any, v: Any, form: str | None = None) -> TwoLayerNet:
    """Return a network of zero squared loss in the closed basin of (W, v), for independent samples.

    w'_j = X^T (X X^T)^-1 y'_j and v'_j = sign v_j, where y'_ji = |y_i| if unit j is active on sample i, v_j y_i >= 0
    and no earlier unit predicts the sample, else 0.

    Args:
        X: (n, d) samples of rank n, or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        W: (m, d) weights of the start.
        v: (m,) output weights of the start.
        form: "printed" asks every earlier unit to be inactive AND of the wrong sign, "corrected" (default) to be
            inactive OR of the wrong sign.

    Raises:
        AssumptionError: rank X < n, or a sample that no unit can predict; the message names it.

    Source: Safran and Shamir, Appendix B.6. As printed, a unit of the right sign that is inactive, or an active one of
    the wrong sign, keeps every later unit from predicting the sample.

    Example:
        >>> X, y = [[1, 0], [0, 1]], [2, -3]
        >>> safran_theorem_4_network(X, y, [[1, -1], [-1, 1]], [1, -1]).predict(X).tolist()
        [2.0, -3.0]
    """
    data, net = with_targets(X, y), as_two_layer((W, v))
    require(data.rank == data.n, f"rank X = n (rank {data.rank}, {data.n} samples)")
    targets = predicted(sides(data, net.W) > 0, net.v, np.asarray(data.y), form)
    gaps = np.flatnonzero((np.asarray(data.y) != 0) & ~able(sides(data, net.W) > 0, net.v, data.y).any(axis=0))
    require(not len(gaps), f"some unit can predict each sample (none can sample {gaps[0] if len(gaps) else 0})")
    return TwoLayerNet(_interpolated(data, targets), np.where(net.v >= 0, 1.0, -1.0))


def able(active: np.ndarray, v: np.ndarray, y: Any) -> np.ndarray:
    """Return (m, n) bool: unit j is active on sample i and v_j y_i >= 0."""
    return np.asarray(active & (np.asarray(v)[:, None] * np.asarray(y, dtype=float)[None] >= 0))


def predicted(active: np.ndarray, v: np.ndarray, y: np.ndarray, form: str | None = None) -> np.ndarray:
    """Return y' (m, n): what each unit's height is to be on each sample."""
    can = able(active, v, y)
    free = ~can
    if which_form(form, "corrected", ("printed", "corrected")) == "printed":
        free = ~active & (v[:, None] * y[None] < 0)
    out = np.zeros(active.shape)
    for j in range(len(active)):
        out[j] = np.where(can[j] & free[:j].all(axis=0), np.abs(y), 0.0)
    return readonly(out)


def _interpolated(data: Dataset, targets: np.ndarray) -> np.ndarray:
    """Return the weights in the span of the samples with the given heights, X^T (X X^T)^-1 y'_j."""
    return np.asarray(np.linalg.lstsq(data.X, targets.T, rcond=None)[0].T)
