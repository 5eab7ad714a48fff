"""Directions along which a basin's loss falls for ever: found by a linear program, and whether the limit is reached."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..losses import Loss
from ..tolerances import DEFAULT, Tolerances

FAR = 1e6
NEAR = 30.0


def recession_signs(loss: Loss, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for which targets the loss never rises as the prediction goes to plus, to minus infinity."""
    far = np.full(y.shape, FAR)
    base = np.abs(loss.gradient(np.zeros(y.shape), y)) + np.finfo(float).tiny
    up = loss.gradient(far, y) <= 1e-12 * base
    down = loss.gradient(-far, y) >= -1e-12 * base
    return up, down


def still_falling(loss: Loss, y: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Return where the loss has a slope at any distance, so that no finite prediction has its limit."""
    place = np.sign(moves) * NEAR * (1.0 + np.abs(y))
    return np.asarray(loss.gradient(place, y) != 0.0)


def recession_direction(
    F: np.ndarray, cones: Any, up: np.ndarray, down: np.ndarray, tolerances: Tolerances = DEFAULT
) -> np.ndarray | None:
    """Return a direction of the cone along which no loss rises and some prediction moves, of largest support, or None.

    A linear program: maximise the sum of the moves, each at most 1.

    Args:
        F: (M, N) features, F x the predictions.
        cones: sparse (q, N) with cones x >= 0.
        up: (M,) bool, entries that may go to plus infinity.
        down: (M,) bool, entries that may go to minus infinity.
        tolerances: which moves count as none.
    """
    import scipy.sparse as sp
    from scipy.optimize import linprog

    if not (up | down).any():
        return None
    gain = up.astype(float) - down.astype(float)
    upper, lower = up.astype(float), -down.astype(float)
    A = sp.vstack([sp.csr_matrix(F), sp.csr_matrix(-F), -cones.tocsr()], format="csr")
    b = np.concatenate([upper, -lower, np.zeros(cones.shape[0])])
    found = linprog(-(gain @ F), A_ub=A, b_ub=b, bounds=(None, None), method="highs")
    if found.x is None or -found.fun <= tolerances.recession * len(F):
        return None
    return np.asarray(found.x)


def far_enough(moves: np.ndarray) -> float:
    """Return how many times a direction is followed for every entry that it carries to move by at least NEAR."""
    return NEAR / float(np.abs(moves).min())
