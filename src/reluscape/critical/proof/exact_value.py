"""J at a network of doubles: exactly where the loss is a polynomial, else as an interval."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np

from ...numbers import exact
from ...numbers.intervals import ball, precise_intervals
from .objective import BCE, SQUARED, Objective


def exact_objective(objective: Objective, theta: np.ndarray) -> Any:
    """Return J as a Fraction (squared loss), else as a `flint.arb`."""
    parameters = exact.fraction_array(theta)
    X = np.asarray(objective.X, dtype=object)
    n = len(X)
    H = X
    matrices = objective.matrices(parameters)
    for k, (M, has) in enumerate(zip(matrices, objective.has_bias, strict=True)):
        inputs = np.concatenate([H, np.full((n, 1), Fraction(1), dtype=object)], axis=1) if has else H
        if inputs.shape[1] and M.shape[0] and n:
            A = exact.fractions_of(exact.fmpq_matrix(inputs) * exact.fmpq_matrix(M.T))
        else:
            A = np.full((n, M.shape[0]), Fraction(0), dtype=object)
        H = np.where(A > 0, A, 0 * A) if k + 1 < objective.depth else A
    squares = sum((v * v for v in parameters[objective.mask]), Fraction(0))
    penalty = objective.decay / 2 * squares
    if objective.loss == SQUARED:
        return sum(((f - y) ** 2 for f, y in zip(H.reshape(-1), objective.Y.reshape(-1), strict=True)),
                   Fraction(0)) / max(n, 1) + penalty  # fmt: skip
    with precise_intervals():
        total = sum((_loss(row, y, objective.loss) for row, y in zip(H, objective.Y, strict=True)), flint.arb(0))
        return total / max(n, 1) + ball(penalty)


def _loss(f: np.ndarray, y: np.ndarray, loss: str) -> Any:
    """Return the loss of one sample."""
    one = flint.arb(1)
    if loss == BCE:
        return sum(((one + ball(v).exp()).log() - ball(v * t) for v, t in zip(f, y, strict=True)), flint.arb(0))
    high = max(f)
    logs = sum((ball(v - high).exp() for v in f), flint.arb(0)).log() + ball(high)
    return logs - ball(sum((v * t for v, t in zip(f, y, strict=True)), Fraction(0)))


def is_lower(a: Any, b: Any) -> bool:
    """Return whether a < b is certain."""
    return bool(a < b)
