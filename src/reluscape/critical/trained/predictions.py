"""What the predictions alone say: rows right, a network that is a constant, outputs on another scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from ...numbers.tolerances import DEFAULT, Tolerances


def rows_right(F: np.ndarray, Y: np.ndarray, at_zero: bool) -> int | None:
    """Return how many rows are on the right side of the border between the classes, None where there are no classes.

    A tie counts as wrong; where every row is on the border, as with the best constant of two classes alike in number,
    the commoner class is named for all of them.

    Args:
        F: (n, k) outputs.
        Y: (n, k) targets: two numbers for k = 1; else 1 for the row's class and 0 for the others.
        at_zero: whether one output is parted at 0, as under a loss of classes, else half-way between the two numbers.

    >>> rows_right(np.array([[-2.0], [0.0], [1.0]]), np.array([[0.0], [1.0], [1.0]]), True)
    2
    >>> rows_right(np.full((3, 1), 0.5), np.array([[0.0], [1.0], [1.0]]), False)
    2
    """
    if Y.shape[1] > 1:
        if not (np.isin(Y, (0.0, 1.0)).all() and (Y.sum(axis=1) == 1).all()):
            return None
        own = F[np.arange(len(F)), Y.argmax(axis=1)]
        others = np.where(Y == 1, -np.inf, F).max(axis=1)
        return int((own > others).sum())
    f, y = F[:, 0], Y[:, 0]
    values = np.unique(y)
    if len(values) != 2:
        return None
    border = 0.0 if at_zero else float(values.mean())
    if (f == border).all():
        return int(max((y == value).sum() for value in values))
    return int(np.where(y == values[1], f > border, f < border).sum())


@dataclass(frozen=True)
class Flat:
    """A network whose predictions are all the same, or nearly.

    Attributes:
        low, high: smallest and largest prediction.
        exact: whether they are equal up to rounding.
        targets: smallest and largest target.
    """

    low: float
    high: float
    exact: bool
    targets: tuple[float, float]


def flatness(
    F: np.ndarray, Y: np.ndarray, loss: float, constant: float, tolerances: Tolerances = DEFAULT
) -> Flat | None:
    """Return how flat the predictions are, None where they follow the rows.

    Args:
        F: (n, k) outputs.
        Y: (n, k) targets.
        loss: of the network.
        constant: loss of the best constant.
        tolerances: the numerical policy.
    """
    if len(F) < 2 or not (Y[0] != Y).any():
        return None
    spread, size = float(np.ptp(F, axis=0).max()), float(np.abs(F).max())
    ends = float(F.min()), float(F.max())
    goals = float(Y.min()), float(Y.max())
    if spread <= tolerances.constant_output * size:
        return Flat(*ends, True, goals)
    small = float(np.std(F, axis=0).max()) <= tolerances.near_constant * float(np.std(Y, axis=0).max())
    near = abs(loss - constant) <= tolerances.near_constant * constant
    return Flat(*ends, False, goals) if small and near else None


@dataclass(frozen=True)
class Renumbered:
    """Another numbering of the classes under which the predictions fit.

    Attributes:
        outputs: for each class, in order, the output that stands for it; (1, 0) where two classes of one output are to
            be exchanged.
        right: rows that are then right.
    """

    outputs: tuple[int, ...]
    right: int


def renumbered(F: np.ndarray, Y: np.ndarray, at_zero: bool, tolerances: Tolerances = DEFAULT) -> Renumbered | None:
    """Return the numbering of the classes that the outputs show, None where no other one fits far better.

    Args:
        F: (n, k) outputs.
        Y: (n, k) targets, as for `rows_right`.
        at_zero: as for `rows_right`.
        tolerances: the numerical policy.

    >>> F = np.array([[3.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
    >>> renumbered(F, np.roll(np.eye(3), 1, axis=1), True)
    Renumbered(outputs=(2, 0, 1), right=3)
    """
    now = rows_right(F, Y, at_zero)
    if now is None or not np.isfinite(F).all():
        return None
    if Y.shape[1] > 1:
        # one output names a row; the assignment of classes to outputs that makes most of them right
        votes = Y.T @ (F.max(axis=1, keepdims=True) == F)
        outputs = linear_sum_assignment(votes, maximize=True)[1]
        answer = Renumbered(tuple(int(o) for o in outputs), rows_right(F[:, outputs], Y, at_zero) or 0)
    else:
        middle = 0.0 if at_zero else float(np.unique(Y).mean())
        answer = Renumbered((1, 0), rows_right(2 * middle - F, Y, at_zero) or 0)
    n, right = len(F), answer.right
    is_better = right > now and 2 * (n - right) <= n - now
    return answer if is_better and right >= tolerances.renumbered * n else None


@dataclass(frozen=True)
class Rescaled:
    """The map a * prediction + b that fits one target far better than the prediction itself.

    Attributes:
        a, b: the map.
        share: the share of the target's variance that it explains.
        plain: whether a and b are about the target's own deviation and mean.
    """

    a: float
    b: float
    share: float
    plain: bool


def standardised_outputs(F: np.ndarray, Y: np.ndarray, tolerances: Tolerances = DEFAULT) -> Rescaled | None:
    """Return the map that undoes a standardised target, None where the outputs do not look standardised.

    With a standardised target the prediction f fits (y - mean) / deviation, so deviation * f + mean fits y.

    Args:
        F: (n, k) outputs.
        Y: (n, k) targets.
        tolerances: the numerical policy.
    """
    fits = [_rescaled(F[:, o], Y[:, o], tolerances) for o in range(Y.shape[1])]
    maps = [one for one in fits if one is not None]
    return min(maps, key=lambda one: one.share) if maps and len(maps) == len(fits) else None


def _rescaled(f: np.ndarray, y: np.ndarray, tolerances: Tolerances) -> Rescaled | None:
    """Return the map for one output."""
    spread, variance = float(np.var(f)), float(np.var(y))
    if len(y) < 3 or not spread > 0 or not variance > 0:
        return None
    a = float(np.mean((f - f.mean()) * (y - y.mean()))) / spread
    b = float(y.mean()) - a * float(f.mean())
    share = 1 - float(np.mean((a * f + b - y) ** 2)) / variance
    error = float(np.mean((f - y) ** 2))
    if a <= 0 or share < tolerances.standardised_fit or 2 * (1 - share) * variance > error:
        return None
    deviation = float(np.sqrt(variance))
    apart = max(abs(a - deviation), abs(b - float(y.mean()))) / deviation
    worse = error > variance * (1 + tolerances.worse_than_constant)
    plain = apart <= tolerances.standardised_scale
    return Rescaled(a, b, share, plain) if worse or plain else None
