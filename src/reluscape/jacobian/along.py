"""Rank and activation patterns along a sequence of networks, such as the steps of gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..numbers.checks import readonly
from ..problem.data import as_dataset
from .matrix import activation_pattern
from .rank import RankOracle, nonzero_samples

__all__ = ["RankAlong", "rank_along"]


@dataclass(frozen=True, eq=False)
class RankAlong:
    """What happens along a path of networks.

    Attributes:
        ranks: (T,) exact rank of the Jacobian with respect to W at each network.
        region: (T,) number of the activation region, counted in order of first visit.
        full: rank that counts as full, the number of non-zero samples.
    """

    ranks: np.ndarray
    region: np.ndarray
    full: int

    @property
    def regions(self) -> int:
        """Number of different activation regions visited."""
        return int(self.region.max(initial=-1)) + 1


def rank_along(networks: Iterable[Any], X: Any) -> RankAlong:
    """Return the exact Jacobian rank and the activation region of every network in a sequence.

    Args:
        networks: networks with W (m, d) and v (m,), for example snapshots of training.
        X: samples (n, d) or a Dataset.

    Raises:
        TieError: a sample lies exactly on a hyperplane of one of the networks.

    Source: Karhadkar and Montufar, further topics (gradient descent).

    Example:
        >>> from reluscape import TwoLayerNet
        >>> steps = [TwoLayerNet([[1.0, w]], [1.0]) for w in (0.5, 0.25, -1.5)]
        >>> found = rank_along(steps, [[1.0, 1.0], [1.0, 0.0]])
        >>> found.ranks.tolist(), found.region.tolist(), found.full
        ([2, 2, 1], [0, 0, 1], 2)
    """
    data = as_dataset(X)
    oracle, nonzero = RankOracle.of(data), nonzero_samples(data)
    numbers: dict[bytes, int] = {}
    rank_table: dict[bytes, int] = {}
    ranks, regions = [], []
    for net in networks:
        pattern = np.ascontiguousarray(activation_pattern(net.W, data)[:, nonzero])
        key = np.packbits(pattern, axis=1).tobytes()
        regions.append(numbers.setdefault(key, len(numbers)))
        live_pattern = np.ascontiguousarray(pattern[np.asarray(net.v) != 0])
        trained_key = np.packbits(live_pattern, axis=1).tobytes()
        if trained_key not in rank_table:
            rank_table[trained_key] = oracle.pattern_rank(live_pattern)
        ranks.append(rank_table[trained_key])
    return RankAlong(readonly(ranks, dtype=int), readonly(regions, dtype=int), oracle.n)
