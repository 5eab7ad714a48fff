"""How large a network of one hidden layer may be for each search, and what is said where it is larger."""

from __future__ import annotations

import math

# samples x units x inputs up to which basins are solved and walked through
MOST_WORK = 4_000_000
# operations of one least-squares fit of all hidden weights up to which exact candidates are looked for
MOST_FIT = 10_000_000_000
# fits that Newton's method takes for a loss other than the squared one
OTHER_FITS = 20
# operations of a fit under such a loss, Newton's steps counted, up to which basins are walked through
MOST_OTHER_WALK = 2_000_000_000
# operations of fits from which a wait is announced, and how many a second does about
LONG_FIT = 500_000_000
FITS_A_SECOND = 300_000_000


def fit_work(n: int, width: int, d: int, quadratic: bool = True) -> int:
    """Return the operations of a fit of all hidden weights."""
    p = width * d
    return n * p * min(n, p) * (1 if quadratic else OTHER_FITS)


def can_walk(n: int, width: int, d: int, quadratic: bool = True) -> bool:
    """Return whether basins are solved and walked through."""
    return n * width * d <= MOST_WORK and (quadratic or fit_work(n, width, d, quadratic) <= MOST_OTHER_WALK)


def can_fit(n: int, width: int, d: int, quadratic: bool = True) -> bool:
    """Return whether exact candidates beside the network are looked for."""
    return fit_work(n, width, d, quadratic) <= MOST_FIT


def left_out(n: int, width: int, d: int, quadratic: bool = True) -> str | None:
    """Return the sentence that says what is not looked for because the network is too large, or None.

    >>> left_out(400, 20, 9) is None, left_out(400, 2000, 9)
    (True, 'its basin, the descent and fresh starts: 400 rows x 2,000 units x 9 columns are more than 4,000,000')
    """
    if can_walk(n, width, d, quadratic):
        return None
    what = "its basin, the descent and fresh starts"
    if not can_fit(n, width, d, quadratic):
        what = f"exact points beside it, {what}"
    size = f"{n:,} rows x {width:,} units x {d:,} columns"
    if can_walk(n, width, d):
        return f"{what}: {size} are too many under a loss that is not the squared one"
    return f"{what}: {size} are more than {MOST_WORK:,}"


def announcement(n: int, width: int, d: int, quadratic: bool = True) -> str | None:
    """Return what is said before a large network is looked at: about how long it takes and what is left out, or None.

    >>> announcement(10, 3, 2) is None, announcement(400, 2000, 9).split(";")[0]
    (True, 'this network is large and takes about 30 s')
    """
    work = fit_work(n, width, d, quadratic) if can_fit(n, width, d, quadratic) else 0
    out = left_out(n, width, d, quadratic)
    if work <= LONG_FIT and out is None:
        return None
    seconds = 10 * math.ceil((work / FITS_A_SECOND + 20) / 10)
    return f"this network is large and takes about {seconds} s" + (f"; left out: {out}" if out else "")
