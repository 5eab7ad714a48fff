"""Safran and Shamir's statements about widths, evaluated on a data set with their hypotheses checked."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ...errors import AssumptionError
from ...problem.data import Dataset
from ..promise import Promise
from .checks import clusters_condition
from .clusters import safran_theorem_5_value
from .data import safran_theorem_2_slots
from .statements import safran_theorem_2, safran_theorem_4, safran_theorem_5

__all__ = ["promises"]

SOURCE = "Safran and Shamir"
ASSUMPTION_1 = "rows of W spherical, signs of v fair and independent (Assumption 1)"
MOST_SAMPLES = 500
GOOD = "the first basin holds a point as good as any network of this width"


def promises(data: Dataset, eps: Fraction) -> list[Promise]:
    """Return one row per statement; `eps` is the tolerated probability."""
    return [_theorem_2(data, eps), _theorem_3(data), _theorem_4(data, eps), _theorem_5(data, eps), _theorem_6()]


def _theorem_2(data: Dataset, eps: Fraction) -> Promise:
    try:
        _singletons(data)
    except AssumptionError as problem:
        return Promise("Theorem 2", SOURCE, ASSUMPTION_1, False, str(problem))
    count = 2 * data.d
    width = safran_theorem_2(data.d, eps)
    return _promised("Theorem 2", "singleton data", width, count, Fraction(3, 4), GOOD)


def _singletons(data: Dataset) -> None:
    """Raise where a sample is no singleton."""
    if data.y is not None:
        safran_theorem_2_slots(data)
        return
    safran_theorem_2_slots(data.fractions, [0] * data.n)


def _theorem_3(data: Dataset) -> Promise:
    reason = (
        f"needs a teacher: a network of k units with |v_j| |w_j| <= B that fits the data exactly, and a value above 0; "
        f"rank {data.rank}; ask safran_theorem_3(k, rank, B, value, eps)"
    )
    return Promise("Theorem 3 (corrected)", SOURCE, ASSUMPTION_1, False, reason)


def _theorem_4(data: Dataset, eps: Fraction) -> Promise:
    if data.rank < data.n or data.n == 0:
        reason = f"hypothesis violated: rank X = n (rank {data.rank}, {data.n} samples)"
        return Promise("Theorem 4", SOURCE, ASSUMPTION_1, False, reason)
    return _promised("Theorem 4", "rank X = n", safran_theorem_4(data.n, eps), data.n, Fraction(3, 4), GOOD)


def _theorem_5(data: Dataset, eps: Fraction) -> Promise:
    width = safran_theorem_5(max(data.d, 1), eps)
    if data.y is None or data.n > MOST_SAMPLES:
        reason = (
            f"needs at most {data.d} tight clusters around independent centres and targets; give them to "
            f"safran_theorem_5_conditions; it would then ask for {width} units"
        )
        return Promise("Theorem 5", SOURCE, ASSUMPTION_1, False, reason)
    condition = clusters_condition(data)
    if not condition.holds:
        return Promise("Theorem 5", SOURCE, ASSUMPTION_1, False, condition.reason)
    try:
        value = safran_theorem_5_value(data, None, condition.constants["centers"], width)
    except AssumptionError as problem:
        return Promise("Theorem 5", SOURCE, ASSUMPTION_1, False, str(problem))
    event = f"the first basin's value at that width is at most {value:.4g}"
    return _promised("Theorem 5", condition.reason, width, data.d, Fraction(7, 8), event)


def _theorem_6() -> Promise:
    reason = "about data built for one unit: constructions.poor_basins; exact law in safran_theorem_6_exact"
    return Promise("Theorem 6", SOURCE, ASSUMPTION_1, False, reason)


def _promised(statement: str, why: str, width: int, count: int, base: Fraction, event: str) -> Promise:
    """Return the row of a promise 1 - count * base^m."""

    def at_width(m: int) -> float:
        return max(0.0, float(1 - count * base**m))

    promise: Callable[[int], float] = at_width
    return Promise(statement, SOURCE, ASSUMPTION_1, True, why, width, promise(width), event, promise)
