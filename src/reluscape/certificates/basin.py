"""Checking a basin's value from its optimality conditions alone, in fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from .. import exact
from ..errors import CertificateError
from .core import fraction_text, read_number, read_numbers

LONGEST_TOLD = 200


def check_value(certificate: dict[str, Any], X: np.ndarray, y: np.ndarray | None) -> str:
    """Re-check that a point lies in the basin, has the claimed loss, and that no point of the basin has less.

    With r = prediction - y: s_j sigma_ji <z_j, x_i> >= 0; sum_i A_ji r_i x_i = sum_i lambda_ji s_j sigma_ji x_i with
    lambda >= 0; sum_ji lambda_ji s_j sigma_ji <z_j, x_i> = 0; sum_i r_i = 0 where there is an output bias. The program
    is convex, so these conditions are enough.
    """
    if y is None:
        raise CertificateError("a basin's value needs targets")
    n, d = X.shape
    claim, witness = certificate["claim"], certificate["witness"]
    patterns, signs = _states(claim, n)
    m = len(patterns)
    bias = claim.get("output_bias")
    if not isinstance(bias, bool):
        raise CertificateError("the claim does not say whether there is an output bias")
    value = read_number(claim["value"], "the claimed value")
    Z = read_numbers(witness["Z"], (m, d), "the weights Z")
    c = read_number(witness["c"], "the output bias c")
    if c != 0 and not bias:
        raise CertificateError("the witness has an output bias, the claim has none")
    multipliers = witness["multipliers"]
    if not isinstance(multipliers, list) or len(multipliers) != m:
        raise CertificateError(f"expected multipliers for {m} units")
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
        for i, number in pairs(multipliers[j], n, j):
            if number < 0:
                raise CertificateError(f"the multiplier of unit {j} and sample {i} is negative")
            side = signs[j] * (1 if patterns[j][i] else -1)
            if number * heights[j][i] != 0:
                raise CertificateError(f"unit {j} has a multiplier on sample {i} away from its hyperplane")
            gradient = [a - number * side * b for a, b in zip(gradient, X[i], strict=True)]
        if any(gradient):
            raise CertificateError(f"unit {j} is not stationary: its weights can be improved inside the basin")
    return (
        f"the basin of {m} units on {n} samples has the value {told(value)}: a point attains it and no point is lower"
    )


def told(value: Fraction) -> str:
    """Return a value for a sentence: exactly where it is short, else about its size."""
    text = fraction_text(value)
    return (
        text if len(text) <= LONGEST_TOLD else f"{float(value):.15g} (exactly a fraction of {len(text):,} characters)"
    )


def _states(claim: dict[str, Any], n: int) -> tuple[list[list[bool]], list[int]]:
    """Return patterns and signs of the claim."""
    patterns, signs = patterns_of(claim, n), claim["signs"]
    if not isinstance(signs, list) or len(patterns) != len(signs):
        raise CertificateError("the claim needs one pattern and one sign for each unit")
    if any(isinstance(s, bool) or s not in (-1, 1) for s in signs):
        raise CertificateError("output signs are -1 or 1")
    return patterns, signs


def patterns_of(claim: dict[str, Any], n: int) -> list[list[bool]]:
    """Return the patterns of the claim."""
    patterns = claim["patterns"]
    if not isinstance(patterns, list):
        raise CertificateError("the claim has no list of patterns")
    if any(not isinstance(p, str) or len(p) != n or set(p) - {"0", "1"} for p in patterns):
        raise CertificateError(f"a claimed pattern is not a text of {n} zeros and ones")
    return [[bit == "1" for bit in p] for p in patterns]


def pairs(entries: Any, n: int, j: int) -> list[tuple[int, Fraction]]:
    """Return a unit's multipliers as (sample, value)."""
    if not isinstance(entries, list):
        raise CertificateError(f"the multipliers of unit {j} are not a list")
    out = []
    for entry in entries:
        if not isinstance(entry, list) or len(entry) != 2 or isinstance(entry[0], bool):
            raise CertificateError(f"a multiplier of unit {j} is not a pair of a sample and a number")
        if not isinstance(entry[0], int) or not 0 <= entry[0] < n:
            raise CertificateError(f"unit {j} has a multiplier for sample {entry[0]!r}, which does not exist")
        out.append((entry[0], read_number(entry[1], f"a multiplier of unit {j}")))
    return out


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
