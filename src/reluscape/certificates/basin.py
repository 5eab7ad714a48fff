"""Checking a basin's value from its optimality conditions alone, in fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..errors import CertificateError
from ..numbers import exact
from .effort import Effort
from .numerals import told
from .schema import Part


def check_value(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check that a point lies in the basin, has the claimed loss, and that no point of the basin has less.

    With r = prediction - y: s_j sigma_ji <z_j, x_i> >= 0; sum_i A_ji r_i x_i = sum_i lambda_ji s_j sigma_ji x_i with
    lambda >= 0; sum_ji lambda_ji s_j sigma_ji <z_j, x_i> = 0; sum_i r_i = 0 where there is an output bias. The program
    is convex, so these conditions are enough.
    """
    assert y is not None
    n, d = X.shape
    claim, witness = part.claim, part.witness
    patterns, signs, bias, value = claim["patterns"], claim["signs"], claim["output_bias"], claim["value"]
    Z, c, multipliers, m = witness["Z"], witness["c"], witness["multipliers"], len(patterns)
    if c != 0 and not bias:
        raise CertificateError("the witness has an output bias, the claim has none")
    effort.spend(m * n * (d + 1) + sum(map(len, multipliers)) * d, "the basin")
    nonzero = [bool(any(row)) for row in X]
    residual = [c - v for v in y]
    heights = []
    for j in range(m):
        row = _products(X, Z[j])
        for i in range(n):
            side = signs[j] * (1 if patterns[j][i] else -1)
            if nonzero[i] and side * row[i] < 0:
                raise CertificateError(f"the weights of unit {j} lie outside the basin at sample {i}")
            if patterns[j][i]:
                residual[i] += row[i]
        heights.append(row)
    if sum((v * v for v in residual), Fraction(0)) != value * max(n, 1):
        raise CertificateError("the point does not have the claimed value")
    if bias and sum(residual, Fraction(0)) != 0:
        raise CertificateError("the residuals do not sum to zero, so another output bias is better")
    for j in range(m):
        gradient = _combination(X, [r if bit else Fraction(0) for r, bit in zip(residual, patterns[j], strict=True)])
        for i, number in multipliers[j]:
            if number < 0:
                raise CertificateError(f"the multiplier of unit {j} and sample {i} is negative")
            side = signs[j] * (1 if patterns[j][i] else -1)
            if number * heights[j][i] != 0:
                raise CertificateError(f"unit {j} has a multiplier on sample {i} away from its hyperplane")
            gradient = [a - number * side * b for a, b in zip(gradient, X[i], strict=True)]
        if any(gradient):
            raise CertificateError(f"unit {j} is not stationary: its weights can be improved inside the basin")
    text = f"{'an' if bias else 'no'} output bias"
    sentence = (
        f"the closed basin of {m} unit{'' if m == 1 else 's'} with the claimed patterns and output signs and {text} "
        f"on {n} samples has the mean squared error {told(value)}: a point attains it and no point is lower"
    )
    if "proves" in claim:
        sentence += "; so the lowest loss of that many units is no higher, and how low it is is not proved here"
    return sentence


def _combination(X: np.ndarray, weights: list[Fraction]) -> list[Fraction]:
    """Return sum_i weights_i x_i."""
    if not any(weights) or not X.size:
        return [Fraction(0)] * X.shape[1]
    row = np.empty((1, len(weights)), dtype=object)
    row[0] = weights
    return list(exact.fractions_of(exact.fmpq_matrix(row) * exact.fmpq_matrix(X))[0])


def _products(X: np.ndarray, z: np.ndarray) -> list[Fraction]:
    """Return <x_i, z> for every sample."""
    if not any(z):
        return [Fraction(0)] * len(X)
    product = exact.fractions_of(exact.fmpq_matrix(X) * exact.fmpq_matrix(z[:, None]))
    return product[:, 0].tolist() if len(X) else []
