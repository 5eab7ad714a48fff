"""Runs of a problem by an optimiser: compiled where the problem is small and the loss one of ours, else as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...numbers.tolerances import DEFAULT
from ...problem.losses import able
from . import kernel
from .adam import adam
from .batch import Batch
from .lbfgs import lbfgs
from .plan import LARGEST_MATRIX, is_small

KINDS = {"squared": kernel.SQUARED, "logistic": kernel.LOGISTIC, "bce": kernel.LOGISTIC}

Ends = tuple[np.ndarray, np.ndarray, np.ndarray]


def run_adam(
    batch: Batch,
    theta: np.ndarray,
    steps: int,
    rate: float,
    goal: float,
    shares: np.ndarray | None = None,
    compiled: bool = True,
) -> Ends:
    """Return the lowest points (r, p) of Adam's runs, their losses (r,) and the steps (r,) that they took.

    Arrays are in single precision, as usual.

    Args:
        batch: the problem.
        theta: (r, p) first points.
        steps: most steps.
        rate: step size.
        goal: loss at which nothing is left to do.
        shares: (r, n) sample weights of every run, or None.
        compiled: whether runs of a small problem are compiled.
    """
    if compiled and is_compiled(batch):
        points, lowest, step_counts = _room(theta)
        until = steps, rate, goal, DEFAULT.training_stall
        kernel.optimise_runs(points, *_inputs(batch, shares), *until, lowest, step_counts)
        return points, lowest, step_counts
    single = batch.single()
    weights = None if shares is None else shares.astype(np.float32)
    ends, lowest, step_counts = adam(
        lambda t, which: single.evaluate(t, None if weights is None else weights[which]),
        theta.astype(np.float32),
        steps,
        rate,
        goal,
    )
    return ends.astype(float), lowest, step_counts


def run_bfgs(batch: Batch, theta: np.ndarray, steps: int, goal: float, compiled: bool = True) -> Ends:
    """Return the last points (r, p) of the runs of BFGS, their losses (r,) and the evaluations (r,) that they took.

    Where a matrix of the parameters would be large, or runs are not compiled, it is L-BFGS.

    Args:
        batch: the problem.
        theta: (r, p) first points.
        steps: most evaluations of a run.
        goal: loss at which nothing is left to do.
        compiled: whether runs of a small problem are compiled.
    """
    if compiled and is_compiled(batch, matrix=True):
        points, lowest, evaluations = _room(theta)
        until = steps, 0.0, goal, DEFAULT.training_stall / 10
        kernel.optimise_runs(points, *_inputs(batch, None), *until, lowest, evaluations)
        return points, lowest, evaluations
    return lbfgs(lambda t, _: batch.evaluate(t), theta, steps, goal)


def is_compiled(batch: Batch, matrix: bool = False) -> bool:
    """Return whether runs of a problem are compiled; with a matrix of the parameters that must not be large.

    >>> is_compiled(Batch.of([[0.0], [1.0]], [0.0, 2.0], 1, True))
    True
    """
    (n, d), each = batch.X.shape, batch.loss.each
    ours = each is None or (able(each, "known") and each.name in KINDS)
    return ours and is_small(n, d, batch.width) and not (matrix and batch.size > LARGEST_MATRIX)


def _room(theta: np.ndarray) -> Ends:
    """Return the first points as an array of its own, and room for losses and numbers of steps."""
    points = np.array(theta, dtype=float, order="C")
    return points, np.full(len(points), np.inf), np.zeros(len(points), dtype=np.int64)


def _inputs(batch: Batch, shares: np.ndarray | None) -> tuple[Any, ...]:
    """Return a problem as the kernels take it."""
    each, Y, n = batch.loss.each, np.asarray(batch.loss.Y, dtype=float), len(batch.X)
    kind = kernel.SOFTMAX if each is None else KINDS[each.name]
    if kind == kernel.LOGISTIC and each.labels == (0, 1):
        Y = 2.0 * Y - 1.0
    weights = np.full((1, n), 1.0 / n) if shares is None else _own(shares)
    strengths = np.zeros(0) if batch.decay is None else _own(batch.strengths)
    return _own(batch.X.T), _own(Y), weights, kind, strengths, batch.width, batch.output_bias


def _own(array: np.ndarray) -> np.ndarray:
    """Return a copy of the one kind that the kernel is compiled for: whole rows of floats that may be written."""
    return np.array(array, dtype=float, order="C")
