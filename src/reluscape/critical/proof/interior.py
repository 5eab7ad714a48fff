"""Multipliers of dependent kinks, chosen so that all multipliers lie as far inside their bounds as they can.

Where kinks depend on one another the gradient fixes their multipliers only up to some directions. Multipliers and jumps
are affine in them, so that the least distance from a bound, relative to the distance of the bounds, is the largest in a
linear program.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

from .arithmetic import FLOATS, Arithmetic
from .equations import Equations
from .kinks import Kinks
from .lagrangian import Lagrangian
from .strict import class_sums

FLOAT = Arithmetic(FLOATS)


def most_interior(equations: Equations, unknowns: np.ndarray) -> tuple[Kinks, np.ndarray]:
    """Return kinks with the multipliers of dependent ones chosen, and the unknowns that belong to them."""
    kinks = equations.kinks
    places = [k for k, g in enumerate(kinks.groups) if g.fixed is not None]
    if not places:
        return kinks, unknowns
    theta, mu, _ = equations.split(unknowns)
    start = [Fraction(kinks.groups[k].fixed or 0) for k in places]
    base, bounds, C = _state(equations, kinks, theta, mu)
    changes, responses = [], []
    for position in range(len(places)):
        moved = _with(kinks, places, [v + (k == position) for k, v in enumerate(start)])
        gradient, _, _ = _state(equations, moved, theta, mu)
        response = np.linalg.lstsq(C.T, base - gradient, rcond=None)[0] if len(C) else np.zeros(0)
        responses.append(response)
        changes.append(_state(equations, moved, theta, mu + response)[1] - bounds)
    step = _program(bounds, np.array(changes))
    chosen = _with(kinks, places, [v + Fraction(float(t)) for v, t in zip(start, step, strict=True)])
    out = unknowns.copy()
    p = equations.objective.size
    out[p : p + len(mu)] += np.array(responses).T @ step if len(mu) else 0.0
    return chosen, out


def _with(kinks: Kinks, places: list[int], values: list[Fraction]) -> Kinks:
    """Return kinks with other multipliers of the dependent functions."""
    groups = list(kinks.groups)
    for k, value in zip(places, values, strict=True):
        groups[k] = replace(groups[k], fixed=value)
    return Kinks(kinks.on, kinks.at, tuple(groups), kinks.empty)


def _state(
    equations: Equations, kinks: Kinks, theta: np.ndarray, mu: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradient of L, (classes, 3) lower ends, values and upper ends, and the gradients of free kinks."""
    program = Lagrangian(equations.objective, kinks, FLOAT)
    here = program.passed(theta, mu)
    sums = [
        [float(v) for v in one]
        for group, value in zip(kinks.groups, kinks.multipliers(mu, FLOAT), strict=True)
        for one in class_sums(group, value, here.arriving[group.layer], FLOAT)
    ]
    return program.gradient(theta, here), np.array(sums), program.constraints(here)


def _program(bounds: np.ndarray, changes: np.ndarray) -> np.ndarray:
    """Return the steps t with bounds + sum t_k changes_k as strict as can be; zeros where the program fails."""
    scale = np.maximum(bounds[:, 2] - bounds[:, 0], 1e-300)
    count = len(changes)
    low = (bounds[:, 1] - bounds[:, 0]) / scale, (changes[:, :, 1] - changes[:, :, 0]).T / scale[:, None]
    high = (bounds[:, 2] - bounds[:, 1]) / scale, (changes[:, :, 2] - changes[:, :, 1]).T / scale[:, None]
    A = np.concatenate([np.c_[-low[1], np.ones(len(scale))], np.c_[-high[1], np.ones(len(scale))]])
    answer = linprog(np.append(np.zeros(count), -1.0), A_ub=A, b_ub=np.concatenate([low[0], high[0]]),
                     bounds=[(None, None)] * count + [(None, 1.0)], method="highs")  # fmt: skip
    return np.zeros(count) if answer.x is None else np.asarray(answer.x[:count])
