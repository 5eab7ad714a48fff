"""Checking that an activation region is there, or that it is empty, from the proof alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import CertificateError
from .core import read_numbers


def check_witness(certificate: dict[str, Any], X: np.ndarray, y: np.ndarray | None) -> str:
    """Re-check that the witness lies strictly inside the claimed region: s_i <w, x_i> > 0 for every sample."""
    signs = _signs(certificate, len(X), realizable=True)
    w = read_numbers(certificate["witness"]["w"], (X.shape[1],), "the witness w")
    for i, sign in enumerate(signs):
        if sign * sum(a * b for a, b in zip(w, X[i], strict=True)) <= 0:
            raise CertificateError(f"the witness is not on the claimed side of sample {i}")
    return f"one unit can have the claimed pattern on the {len(X)} samples: the witness lies on the right sides"


def check_empty(certificate: dict[str, Any], X: np.ndarray, y: np.ndarray | None) -> str:
    """Re-check Gordan's multipliers: lambda >= 0, not all zero, sum_i lambda_i s_i x_i = 0."""
    signs = _signs(certificate, len(X), realizable=False)
    multipliers = read_numbers(certificate["witness"]["lambda"], (len(X),), "the multipliers lambda")
    if any(v < 0 for v in multipliers):
        raise CertificateError(f"multiplier {next(i for i, v in enumerate(multipliers) if v < 0)} is negative")
    if not any(multipliers):
        raise CertificateError("all multipliers are zero, which proves nothing")
    for c in range(X.shape[1]):
        if sum(v * s * x for v, s, x in zip(multipliers, signs, X[:, c], strict=True)) != 0:
            raise CertificateError(f"the combination of the signed samples is not zero in column {c}")
    return f"no unit has the claimed pattern on the {len(X)} samples: a non-negative combination of them vanishes"


def _signs(certificate: dict[str, Any], n: int, realizable: bool) -> list[int]:
    """Return the signs of the claimed pattern after checking the claim's form."""
    claim = certificate["claim"]
    pattern = claim["pattern"]
    if not isinstance(pattern, str) or len(pattern) != n or set(pattern) - {"0", "1"}:
        raise CertificateError(f"the claimed pattern is not a text of {n} zeros and ones")
    if claim.get("realizable") is not realizable:
        raise CertificateError("the claim and the kind of certificate do not agree")
    return [1 if bit == "1" else -1 for bit in pattern]
