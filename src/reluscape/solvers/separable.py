"""A loss of one number per entry, summed over the predictions of a basin program."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION, Tolerances
from ..problem.losses import Loss, able
from .cell_cones import CellCones
from .tails import FAR, Tail, tails

DOUBLINGS = 60
HALVINGS = 60


class EachEntry:
    """The sum of l(f_i, y_i) over the entries that are kept.

    Args:
        F: (M, N) features, the predictions are F x.
        cones: what x is held to.
        y: (M,) targets.
        loss: value(f, y) and gradient(f, y), entry by entry.
        ends: what the losses of these targets do far out, where the caller knows it already.
    """

    def __init__(
        self,
        F: np.ndarray,
        cones: CellCones,
        y: np.ndarray,
        loss: Loss,
        tolerances: Tolerances = DEFAULT,
        ends: tuple[Tail, Tail] | None = None,
    ) -> None:
        self.F, self.cones, self.y, self.loss, self.tolerances = F, cones, y, loss, tolerances
        self._known_ends = ends
        self.kept = np.ones(len(y), dtype=bool)

    def value(self, f: np.ndarray) -> float:
        """Return the sum of the losses of the entries that are kept."""
        with np.errstate(all="ignore"):
            return float(np.asarray(self.loss.value(f, self.y))[self.kept].sum())

    def _slopes(self, f: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return np.asarray(self.loss.gradient(f, self.y), dtype=float)

    def slopes(self, f: np.ndarray) -> np.ndarray:
        """Return the derivatives, 0 for an entry that is not kept."""
        return np.where(self.kept, self._slopes(f), 0.0)

    def curvatures(self, f: np.ndarray, width: np.ndarray) -> np.ndarray:
        """Return rises of the slopes over stretches of these half widths, at least a small share of the largest."""
        least = np.sqrt(MACHINE_PRECISION) * (1.0 + np.abs(f))
        with np.errstate(all="ignore"):
            wide = np.maximum(width, least)
            h = (self._slopes(f + wide) - self._slopes(f - wide)) / (2 * wide)
            if not np.isfinite(h).all():
                short = (self._slopes(f + least) - self._slopes(f - least)) / (2 * least)
                h = np.nan_to_num(np.where(np.isfinite(h), h, short), nan=0.0, posinf=0.0, neginf=0.0)
        h = np.maximum(h, 0.0) * self.kept
        top = float(h.max(initial=0.0))
        if top > 0:
            return np.maximum(h, DEFAULT.least_curvature * top)
        steep = np.abs(self.slopes(f))  # straight as far as was looked: the step is about as long
        return np.where(steep > 0, steep / np.maximum(wide, 1.0 + np.abs(f)), 1.0)

    def times(self, h: np.ndarray, M: np.ndarray) -> np.ndarray:
        """Return the curvatures times M."""
        return np.asarray(h[:, None] * M)

    @cached_property
    def _tails(self) -> tuple[Tail, Tail]:
        return self._known_ends or tails(self.loss, self.y, self.tolerances)

    def within(self, g: np.ndarray) -> np.ndarray:
        """Return the slopes nearest to g that the losses have."""
        up, down = self._tails
        low = np.nan_to_num(down.slope, nan=-np.inf, posinf=np.inf, neginf=-np.inf)
        high = np.nan_to_num(up.slope, nan=np.inf, posinf=np.inf, neginf=-np.inf)
        return np.where(self.kept, np.clip(g, low, high), 0.0)

    def tangents(self, g: np.ndarray, f: np.ndarray) -> float:
        """Return sum_i l(q_i) - g_i q_i where l'(q_i) = g_i: the loss's own formula, else by doubling and halving."""
        formula = getattr(self.loss, "intercept", None) if able(self.loss, "known") else None
        if formula is not None:
            return float(formula(g, self.y)[self.kept].sum())
        here = self._slopes(f)
        way = np.sign(g - here)
        near, step = np.array(f), np.sqrt(MACHINE_PRECISION) * (1.0 + np.abs(f)) * way
        far, unit = f + step, 1.0 + np.abs(self.y)
        for _ in range(DOUBLINGS):
            short = way * (self._slopes(far) - g) < 0
            short &= np.abs(far - f) < FAR * unit
            if not short.any():
                break
            near = np.where(short, far, near)
            step = np.where(short, 2 * step, step)
            far = np.where(short, f + step, far)
        for _ in range(HALVINGS):
            middle = (near + far) / 2
            short = way * (self._slopes(middle) - g) < 0
            near, far = np.where(short, middle, near), np.where(short, far, middle)
        with np.errstate(all="ignore"):
            terms = np.minimum(self.loss.value(near, self.y) - g * near, self.loss.value(far, self.y) - g * far)
        return float(np.asarray(terms)[self.kept].sum())

    def falling(self) -> bool:
        """Return whether some loss has a limit that no finite prediction has."""
        return bool((self._tails[0].falls | self._tails[1].falls).any())

    def holds(self, g: np.ndarray) -> bool:
        """Return whether slopes of a lower bound prove that no direction of the cone lets a loss fall for ever.

        Such slopes never have a negative product with the move of a direction of the cone, and a move that lets a loss
        fall for ever has one with its slope. Slopes that are tiny beside those at prediction 0 are rounding.
        """
        up, down = self._tails
        least = self._definite(g)
        return bool((g[up.falls] < -least).all() and (g[down.falls] > least).all())

    def at_rest(self, g: np.ndarray) -> np.ndarray:
        """Return the entries that no direction moves along which no loss rises, by the slopes of a lower bound.

        The product of the slopes with such a move is a sum of terms that are not positive, and must not be negative: an
        entry that moves has slope 0. One whose loss rises both ways never moves.
        """
        up, down = self._tails
        least = self._definite(g)
        definite = ((g < -least) & ~down.open) | ((g > least) & ~up.open)
        return np.asarray(self.kept & (definite | ~(up.open | down.open)))

    def _definite(self, g: np.ndarray) -> float:
        """Return the size from which slopes are more than rounding, and more than what an early end leaves of 0."""
        at_zero = self.slopes(np.zeros(len(self.y)))
        return float(np.sqrt(self.tolerances.newton_dual)) * float(np.abs([g, at_zero]).max(initial=0.0))

    def moving(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the features whose entries may move for ever, and for which it is up and down."""
        return self.F, self._tails[0].open, self._tails[1].open

    def carry(self, moves: np.ndarray, carried: np.ndarray) -> tuple[float, bool]:
        """Leave carried entries out; return their limit and whether a finite prediction has it."""
        self.kept = ~carried
        up, down = self._tails
        limit = np.where(moves > 0, up.limit, down.limit)[carried].sum()
        falls = np.where(moves > 0, up.falls, down.falls)[carried]
        return float(limit), not falls.any()


def no_cones(size: int) -> CellCones:
    """Return cones that hold nothing."""
    return CellCones(np.zeros((0, 0)), np.zeros((0, 0)), size)


def as_problem(F: Any, y: Any, loss: Loss, tolerances: Tolerances = DEFAULT) -> EachEntry:
    """Return the problem without cones."""
    return EachEntry(np.asarray(F, dtype=float), no_cones(np.shape(F)[1]), np.asarray(y, dtype=float), loss, tolerances)
