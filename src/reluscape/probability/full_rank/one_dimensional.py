"""The exact share of regions with a full-rank Jacobian for one-dimensional data with bias."""

from __future__ import annotations

from fractions import Fraction

from ...bounds.arguments import whole
from ...bounds.karhadkar.line import share_of_full_rank

__all__ = ["full_rank_fraction_1d"]


def full_rank_fraction_1d(n: int, width: int) -> Fraction:
    """Return the exact share of the (2n)^width regions with a full-rank Jacobian: n distinct points, with bias.

    The share is sum_j c_j (j / 2n)^width with integers c_j that do not depend on the points.

    Args:
        n: number of distinct points on the line.
        width: number of units.

    Raises:
        InputError: n or the width is negative or no whole number.

    Source: the truth beside Karhadkar and Montufar's Theorem 7. A set of step patterns has full rank exactly if
    every run of points between neighbouring cuts has at most two points, and either the constants are available
    (a unit active on all points, or one cut used from both sides) or at least two runs of one point lie between
    borders that face differently (the left end counts as a cut whose unit is active before it, the right end as one
    whose unit is active after it).

    Example:
        >>> full_rank_fraction_1d(3, 2), full_rank_fraction_1d(10, 8)
        (Fraction(7, 18), Fraction(4071627, 20000000))
    """
    return share_of_full_rank(whole("n", n, 0), whole("the width", width, 0))
