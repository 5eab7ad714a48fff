"""Checking the value of a basin with frozen output weights and any number of outputs, in fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..errors import CertificateError
from ..numbers import exact
from .effort import Effort
from .numerals import told
from .schema import Part


def check_frozen(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check that weights lie in the cell, have the claimed loss, and that no weights of the cell have less.

    With r_io = sum_j v_jo A_ji <w_j, x_i> + c_o - y_io: sigma_ji <w_j, x_i> >= 0; sum_io v_jo A_ji r_io x_i = sum_i
    lambda_ji sigma_ji x_i with lambda >= 0 and lambda_ji <w_j, x_i> = 0; sum_i r_io = 0 where there are output biases.
    The program is convex, so these conditions are enough.
    """
    assert y is not None
    n, d = X.shape
    claim, witness = part.claim, part.witness
    patterns, V, bias, value = claim["patterns"], claim["weights"], claim["output_bias"], claim["value"]
    W, c, multipliers, m, k = witness["W"], witness["c"], witness["multipliers"], len(patterns), y.shape[1]
    if any(c) and not bias:
        raise CertificateError("the witness has output biases, the claim has none")
    effort.spend(m * n * (d + k) + n * k + sum(map(len, multipliers)) * d, "the basin")
    heights = _product(W, X.T)
    active = np.array(patterns, dtype=bool).reshape(m, n)
    outside = np.argwhere(np.where(active, 1, -1) * heights < 0)
    if len(outside):
        raise CertificateError(f"the weights of unit {outside[0][0]} lie outside the cell at sample {outside[0][1]}")
    residual = _product((heights * active.astype(int)).T, V) + c - y
    if sum((v * v for v in residual.reshape(-1)), Fraction(0)) != value * max(n, 1):
        raise CertificateError("the point does not have the claimed value")
    if bias and any(sum(residual[:, o], Fraction(0)) != 0 for o in range(k)):
        raise CertificateError("the residuals of an output do not sum to zero, so another output bias is better")
    pulls = _product(V, residual.T) * active.astype(int)
    gradients = _product(pulls, X)
    for j in range(m):
        gradient = gradients[j].tolist()
        for i, number in multipliers[j]:
            if number < 0:
                raise CertificateError(f"the multiplier of unit {j} and sample {i} is negative")
            if number * heights[j, i] != 0:
                raise CertificateError(f"unit {j} has a multiplier on sample {i} away from its hyperplane")
            side = number if patterns[j][i] else -number
            gradient = [a - side * b for a, b in zip(gradient, X[i], strict=True)]
        if any(gradient):
            raise CertificateError(f"unit {j} is not stationary: its weights can be improved inside the cell")
    text = "output biases" if bias else "no output bias"
    return (
        f"the closed basin of {m} unit{'' if m == 1 else 's'} with the claimed patterns and the claimed output weights "
        f"held fixed, {k} output{'' if k == 1 else 's'} and {text} on {n} samples has the loss {told(value)}, the "
        "squared error of all outputs over the number of samples: a point attains it and no point is lower"
    )


def _product(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the exact product of two matrices of fractions."""
    if not A.size or not B.size:
        return np.full((A.shape[0], B.shape[1]), Fraction(0), dtype=object)
    return exact.fractions_of(exact.fmpq_matrix(A) * exact.fmpq_matrix(B))
