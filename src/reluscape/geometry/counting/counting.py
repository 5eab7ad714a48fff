"""Counting regions without listing them: Cover's number, and deletion and restriction."""

from __future__ import annotations

from math import comb, gcd

import numpy as np

from ...errors import TooLarge
from ...problem.data.position import general_position
from ..arrangement import Arrangement

Rows = tuple[tuple[int, ...], ...]

# up to this many traces are looked at in plain Python, before compiled code is loaded
PLAIN_STEPS = 5_000
# most traces that compiled code looks at, about half a minute
STEPS = 500_000_000
# most traces that integers of any size are looked at, about half a minute
EXACT_STEPS = 2_000_000
INT64 = 2**62
# primes below 2^31
PRIMES = (2147483647, 2147483629, 2147483587)
# the cost of larger arrangements is not even estimated
MOST_ROWS, MOST_RANK, DESCENTS = 2_000, 12, 400
PROBE = 10_000


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
    """Return how the regions of an arrangement will be counted and the number of traces to look at.

    "cover": rank at most 2 or certified general position; "plain" and "compiled": deletion and restriction, the number
    of traces being a bound or, where the bound is too large, an estimate; "infeasible": neither.
    """
    k, r = len(arrangement.normals), arrangement.rank
    if r <= 2 or k <= r:
        return "cover", 1
    steps = sum(comb(k, i) for i in range(2, r))
    if steps <= PLAIN_STEPS:
        return "plain", steps
    countable = steps <= STEPS or (k <= MOST_ROWS and r <= MOST_RANK)
    rows = _int64(arrangement) if countable else None
    if rows is not None:
        from .counting_kernel import WIDE, count_half, likely_cost

        cost = steps if steps <= STEPS else int(min(likely_cost(rows, DESCENTS, 0), float(steps)))
        # the first traces already tell whether int64 has room for the others, nearly always
        if cost <= STEPS and count_half(rows, PROBE)[0] != WIDE:
            return "compiled", cost
        steps = cost
    if _generic_modulo(arrangement) or general_position(arrangement.reduced, r, (), ()):
        return "cover", 1
    return ("plain" if steps <= EXACT_STEPS else "infeasible"), steps


def load_kernels(arrangement: Arrangement) -> None:
    """Load what counting the regions may need, which the first time compiles it."""
    k, r = len(arrangement.normals), arrangement.rank
    if r > 2 and sum(comb(k, i) for i in range(2, r)) > PLAIN_STEPS:
        from . import counting_kernel, position_kernel  # noqa: F401  (they are compiled when they are read)


def count(arrangement: Arrangement) -> int:
    """Return the number of regions of an arrangement, exactly.

    Raises:
        TooLarge: the recursion would look at too many traces; `estimate` holds Cover's bound.
    """
    k, r = len(arrangement.normals), arrangement.rank
    how, steps = plan(arrangement)
    if how == "cover":
        return cover_number(k, r)
    if how == "compiled":
        from .counting_kernel import WIDE, count_half

        half, _ = count_half(_int64(arrangement), max(10 * steps, STEPS))
        if half >= 0:
            return 2 * int(half)
        if half == WIDE:
            if _generic_modulo(arrangement):
                return cover_number(k, r)
            how = "plain" if sum(comb(k, i) for i in range(2, r)) <= EXACT_STEPS else "infeasible"
        else:
            how = "infeasible"
    if how == "infeasible":
        most = cover_number(k, r)
        raise TooLarge(
            f"counting the regions of {k} hyperplanes in rank {r} would look at about {steps:.1e} traces; "
            f"there are at most {most:.4g} regions; ask estimate_regions for an unbiased estimate, or give rows with "
            "fewer digits (exact_decimals) where their integers are too long for compiled code",
            estimate=most,
        )
    return _regions(tuple(tuple(int(v) for v in row) for row in arrangement.balanced), {})


def has_more_regions(arrangement: Arrangement, limit: int) -> bool:
    """Return whether an arrangement has more regions than a limit; the count stops as soon as it has.

    >>> from reluscape import Dataset
    >>> square = Arrangement.of(Dataset([[1, 0], [0, 1]]))
    >>> has_more_regions(square, 3), has_more_regions(square, 4)
    (True, False)
    """
    if cover_number(len(arrangement.normals), int(arrangement.rank)) <= limit:
        return False
    rows = tuple(tuple(int(v) for v in row) for row in arrangement.balanced)
    return _counted(rows, limit) > limit


def count_rows(rows: np.ndarray) -> int:
    """Return the number of regions of pairwise non-parallel integer rows (k, r) of rank r; see `count`."""
    k, r = rows.shape
    if r <= 2 or k <= r:
        return cover_number(k, r)
    if sum(comb(k, i) for i in range(2, r)) <= PLAIN_STEPS:
        return _regions(tuple(tuple(int(v) for v in row) for row in rows), {})
    ones = np.ones(k, dtype=np.int8)
    return count(Arrangement(rows, np.arange(k), ones, r, tuple(range(r)), rows, r, rows))


def _generic_modulo(arrangement: Arrangement) -> bool:
    """Return whether general position is proven modulo a prime; False says nothing where a prime divides a minor."""
    k, r = len(arrangement.normals), arrangement.rank
    if sum(comb(k, i) for i in range(2, r)) > STEPS:
        return False
    from .position_kernel import independent

    rows = np.asarray(arrangement.balanced)
    return any(independent(np.ascontiguousarray(rows % prime, dtype=np.int64), prime) for prime in PRIMES)


def _int64(arrangement: Arrangement) -> np.ndarray | None:
    """Return the balanced normals as int64, or None where they do not fit."""
    rows = arrangement.balanced
    top = max((abs(int(v)) for v in rows.flat), default=0)
    return np.ascontiguousarray(rows, dtype=np.int64) if top < INT64 else None


def _regions(rows: Rows, counts: dict[Rows, int]) -> int:
    """Return the number of regions of pairwise non-parallel hyperplanes: one more hyperplane adds those of its trace.

    Adding row j splits exactly the regions of rows before it that its hyperplane meets, which are the regions of their
    restriction to it. Restrictions that were met before are looked up.
    """
    if not rows:
        return 1
    d = len(rows[0])
    if d == 1:
        return 2
    if d == 2:
        return 2 * len(rows)
    number = counts.get(rows)
    if number is None:
        number = 2
        for j in range(1, len(rows)):
            number += _regions(restrict(rows[:j], rows[j]), counts)
        counts[rows] = number
    return number


def _counted(rows: Rows, limit: int) -> int:
    """Return the number of regions where it is within a limit, else a smaller number beyond the limit."""
    if not rows:
        return 1
    if len(rows[0]) <= 2:
        return 2 if len(rows[0]) == 1 else 2 * len(rows)
    number = 2
    for j in range(len(rows) - 1, 0, -1):  # the large traces first
        number += _counted(restrict(rows[:j], rows[j]), limit - number)
        if number > limit:
            break
    return number


def restrict(rows: Rows, normal: tuple[int, ...]) -> Rows:
    """Return the distinct traces of hyperplanes on another one, in coordinates with one column eliminated."""
    pivot = min((i for i, v in enumerate(normal) if v), key=lambda i: abs(normal[i]))
    lead = normal[pivot]
    traces: dict[tuple[int, ...], None] = {}
    for row in rows:
        factor = row[pivot]
        values = [lead * v - factor * u for i, (v, u) in enumerate(zip(row, normal, strict=True)) if i != pivot]
        traces[primitive(values)] = None
    return tuple(traces)


def primitive(values: list[int]) -> tuple[int, ...]:
    """Return the primitive multiple whose first non-zero entry is positive."""
    divisor = gcd(*values)
    lead = next(v for v in values if v)
    divisor = divisor if lead > 0 else -divisor
    return tuple(v // divisor for v in values)


__all__ = ["count", "cover_number", "has_more_regions", "plan"]
