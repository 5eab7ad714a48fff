"""Checking that an open region holds weights of zero loss, or that it holds none, from the proof alone."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..errors import CertificateError
from .effort import Effort
from .schema import Part


def check_zero_loss(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check the weights, or the multipliers that refute all weights of the region."""
    assert y is not None
    claim, witness, n = part.claim, part.witness, len(X)
    signs, v = [[1 if bit else -1 for bit in row] for row in claim["pattern"]], claim["v"]
    if set(witness) != ({"W"} if claim["zero_loss"] else {"u", "mu"}):
        raise CertificateError("the witness needs W where zero loss is claimed, u and mu where it is denied")
    effort.spend(2 * len(v) * X.size, "the region")
    units = f"{len(v)} unit{'' if len(v) == 1 else 's'} with the claimed output weights"
    if claim["zero_loss"]:
        _check_weights(witness["W"], signs, v, X, y)
        return f"the open region of {units} holds weights that reach all {n} targets exactly"
    _check_multipliers(witness["u"], witness["mu"], signs, v, X, y)
    return f"no weights in the open region of {units} reach all {n} targets: a functional separates them"


def _check_weights(W: np.ndarray, signs: list[list[int]], v: np.ndarray, X: np.ndarray, y: np.ndarray) -> None:
    for i, x in enumerate(X):
        products = [sum((a * b for a, b in zip(w, x, strict=True)), Fraction(0)) for w in W]
        if any(x) and any(row[i] * p <= 0 for row, p in zip(signs, products, strict=True)):
            raise CertificateError(f"the weights are not inside the region at sample {i}")
        if sum((c * max(p, Fraction(0)) for c, p in zip(v, products, strict=True)), Fraction(0)) != y[i]:
            raise CertificateError(f"the prediction for sample {i} is not its target")


def _check_multipliers(
    u: np.ndarray, mu: np.ndarray, signs: list[list[int]], v: np.ndarray, X: np.ndarray, y: np.ndarray
) -> None:
    """Every weight of the region would have <u, y> = sum_j |v_j| sum_i mu_ji |<w_j, x_i>| >= 0, > 0 unless mu = 0."""
    if any(value < 0 for value in mu.reshape(-1)):
        raise CertificateError("a multiplier is negative")
    for j, row in enumerate(signs):
        sign = (v[j] > 0) - (v[j] < 0)
        for c in range(X.shape[1]):
            left = sum((sign * u[i] * X[i, c] for i in range(len(X)) if row[i] > 0), Fraction(0))
            right = sum((mu[j, i] * row[i] * X[i, c] for i in range(len(X))), Fraction(0))
            if left != right:
                raise CertificateError(f"the multipliers of unit {j} do not match the functional in column {c}")
    product = sum((a * b for a, b in zip(u, y, strict=True)), Fraction(0))
    nonzero = [i for i, x in enumerate(X) if any(x)]
    if product > 0 or (product == 0 and not any(mu[j, i] for j in range(len(signs)) for i in nonzero)):
        raise CertificateError("the functional does not separate the targets from the region")
