"""Karhadkar and Montufar's counts and pointwise statements: Lemma 1, Proposition 3, Corollary 5, Lemma 6."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, comb, log
from typing import Any

import flint

from ...errors import InputError
from ...numbers.checks import real_number
from ...numbers.exact import fmpq
from ...numbers.intervals import precise_intervals
from ..arguments import require, tolerated_share, which_form, whole

__all__ = [
    "karhadkar_corollary_5",
    "karhadkar_corollary_5_fraction",
    "karhadkar_lemma_1",
    "karhadkar_lemma_6",
    "karhadkar_proposition_3",
]


def karhadkar_lemma_1(gradient_norm: float, sigma_min: float, n: int, form: str | None = None) -> float:
    """Return a bound on the mean squared loss at a differentiable point whose Jacobian has full rank n.

    The gradient of L = (1/n) sum (f - y)^2 is (2/n) J^T (f - y), so that L <= n |grad L|^2 / (4 sigma_min(J)^2).
    The printed statement is the case of a critical point: loss 0.

    Args:
        gradient_norm: |grad L|, of the mean loss.
        sigma_min: least singular value of J^T, the n-th; positive.
        n: number of samples.
        form: "printed" (needs a zero gradient) or "sharp" (default: the bound at any point).

    Source: Karhadkar and Montufar, Lemma 1; the slide's product misses a transpose.

    Example:
        >>> karhadkar_lemma_1(0.1, 0.5, 4)
        0.04...
    """
    n = whole("n", n, 0)
    gradient_norm, sigma_min = real_number("gradient_norm", gradient_norm), real_number("sigma_min", sigma_min)
    if not gradient_norm >= 0:
        raise InputError(f"gradient_norm is {gradient_norm!r}; a length is 0 or more")
    require(sigma_min > 0, "the Jacobian has rank n (sigma_min > 0)")
    if which_form(form, "sharp", ("printed", "sharp")) == "printed":
        require(gradient_norm == 0, "the point is critical (gradient 0)")
        return 0.0
    return n * gradient_norm**2 / (4 * sigma_min**2)


def karhadkar_proposition_3(n: int, d: int, width: int = 1, form: str | None = None) -> int:
    """Return the number of non-empty activation regions of n points in general position in d dimensions.

    (2 sum_(k<d) C(n-1, k))^width; general position of the (augmented) points as vectors, not affinely.

    Args:
        n: number of samples.
        d: dimension of their span (the column of ones counts).
        width: number of units.
        form: "printed" gives 2^width for n = 0 and d >= 1, where "corrected" (default) gives the one region.

    Source: Karhadkar and Montufar, Proposition 3 (its d is d_0 elsewhere).

    Example:
        >>> karhadkar_proposition_3(4, 2), karhadkar_proposition_3(3, 2, width=2)
        (8, 36)
    """
    n, d, width = whole("n", n, 0), whole("d", d, 0), whole("width", width, 0)
    if which_form(form, "corrected", ("printed", "corrected")) == "corrected" and n == 0:
        return 1
    return int((2 * sum(comb(n - 1, k) if n else int(k == 0) for k in range(d))) ** width)


def karhadkar_lemma_6(n: int, width: int = 1, form: str | None = None) -> int:
    """Return the number of non-empty activation regions of n distinct points on a line, with bias: (2n)^width.

    The patterns of one unit are the step vectors 1..10..0 and 0..01..1, both constant ones included.

    Args:
        n: number of distinct points.
        width: number of units.
        form: "printed" or "corrected" (default); they differ for n = 0 only.

    Source: Karhadkar and Montufar, Lemma 6 (the bias is assumed silently).

    Example:
        >>> karhadkar_lemma_6(3, 2)
        36
    """
    n, width = whole("n", n, 0), whole("width", width, 0)
    if which_form(form, "corrected", ("printed", "corrected")) == "corrected" and n == 0:
        return 1
    return int((2 * n) ** width)


def karhadkar_corollary_5_fraction(n: int, width: int) -> Fraction:
    """Return the exact share of regions with a full-rank Jacobian where the data have rank n: (1 - 2^-m)^n.

    All 2^(n m) regions are non-empty then, and the rank is full exactly if no sample is dead.

    Source: the truth beside Karhadkar and Montufar's Corollary 5.

    Example:
        >>> karhadkar_corollary_5_fraction(2, 3)
        Fraction(49, 64)
    """
    n, width = whole("n", n, 0), whole("width", width, 0)
    return (1 - Fraction(1, 2**width)) ** n


def karhadkar_corollary_5(n: int, eps: Any, form: str | None = None, constant: float | None = None) -> int:
    """Return the least width from which on all but an eps share of the regions has full rank, for data of rank n.

    Args:
        n: number of samples, linearly independent.
        eps: tolerated share, 0 < eps < 1.
        form: "corrected" (default) and "sharp" both solve (1 - 2^-m)^n >= 1 - eps exactly; "printed" is Theorem 2's
            condition with d = n, constant * log(1/eps), false for every constant.
        constant: the hidden constant of the printed statement; print names none.

    Source: Karhadkar and Montufar, Corollary 5 (corrected: the width must grow like log2(n/eps)).

    Example:
        >>> karhadkar_corollary_5(1000, "0.05"), karhadkar_corollary_5(10**6, "0.05")
        (15, 25)
    """
    n, share = whole("n", n), tolerated_share(eps)
    if which_form(form, "corrected") == "printed":
        if constant is None:
            raise InputError("the printed statement hides a constant in Omega(...); give constant=...")
        return max(1, ceil(constant * log(1 / float(share))))
    width = 1
    while not _all_alive(n, width, 1 - share):
        width += 1
    return width


def _all_alive(n: int, width: int, share: Fraction) -> bool:
    """Whether (1 - 2^-m)^n >= share: by intervals, and over the fractions where these cannot tell."""
    with precise_intervals():
        gap = n * (1 - flint.arb(2) ** -width).log() - flint.arb(fmpq(share)).log()
        if gap > 0 or gap < 0:
            return bool(gap > 0)
    return karhadkar_corollary_5_fraction(n, width) >= share
