"""Deep networks: the rank of the Jacobian, and the corrected Theorem 10 checked on one network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ModelError
from ..numbers import exact
from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION
from ..problem.data import Dataset, as_dataset
from ..problem.networks import DeepNet

__all__ = ["DeepRank", "deep_rank"]


@dataclass(frozen=True)
class DeepRank:
    """The Jacobian of a deep network on a data set.

    Attributes:
        rank: numerical rank of the Jacobian in all weights and in the biases of the layers that have one.
        last_pattern_rank: exact rank of the last hidden layer's 0/1 activation matrix.
        full_rank_proved: the last hidden pattern has rank n, the output weights are non-zero, no sample is lost on the
            way; then the Jacobian in the weights has rank n at every point of the region.
        kind: "certified" where that proof applies, else "numerical".
    """

    rank: int
    last_pattern_rank: int
    full_rank_proved: bool
    kind: str


def deep_rank(net: DeepNet, X: Any) -> DeepRank:
    """Return the rank of a deep network's Jacobian, and whether the corrected Theorem 10 proves it to be full.

    If the last hidden pattern A has rank n (units by samples) and no output weight is zero, the derivative in the
    last hidden layer's weights alone has rank n: its row for sample i is (v o a_i) tensor h_i with h_i the (non-zero)
    input of that layer, and contracting with a generic vector leaves the non-zero multiples of the columns a_i.

    Args:
        net: a DeepNet with one output and at least one hidden layer.
        X: samples (n, d) or a Dataset.

    Raises:
        TieError: a unit's pre-activation is 0.
        ModelError: more than one output, or LeakyReLU units.

    Source: Karhadkar and Montufar, Theorem 10; no condition on the earlier layers' widths is needed.

    Example:
        >>> net = DeepNet([[[1.0], [1.0]], [[1.0, -1.0]]], [[0.0, -1.5], [0.0]])
        >>> deep_rank(net, [[1.0], [2.0]])
        DeepRank(rank=2, last_pattern_rank=2, full_rank_proved=True, kind='certified')
    """
    if not net.relu:
        raise ModelError("the network has LeakyReLU units, whose derivatives below 0 are not 0; only ReLU is covered")
    data = as_dataset(X)
    J = net.jacobian(data, method="arrays")
    sigma = np.linalg.svd(J, compute_uv=False) if J.size else np.zeros(0)
    cutoff = DEFAULT.rank * MACHINE_PRECISION * max(J.shape) * (sigma[0] if sigma.size else 0.0)
    numerical = int((sigma > cutoff).sum())
    patterns = net.patterns(data)
    last = patterns[-1] if patterns else np.zeros((0, data.n), dtype=bool)
    pattern_rank = exact.rank(last.astype(int)) if last.size else 0
    has_proof = (
        bool(patterns)
        and pattern_rank == data.n
        and bool((net.weights[-1] != 0).all())
        and _reaches_the_last_hidden_layer(patterns, data)
    )
    return DeepRank(
        data.n if has_proof else numerical, pattern_rank, has_proof, "certified" if has_proof else "numerical"
    )


def _reaches_the_last_hidden_layer(patterns: list[np.ndarray], data: Dataset) -> bool:
    """Return whether every sample enters the last hidden layer as a vector that is not zero; the signs are exact."""
    return bool(patterns[-2].any(axis=0).all()) if len(patterns) > 1 else not data.zero_rows
