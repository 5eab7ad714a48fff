"""The losses that every network should beat: the best constant, for any loss, and the best affine function, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import InputError
from ..numbers import exact
from ..numbers.checks import readonly
from ..numbers.once import once_for_each
from .data import Dataset
from .losses import able
from .targets import with_targets

# doublings of a bracket around the best constant, and halvings of it
DOUBLINGS, HALVINGS = 200, 2_000


@dataclass(frozen=True, eq=False)
class Fit:
    """A least-squares fit of a linear model.

    Attributes:
        value: mean of the squared residuals.
        exact_value: the same as a `Fraction`.
        coefficients: (d,) of the columns of X; empty for a constant.
        intercept: the constant term.
    """

    value: float
    exact_value: Fraction
    coefficients: np.ndarray
    intercept: float

    def __float__(self) -> float:
        """Return the value."""
        return self.value


def constant_fit(X: Any, y: Any = None) -> Fit:
    """Return the best constant prediction: the mean of y, whose loss is the variance.

    Args:
        X: (n, d) samples or a `Dataset` with targets.
        y: (n,) targets.

    Raises:
        InputError: no targets.

    Example:
        >>> constant_fit([[0], [1]], [1, 2]).exact_value
        Fraction(1, 4)
    """
    data = with_targets(X, y)
    return _fit(np.full((data.n, 1), Fraction(1), dtype=object), data.y_fractions, 0)


def affine_fit(X: Any, y: Any = None) -> Fit:
    """Return the best affine prediction <a, x> + c, the loss of linear regression.

    Args:
        X: (n, d) samples or a `Dataset` with targets; a column of ones is harmless.
        y: (n,) targets.

    Raises:
        InputError: no targets.

    Example:
        >>> affine_fit([[0], [1], [2]], [0, 1, 0]).exact_value
        Fraction(2, 9)
    """
    return _plane(with_targets(X, y))


@once_for_each
def _plane(data: Dataset) -> Fit:
    """Return the best affine prediction of a data set, which several places ask for."""
    ones = np.full((data.n, 1), Fraction(1), dtype=object)
    return _fit(np.concatenate([data.fractions, ones], axis=1), data.y_fractions, data.d)


def _fit(features: np.ndarray, y: np.ndarray, d: int) -> Fit:
    """Return the exact least-squares fit on the features, the last one the constant."""
    n = len(y)
    if n == 0:
        return Fit(0.0, Fraction(0), readonly(np.zeros(d)), 0.0)
    A, b = exact.fmpq_matrix(features), exact.fmpq_matrix(y[:, None])
    gram = exact.fractions_of(A.transpose() * A)
    moment = exact.fractions_of(A.transpose() * b)[:, 0]
    solution = exact.solve(gram, moment)
    if solution is None:  # normal equations always have a solution
        raise InputError("the normal equations have no solution; check the data for values that are not numbers")
    value = (exact.dot(y, y) - exact.dot(solution, moment)) / n
    return Fit(float(value), value, readonly(solution[:d], dtype=float), float(solution[-1]))


def constant_value(loss: Any, Y: np.ndarray) -> float:
    """Return the mean loss of the best constant outputs; its infimum where no constant is the best.

    A loss that joins the outputs is the cross-entropy, whose best shares are those of the classes.

    Args:
        loss: value(f, y) and gradient(f, y), convex.
        Y: (n, k) targets.

    >>> from reluscape.problem.losses import SquaredLoss
    >>> constant_value(SquaredLoss(), np.array([[0.0], [1.0]]))
    0.25
    """
    if not len(Y):
        return 0.0
    if able(loss, "joint"):
        shares = Y.mean(axis=0)
        return float(-np.sum(shares * np.log(np.where(shares > 0, shares, 1.0))))
    return sum(float(np.mean(loss.value(np.full(len(y), best_constant(loss, y)), y))) for y in Y.T)


def best_constant(loss: Any, y: np.ndarray) -> float:
    """Return the constant of the lowest mean loss, by bisection of its slope; a distant one where none is the lowest.

    Args:
        loss: value(f, y) and gradient(f, y) of one output, convex.
        y: (n,) targets, at least one.
    """
    if able(loss, "quadratic"):
        return float(np.mean(y))

    def slope(f: float) -> float:
        with np.errstate(over="ignore"):
            return float(np.mean(loss.gradient(np.full(len(y), f), y)))

    start = slope(0.0)
    step = -np.sign(start) * max(float(np.abs(y).max()), 1.0)
    low, high = 0.0, step
    for _ in range(DOUBLINGS):
        if start == 0 or slope(high) * start <= 0:
            break
        low, high = high, 2 * high
    else:
        return high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if slope(middle) * start > 0 else (low, middle)
    return (low + high) / 2


def spread(data: Dataset, output_bias: bool) -> float:
    """Return the mean square of the targets about their mean, about 0 where no constant is free: the loss of f = 0.

    >>> spread(Dataset([[1], [1]], [1, 3]), True), spread(Dataset([[1], [1]], [1, 3]), False)
    (1.0, 5.0)
    """
    y = np.asarray(data.y, dtype=float)
    return float(np.mean((y - y.mean() if output_bias else y) ** 2))
