"""What the units of a network do on the data: off everywhere, on everywhere, the same work twice, no effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data import as_dataset
from ..networks import TwoLayerNet
from ..tolerances import DEFAULT, Tolerances


def dead_units(W: Any, X: Any) -> tuple[int, ...]:
    """Return the units that are on for no sample: <w_j, x_i> <= 0 for every i.

    Args:
        W: (m, d) hidden weights.
        X: (n, d) samples or a `Dataset`.

    Example:
        >>> dead_units([[1, 0], [-1, -1]], [[1, 0], [0, 1]])
        (1,)
    """
    data = as_dataset(X)
    heights = data.X @ np.asarray(W, dtype=float).T
    return tuple(int(j) for j in np.flatnonzero((heights <= 0).all(axis=0)))


@dataclass(frozen=True)
class Anatomy:
    """Units and samples by what they do; all numbers count from 0.

    Attributes:
        dead: units on for no sample.
        always_active: units on for every non-zero sample.
        zero_output: units with output weight 0 that are not dead.
        duplicated: groups of units with the same pattern and parallel weights.
        dead_samples: samples that no unit with v_j != 0 is on for.
    """

    dead: tuple[int, ...]
    always_active: tuple[int, ...]
    zero_output: tuple[int, ...]
    duplicated: tuple[tuple[int, ...], ...]
    dead_samples: tuple[int, ...]


def anatomy(net: TwoLayerNet, X: Any, tolerances: Tolerances = DEFAULT) -> Anatomy:
    """Return what each unit does on the data.

    Args:
        net: the network.
        X: (n, d) samples or a `Dataset`.
        tolerances: how close two unit directions count as one.
    """
    data = as_dataset(X)
    on = data.X @ net.W.T > 0
    live = np.ones(data.n, dtype=bool)
    live[list(data.zero_rows)] = False
    dead = ~on.any(axis=0)
    always = on[live].all(axis=0) & ~dead
    speaking = on[:, net.v != 0]
    norms = np.linalg.norm(net.W, axis=1)
    groups: dict[tuple[float, ...], list[int]] = {}
    for j in np.flatnonzero(~dead & (norms > 0)):
        key = tuple(np.round(net.W[j] / norms[j] / tolerances.duplicate).tolist())
        groups.setdefault(key, []).append(int(j))
    return Anatomy(
        dead=tuple(int(j) for j in np.flatnonzero(dead)),
        always_active=tuple(int(j) for j in np.flatnonzero(always)),
        zero_output=tuple(int(j) for j in np.flatnonzero((net.v == 0) & ~dead)),
        duplicated=tuple(tuple(g) for g in groups.values() if len(g) > 1),
        dead_samples=tuple(int(i) for i in np.flatnonzero(~speaking.any(axis=1))),
    )
