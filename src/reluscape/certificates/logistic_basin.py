"""Checking an interval that holds the infimum of a basin with the logistic loss, attained or not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np

from ..errors import CertificateError
from .decayed_face import ball
from .effort import Effort
from .numerals import told
from .schema import Part

BITS = 256


def check_infimum(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check both ends of the interval of a basin's lowest mean logistic loss, in fractions but for the logarithms.

    Upper end: far along a direction of the closed basin no loss rises, those of the samples that move tend to 0, and
    the others are those of a point; a side of the basin that the direction leaves for good may be missed by the point.
    Lower end: slopes nu = -t alpha, 0 <= alpha <= 1, whose sum over a unit's samples is a combination of its sides with
    multipliers of at least 0: then <nu, f> >= 0 in the whole basin, and each loss is at least nu f plus the entropy
    -alpha log alpha - (1 - alpha) log(1 - alpha).
    """
    assert y is not None
    n, d = X.shape
    claim, witness = part.claim, part.witness
    patterns, signs = np.array(claim["patterns"], dtype=bool).reshape(-1, n), claim["signs"]
    m, bias, labels = len(patterns), claim["output_bias"], _labels(part.loss, y)
    c, dc, nu = witness["c"], witness["direction_c"], witness["slopes"]
    if not bias and (c != 0 or dc != 0):
        raise CertificateError("the witness has an output bias, the claim has none")
    effort.spend(m * n * (3 * d + 3) + sum(map(len, witness["multipliers"])) * d, "the basin")
    f, move = [c] * n, [dc] * n
    for j in range(m):
        for i in range(n):
            height = _product(X[i], witness["Z"][j])
            far = _product(X[i], witness["direction"][j])
            side = signs[j] * (1 if patterns[j, i] else -1)
            if side * far < 0 or (far == 0 and side * height < 0):
                raise CertificateError(f"unit {j} lies outside the basin at sample {i}, also far along the direction")
            if patterns[j, i]:
                f[i] += height
                move[i] += far
    if any(t * v < 0 for t, v in zip(labels, move, strict=True)):
        raise CertificateError("a loss rises along the direction")
    alpha = [-t * v for t, v in zip(labels, nu, strict=True)]
    if any(a < 0 or a > 1 for a in alpha):
        raise CertificateError("a slope is none that the logistic loss has")
    if bias and sum(nu, Fraction(0)) != 0:
        raise CertificateError("the slopes do not sum to zero, with an output bias")
    for j in range(m):
        rest = [Fraction(0)] * d
        for i in range(n):
            if patterns[j, i] and nu[i] != 0:
                rest = [a + nu[i] * b for a, b in zip(rest, X[i], strict=True)]
        for i, number in witness["multipliers"][j]:
            if number < 0:
                raise CertificateError(f"the multiplier of unit {j} and sample {i} is negative")
            weight = number * signs[j] * (1 if patterns[j, i] else -1)
            rest = [a - weight * b for a, b in zip(rest, X[i], strict=True)]
        if any(rest):
            raise CertificateError(f"the slopes of unit {j} are no combination of the sides of its cell")
    left = [t * v for t, v, shift in zip(labels, f, move, strict=True) if shift == 0]
    with flint.ctx.workprec(BITS):
        if not losses(left) <= ball(claim["upper"] * max(n, 1)):
            raise CertificateError("the point has a larger loss than the upper end")
        if not entropies(alpha) >= ball(claim["lower"] * max(n, 1)):
            raise CertificateError("the slopes prove less than the lower end")
    limit = "" if len(left) == n else f"; {n - len(left)} losses tend to 0 along a direction, so that none attains it"
    return (
        f"in the closed basin of {m} unit{'' if m == 1 else 's'} with the claimed patterns and output signs and "
        f"{'an' if bias else 'no'} output bias on {n} samples the infimum of the mean logistic loss lies between "
        f"{told(claim['lower'])} and {told(claim['upper'])}{limit}"
    )


def losses(products: list[Fraction]) -> Any:
    """Return the sum of log(1 + exp(-q)) as an interval."""
    total = flint.arb(0)
    for q in products:
        p = ball(q)
        total += (1 + (-p).exp()).log() if q >= 0 else -p + (1 + p.exp()).log()
    return total


def entropies(shares: list[Fraction]) -> Any:
    """Return the sum of -a log a - (1 - a) log(1 - a) over shares between 0 and 1 as an interval."""
    total = flint.arb(0)
    for share in shares:
        for p in (share, 1 - share):
            if p > 0:
                total -= ball(p) * ball(p).log()
    return total


def _labels(loss: str, y: np.ndarray) -> list[int]:
    """Return the labels as -1 and 1."""
    low = -1 if loss == "logistic" else 0
    if any(t not in (low, 1) for t in y):
        raise CertificateError(f"the targets are not {low} and 1, as the {loss} loss needs")
    return [1 if t == 1 else -1 for t in y]


def _product(x: Any, z: Any) -> Fraction:
    """Return <x, z>."""
    return sum((a * b for a, b in zip(x, z, strict=True) if a and b), Fraction(0))
