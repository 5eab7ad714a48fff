"""What the units of a network do on the data: off everywhere, on everywhere, the same work twice, no effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..numbers.checks import real_numbers
from ..numbers.tolerances import DEFAULT, Tolerances
from ..problem.data import as_dataset
from ..problem.networks import TwoLayerNet
from ..problem.trained.opening import Opened, open_model
from ..problem.trained.rows import rows_for


def dead_units(W: Any, X: Any) -> tuple[Any, ...]:
    """Return the units that are on for no sample: <w_j, x_i> <= 0 for every i; of a model one tuple a hidden layer.

    Args:
        W: (m, d) hidden weights, or a trained model of any kind that `explain` reads.
        X: (n, d) samples or a `Dataset`; for a model as it takes them.

    Raises:
        ShapeError: W is not (m, d), or the data do not have the model's columns.
        ModelError: a model that cannot be read.

    Example:
        >>> dead_units([[1, 0], [-1, -1]], [[1, 0], [0, 1]])
        (1,)
        >>> from reluscape import DeepNet
        >>> dead_units(DeepNet([[[1.0], [-1.0]], [[1.0, 2.0]]], [[0.0, 0.0], [0.0]]), [[1], [2]])
        ((1,),)
    """
    if not isinstance(W, list | tuple) and not hasattr(W, "__array__"):
        return _of_model(open_model(W), X)
    data, weights = as_dataset(X), real_numbers("W", W)
    if weights.ndim != 2 or weights.shape[1] != data.d:
        raise ShapeError(f"W has shape {weights.shape}, expected (m, {data.d}): one row per unit")
    return _off(data.X @ weights.T)


def _of_model(opened: Opened, X: Any) -> tuple[tuple[int, ...], ...]:
    """Return the dead units of each hidden layer."""
    if opened.given is not None:
        return (dead_units(opened.given.W, X),)
    data = rows_for(opened, X, None, lambda X, _: as_dataset(X)).data
    return tuple(map(_off, opened.net.hidden(data.X)[:-1]))


def _off(heights: np.ndarray) -> tuple[int, ...]:
    """Return the columns of pre-activations (n, m) that are above 0 nowhere."""
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
    return Anatomy(
        dead=tuple(int(j) for j in np.flatnonzero(dead)),
        always_active=tuple(int(j) for j in np.flatnonzero(always)),
        zero_output=tuple(int(j) for j in np.flatnonzero((net.v == 0) & ~dead)),
        duplicated=parallel_groups(net.W, ~dead, tolerances.duplicate),
        dead_samples=tuple(int(i) for i in np.flatnonzero(~speaking.any(axis=1))),
    )


def parallel_groups(rows: np.ndarray, picks: np.ndarray, width: float) -> tuple[tuple[int, ...], ...]:
    """Return groups of two or more rows that point the same way: unit vectors at most `width` from a group's first.

    Args:
        rows: (m, d) weights.
        picks: (m,) bool, the rows to look at; rows of zeros are left out.
        width: the distance.

    >>> parallel_groups(np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 1e-9]]), np.ones(3, dtype=bool), 1e-6)
    ((0, 2),)
    """
    lengths = np.linalg.norm(rows, axis=1)
    left = np.flatnonzero(picks & (lengths > 0))
    firsts, groups = np.empty((len(left), rows.shape[1])), list[list[int]]()
    for j in left:
        unit = rows[j] / lengths[j]
        near = np.flatnonzero(np.linalg.norm(firsts[: len(groups)] - unit, axis=1) <= width)
        if near.size:
            groups[near[0]].append(int(j))
        else:
            firsts[len(groups)] = unit
            groups.append([int(j)])
    return tuple(tuple(group) for group in groups if len(group) > 1)
