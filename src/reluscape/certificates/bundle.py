"""Checking several certificates about the same data in one file, and what the file claims about all of them."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import CertificateError
from .core import check
from .effort import Effort
from .schema import Part

MOST_SENTENCES = 20


def check_bundle(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check every member, that none is listed twice, and that what is claimed of all is what the members prove."""
    sentences = []
    for number, member in enumerate(part.members, start=1):
        try:
            sentences.append(check(member, X, y, effort))
        except CertificateError as problem:
            raise CertificateError(f"member {number} of {len(part.members)}: {problem}") from None
    count = part.claim["local_minima"]
    points = Counter(_point(member.claim) for member in part.members if member.kind == "local-minimum")
    if points.total() != count:
        raise CertificateError(f"the claim is {count} local minima, the members prove {points.total()}")
    if any(times > 1 for times in points.values()):
        raise CertificateError("two members are about the same network, so that there are fewer local minima")
    lowest = [member for member in part.members if member.kind == "global-minimum"]
    if len(lowest) != int(part.claim["global_minimum"]):
        raise CertificateError(
            f"the claim of a global minimum is {str(part.claim['global_minimum']).lower()}, "
            f"the members prove {len(lowest)}"
        )
    more = len(sentences) - MOST_SENTENCES
    excerpt = sentences[:MOST_SENTENCES] + ([f"and {more:,} more of these sentences"] if more > 0 else [])
    return f"{len(sentences)} claim{'' if len(sentences) == 1 else 's'} on the same data: {'; '.join(excerpt)}"


def _point(claim: dict[str, Any]) -> tuple[Any, ...]:
    """Return a network up to the order of its units, and to a positive factor moved between the layers of a unit.

    What is trained makes no other network, and no output bias is one of 0.
    """
    units = sorted(
        (*(abs(v) * w if v else w for w in row), Fraction((v > 0) - (v < 0)))
        for row, v in zip(claim["W"], claim["v"], strict=True)
    )
    return claim["c"] or Fraction(0), claim["slope"], tuple(units)
