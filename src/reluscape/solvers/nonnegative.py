"""Non-negative combinations over the rationals: the nearest point of a finitely generated cone, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import SolverError
from ..numbers import exact


def nearest_in_cone(generators: Any, target: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients c >= 0 with |sum_j c_j g_j - f| least, and the residual f - sum_j c_j g_j; exact.

    Lawson and Hanson's active set method over fractions: it ends after finitely many steps, and the residual is zero
    exactly where the target lies in the cone; else <residual, g_j> <= 0 < <residual, f> proves that it does not.

    Args:
        generators: (q, n) rational numbers, one generator a row.
        target: (n,) rational numbers f.

    Returns:
        coefficients (q,) and residual (n,), object arrays of `Fraction`.

    Source: Lawson and Hanson, Solving Least Squares Problems (1974), chapter 23.

    Example:
        >>> c, residual = nearest_in_cone([[1, 0], [1, 1]], [3, 1])
        >>> [int(v) for v in c], [int(v) for v in residual]
        ([2, 1], [0, 0])
    """
    G = exact.fraction_matrix(generators)
    f = exact.fraction_array(np.asarray(target, dtype=object))
    gram, moment = G.dot(G.T), G.dot(f)
    q = len(G)
    c = np.full(q, Fraction(0), dtype=object)
    active: list[int] = []
    while True:
        slope = moment - gram.dot(c)
        rising = [j for j in range(q) if j not in active and slope[j] > 0]
        if not rising:
            return c, f - c.dot(G)
        active.append(max(rising, key=lambda j: slope[j] * slope[j] / gram[j, j]))
        while True:
            aim = exact.solve(gram[np.ix_(active, active)], moment[active])
            if aim is None:  # cannot happen: a generator enters only with a positive slope, hence independent
                raise SolverError("the active generators became dependent")
            steps = [c[j] / (c[j] - a) for j, a in zip(active, aim, strict=True) if a <= 0]
            if not steps:
                c[active] = aim
                break
            step = min(steps)
            for j, a in zip(active, aim, strict=True):
                c[j] += step * (a - c[j])
            active = [j for j in active if c[j] > 0]
