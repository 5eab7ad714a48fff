"""What every proof about weight decay shares: the decay beside a sum of losses, pulls, and the dual's value."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import CertificateError
from ..numbers import exact
from ..numbers.roots import root_above
from .schema import Part


@dataclass(frozen=True, eq=False)
class DecayTerms:
    """lam sum_j |P u_j| + (kappa / 2) c^2 beside the SUM of n losses.

    Attributes:
        lam: n times the weight decay.
        penalised: (d,) bool, what P keeps: all, or all but the last coordinate.
        kappa: lam where the output bias decays, else 0.
        constant: whether there is an output bias.
    """

    lam: Fraction
    penalised: np.ndarray
    kappa: Fraction
    constant: bool

    def square(self, u: Any) -> Fraction:
        """Return |P u|^2."""
        return sum((v * v for v, in_penalty in zip(u, self.penalised, strict=True) if in_penalty), Fraction(0))

    def weak(self, q: Any) -> bool:
        """Return whether no u has <q, u> > lam |P u|: |P q| <= lam, and q vanishes where nothing is penalised."""
        free = any(v for v, in_penalty in zip(q, self.penalised, strict=True) if not in_penalty)
        return not free and self.square(q) <= self.lam * self.lam

    def penalty_above(self, U: np.ndarray, c: Fraction) -> Fraction:
        """Return a rational number that is at least the penalty of weights U (m, d), u_j = |v_j| w_j, and c."""
        norms = sum((root_above(self.square(u)) for u in U), Fraction(0))
        return self.lam * norms + self.kappa * c * c / 2


def terms_of(part: Part, X: np.ndarray) -> DecayTerms:
    """Return the terms of a certificate.

    Raises:
        CertificateError: free biases without a column of ones.
    """
    assert part.penalty is not None
    n, d = X.shape
    biases = part.penalty["biases"]
    if not biases and (d == 0 or any(v != 1 for v in X[:, -1])):
        raise CertificateError("biases are free, but the last column of the data is not the column of ones")
    in_penalty = np.ones(d, dtype=bool)
    if not biases:
        in_penalty[-1] = False
    lam = part.penalty["value"] * max(n, 1)
    constant = bool(part.claim["output_bias"])
    return DecayTerms(lam, in_penalty, lam if constant and biases else Fraction(0), constant)


def squared_dual(nu: np.ndarray, y: np.ndarray, terms: DecayTerms) -> Fraction:
    """Return the lower bound that slopes nu prove where no unit pulls more than lam.

    sum_i min_f ((f - y_i)^2 - nu_i f) + min_c (c sum_i nu_i + kappa c^2 / 2).

    Raises:
        CertificateError: a free constant, and slopes that do not sum to zero.
    """
    bound = -exact.dot(nu, y) - exact.dot(nu, nu) / 4
    total = sum(nu, Fraction(0))
    if terms.constant and terms.kappa:
        bound -= total * total / (2 * terms.kappa)
    elif terms.constant and total != 0:
        raise CertificateError("the slopes do not sum to zero, so another output bias is better")
    return bound
