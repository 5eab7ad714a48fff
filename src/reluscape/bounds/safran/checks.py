"""Which of Safran and Shamir's conditions the data meet: singletons, low rank, full rank, clusters; with constants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...errors import AssumptionError
from ...numbers.overflow import refuses_overflow
from ...problem.data import Dataset
from ...problem.targets import with_targets
from .basins import as_two_layer
from .clusters import safran_theorem_5_conditions
from .data import safran_theorem_2_slots
from .teacher import safran_theorem_3_conditions, safran_theorem_3_teacher

__all__ = ["Condition", "safran_conditions"]

MOST_SAMPLES_FOR_SEARCH = 300
MOST_CANDIDATES = 600  # random directions beside those of the samples, which alone fit most targets


@dataclass(frozen=True)
class Condition:
    """Whether the data meet the condition of one theorem.

    Attributes:
        statement: the theorem.
        condition: what it asks of the data.
        holds: whether they meet it.
        reason: the hypothesis that fails, or how the condition was met.
        constants: the theorem's constants for these data, by their printed names; empty where it does not hold.
    """

    statement: str
    condition: str
    holds: bool
    reason: str
    constants: dict[str, Any] = field(default_factory=dict)


@refuses_overflow
def safran_conditions(X: Any, y: Any = None, centers: Any = None, teacher: Any = None, rng: Any = 0) -> list[Condition]:
    """Return for Theorems 2, 3, 4 and 5 whether the data meet the condition, with the constants or the obstacle.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        centers: (k, d) cluster centres; None searches the means of an average-linkage clustering of the samples, for
            every number of clusters up to the rank.
        teacher: (W, v) that fits the data; None searches one (up to 300 samples).
        rng: for the search of a teacher.

    Source: Safran and Shamir, the hypotheses of Theorems 2 to 5.

    Example:
        >>> found = safran_conditions([[1, 0], [0, 2]], [1, -1])
        >>> [(row.statement, row.holds) for row in found]
        [('Theorem 2', True), ('Theorem 3', True), ('Theorem 4', True), ('Theorem 5', True)]
    """
    data = with_targets(X, y)
    return [_singletons(data), _low_rank(data, teacher, rng), _full_rank(data), clusters_condition(data, centers)]


def _singletons(data: Dataset) -> Condition:
    need = "every sample has one coordinate that is not 0"
    try:
        slots = safran_theorem_2_slots(data)
    except AssumptionError as problem:
        return Condition("Theorem 2", need, False, str(problem))
    constants = {"d": data.d, "slots": len(slots.slopes), "beta": slots.beta}
    return Condition("Theorem 2", need, True, f"{len(slots.slopes)} of {2 * data.d} half-axes are occupied", constants)


def _low_rank(data: Dataset, teacher: Any, rng: Any) -> Condition:
    need = "a network of few units fits the data; the promise needs a low rank"
    how = "the given teacher fits"
    if (obstacle := _beyond_floats(data)) is not None:
        return Condition("Theorem 3", need, False, obstacle)
    try:
        if teacher is None:
            if data.n > MOST_SAMPLES_FOR_SEARCH:
                reason = (
                    f"no teacher given, and {data.n} samples are too many to search one ({MOST_SAMPLES_FOR_SEARCH})"
                )
                return Condition("Theorem 3", need, False, reason)
            candidates = min(20 * data.n, MOST_CANDIDATES)
            teacher = safran_theorem_3_teacher(data, None, candidates, rng=rng)
            how = f"a teacher of {teacher.width} units was found"
        net = as_two_layer(teacher)
        constants = safran_theorem_3_conditions(data, None, net.W, net.v)
    except AssumptionError as problem:
        return Condition("Theorem 3", need, False, str(problem))
    return Condition("Theorem 3", need, True, how, dict(constants))


def _full_rank(data: Dataset) -> Condition:
    need, holds = "rank X = n", data.rank == data.n
    reason = f"rank {data.rank}, {data.n} samples"
    return Condition("Theorem 4", need, holds, reason, {"n": data.n} if holds else {})


def clusters_condition(data: Dataset, centers: Any = None) -> Condition:
    """Return whether the samples are clustered as Theorem 5 asks, around given or searched centres."""
    need = "at most d tight clusters around independent centres"
    if (beyond := _beyond_floats(data)) is not None:
        return Condition("Theorem 5", need, False, beyond)
    guesses = _means(data) if centers is None else [np.atleast_2d(np.asarray(centers, dtype=float))]
    if not guesses:
        return Condition("Theorem 5", need, False, "no samples to cluster")
    obstacle = ""
    for C in guesses:
        try:
            constants: dict[str, Any] = dict(safran_theorem_5_conditions(data, None, C))
        except AssumptionError as problem:
            obstacle = str(problem)
            continue
        return Condition(
            "Theorem 5", need, True, f"{len(C)} clusters", {"k": len(C), "centers": C.tolist(), **constants}
        )
    number = f"none of 1 to {len(guesses)} clusters" if centers is None else f"{len(guesses[0])} clusters"
    return Condition("Theorem 5", need, False, f"{number}; {obstacle}")


def _beyond_floats(data: Dataset) -> str | None:
    """Return why a condition on lengths cannot be decided in doubles, or None."""
    if data.n == 0:
        return "there are no samples"
    with np.errstate(over="ignore"):
        squares = float(np.square(data.X).sum()), float(np.square(np.asarray(data.y)).sum())
    if not np.isfinite(squares).all():
        return "not decided: squared lengths are beyond the range of doubles; divide X, or y, by a large number"
    return None


def _means(data: Dataset) -> list[np.ndarray]:
    """Return the means of 1, 2, ... clusters."""
    if data.n == 0 or data.rank == 0:
        return []
    if data.n == 1:
        return [data.X]
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(data.X, "average")
    out = []
    for k in range(1, data.rank + 1):
        label = fcluster(tree, k, "maxclust")
        out.append(np.array([data.X[label == j].mean(axis=0) for j in np.unique(label)]))
    return out
