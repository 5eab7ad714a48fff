"""A unit at zero: whether it can wake and lower the objective, decided over all directions of its incoming weights.

With h_i the layer's inputs and e_i the signals above, a small unit (w, v) changes J to second order by
sum_i relu(<w, h_i>) <v, e_i> + decay / 2 (|w|^2 + |v|^2), so all depends on the largest
f(w) = |sum_i relu(<w, h_i>) e_i| over |w| = 1 against the decay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...numbers.tolerances import DEFAULT, SPECK

# random starts and steps of the climb; the first step, and the number of steps after which they are half as long
STARTS, CLIMB = 256, 120
LONGEST, SHORTENED = 0.3, 10
# nodes of the search over directions
MOST_NODES = 100_000
UNSETTLED = (
    "whether a unit at zero can wake was not settled by the search over all its directions; without that unit it is"
)
TOO_MANY = "a unit at zero has {} inputs, too many to look into all directions; without that unit all is proved"
# inputs of a layer up to which all directions are searched
MOST_INPUTS = 7


@dataclass(frozen=True, eq=False)
class Star:
    """Directions that an active unit of the layer answers for: there f(w) <= decay follows from its own equations.

    Attributes:
        on: (n,) booleans: its pattern.
        kink: (n,) booleans: rows on its kinks, whose side does not matter.
        sign: of its outgoing weight where the layer above has one unit, else 0.
    """

    on: np.ndarray
    kink: np.ndarray
    sign: int


def highest(h: np.ndarray, e: np.ndarray, rng: np.random.Generator, also: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the largest f found on climbs from random and from given directions, with its unit direction.

    f has kinks, so the steps are of a given length that falls, and the highest point on all ways is kept.

    Args:
        h: (n, d) inputs.
        e: (n, r) signals.
        rng: stream of the starts.
        also: (a, d) further starts.
    """
    d = h.shape[1]
    starts = np.concatenate([rng.normal(size=(STARTS, d)), h, -h, also])
    starts = starts[np.linalg.norm(starts, axis=1) > 0]
    best, where = 0.0, np.zeros(d)
    if not len(starts) or not e.size:
        return best, where
    W = starts / np.linalg.norm(starts, axis=1, keepdims=True)
    for number in range(CLIMB):
        heights = W @ h.T
        pull = np.maximum(heights, 0.0) @ e
        values = np.linalg.norm(pull, axis=1)
        top = int(np.argmax(values))
        if values[top] > best:
            best, where = float(values[top]), W[top].copy()
        slopes = ((heights > 0) * ((pull / np.maximum(values, SPECK)[:, None]) @ e.T)) @ h
        lengths = np.maximum(np.linalg.norm(slopes, axis=1, keepdims=True), SPECK)
        W = W + LONGEST / (1 + number / SHORTENED) * slopes / lengths
        W = W / np.maximum(np.linalg.norm(W, axis=1, keepdims=True), SPECK)
    return best, where


def stays_below(
    h: np.ndarray, radii: np.ndarray, e: np.ndarray, error: float, limit: float, stars: Sequence[Star]
) -> str | None:
    """Return None where f(w) < limit is proved for every unit direction outside the stars, else why not.

    The sphere is covered by the cones of simplices of a cross-polytope, halved as often as needed. Over a simplex with
    corners g_j the rows of one sign make a linear map; each other row is put on one side and what that may miss is
    added. With |w| at least its component along the centre the bound is convex in w, so corners decide.

    Args:
        h: (n, d) middles of the inputs.
        radii: (n,) how far the inputs may be from them.
        e: (n, r) middles of the signals.
        error: what the radii of both, and rounding, can change f by on the sphere.
        limit: a number not above the decay.
        stars: where nothing has to be proved.
    """
    d = h.shape[1]
    if not e.size or not h.size:
        return None
    if d > MOST_INPUTS:
        return TOO_MANY.format(d)
    for sign in (1, -1) if e.shape[1] == 1 else (0,):
        # a unit's star holds for its own sign; without kinks for the other sign too
        mine = [s for s in stars if s.sign == -sign or not s.kink.any() or sign == 0]
        corners = np.array([np.diag(1.0 - 2.0 * ((k >> np.arange(d)) & 1)) for k in range(2**d)])
        nodes = 0
        while len(corners):
            nodes += len(corners)
            if nodes > MOST_NODES:
                return UNSETTLED
            corners = corners[_open(corners, h, radii, e, error, limit, mine, sign)]
            if d == 1 and len(corners):
                return "whether a unit at zero can wake is a tie"
            corners = _halved(corners)
    return None


def _open(
    corners: np.ndarray,
    h: np.ndarray,
    radii: np.ndarray,
    e: np.ndarray,
    error: float,
    limit: float,
    stars: Sequence[Star],
    sign: int,
) -> np.ndarray:
    """Return which simplices (s, d, d) are not settled."""
    heights = corners @ h.T  # (s, corners, n)
    # corners have lengths of at most 1; a row without inputs is on and off
    margin = np.where(h.any(axis=1), DEFAULT.outward * np.abs(h).sum(axis=1) + radii, 0.0)
    on, off = (heights >= margin).all(axis=1), (heights <= -margin).all(axis=1)
    in_doubt = ~(on | off)
    in_star = np.zeros(len(corners), dtype=bool)
    for star in stars:
        agrees = star.kink | np.where(star.on, on, off)
        in_star |= agrees.all(axis=1)
    low, high = np.maximum(-heights, 0.0).max(axis=1), np.maximum(heights, 0.0).max(axis=1)
    centre = corners.mean(axis=1)
    # |w| is at least its component along the centre
    length = (corners @ centre[:, :, None])[:, :, 0] / np.linalg.norm(centre, axis=1)[:, None]
    weight = sign * e[:, 0] if sign else np.linalg.norm(e, axis=1)
    # relu(t) e is at most t e or 0 where e < 0, and at most t e + e max(-t) or e max(t) where e > 0
    in_bound = (on & ~off) | (in_doubt & np.where(weight < 0, heights.mean(axis=1) > 0, low < high))
    excess = (in_doubt * np.minimum(low, high)) @ np.maximum(weight, 0.0)
    linear = heights * in_bound[:, None, :]
    top = linear @ weight if sign else np.linalg.norm(linear @ e, axis=2)
    gap = (top - limit * length).max(axis=1) + excess
    scale = np.abs(h).sum(axis=1) @ np.abs(weight)
    return np.asarray(~in_star & ~(gap + error + DEFAULT.outward * scale < 0))


def _halved(corners: np.ndarray) -> np.ndarray:
    """Return both halves of each simplex, cut in the middle of its longest edge; the middle is exact in doubles."""
    if not len(corners):
        return corners
    s = np.arange(len(corners))
    edges = np.linalg.norm(corners[:, :, None] - corners[:, None, :], axis=3)
    longest = edges.reshape(len(corners), -1).argmax(axis=1)
    i, j = longest // corners.shape[1], longest % corners.shape[1]
    middle = (corners[s, i] + corners[s, j]) / 2
    first, second = corners.copy(), corners.copy()
    first[s, i], second[s, j] = middle, middle
    return np.concatenate([first, second])
