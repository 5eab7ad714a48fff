"""The symmetric minima above the teacher: a few units turned away, all others nearly right."""

from __future__ import annotations

import numpy as np

from ...errors import InputError, SolverError
from ...numbers.checks import whole_number
from .descent import STUCK, descend
from .minimum import LocalMinimum, prove

# the values of Safran's minimum of 7 units: (own, for the others) of the unit turned away and of the others
TURNED = (-0.63, 0.19)
USUAL = (1.0, 0.26, -0.035)


def symmetric_start(k: int, turns: int = 1) -> np.ndarray:
    """Return weights (k, k) near the symmetric minimum with a number of units turned away.

    >>> symmetric_start(3)
    array([[-0.63 ,  0.19 ,  0.19 ],
           [ 0.26 ,  1.   , -0.035],
           [ 0.26 , -0.035,  1.   ]])
    """
    W = np.full((k, k), USUAL[2])
    W[:turns, turns:], W[turns:, :turns] = TURNED[1], USUAL[1]
    W[:turns, :turns] = TURNED[1]
    np.fill_diagonal(W, USUAL[0])
    W[range(turns), range(turns)] = TURNED[0]
    return W


def stuck_minimum(k: int, turns: int = 1) -> LocalMinimum:
    """Return a local minimum of k units against k orthonormal ones that is not global, with its proof.

    Its weights are those of Safran and Shamir's minima up to the order of units and coordinates: `turns` units point
    away from their teacher's, each other one is near its own, and all of each sort look alike.

    Args:
        k: number of units, 6 or more: with fewer none of these points is a minimum.
        turns: how many units point away.

    Raises:
        InputError: descent from near that point ends elsewhere, so that there is no such minimum.
        SolverError: a minimum by floats that intervals do not prove.

    Source: Safran and Shamir 2018, Theorem 1 (6 <= k <= 20); Arjevani and Field 2019 for the symmetry.

    Example:
        >>> found = stuck_minimum(6)
        >>> round(found.value, 6), found.spurious
        (0.025081, True)
    """
    k, turns = whole_number("k", k, 1), whole_number("turned", turns, 1)
    if turns >= k:
        raise InputError(f"{turns} of {k} units are turned away; at least one unit is to stay near its teacher's")
    descent = descend(symmetric_start(k, turns))
    if descent.end != STUCK:
        raise InputError(
            f"there is no such minimum at k = {k} with {turns} turned away: descent from there ends at "
            f"F = {descent.loss:.3g} ({descent.end}); with one unit turned away they begin at k = 6"
        )
    minimum = prove(descent.W)
    if minimum is None:
        raise SolverError(f"a minimum by floats at k = {k}, F = {descent.loss:.6g}, that intervals do not prove")
    return minimum
