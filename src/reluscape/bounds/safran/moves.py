"""Safran and Shamir's Lemmas 4 and 5: the points of the two paths inside a basin."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import AssumptionError
from ...problem.networks import TwoLayerNet
from ..arguments import require, which_form
from .basins import as_two_layer

__all__ = ["safran_lemma_4", "safran_lemma_5"]


def safran_lemma_4(point: Any, share: float, signs: Any = None) -> TwoLayerNet:
    """Return the network at position t of the path with constant predictions that ends with v = signs.

    Where v_j differs from 0: w_j a and v_j / a with a = 1 - t + t |v_j|. Where v_j = 0: w_j shrinks to 0 until t = 1/2,
    then v_j goes to its sign.

    Args:
        point: `TwoLayerNet`, (W, v) or (W, v, c).
        share: t in [0, 1].
        signs: (m,) -1 or 1, the basin's output signs; None takes those of v and + where v_j = 0.

    Raises:
        AssumptionError: t outside [0, 1], or a sign against that of v_j.

    Source: Safran and Shamir, Lemma 4.

    Example:
        >>> end = safran_lemma_4(([[1.0, 2.0]], [-3.0]), 1.0)
        >>> end.W.tolist(), end.v.tolist()
        ([[3.0, 6.0]], [-1.0])
    """
    net = as_two_layer(point)
    require(0 <= share <= 1, f"0 <= t <= 1, got {share:g}")
    size, own = np.abs(net.v), np.sign(net.v)
    ahead = np.where(own == 0, 1.0, own) if signs is None else np.asarray(signs, dtype=float)
    wrong = np.flatnonzero(own * ahead < 0)
    require(
        not len(wrong), f"the signs are those of the basin (unit {wrong[0] if len(wrong) else 0} has the other one)"
    )
    still = size == 0
    factor = np.where(still, max(0.0, 1 - 2 * share), 1 - share + share * size)
    # (1 - t) + t at |v| = 1 can round; the end is exact
    v = np.where(still, max(0.0, 2 * share - 1) * ahead, net.v / np.where(still, 1.0, factor))
    if share == 1:
        v = ahead
    return TwoLayerNet(factor[:, None] * net.W, v, net.c)


def safran_lemma_5(start: Any, end: Any, share: float, form: str | None = None) -> TwoLayerNet:
    """Return the network at position t between two points of a basin whose products v_j w_j lie on a straight line.

    v_j(t) = (1 - t) v_j + t v'_j and w_j(t) = ((1 - t) v_j w_j + t v'_j w'_j) / v_j(t); where v_j = v'_j = 0, w_j(t)
    lies on the straight line.

    Args:
        start: `TwoLayerNet`, (W, v) or (W, v, c).
        end: a point of the same basin.
        share: t in [0, 1].
        form: "printed" takes any two points; "corrected" (default) asks v_j and v'_j to be both zero or both not.

    Raises:
        AssumptionError: output weights of opposite sign; or one of the two is zero ("corrected").

    Source: Safran and Shamir, Lemma 5. Its part 2, that w_j(t) goes to w_j as t falls to 0, fails where v_j = 0 and
    v'_j is not: then w_j(t) = w'_j for every t > 0.

    Example:
        >>> middle = safran_lemma_5(([[1.0]], [1.0]), ([[3.0]], [2.0]), 0.5)
        >>> float(middle.v[0] * middle.W[0, 0])
        3.5
    """
    a, b = as_two_layer(start), as_two_layer(end)
    require(0 <= share <= 1, f"0 <= t <= 1, got {share:g}")
    require(a.W.shape == b.W.shape, f"points of one shape, got {a.W.shape} and {b.W.shape}")
    opposite = np.flatnonzero(np.sign(a.v) * np.sign(b.v) < 0)
    require(
        not len(opposite), f"one basin (unit {opposite[0] if len(opposite) else 0} has output weights of both signs)"
    )
    alone = np.flatnonzero((a.v == 0) != (b.v == 0))
    if which_form(form, "corrected", ("printed", "corrected")) == "corrected" and len(alone):
        raise AssumptionError(
            f"hypothesis violated: v_j and v'_j are both zero or both not (unit {alone[0]}); "
            "move there first with safran_lemma_4"
        )
    v = (1 - share) * a.v + share * b.v
    straight = (1 - share) * a.W + share * b.W
    mixture = (1 - share) * a.v[:, None] * a.W + share * b.v[:, None] * b.W
    both = (a.v == 0) & (b.v == 0)
    # at an end with v_j = 0 the quotient has the other point's weights as its limit
    limit = np.where((a.v == 0)[:, None], b.W, a.W)
    quotient = mixture / np.where(v == 0, 1.0, v)[:, None]
    W = np.where(both[:, None], straight, np.where((v == 0)[:, None], limit, quotient))
    return TwoLayerNet(W, v, (1 - share) * a.c + share * b.c)
