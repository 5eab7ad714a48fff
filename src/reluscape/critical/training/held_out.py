"""Whether networks of a width do better on rows that they were not trained on: an estimate in folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...numbers.seeds import stream
from ...numbers.tolerances import DEFAULT
from .batch import Batch
from .plain_fits import plane
from .plan import Plan
from .runs import optimise, starts
from .scale import Scale


@dataclass(frozen=True)
class HeldOut:
    """Mean losses on rows left out, and the share of rows whose class is right (None for a regression).

    Attributes:
        network, plane, constant: the losses of the median training, of the best plane and of the best constant.
        right: shares of right rows in the same order, or None.
        folds: number of folds; 0 where the rows left out are those of a table that were not drawn.
        rows: how many rows were left out, over all folds.
        trained_on: how many rows a fit saw, at least.
    """

    network: float
    plane: float
    constant: float
    right: tuple[float, float, float] | None
    folds: int
    rows: int
    trained_on: int


def held_out(batch: Batch, plan: Plan, classes: bool = False, folds: int = 5) -> HeldOut:
    """Return the losses on the rows of each fold of fits to the others, averaged over the rows.

    All folds are trained at once, each run with weight zero on the rows that it may not see.

    Args:
        batch: the problem.
        plan: how to train; its runs are those of one fold.
        classes: whether the targets are classes, so that rows are right or wrong.
        folds: number of folds.
    """
    n = len(batch.X)
    folds = min(folds, n)
    of = np.empty(n, dtype=int)
    of[stream(plan.seed, "folds").permutation(n)] = np.arange(n) % folds
    training_rows = np.array([of != fold for fold in range(folds)])
    shares = training_rows / training_rows.sum(axis=1, keepdims=True)
    scale = Scale.of(batch)
    inner = scale.batch
    # the scale of the targets is that of all rows: the same for every fit
    each = np.repeat(shares, plan.runs, axis=0)
    with np.errstate(all="ignore"):
        theta = starts(inner, plan, range(folds * plan.runs))
        ends = optimise(inner, theta, plan, DEFAULT.zero_loss, each)[0]
    F = batch.predict(scale.back(ends)).reshape(folds, plan.runs, batch.outputs, n)
    A = np.concatenate([batch.X, np.ones((n, 1))], axis=1)
    empty = Batch(batch.X, batch.loss, 0, True)
    totals, right = np.zeros(3), np.zeros(3)
    for fold in range(folds):
        rows, mine = np.flatnonzero(of == fold), shares[fold : fold + 1]
        others = Batch(np.zeros_like(empty.X), empty.loss, 0, True)
        predictions = [
            F[fold],
            (plane(empty, mine)[1] @ A.T)[None],
            (plane(others, mine)[1] @ np.eye(A.shape[1])[-1:].T @ np.ones((1, n)))[None],
        ]
        alone = np.zeros((1, n))
        alone[0, rows] = 1.0 / n
        for k, prediction in enumerate(predictions):
            values = batch.loss.values(prediction, alone)
            middle = int(np.argsort(values, kind="stable")[len(values) // 2])
            totals[k] += values[middle]
            right[k] += (classes_of(prediction[middle]) == classes_of(batch.loss.Y))[rows].sum() if classes else 0.0
    network, straight, constant = totals.tolist()
    shares_right = (float(right[0] / n), float(right[1] / n), float(right[2] / n)) if classes else None
    return HeldOut(network, straight, constant, shares_right, folds, n, int(training_rows.sum(axis=1).min()))


def classes_of(F: np.ndarray) -> np.ndarray:
    """Return the class (n,) that outputs (k, n) name: the side of zero of one output, the largest of several.

    >>> classes_of(np.array([[0.5, -2.0]])).tolist(), classes_of(np.array([[0.0, 3.0], [1.0, 2.0]])).tolist()
    ([1, 0], [1, 0])
    """
    return (F[0] > 0).astype(int) if len(F) == 1 else F.argmax(axis=0)
