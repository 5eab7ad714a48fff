"""Counting regions without listing them: Cover's number, and deletion and restriction."""

from __future__ import annotations

from math import comb, gcd

from ..data.position import general_position
from ..errors import TooLarge
from .arrangement import Arrangement

Rows = tuple[tuple[int, ...], ...]

# largest number of flats that the recursion may meet before it gives up
FLAT_BUDGET = 400_000


def cover_number(n: int, r: int) -> int:
    """Return 2 * sum_{k<r} C(n-1, k), the number of regions of n hyperplanes in general position in rank r.

    No arrangement of n hyperplanes in rank r has more. Without hyperplanes there is one region.

    >>> cover_number(3, 2), cover_number(0, 0), cover_number(20, 3)
    (6, 1, 382)
    """
    if n == 0 or r == 0:
        return 1
    return 2 * sum(comb(n - 1, k) for k in range(r))


def plan(arrangement: Arrangement) -> tuple[str, int]:
    """Return how the regions of an arrangement will be counted and the largest number of steps.

    "cover": rank at most 2 or certified general position; "polynomial": deletion and restriction within the budget;
    "infeasible": neither.
    """
    k, r = len(arrangement.normals), arrangement.rank
    if r <= 2 or k <= r:
        return "cover", 1
    steps = sum(comb(k, i) for i in range(1, r - 1))
    if steps <= FLAT_BUDGET:
        return "polynomial", steps
    if general_position(arrangement.reduced, r, (), ()):
        return "cover", 1
    return "infeasible", steps


def count(arrangement: Arrangement) -> int:
    """Return the number of regions of an arrangement, exactly.

    Raises:
        TooLarge: the recursion would meet too many flats; `estimate` holds Cover's bound.
    """
    k, r = len(arrangement.normals), arrangement.rank
    how, steps = plan(arrangement)
    if how == "cover":
        return cover_number(k, r)
    if how == "infeasible":
        bound = cover_number(k, r)
        raise TooLarge(
            f"counting the regions of {k} hyperplanes in rank {r} would look at about {steps:.1e} flats; "
            f"there are at most {bound:.4g} regions; ask estimate_regions for an unbiased estimate",
            estimate=bound,
        )
    return _regions(tuple(tuple(int(v) for v in row) for row in arrangement.reduced))


def _regions(rows: Rows) -> int:
    """Return the number of regions of pairwise non-parallel hyperplanes: one more hyperplane adds those of its trace.

    Adding row j splits exactly the regions of rows before it that its hyperplane meets, which are the regions of their
    restriction to it.
    """
    if not rows:
        return 1
    d = len(rows[0])
    if d == 1:
        return 2
    if d == 2:
        return 2 * len(rows)
    total = 2
    for j in range(1, len(rows)):
        total += _regions(restrict(rows[:j], rows[j]))
    return total


def restrict(rows: Rows, normal: tuple[int, ...]) -> Rows:
    """Return the distinct traces of hyperplanes on another one, in coordinates with one column eliminated."""
    pivot = min((i for i, v in enumerate(normal) if v), key=lambda i: abs(normal[i]))
    lead = normal[pivot]
    found: dict[tuple[int, ...], None] = {}
    for row in rows:
        factor = row[pivot]
        values = [lead * v - factor * u for i, (v, u) in enumerate(zip(row, normal, strict=True)) if i != pivot]
        found[primitive(values)] = None
    return tuple(found)


def primitive(values: list[int]) -> tuple[int, ...]:
    """Return the primitive multiple whose first non-zero entry is positive."""
    divisor = gcd(*values)
    lead = next(v for v in values if v)
    divisor = divisor if lead > 0 else -divisor
    return tuple(v // divisor for v in values)


__all__ = ["count", "cover_number", "plan"]
