"""Half of the regions of an arrangement, from which the other half follows by turning every sign."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np


@dataclass(frozen=True, eq=False)
class Half:
    """The regions on the positive side of the first hyperplane, in lexicographic order (negative side first).

    Attributes:
        bits: (H, words) uint64, the output bits of each region.
        points: (H, r) a double vector strictly inside each, exactly; NaN where `fractions` has the point.
        fractions: points where no double vector was found inside.
    """

    bits: np.ndarray
    points: np.ndarray
    fractions: dict[int, tuple[Fraction, ...]] = field(default_factory=dict)
