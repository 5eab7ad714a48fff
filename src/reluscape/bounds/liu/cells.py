"""Inside one product of cells: the loss in R, its derivatives, its Hessian, and why its minima are global there."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ...errors import ShapeError
from ...numbers import exact
from ...numbers.checks import readonly
from ...problem.data import Dataset, as_dataset, check_pattern
from ...problem.targets import with_targets
from ..arguments import require
from .solution import design, liu_general_solution, network, predictions

__all__ = ["CellGlobal", "CellHessian", "CellLoss", "liu_lemma_1", "liu_lemma_2", "liu_loss", "liu_theorem_1"]


@dataclass(frozen=True, eq=False)
class CellLoss:
    """The mean squared loss of a network, written in two ways.

    Attributes:
        value: (1) mean of (sum_j v_j relu(<w_j, x_i>) - y_i)^2.
        in_terms_of_r: (2) mean of (sum_j I_ij <R_j, x_i> - y_i)^2 with R_j = v_j w_j.
        R: (m, d) exact.
        pattern: (m, n) bool, I_ij = 1 where <w_j, x_i> > 0.
    """

    value: Fraction
    in_terms_of_r: Fraction
    R: np.ndarray
    pattern: np.ndarray


def liu_loss(X: Any, y: Any, W: Any, v: Any) -> CellLoss:
    """Return the loss of a network as (1) in weights and as (2) in R_j = v_j w_j, exact.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        W: (m, d) hidden weights.
        v: (m,) output weights.

    Raises:
        ShapeError, InputError: input that does not fit.

    Source: Liu, Part 1, (1) and (2), for the squared loss (the mean, without a factor 1/2).

    Example:
        >>> found = liu_loss([[1], [-1]], [1, 1], [[2]], [3])
        >>> found.value, found.in_terms_of_r
        (Fraction(13, 1), Fraction(13, 1))
    """
    data = with_targets(X, y)
    weights, out, heights = network(data, W, v)
    pattern = heights > 0
    outputs = predictions(heights, out)
    R = out[:, None] * weights
    rewritten = design(data, pattern.T) @ R.reshape(-1)
    return CellLoss(_mean(outputs, data), _mean(rewritten, data), readonly(R, object), readonly(pattern.T))


def _mean(outputs: np.ndarray, data: Dataset) -> Fraction:
    """Return the mean of squared errors."""
    return sum((e * e for e in outputs - np.asarray(data.y_fractions)), Fraction(0)) / max(data.n, 1)


def liu_lemma_1(X: Any, y: Any, W: Any, v: Any) -> np.ndarray:
    """Return (m, d) the derivatives dL/dR_j = (2/n) sum of e_i x_i over a unit's active samples, exact.

    A point where the loss is differentiable is a local minimum exactly where all of them vanish.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        W: (m, d) hidden weights, no sample on a unit's hyperplane.
        v: (m,) output weights.

    Raises:
        AssumptionError: a sample lies on a unit's hyperplane, where the loss is not differentiable.

    Source: Liu, Part 1, Lemma 1 and (3)-(9). Print states one direction; the converse holds too.

    Example:
        >>> liu_lemma_1([[1, 0], [0, 1]], [1, 1], [[1, -1]], [1]).tolist()
        [[Fraction(0, 1), Fraction(0, 1)]]
    """
    data = with_targets(X, y)
    _, out, heights = network(data, W, v)
    _require_inside(data, heights)
    A = design(data, (heights > 0).T)
    errors = predictions(heights, out) - data.y_fractions
    return readonly((errors @ A * Fraction(2, max(data.n, 1))).reshape(len(out), data.d), object)


def _require_inside(data: Dataset, heights: np.ndarray) -> None:
    """Refuse a point on a border."""
    for i in set(range(data.n)) - set(data.zero_rows):
        require(all(heights[i] != 0), f"no sample lies on a unit's hyperplane; sample {i} does (use rs.certify there)")


@dataclass(frozen=True, eq=False)
class CellHessian:
    """The Hessian of the mean loss in R inside a product of cells.

    Attributes:
        matrix: (m d, m d) exact, (1/n) sum of l''_i a_i a_i^T with a_i the rows of A.
        rank: its rank.
        definite: whether it is positive definite; it is always positive semidefinite.
    """

    matrix: np.ndarray
    rank: int
    definite: bool


def liu_lemma_2(X: Any, pattern: Any, curvature: Any = 2) -> CellHessian:
    """Return the Hessian of the loss in R = (R_1, ..., R_m) with the pattern held, exact.

    Args:
        X: (n, d) samples or a `Dataset`.
        pattern: (m, n) bool.
        curvature: l'' at each sample's prediction, one number or (n,), none negative; 2 for the squared loss.

    Raises:
        AssumptionError: a negative curvature: the loss is not convex.
        ShapeError: curvatures of another length.

    Source: Liu, Part 1, Lemma 2 and (47), (48). Print proves it positive definite; it is semidefinite only, and
    convexity needs no second derivative.

    Example:
        >>> hessian = liu_lemma_2([[1, 0], [0, 1]], [[True, True], [True, True]])
        >>> hessian.matrix.shape, hessian.rank, hessian.definite
        ((4, 4), 2, False)
    """
    data = as_dataset(X)
    P = check_pattern(pattern, data.n)
    bends = np.atleast_1d(exact.fraction_array(curvature))
    if bends.shape not in ((1,), (data.n,)):
        raise ShapeError(f"curvature has shape {bends.shape}, expected one number or ({data.n},)")
    require(all(t >= 0 for t in bends), "the loss is convex: no second derivative is negative")
    A = design(data, P)
    matrix = (A * np.broadcast_to(bends, (data.n,))[:, None]).T @ A * Fraction(1, max(data.n, 1))
    rank = exact.rank(matrix) if matrix.size else 0
    return CellHessian(readonly(matrix, object), rank, rank == len(matrix))


@dataclass(frozen=True, eq=False)
class CellGlobal:
    """A differentiable point against the least loss that its cells' formula allows.

    Attributes:
        loss: the loss of the point.
        least: least loss over all R with the point's pattern.
        minimum: all derivatives in R vanish: a local minimum, and then loss = least.
        unique: R is the only minimiser (rank A = m d).
        maximum: the point is a local maximum too, which happens on plateaus that are dead on all samples only.
    """

    loss: Fraction
    least: Fraction
    minimum: bool
    unique: bool
    maximum: bool


def liu_theorem_1(X: Any, y: Any, W: Any, v: Any) -> CellGlobal:
    """Return the loss of a differentiable point and the least loss of its cells: equal at every local minimum.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        W: (m, d) hidden weights, no sample on a unit's hyperplane.
        v: (m,) output weights.

    Raises:
        AssumptionError: a sample lies on a unit's hyperplane.

    Source: Liu, Part 1, Theorem 1. Print calls the global minimum unique, which needs rank A = m d, and excludes
    differentiable local maxima; a network whose units are all off on all samples is one.

    Example:
        >>> found = liu_theorem_1([[1, 0], [0, 1]], [1, 1], [[1, -1]], [1])
        >>> found.loss, found.least, found.minimum, found.unique, found.maximum
        (Fraction(1, 2), Fraction(1, 2), True, False, False)
    """
    data = with_targets(X, y)
    slopes = liu_lemma_1(data, None, W, v)
    evaluation = liu_loss(data, None, W, v)
    A = design(data, evaluation.pattern)
    solution = liu_general_solution(A, data.y_fractions)
    least = _mean(A @ solution.shortest, data)
    dead = not evaluation.pattern.any()
    return CellGlobal(evaluation.value, least, not slopes.any(), solution.rank == A.shape[1], dead)
