"""Safran and Shamir's Claims 2 and 3: the angle under which a cluster is seen, and caps of the sphere."""

from __future__ import annotations

from math import asin, exp, lgamma, pi, sin, sqrt
from typing import Any

from ...numbers.checks import real_number
from ..arguments import require, which_form, whole

__all__ = ["safran_claim_2", "safran_claim_3"]


def safran_claim_2(ratio: Any, form: str | None = None) -> float:
    """Return the angle under which a ball of radius ratio |c| around c is seen from the origin, in radians.

    2 asin(ratio / 2) ("printed"), asin(ratio) ("corrected", the default). Directions within pi/2 less this angle of c
    or -c have no orthogonal point in the ball.

    Args:
        ratio: delta / |c|, between 0 and 1.
        form: "printed" or "corrected".

    Source: Safran and Shamir, Claim 2. The printed angle belongs to a chord and is too small, so that its caps meet the
    noisy set: at ratio 1/2 it is 0.5054 instead of 0.5236.

    Example:
        >>> round(safran_claim_2(0.5), 4), round(safran_claim_2(0.5, form="printed"), 4)
        (0.5236, 0.5054)
    """
    x = real_number("ratio", ratio)
    require(0 <= x <= 1, f"0 <= ratio <= 1, got {x:g}")
    return asin(x) if which_form(form, "corrected", ("printed", "corrected")) == "corrected" else 2 * asin(x / 2)


def safran_claim_3(d: int, theta: Any, form: str | None = None) -> float:
    """Return omega_(d-1) / (2 omega_(d-2)) - theta, which bounds the integral of sin^(d-2) over [0, pi/2 - theta].

    omega_(d-1) is the area of the unit sphere in R^d.

    Args:
        d: number of inputs, 2 or more.
        theta: angle, 0 or more.
        form: "printed" (default), or "sharp" for the integral itself (theta at most pi/2).

    Source: Safran and Shamir, Claim 3.

    Example:
        >>> safran_claim_3(3, 0.5) <= safran_claim_3(3, 0.5, form="sharp")
        True
    """
    d, angle = whole("d", d, 2), real_number("theta", theta)
    require(angle >= 0, f"theta >= 0, got {angle:g}")
    half = sqrt(pi) / 2 * exp(lgamma((d - 1) / 2) - lgamma(d / 2))
    if which_form(form, "printed", ("printed", "sharp")) == "printed":
        return half - angle
    require(angle <= pi / 2, f"theta <= pi/2, got {angle:g}")
    from scipy.special import betainc

    # over [pi/2 - theta, pi/2] the integral is half a band of half-width sin(theta)
    return half * (1.0 - float(betainc(0.5, (d - 1) / 2, min(1.0, sin(angle) ** 2))))
