"""Products of matrices in twice the working precision, for numbers that cancel."""

from __future__ import annotations

import numpy as np

SPLITTER = 2.0**27 + 1.0
# numbers whose products, and the rounding errors of these, stay within the range of doubles
MOST_SPLIT = 2.0**400
# products that are added at once
AT_ONCE = 1_000_000


def lower_parts(fractions: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return what rounding took away: the doubles nearest to fractions - rounded, same shape."""
    low = np.zeros(high.shape)
    flat = low.reshape(-1)
    for i, (value, near) in enumerate(zip(fractions.reshape(-1), high.reshape(-1).tolist(), strict=True)):
        numerator, denominator = near.as_integer_ratio()
        if value.denominator != denominator or value.numerator != numerator:
            flat[i] = float(value - type(value)(near))
    return low


def product(high: np.ndarray, low: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return (high + low) @ factor, accumulated in pairs in twice the working precision and rounded once.

    Args:
        high: (n, d) doubles.
        low: (n, d) their lower parts.
        factor: (d, r) doubles.

    Source: Ogita, Rump and Oishi, Accurate Sum and Dot Product, SIAM J. Sci. Comput. 26 (2005), algorithm 5.3 (Dot2),
    there one term after the other.
    """
    exponent = np.frexp(np.abs(high).max(axis=0, initial=0.0))[1]  # powers of two round nothing
    high, low, factor = np.ldexp(high, -exponent), np.ldexp(low, -exponent), np.ldexp(factor, exponent[:, None])
    total = np.zeros((len(high), factor.shape[1]))
    rows = max(AT_ONCE // max(factor.size, 1), 1)
    for begin in range(0, len(high), rows):
        part = slice(begin, begin + rows)
        terms, errors = two_product(high[part, :, None], factor[None])
        total[part] = _sums(terms, errors + low[part, :, None] * factor[None])
    return total


def column_products(high: np.ndarray, low: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Return the sums (r,) over the rows of (high + low) * factor, all (d, r), accumulated as in `product`."""
    exponent = np.frexp(np.abs(high))[1]
    high, low, factor = np.ldexp(high, -exponent), np.ldexp(low, -exponent), np.ldexp(factor, exponent)
    terms, errors = two_product(high, factor)
    return np.asarray(_sums(terms[None], (errors + low * factor)[None])[0])


def _sums(terms: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Return the sums (n, r) over the middle axis of terms (n, d, r) and of what rounding left of them."""
    while terms.shape[1] > 1:
        half, odd = divmod(terms.shape[1], 2)
        pairs, residue = two_sum(terms[:, :half], terms[:, half : 2 * half])
        left = rest[:, :half] + rest[:, half : 2 * half] + residue
        if odd:
            pairs, left = (np.concatenate(both, axis=1) for both in ((pairs, terms[:, -1:]), (left, rest[:, -1:])))
        terms, rest = pairs, left
    return np.asarray((terms + rest).sum(axis=1))


def less(values: np.ndarray, ratios: np.ndarray, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return values - ratios * unit as sums of two doubles, off by at most an ulp of the lower one."""
    product, rounding = two_product(unit * np.ones_like(values), ratios * np.ones_like(values))
    high, residue = two_sum(values, -product)
    low, rest = two_sum(residue, -rounding)
    high, more = two_sum(high, low)
    return high, more + rest


def two_sum(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rounded sum and its rounding error."""
    total = a + b
    other = total - a
    return total, (a - (total - other)) + (b - other)


def two_product(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rounded product and its rounding error."""
    total = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    return total, ((a_high * b_high - total) + a_high * b_low + a_low * b_high) + a_low * b_low


def _halves(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return two doubles of half the digits whose sum is a."""
    multiple = SPLITTER * a
    high = multiple - (multiple - a)
    return high, a - high
