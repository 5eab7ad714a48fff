"""What a loss does as its prediction goes to infinity: it rises, it becomes flat, or it falls towards a limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..numbers.tolerances import DEFAULT, Tolerances
from ..problem.losses import Loss

FAR = 1e6
FARTHER = 1e9
NEAR = 30.0
HALVINGS = 60


@dataclass(frozen=True, eq=False)
class Tail:
    """One direction of the prediction, sample by sample.

    Attributes:
        open: (N,) bool, the loss never rises on the way.
        falls: (N,) bool, it is open and every finite prediction lies above the limit.
        limit: (N,) the limit where it is open, else 0.
        slope: (N,) the slope far out, an end of the range of slopes.
    """

    open: np.ndarray
    falls: np.ndarray
    limit: np.ndarray
    slope: np.ndarray


def tails(loss: Loss, y: np.ndarray, tolerances: Tolerances = DEFAULT) -> tuple[Tail, Tail]:
    """Return the tails towards plus and towards minus infinity.

    Raises:
        InputError: a loss that falls without bound.
    """
    with np.errstate(all="ignore"):
        return _tail(loss, y, 1.0, tolerances), _tail(loss, y, -1.0, tolerances)


def _tail(loss: Loss, y: np.ndarray, way: float, tolerances: Tolerances) -> Tail:
    """Return one tail; slopes are taken along the way."""
    unit = 1.0 + np.abs(y)

    def slope(distance: np.ndarray | float) -> np.ndarray:
        return way * np.asarray(loss.gradient(way * distance * unit, y), dtype=float)

    # the slope at some place where the loss is not flat
    base = np.abs(slope(0.0)) + np.abs(slope(1.0)) + np.abs(slope(-1.0)) + np.finfo(float).tiny
    far, farther = slope(FAR), slope(FARTHER)
    # slopes that the values bear out are no rounding, however small they are beside the slope near 0
    there, beyond = (np.asarray(loss.value(way * at * unit, y), dtype=float) for at in (FAR, FARTHER))
    stretch, room = (FARTHER - FAR) * unit, tolerances.tail_values
    sure = (beyond - there >= far * stretch - room * np.abs(far * stretch)) & (far <= farther)
    sure &= beyond - there <= farther * stretch + room * np.abs(farther * stretch)
    falling = (far < 0) & (farther < 0) & (farther * FARTHER < -tolerances.tail * base)
    falling &= far * FAR < -tolerances.tail * base
    falling |= sure & (farther < 0) & (farther * FARTHER <= far * FAR / 2)
    if falling.any():
        i = int(np.flatnonzero(falling)[0])
        raise InputError(
            f"the loss {getattr(loss, 'name', type(loss).__name__)} falls without bound as the prediction goes to "
            f"{'plus' if way > 0 else 'minus'} infinity (target {y[i]:g}): its mean has no infimum; give a loss with a "
            "lower bound"
        )
    open_ = (far <= tolerances.flat * base) & ~(sure & (far > 0))
    limit = np.where(open_, there, 0.0)
    falls = open_ & ~_becomes_flat(slope, base, unit, tolerances)
    return Tail(open_, falls, limit, way * np.where(open_, np.minimum(far, 0.0), far))


def _becomes_flat(slope, base: np.ndarray, unit: np.ndarray, tolerances: Tolerances) -> np.ndarray:  # type: ignore[no-untyped-def]
    """Return where the slope is zero from some place on, and not merely too small for a float.

    A slope that decays is tiny shortly before it is zero; one that becomes zero at the end of a curved stretch is not.
    """
    low, high = np.zeros(len(unit)) - NEAR, np.full(len(unit), FAR)
    zero = slope(high) == 0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        flat = slope(middle) == 0
        low, high = np.where(flat, low, middle), np.where(flat, middle, high)
    before = slope(high - tolerances.flat_edge * (1.0 + np.abs(high)))
    return np.asarray(zero & ((np.abs(before) > tolerances.flat * base) | (high <= -NEAR + 1)))
