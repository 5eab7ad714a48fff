"""Angles between integer vectors as shares of a full turn, to any number of proven bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import flint
import numpy as np

# bits beyond those asked for, which the ball around the value loses
SPARE = 32
# shares are first known to this many bits; one is settled where this many of its own are certain
FIRST_BITS, CERTAIN_BITS = 192, 60


def angle_turns(gram: np.ndarray, pairs: Iterable[tuple[int, int]], bits: int) -> list[int]:
    """Return angle / (2 pi) * 2^bits for pairs of vectors, each an integer within 1 of the truth.

    Sine and cosine, up to one common factor, are sqrt(g_ii g_jj - g_ij^2) and g_ij; balls of Arb enclose the rest.

    Args:
        gram: (k, k) Python integers, the inner products.
        pairs: pairs (i, j) of vectors that are not zero.
        bits: number of bits.

    Source: Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic" (2017).

    Example:
        >>> angle_turns(np.array([[1, 0], [0, 4]], dtype=object), [(0, 1)], 10)
        [256]
    """
    out = []
    for i, j in pairs:
        square, cosine = gram[i, i] * gram[j, j] - gram[i, j] ** 2, int(gram[i, j])
        precision = bits + SPARE
        while True:
            with flint.ctx.workprec(precision):
                turn = flint.arb.atan2(flint.arb(square).sqrt(), flint.arb(cosine)) / (2 * flint.arb.pi())
                ball = turn * flint.arb(2) ** bits
                if ball.rad() < 0.25:
                    middle = (ball.mid() + 0.5).floor().unique_fmpz()
                    if middle is not None:
                        out.append(int(middle))
                        break
            precision *= 2
    return out


def proven_shares(errors: np.ndarray, at: Callable[[np.ndarray, int], tuple[np.ndarray, int]]) -> np.ndarray:
    """Return positive shares as doubles with every digit proven, from integers of as many bits as the least one needs.

    Args:
        errors: (s,) bounds for the errors of the integers.
        at: function (which, bits) -> integers (w,) and a power of two of which they are shares, with about as many bits
            as asked for.
    """
    shares, left, bits = np.zeros(len(errors)), np.arange(len(errors)), FIRST_BITS
    while len(left):
        values, whole = at(left, bits)
        sure = np.array([v >> CERTAIN_BITS > int(e) for v, e in zip(values, errors[left], strict=True)])
        shares[left[sure]] = [v / whole for v in values[sure]]
        left, bits = left[~sure], 2 * bits
    return shares
