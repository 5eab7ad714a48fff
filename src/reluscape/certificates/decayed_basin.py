"""Checking an interval that holds the value of a basin with weight decay, in fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..errors import CertificateError
from .decayed_terms import squared_dual, terms_of
from .effort import Effort
from .numerals import told
from .schema import Part


def check_interval(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check both ends of the interval of a basin's lowest objective.

    Upper end: a point of the closed basin, its norms enclosed by integer arithmetic. Lower end: slopes nu with
    q_j = -s_j sum_{i on} nu_i x_i + sum_i mu_ji a_ji x_i, mu >= 0, a_ji = 1 on the unit's samples and -1 elsewhere,
    |P q_j| <= lam: then <nu, f> + lam sum_j |P u_j| >= 0 in the whole basin, and the losses lie above their tangents.
    """
    assert y is not None
    n, d = X.shape
    claim, witness, terms = part.claim, part.witness, terms_of(part, X)
    patterns, signs = np.array(claim["patterns"], dtype=bool).reshape(-1, n), claim["signs"]
    m, c = len(patterns), witness["c"]
    if c != 0 and not terms.constant:
        raise CertificateError("the witness has an output bias, the claim has none")
    effort.spend(m * n * (2 * d + 2) + n * d, "the basin")
    zero = [not any(row) for row in X]
    residual = [c - v for v in y]
    U = np.array([[s * v for v in z] for s, z in zip(signs, witness["Z"], strict=True)], dtype=object).reshape(m, d)
    for j in range(m):
        for i in range(n):
            if zero[i]:
                continue
            height = sum((a * b for a, b in zip(X[i], U[j], strict=True)), Fraction(0))
            if height * (1 if patterns[j, i] else -1) < 0:
                raise CertificateError(f"the weights of unit {j} lie outside the basin at sample {i}")
            if patterns[j, i]:
                residual[i] += signs[j] * height
    above = sum((v * v for v in residual), Fraction(0)) + terms.penalty_above(U, c)
    if above > claim["upper"] * max(n, 1):
        raise CertificateError("the point has a larger objective than the upper end")
    nu = witness["slopes"]
    for j in range(m):
        q = [Fraction(0)] * d
        for i in range(n):
            if patterns[j, i] and nu[i] != 0:
                q = [a - signs[j] * nu[i] * b for a, b in zip(q, X[i], strict=True)]
        for i, number in witness["multipliers"][j]:
            if number < 0:
                raise CertificateError(f"the multiplier of unit {j} and sample {i} is negative")
            side = number if patterns[j, i] else -number
            q = [a + side * b for a, b in zip(q, X[i], strict=True)]
        if not terms.weak(q):
            raise CertificateError(f"unit {j} is pulled by more than the weight decay")
    if squared_dual(nu, y, terms) < claim["lower"] * max(n, 1):
        raise CertificateError("the slopes prove less than the lower end")
    text = f"{'an' if terms.constant else 'no'} output bias"
    return (
        f"in the closed basin of {m} unit{'' if m == 1 else 's'} with the claimed patterns and output signs and {text} "
        f"on {n} samples the mean squared error plus weight decay is lowest between {told(claim['lower'])} and "
        f"{told(claim['upper'])}"
    )
