"""Numbers of activation regions of a layer, and of basins."""

from __future__ import annotations

import warnings
from math import comb
from typing import Any

from ...errors import DataWarning, InputError, TooLarge
from ...numbers.checks import whole_number
from ...numbers.exact import exact_decimals
from ...problem.data import Dataset, as_dataset
from ..arrangement import Arrangement
from ..counting.counting import count, cover_number

# a float array is counted a second time, as decimals, only where that is cheap and they are what a person types
SECOND_LOOK, TYPED_DIGITS = 100_000, 15


def count_regions(X: Any, width: int = 1, zero_rows: str = "strict") -> int:
    """Return the number of non-empty open activation regions of a layer: R(X)^m.

    One unit's regions are those of the central arrangement of the samples' hyperplanes; in general position
    R = 2 sum_{k<r} C(n-1, k), r = rank X.

    Args:
        X: (n, d) samples or a Dataset.
        width: number of units m.
        zero_rows: "strict" follows the definition, by which a zero row leaves no region at all (0); "drop" leaves such
            rows out, as `enumerate_regions` does.

    Returns:
        An exact integer.

    Raises:
        TooLarge: the count is out of reach; `.estimate` holds Cover's bound for one unit.
        InputError: a negative width or an unknown rule for zero rows.

    Warns:
        DataWarning: a float array whose decimals, as printed, have another count than its doubles.

    Source: Karhadkar and Montufar, Proposition 3 (which needs linear general position of the samples, the column of
    ones included; here any data).

    Example:
        >>> count_regions([[1, 0], [0, 1], [1, 1]]), count_regions([[1, 0], [2, 0]], width=2)
        (6, 4)
    """
    if zero_rows not in ("strict", "drop"):
        raise InputError(f"zero_rows is {zero_rows!r}; choose 'strict' or 'drop'")
    width = check_width(width)
    data = as_dataset(X)
    if width == 0:
        return 1
    if zero_rows == "strict" and data.zero_rows:
        return 0
    regions = count(Arrangement.of(data))
    warn_about_decimals(X, data, regions)
    return regions**width


def count_basins(X: Any, width: int, ordered: bool = True) -> int:
    """Return the number of basins of a layer: (2 R)^m ordered, or up to relabelling of units C(2R + m - 1, m).

    Args:
        X: (n, d) samples or a Dataset; zero rows are left out.
        width: number of units m.
        ordered: count the layers with labelled units.

    Raises:
        TooLarge: the count is out of reach.

    Warns:
        DataWarning: as `count_regions` does.

    Source: Safran and Shamir, Definition 2 (whose patterns are units by samples, not units by inputs).

    Example:
        >>> count_basins([[1, 0], [0, 1]], 2), count_basins([[1, 0], [0, 1]], 2, ordered=False)
        (64, 36)
    """
    width = check_width(width)
    data = as_dataset(X)
    regions = count(Arrangement.of(data))
    warn_about_decimals(X, data, regions)
    states = 2 * regions
    return states**width if ordered else comb(states + width - 1, width)


def check_width(width: Any) -> int:
    """Return a width as an int."""
    return whole_number("the width", width)


def warn_about_decimals(X: Any, data: Dataset, regions: int | None = None) -> None:
    """Warn where the decimals that a float array prints have another number of regions; None counts those of data."""
    if isinstance(X, Dataset) or data.exact_input or cover_number(data.n, data.rank) > SECOND_LOOK:
        return
    if any(len(repr(v).partition("e")[0].strip("-0.").replace(".", "")) > TYPED_DIGITS for v in data.X.flat):
        return
    try:
        decimals = count(Arrangement.of(Dataset(exact_decimals(data.X))))
        regions = count(Arrangement.of(data)) if regions is None else regions
    except TooLarge:
        return
    if decimals != regions:
        warnings.warn(
            f"these floats have {regions:,} regions, but the decimals they print have {decimals:,}; "
            "give reluscape.exact_decimals(X) if the decimals are meant",
            DataWarning,
            stacklevel=3,
        )
