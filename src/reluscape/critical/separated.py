"""Points that seem at rest only because a loss flattens out far away: along a direction of their cells it falls on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..problem.losses import able
from ..solvers.recession import recession_direction
from ..solvers.tails import tails
from .point import Point

# entries of the constraints up to which the linear program is solved; denominators of its rational solution
MOST_ENTRIES, DENOMINATOR = 1_000_000, 10_000


@dataclass(frozen=True, eq=False)
class Falling:
    """A direction along which the loss falls for ever while the units stay in their closed cells.

    Attributes:
        escape: (dW, dv) or (dW, dv, dc).
        proved: whether exact arithmetic says that no sample's loss rises on the way and one falls.
        pattern, signs: activations (k, n) and output signs (k,) of the units that speak, a basin the point lies in.
    """

    escape: tuple[Any, ...]
    proved: bool
    pattern: np.ndarray
    signs: np.ndarray


def falling_direction(point: Point) -> Falling | None:
    """Return a direction of the cells of a point along which the loss falls for ever, or None.

    The weights of units that speak move in their closed cells, where predictions are linear: a linear program asks for
    a direction that changes no prediction but those whose loss falls towards a limit on the way. Where there is one the
    point is no local minimum, however small the slopes are. Samples on hyperplanes are tried on both sides.

    Args:
        point: in floats, with a loss other than the squared one.
    """
    data, v = point.data, point.v
    speaking = [j for j in range(len(v)) if v[j] != 0]
    size = len(speaking) * data.n * (len(speaking) * data.d + 1)
    if able(point.loss, "quadratic") or point.slope != 0 or not speaking or not data.n or size > MOST_ENTRIES:
        return None
    up, down = tails(point.loss, np.asarray(data.y, dtype=float))
    if not (up.falls | down.falls).any():
        return None
    for beside in (False, True):
        active = point.signs.T > 0 if not beside else point.signs.T >= 0
        direction = _direction(point, active[speaking], speaking, up.falls, down.falls)
        if direction is not None:
            return direction
    return None


def _direction(
    point: Point, active: np.ndarray, speaking: list[int], up: np.ndarray, down: np.ndarray
) -> Falling | None:
    """Return the direction for one choice of the sides of samples on hyperplanes."""
    import scipy.sparse as sp

    X, n, d = point.data.X, point.data.n, point.data.d
    s = np.sign(np.asarray(point.v, dtype=float)[speaking])
    columns = [a[:, None] * X for a in active]
    if point.c is not None:
        columns.append(np.ones((n, 1)))
    F = np.concatenate(columns, axis=1)
    sides = [sp.csr_matrix(sign * np.where(a, 1.0, -1.0)[:, None] * X) for sign, a in zip(s, active, strict=True)]
    G = sp.block_diag(sides, format="csr")
    if point.c is not None:
        G = sp.hstack([G, sp.csr_matrix((G.shape[0], 1))], format="csr")
    direction = recession_direction(F, G, up, down)
    if direction is None:
        return None
    exact = _rational(point, active, s, direction, up, down)
    way = direction if exact is None else np.array(exact, dtype=float)
    dW = np.zeros((len(point.v), d))
    for k, j in enumerate(speaking):
        dW[j] = way[k * d : (k + 1) * d] / float(point.v[j])
    dv = np.zeros(len(point.v))
    escape = (dW, dv) if point.c is None else (dW, dv, float(way[-1]))
    return Falling(escape, exact is not None, active, s.astype(int))


def _rational(
    point: Point, active: np.ndarray, s: np.ndarray, direction: np.ndarray, up: np.ndarray, down: np.ndarray
) -> list[Fraction] | None:
    """Return the direction in fractions where these hold exactly what the program asks for, else None."""
    X, d = point.data.fractions, point.data.d
    way = [Fraction(float(value)).limit_denominator(DENOMINATOR) for value in direction]
    moves = np.array([way[-1] if point.c is not None else Fraction(0)] * len(X), dtype=object)
    for k, (a, sign) in enumerate(zip(active, s, strict=True)):
        heights = X.dot(np.array(way[k * d : (k + 1) * d], dtype=object))
        if any(int(sign) * h * (1 if on else -1) < 0 for h, on in zip(heights, a, strict=True)):
            return None
        moves = moves + np.array([h if on else Fraction(0) for h, on in zip(heights, a, strict=True)], dtype=object)
    gains = [(bool(u) and m > 0) or (bool(w) and m < 0) for m, u, w in zip(moves, up, down, strict=True)]
    return way if any(gains) and all(t or m == 0 for t, m in zip(gains, moves, strict=True)) else None
