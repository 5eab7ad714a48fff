"""Rational ends of the lowest objective of any width for several outputs, from floats."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ...basins.decay.pulls import independent_first
from ...certificates import fraction_text, fraction_texts, new
from ...certificates.effort import Effort
from ...certificates.several_outputs import MOST_RANK, bounded_pulls, dual_value, objective_above
from ...errors import CertificateError
from ...numbers import exact
from ...problem.problem import Problem

# shares by which the slopes are shortened until no direction is pulled by more than the decay, in turn
SHORTENED = (1e-13, 1e-11, 1e-9, 1e-7, 1e-5)


def proved(
    problem: Problem, W: np.ndarray, V: np.ndarray, N: np.ndarray, largest: float
) -> tuple[Fraction, Fraction, dict[str, Any]] | None:
    """Return both ends and the certificate, or None where exact arithmetic refuses the floats.

    Args:
        problem: what is minimised.
        W: (m, d) weights of a network without output biases.
        V: (m, k) its output weights.
        N: (n, k) slopes of the losses there.
        largest: their largest pull by floats.
    """
    data, n = problem.data, max(problem.n, 1)
    X, y = data.fractions, exact.fraction_matrix(problem.given_targets)
    lam = Fraction(n) * problem.penalty.strength
    order = independent_first(data)
    assert data.rank <= MOST_RANK
    share = min(1.0, float(lam) / largest) if largest > 0 else 1.0
    for less in SHORTENED:
        slopes = exact.fraction_matrix(N * (share * (1 - less)))
        try:
            refusal = bounded_pulls(X, slopes, lam, order, Effort())[1]
        except CertificateError:
            return None
        if refusal is None:
            break
    else:
        return None
    weights, outputs = exact.fraction_matrix(W), exact.fraction_matrix(V)
    lower = dual_value(slopes, y) / n
    upper = objective_above(X, y, weights, outputs, lam) / n
    claim = {"lower": fraction_text(lower), "upper": fraction_text(upper)}
    witness = {
        "W": fraction_texts(weights.reshape(-1, data.d)),
        "V": fraction_texts(outputs.reshape(-1, problem.outputs)),
        "slopes": fraction_texts(slopes),
        "order": order,
    }
    return lower, upper, new("several-outputs-minimum", X, y, claim, witness, "squared", problem.penalty)
