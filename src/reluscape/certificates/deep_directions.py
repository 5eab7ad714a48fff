"""Whether units at zero stay there: f(w) = |sum_i relu(<w, h_i>) e_i| <= decay |w| for all w, looked at box by box.

The surface of the cube is cut into boxes. Over a box each row is on, off or of both signs; the rows that are on make
a linear map, whose largest value over the box is that of its centre and radius; a row of both signs is put on one side,
and what that may miss is added. |w| is at least its component along the centre. A box where the signs are those of an
active unit needs no bound: that unit's own equations give it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import CertificateError
from ..numbers.tolerances import DEFAULT

MOST_BOXES = 2_000_000


@dataclass(frozen=True, eq=False)
class Answered:
    """Signs that an active unit answers for: on or off but on its kinks; `sign` of f's only output, 0 for both."""

    on: np.ndarray
    kink: np.ndarray
    sign: int


def check_directions(
    h: np.ndarray, wide: np.ndarray, e: np.ndarray, error: float, decay: float, answered: list[Answered]
) -> None:
    """Check all directions; raise where a box is left.

    Args:
        h: (n, d) inputs, middles.
        wide: (n,) how far the inputs may be from their middles.
        e: (n, r) signals, middles.
        error: what their radii can change f by, on vectors of length 1.
        decay: a number not above the decay.
        answered: what needs no bound.
    """
    d = h.shape[1]
    if not h.size or not e.size:
        return
    if d > 7:
        raise CertificateError(f"a unit at zero has {d} inputs, too many directions to check")
    for side in (1, -1) if e.shape[1] == 1 else (0,):
        answers = [a for a in answered if a.sign in (0, side)]
        for axis in range(d):
            for end in (1.0, -1.0):
                _check_face(h, wide, e, error, decay, answers, side, axis, end)


def _check_face(
    h: np.ndarray,
    wide: np.ndarray,
    e: np.ndarray,
    error: float,
    decay: float,
    answers: list[Answered],
    side: int,
    axis: int,
    end: float,
) -> None:
    """Check one face of the cube."""
    d = h.shape[1]
    middle, half = np.zeros((1, d)), np.ones((1, d))
    middle[0, axis], half[0, axis] = end, 0.0
    count = 0
    sizes, weights, none = np.abs(h), np.linalg.norm(e, axis=1), ~h.any(axis=1)
    scale = d * float(sizes.sum(axis=1) @ weights)
    blur = np.where(none, 0.0, DEFAULT.box_heights * sizes.sum(axis=1) + d**0.5 * wide)
    while len(middle):
        count += len(middle)
        if count > MOST_BOXES:
            raise CertificateError("whether a unit at zero can wake is not settled by two million boxes")
        heights, spread = middle @ h.T, half @ sizes.T * (1 + DEFAULT.box_slack) + blur
        on, off = heights - spread >= 0, heights + spread <= 0
        left = np.ones(len(middle), dtype=bool)
        for a in answers:
            left &= ~(a.kink | none | np.where(a.on, on, off)).all(axis=1)
        both = ~(on | off)
        ray = middle / np.linalg.norm(middle, axis=1, keepdims=True)
        low, high = np.maximum(spread - heights, 0.0), np.maximum(spread + heights, 0.0)
        if side:
            weight = side * e[:, 0]
            in_bound = (on & ~off) | (both & np.where(weight < 0, heights > 0, low < high))
            g = (in_bound * weight) @ h - decay * ray
            bound = (g * middle).sum(axis=1) + (np.abs(g) * half).sum(axis=1)
        else:
            weight = weights
            in_bound = (on & ~off) | (both & (low < high))
            G = np.einsum("bi,ij,ir->brj", in_bound.astype(float), h, e, optimize=True)
            bound = np.linalg.norm((G * middle[:, None, :]).sum(axis=2), axis=1)
            bound += np.linalg.norm((np.abs(G) * half[:, None, :]).sum(axis=2), axis=1)
            bound -= decay * ((ray * middle).sum(axis=1) - (np.abs(ray) * half).sum(axis=1))
        bound += (both * np.minimum(low, high)) @ np.maximum(weight, 0.0)
        left &= ~(bound + error * d**0.5 + DEFAULT.box_bounds * scale < 0)
        middle, half = middle[left], half[left]
        if not len(middle):
            return
        if half.max() < 2.0**-40:
            raise CertificateError("a unit at zero can wake, or nearly: a direction reaches the decay")
        cut = np.argmax(half, axis=1)
        rows = np.arange(len(middle))
        half = half.copy()
        half[rows, cut] /= 2
        step = np.zeros_like(middle)
        step[rows, cut] = half[rows, cut]
        middle, half = np.concatenate([middle - step, middle + step]), np.concatenate([half, half])
