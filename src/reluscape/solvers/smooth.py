"""The infimum of a basin program of any convex loss: at a point, or along a direction that no point ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..errors import SolverError
from ..numbers.tolerances import DEFAULT, LEAST_SINGULAR, SPECK, Tolerances
from .newton import Minimum, Problem, minimise_inside
from .recession import NEAR, recession_direction


class Falling(Problem, Protocol):
    """A problem that knows which of its losses may fall for ever."""

    def falling(self) -> bool:
        """Return whether some loss has a limit that no finite prediction has."""
        ...

    def holds(self, g: np.ndarray) -> bool:
        """Return whether slopes of a lower bound prove that no loss can fall for ever."""
        ...

    def at_rest(self, g: np.ndarray) -> np.ndarray:
        """Return the entries that no direction moves along which no loss rises, by the slopes of a lower bound."""
        ...

    def moving(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the features whose entries may move for ever, and for which it is up and down."""
        ...

    def carry(self, moves: np.ndarray, carried: np.ndarray) -> tuple[float, bool]:
        """Leave carried entries out; return their limit and whether a finite prediction has it."""
        ...


@dataclass(frozen=True, eq=False)
class SmoothSolution:
    """A point at or near the infimum of a basin program.

    Attributes:
        total: sum of the losses at the infimum.
        lower: a lower bound on it.
        x: the point in the solver's coordinates.
        direction: recession direction, or None where the infimum is attained.
        residual: largest of dual residual and complementarity, relative to the terms of the gradient.
        tight: (p, k) bool, the multiplier of an inequality exceeds its slack: a guess of those that hold with equality.
    """

    total: float
    lower: float
    x: np.ndarray
    direction: np.ndarray | None
    residual: float
    tight: np.ndarray


def minimise(problem: Falling, tolerances: Tolerances = DEFAULT) -> SmoothSolution:
    """Return the infimum of a problem, proved up to the gap between its value and its lower bound.

    Entries that a recession direction carries away contribute their limit, and the others are minimised without them:
    the direction, which moves as many entries as any, leaves the predictions of the others as they are. No entry's loss
    lies below its limit, so that the lower bound holds whether or not the direction was the right one.

    Raises:
        SolverError: the bound stays away from the value.
    """
    F, cones = problem.F, problem.cones
    start = problem.value(np.zeros(len(F)))
    nothing = np.zeros(cones.sides.shape, dtype=bool)
    if not F.size or not F.any():
        return SmoothSolution(start, start, np.zeros(F.shape[1]), None, 0.0, nothing)
    falling = problem.falling()
    best = minimise_inside(problem, tolerances)
    if not falling or (_closed(best, tolerances) and problem.holds(best.slopes)):
        return _solution(best, 0.0, tolerances)
    features, up, down = problem.moving()
    if _closed(best, tolerances) and _fix_all(features, problem.at_rest(best.slopes)):
        return _solution(best, 0.0, tolerances)
    direction = recession_direction(features, cones.matrix(), up, down, tolerances)
    if direction is None:
        return _solution(best, 0.0, tolerances)
    moves = features @ direction
    at_infinity = np.abs(moves) > 0.5
    limit, has_minimum = problem.carry(moves, at_infinity)
    if at_infinity.all() and not has_minimum:
        x, tight, residual, total, lower = np.zeros(F.shape[1]), nothing, 0.0, limit, limit
    else:
        rest = _solution(minimise_inside(problem, tolerances), limit, tolerances)
        x, tight, residual, total, lower = rest.x, rest.tight, rest.residual, rest.total, rest.lower
    far = (NEAR + float(np.abs(features @ x).max())) / float(np.abs(moves[at_infinity]).min())
    ray = None if has_minimum else direction / float(np.abs(moves).max())
    return SmoothSolution(total, lower, x + far * direction, ray, residual, tight)


def _fix_all(F: np.ndarray, rest: np.ndarray) -> bool:
    """Return whether x moves no prediction where it leaves those at rest as they are: F has full rank on them alone.

    The rank is measured beside all of F, so that what rounding leaves in rows of zeros counts for nothing.
    """
    M = F[:, F.any(axis=0)][rest]
    if len(M) < M.shape[1]:
        return False
    roots = np.linalg.eigvalsh(M.T @ M)
    return bool(roots[:1].sum() > LEAST_SINGULAR * float(np.square(F).sum()))


def _closed(minimum: Minimum, tolerances: Tolerances) -> bool:
    """Return whether the bound meets the value."""
    return bool(minimum.total - minimum.lower <= tolerances.newton_refused * minimum.scale + SPECK)


def _solution(minimum: Minimum, limit: float, tolerances: Tolerances) -> SmoothSolution:
    """Return a solution, or refuse one that is not proved."""
    if not _closed(minimum, tolerances):
        raise SolverError(
            f"the lowest loss could not be proved: a sum of {minimum.total + limit:.9g} was reached and "
            f"{minimum.lower + limit:.9g} is the best lower bound; rescale the targets or the inputs, or check the loss"
        )
    return SmoothSolution(
        minimum.total + limit,
        minimum.lower + limit,
        minimum.x,
        None,
        minimum.residual,
        minimum.multipliers > minimum.slacks,
    )
