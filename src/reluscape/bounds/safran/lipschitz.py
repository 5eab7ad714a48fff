"""Safran and Shamir's Lemma 6 and Claim 5: how fast a network's prediction changes with a weight and with a sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ShapeError
from ...numbers.checks import readonly
from ...problem.data import as_dataset
from .basins import as_two_layer

__all__ = ["safran_claim_5", "safran_lemma_6"]


def safran_lemma_6(v: Any, X: Any) -> np.ndarray:
    """Return the Lipschitz constants |v_j| |x_i| of the predictions in each hidden weight vector, (m, n).

    |f(w_1, .., w_j, .., w_m)(x_i) - f(w_1, .., w'_j, .., w_m)(x_i)| <= |v_j| |x_i| |w_j - w'_j|, with equality where
    the unit is active at both points and moves along x_i.

    Args:
        v: (m,) output weights.
        X: (n, d) samples or a `Dataset`.

    Source: Safran and Shamir, Lemma 6.

    Example:
        >>> safran_lemma_6([2.0, -1.0], [[3.0, 4.0]]).tolist()
        [[10.0], [5.0]]
    """
    data, outputs = as_dataset(X), np.asarray(v, dtype=float)
    if outputs.ndim != 1:
        raise ShapeError(f"v has shape {outputs.shape}, expected (m,)")
    return readonly(np.abs(outputs)[:, None] * np.linalg.norm(data.X, axis=1)[None])


def safran_claim_5(W: Any, v: Any) -> float:
    """Return a Lipschitz constant of the network in the sample, sum_j |v_j| |w_j|.

    Args:
        W: (m, d) hidden weights.
        v: (m,) output weights.

    Source: Safran and Shamir, Claim 5; equality for one unit, or parallel ones with output weights of one sign.

    Example:
        >>> safran_claim_5([[3.0, 4.0], [0.0, 1.0]], [1.0, -2.0])
        7.0
    """
    net = as_two_layer((W, v))
    return float((np.abs(net.v) * np.linalg.norm(net.W, axis=1)).sum())
