"""Karhadkar and Montufar's sufficient widths: Theorems 2, 7, 8, 9, 10, 12 and Proposition 11."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, comb, prod
from typing import Any

import flint

from ...errors import InputError
from ...numbers.estimates import Probability
from ...numbers.exact import fmpq, to_fraction
from ..arguments import require, tolerated_share, which_form, whole
from ..decided import at_most, ceiling, least, least_trials, log_of
from .line import least_width
from .regions import karhadkar_corollary_5

__all__ = [
    "karhadkar_proposition_11",
    "karhadkar_theorem_2",
    "karhadkar_theorem_2_fraction",
    "karhadkar_theorem_2_necessary",
    "karhadkar_theorem_7",
    "karhadkar_theorem_8",
    "karhadkar_theorem_9",
    "karhadkar_theorem_10",
    "karhadkar_theorem_12",
]


def karhadkar_theorem_2(n: int, d: int, eps: Any, form: str | None = None, constant: float | None = None) -> int:
    """Return a width from which on all but an eps share of ALL 2^(n m) patterns has a full-rank Jacobian.

    The n samples fall into r = min(n, d) balanced blocks; generic data have full rank if every block of activation
    columns is independent, and a random 0/1 matrix is independent if it is so modulo 2.

    Args:
        n: samples, generic.
        d: dimension of their span, the column of ones counted.
        eps: tolerated share, 0 < eps < 1.
        form: "corrected" (default): ceil(ceil(n/r) + log2(r/eps)); "sharp": the least m with
            prod_blocks prod_(i<s) (1 - 2^(i-m)) >= 1 - eps; "printed": max(n/d, constant * log(n/(eps d))).
        constant: the hidden constant of the printed statement; print names none.

    Source: Karhadkar and Montufar, Theorem 2. As printed it is false for d >= n and any constant: the share of full
    rank is then (1 - 2^-m)^n. Most of the patterns counted belong to empty regions.

    Example:
        >>> karhadkar_theorem_2(100, 10, 0.05), karhadkar_theorem_2(100, 10, 0.05, form="sharp")
        (18, 18)
    """
    n, d, share = whole("n", n), whole("d", d), tolerated_share(eps)
    variant = which_form(form, "corrected")
    if variant == "printed":
        if constant is None:
            raise InputError("the printed statement hides a constant in Omega(...); give constant=...")
        return max(1, -(-n // d), ceiling(lambda: fmpq(constant) * log_of(Fraction(n) / (share * d))))
    r = min(n, d)
    if variant == "corrected":
        return _ceil_log2(Fraction(r) / share, -(-n // r))
    sizes = ((n // r, r - n % r), (n // r + 1, n % r))

    def enough(m: int) -> bool:
        return at_most(
            lambda: -_independent_blocks(sizes, m), share - 1, lambda: -karhadkar_theorem_2_fraction(n, d, m)
        )

    return least(enough, -(-n // r))


def karhadkar_theorem_2_fraction(n: int, d: int, width: int) -> Fraction:
    """Return a proven lower bound on the share of all patterns with full rank, for n generic samples in d dimensions.

    prod over r = min(n, d) balanced blocks of size s of prod_(i<s) (1 - 2^(i-m)); exact where d >= n.

    Example:
        >>> karhadkar_theorem_2_fraction(2, 2, 3)
        Fraction(49, 64)
    """
    n, d, width = whole("n", n), whole("d", d), whole("width", width, 0)
    r = min(n, d)
    blocks = [n // r + (k < n % r) for k in range(r)]
    return prod((_independent_columns(s, width) for s in blocks), start=Fraction(1))


def karhadkar_theorem_2_necessary(n: int, eps: Any) -> int:
    """Return the least width below which more than an eps share of all patterns is deficient, whatever the data.

    A sample on which no unit is active lowers the rank, so that the share of full rank is at most (1 - 2^-m)^n.

    Example:
        >>> karhadkar_theorem_2_necessary(100, 0.05)
        11
    """
    n, share = whole("n", n), tolerated_share(eps)
    return karhadkar_corollary_5(n, share)


def karhadkar_theorem_7(n: int, eps: Any, form: str | None = None) -> int:
    """Return a width from which on all but an eps share of the (2n)^m regions on a line has full rank.

    Args:
        n: distinct points on a line, with bias; all output weights non-zero.
        eps: tolerated share, 0 < eps < 1.
        form: "printed" (default, true): ceil(2 n ln(n/eps)); "sharp": the exact least width.

    Source: Karhadkar and Montufar, Theorem 7 (that v has no zero is assumed silently).

    Example:
        >>> karhadkar_theorem_7(10, 0.05), karhadkar_theorem_7(10, 0.05, form="sharp")
        (106, 23)
    """
    n, share = whole("n", n), tolerated_share(eps)
    if which_form(form, "printed", ("printed", "sharp")) == "printed":
        return max(1, ceiling(lambda: 2 * n * log_of(n / share)))
    return least_width(n, 1 - share)


def karhadkar_theorem_8(n: int, eps: Any, form: str | None = None) -> int:
    """Return a number of units PER SIGN of v from which on all but an eps share of regions holds zero-loss points.

    Args:
        n: distinct points on a line, with bias; any targets.
        eps: tolerated share, 0 < eps < 1.
        form: "printed" (default, true): ceil(2 n ln(2n/eps)); "sharp": the exact count of the event in the proof,
            that n given step patterns out of 2n all occur in both sign classes.

    Source: Karhadkar and Montufar, Theorem 8. The set of zero-loss points in a region is a relatively open convex
    piece of an affine space of codimension n, not a whole affine set.

    Example:
        >>> karhadkar_theorem_8(10, 0.05), karhadkar_theorem_8(10, 0.05, form="sharp")
        (120, 117)
    """
    n, share = whole("n", n), tolerated_share(eps)
    width = max(1, ceiling(lambda: 2 * n * log_of(2 * n / share)))
    if which_form(form, "printed", ("printed", "sharp")) == "printed":
        return width

    def collected(m: int) -> bool:
        words = sum((-1) ** i * comb(n, i) * (2 * n - i) ** m for i in range(n + 1))
        return Fraction(words, (2 * n) ** m) ** 2 >= 1 - share

    return least(collected, n)


def karhadkar_theorem_9(n: int, eps: Any, form: str | None = None) -> int:
    """Return a width from which on all but an eps share of the OPEN regions on a line has only global local minima.

    Here W lies in an open region and v is any vector, zeros included; the width is Theorem 7's.

    Args:
        n: distinct points on a line, with bias.
        eps: tolerated share, 0 < eps < 1.
        form: "printed" (default, true for open regions) or "sharp" (exact least width for full rank).

    Source: Karhadkar and Montufar, Theorem 9. It is introduced as covering boundaries between regions; for closed
    regions it is false (W = 0, v = (1, ..., 1), negative targets).

    Example:
        >>> karhadkar_theorem_9(10, 0.05)
        106
    """
    return karhadkar_theorem_7(n, eps, form)


def karhadkar_theorem_10(n: int, eps: Any, form: str | None = None, constant: float | None = None) -> int:
    """Return a width of the LAST hidden layer from which on all but an eps share of deep patterns has full rank.

    If the last hidden pattern matrix has rank n then so has the Jacobian, for every W of the region; the share of
    0/1 matrices of full column rank is at least prod_(i<n) (1 - 2^(i-m)) >= 1 - 2^(n-m).

    Args:
        n: distinct samples.
        eps: tolerated share, 0 < eps < 1.
        form: "corrected" (default): ceil(n + log2(1/eps)) and no condition on the other layers; "sharp": the least m
            for the product above; "printed": n + constant * log(1/eps), to be read with print's condition on the
            other layers.
        constant: the hidden constant of the printed statement.

    Source: Karhadkar and Montufar, Theorem 10; its condition on the earlier layers is superfluous, and as a union
    bound it would have the number of layers on the wrong side. Nearly all deep patterns are empty.

    Example:
        >>> karhadkar_theorem_10(10, 0.05)
        15
    """
    n, share = whole("n", n), tolerated_share(eps)
    variant = which_form(form, "corrected")
    if variant == "printed":
        if constant is None:
            raise InputError("the printed statement hides a constant in Omega(...); give constant=...")
        return n + ceiling(lambda: fmpq(constant) * log_of(1 / share))
    if variant == "corrected":
        return _ceil_log2(1 / share, n)
    return least(lambda m: _independent_columns(n, m) >= 1 - share, n)


def karhadkar_proposition_11(x: Sequence[Any], eps: Any, form: str | None = None) -> int:
    """Return a width from which on all but an eps share of the box [-1, 1]^(2m) of (w, b) has full rank.

    Args:
        x: at least two distinct points in [-1, 1].
        eps: tolerated share, 0 < eps < 1.
        form: "printed" (default, true): ceil((4/phi) ln(n/eps)) with phi the least gap; "sharp": the least m with
            sum_gaps (1 - gap/4)^m + (1 - a)^m <= eps, where a unit has its kink in a gap with probability gap/4
            exactly and is active on all points with probability a = (1 - (max - min)/4) / 2.

    Raises:
        AssumptionError: fewer than two points, a repeated point, or a point outside [-1, 1].

    Source: Karhadkar and Montufar, Proposition 11 (a bracket is missing around the box; v has no zero).

    Example:
        >>> karhadkar_proposition_11([-1, 0, 1], 0.05), karhadkar_proposition_11([-1, 0, 1], 0.05, form="sharp")
        (17, 15)
    """
    points = sorted(to_fraction(value) for value in x)
    share = tolerated_share(eps)
    require(len(points) >= 2, "n >= 2")
    require(all(abs(p) <= 1 for p in points), "|x| <= 1 for every point (rescale the inputs)")
    gaps = [b - a for a, b in pairwise(points)]
    require(min(gaps) > 0, "the points are distinct")
    if which_form(form, "printed", ("printed", "sharp")) == "printed":
        return max(1, ceiling(lambda: log_of(len(points) / share) * fmpq(4 / min(gaps))))
    active = (1 - (points[-1] - points[0]) / 4) / 2
    missing = [1 - active, *(1 - gap / 4 for gap in gaps)]

    def missed(m: int) -> bool:
        return at_most(
            lambda: sum((flint.arb(fmpq(q)) ** m for q in missing), flint.arb(0)),
            share,
            lambda: sum((q**m for q in missing), Fraction(0)),
        )

    return least(missed, 1)


def karhadkar_theorem_12(n: int, d: int, gamma: Any, eps: Any, form: str | None = None) -> int:
    """Return a width from which on the Jacobian has rank n with probability at least 1 - eps at initialisation.

    Args:
        n: samples, generic and gamma-anticoncentrated.
        d: dimension of their span, the column of ones counted.
        gamma: anticoncentration constant, 0 < gamma <= 1/2 (in print up to 1, but no data have more than 1/2), as a
            number or as `reluscape.anticoncentration` returns it, whose lower end counts.
        eps: tolerated probability, 0 < eps < 1.
        form: with s = ceil(n/d), "printed" (default, true): ceil((8/gamma^2) ln(d/eps) + (2/gamma)(n/d + 1));
            "corrected": ceil(max(2 s/gamma, (2/gamma^2) ln(d/eps))), the same proof with its best constants;
            "sharp": the least m with d P(Bin(m, gamma) <= s - 1) <= eps.

    Source: Karhadkar and Montufar, Theorem 12 (the law of the patterns, never defined there, is that of
    1[X w > 0] for an initial weight w).

    Example:
        >>> [karhadkar_theorem_12(100, 10, 0.5, 0.05, form=f) for f in ("printed", "corrected", "sharp")]
        [214, 43, 34]
    """
    n, d, share = whole("n", n), whole("d", d), tolerated_share(eps)
    g = to_fraction(gamma.low if isinstance(gamma, Probability) else gamma)
    require(g > 0, f"gamma > 0 (gamma is {float(g):g}: the data are not anticoncentrated)")
    require(
        g <= Fraction(1, 2),
        f"gamma <= 1/2 (gamma is {float(g):g}: each sample is active half of the time, so that no data have more; the "
        "promise would be vacuous)",
    )
    variant = which_form(form, "printed")
    if variant == "printed":
        return ceiling(lambda: log_of(d / share) * fmpq(8 / g**2) + fmpq(2 / g * (Fraction(n, d) + 1)))
    s = -(-n // d)
    if variant == "corrected":
        return max(ceil(2 * s / g), ceiling(lambda: log_of(d / share) * fmpq(2 / g**2)))
    return least_trials(s, g, share, times=d)


def _independent_columns(columns: int, rows: int) -> Fraction:
    """Return the share of 0/1 matrices (rows, columns) whose columns are independent modulo 2."""
    if columns > rows:
        return Fraction(0)
    return prod((1 - Fraction(2**i, 2**rows) for i in range(columns)), start=Fraction(1))


def _independent_blocks(sizes: Sequence[tuple[int, int]], rows: int) -> flint.arb:
    """Return the share of 0/1 matrices whose blocks of columns, k of each size s, are each independent modulo 2."""
    share = flint.arb(1)
    for columns, count in sizes:
        if count and columns > rows:
            return flint.arb(0)
        block = flint.arb(1)
        for i in range(columns if count else 0):
            block *= 1 - flint.arb(2) ** (i - rows)
        share *= block**count
    return share


def _ceil_log2(value: Fraction, offset: int) -> int:
    """Return ceil(offset + log2(value)), exactly."""
    return offset + (ceil(value) - 1).bit_length()
