"""Lengths, directions and angles between the units of two layers: all that the population loss depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flint
import numpy as np

from ...critical.proof.arithmetic import Arithmetic

# cosine from which a sine is not taken from it
NEARLY_PARALLEL = 0.9


@dataclass(frozen=True, eq=False)
class Angles:
    """Units w_1 .. w_n beside units u_1 .. u_m, in doubles or intervals.

    Attributes:
        lengths: (n,) of the w.
        others: (m,) of the u.
        units: (n, d) directions w / |w|.
        other_units: (m, d) directions u / |u|.
        cosine, sine, angle: (n, m) between w_i and u_j.
        share: (n, m) 1 / sin, 0 where the two are parallel.
        inverses: (n,) 1 / |w|.
    """

    lengths: Any
    others: Any
    units: Any
    other_units: Any
    cosine: Any
    sine: Any
    angle: Any
    share: Any
    inverses: Any

    def across(self) -> Any:
        """Return (n, m, d) the part of u_j / |u_j| across w_i, of length sin."""
        return self.other_units[None, :, :] - self.cosine[:, :, None] * self.units[:, None, :]


def angles_of(W: np.ndarray, U: np.ndarray) -> Angles:
    """Return the angles in doubles; the sine of a small angle comes from the part across, and keeps its digits."""
    lengths, others = np.linalg.norm(W, axis=1), np.linalg.norm(U, axis=1)
    inverses = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    units = W * inverses[:, None]
    other_units = U / np.where(others > 0, others, 1.0)[:, None]
    cosine = units @ other_units.T
    sine = np.sqrt(np.maximum((1.0 - cosine) * (1.0 + cosine), 0.0))
    i, j = np.nonzero(np.abs(cosine) > NEARLY_PARALLEL)
    sine[i, j] = np.linalg.norm(other_units[j] - cosine[i, j][:, None] * units[i], axis=1)
    if W is U:
        sine[np.diag_indices(len(W))] = 0.0
    share = np.divide(1.0, sine, out=np.zeros_like(sine), where=sine > 0)
    return Angles(lengths, others, units, other_units, cosine, sine, np.arctan2(sine, cosine), share, inverses)


def enclosed_angles(W: Any, U: Any, same: bool, using: Arithmetic) -> Angles:
    """Return the angles in intervals of an arithmetic; where two units may be parallel `share` is not finite.

    Lengths and angles are taken one by one in intervals of many digits, whatever the arithmetic of the rest.

    Args:
        W: (n, d) units in that arithmetic.
        U: (m, d) units in that arithmetic.
        same: U is W, and a unit is parallel to itself.
        using: the arithmetic.
    """
    wide, other = using.as_arb(W), using.as_arb(U)
    lengths, others = _lengths(wide), _lengths(other)
    units, other_units = wide / lengths[:, None], other / others[:, None]
    n, m = len(wide), len(other)
    cosine, sine, angle, share = (np.empty((n, m), dtype=object) for _ in range(4))
    for i in range(n):
        for j in range(m):
            if same and i == j:
                cosine[i, j], sine[i, j], angle[i, j], share[i, j] = flint.arb(1), *(flint.arb(0) for _ in range(3))
                continue
            c = sum((a * b for a, b in zip(units[i], other_units[j], strict=True)), flint.arb(0))
            # the roots of 2 times the squared cosine and sine of half the angle, which never leave its range
            near, far = (1 + c).nonnegative_part().sqrt(), (1 - c).nonnegative_part().sqrt()
            s = near * far
            cosine[i, j], sine[i, j], angle[i, j], share[i, j] = c, s, 2 * flint.arb.atan2(far, near), 1 / s
    units, other_units, cosine = using.back(units), using.back(other_units), using.back(cosine)
    sine, angle, share = using.back(sine), using.back(angle), using.back(share)
    inverses = using.back(np.array([1 / v for v in lengths], dtype=object))
    return Angles(using.back(lengths), using.back(others), units, other_units, cosine, sine, angle, share, inverses)


def _lengths(W: np.ndarray) -> np.ndarray:
    out = np.empty(len(W), dtype=object)
    for i, row in enumerate(W):
        out[i] = sum((v * v for v in row), flint.arb(0)).sqrt()
    return out
