"""Checking that an activation region is there, or that it is empty, from the proof alone."""

from __future__ import annotations

import numpy as np

from ..errors import CertificateError
from .effort import Effort
from .schema import Part


def check_witness(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check that the witness lies strictly inside the claimed region: s_i <w, x_i> > 0 for every sample."""
    signs, w = _signs(part), part.witness["w"]
    effort.spend(X.size, "the witness")
    for i, sign in enumerate(signs):
        if sign * sum(a * b for a, b in zip(w, X[i], strict=True)) <= 0:
            raise CertificateError(f"the witness is not on the claimed side of sample {i}")
    return f"one unit can have the claimed pattern on the {len(X)} samples: the witness lies on the right sides"


def check_empty(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check Gordan's multipliers: lambda >= 0, not all zero, sum_i lambda_i s_i x_i = 0."""
    signs, multipliers = _signs(part), part.witness["lambda"]
    effort.spend(X.size, "the combination of the samples")
    if any(v < 0 for v in multipliers):
        raise CertificateError(f"multiplier {next(i for i, v in enumerate(multipliers) if v < 0)} is negative")
    if not any(multipliers):
        raise CertificateError("all multipliers are zero, which proves nothing")
    for c in range(X.shape[1]):
        if sum(v * s * x for v, s, x in zip(multipliers, signs, X[:, c], strict=True)) != 0:
            raise CertificateError(f"the combination of the signed samples is not zero in column {c}")
    return f"no unit has the claimed pattern on the {len(X)} samples: a non-negative combination of them vanishes"


def _signs(part: Part) -> list[int]:
    """Return the signs of the claimed pattern."""
    return [1 if bit else -1 for bit in part.claim["pattern"]]
