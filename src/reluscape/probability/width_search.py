"""The width from which a random start is good often enough: doubled until it is, then bisected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..numbers.estimates import Probability


@dataclass(frozen=True)
class WidthSearch:
    """What the search found.

    Attributes:
        width: least width tried whose interval lies above the wanted probability and all wider tried ones' too.
        more_than: widest width that was tried and clearly not enough (the whole interval lies below), 0 for none.
        stopped_by: "reached", "max-width" or "time"; time also where it was too short for intervals that decide.
    """

    width: int | None
    more_than: int | None
    stopped_by: str


def search_width(
    by_width: dict[int, Probability],
    measure: Callable[[int], Probability | None],
    probability: float,
    max_width: int,
    good_enough: Callable[[int], bool] | None = None,
) -> WidthSearch:
    """Extend `by_width` until the lower end of a width's interval reaches the wanted probability.

    Args:
        by_width: probabilities by width, extended in place.
        measure: returns the probability of a width, or None where the time is over.
        probability: probability to reach.
        max_width: widest layer to try.
        good_enough: tells of a width that was tried whether it is enough; left out, the lower end of its interval does.
    """

    def enough(width: int) -> bool:
        return float(by_width[width].low) >= probability if good_enough is None else good_enough(width)

    def failed_below(width: int) -> int:
        return max((w for w in by_width if w < width and not enough(w)), default=0)

    def clearly_few() -> int:
        return max((w for w in by_width if float(by_width[w].high) < probability), default=0)

    while not any(enough(w) for w in by_width):
        widest = max(by_width, default=0)
        if widest >= max_width:
            return WidthSearch(None, clearly_few(), "time" if clearly_few() < widest else "max-width")
        width = min(max(2 * widest, 1), max_width)
        share = measure(width)
        if share is None:
            return WidthSearch(None, clearly_few(), "time")
        by_width[width] = share
    high = min(w for w in by_width if enough(w))
    low = failed_below(high)
    while high - low > 1:
        middle = (low + high) // 2
        share = measure(middle)
        if share is None:
            return WidthSearch(high, low, "time")
        by_width[middle] = share
        if enough(middle):
            high = middle
        else:
            low = middle
    return WidthSearch(high, low, "reached")
