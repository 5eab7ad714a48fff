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

from ...numbers.tolerances import SPECK
from .arithmetic import FLOATS, Arithmetic
from .equations import Equations
from .kinks import Kinks
from .lagrangian import Lagrangian, Pass

FLOAT = Arithmetic(FLOATS)


def most_interior(equations: Equations, unknowns: np.ndarray) -> tuple[Kinks, np.ndarray]:
    """Return kinks with the multipliers of dependent ones chosen, and the unknowns that belong to them."""
    kinks = equations.kinks
    places = [k for k, g in enumerate(kinks.groups) if g.fixed is not None]
    if not places:
        return kinks, unknowns
    theta, mu, _ = equations.split(unknowns)
    objective, classes, free = equations.objective, kinks.classes, kinks.is_free
    program = Lagrangian(objective, kinks, FLOAT)
    here = program.passed(theta, mu)
    bounds = classes.bounds(kinks.float_multipliers(mu), here.arriving)
    gradients = program.gradients_of(kinks.groups, here)
    changes = np.zeros((len(places), len(kinks.groups)))
    changes[np.arange(len(places)), places] = 1.0
    responses = np.linalg.lstsq(gradients[free].T, -gradients[places].T, rcond=None)[0].T
    changes[:, free] = responses
    step = _program(bounds, classes.bounds(changes, _reached(program, here, changes)))
    new_kinks = _with(kinks, places, step)
    out = unknowns.copy()
    out[objective.size : objective.size + len(mu)] += responses.T @ step
    return new_kinks, out


def _with(kinks: Kinks, places: list[int], steps: np.ndarray) -> Kinks:
    """Return kinks with the multipliers of the dependent functions moved."""
    groups = list(kinks.groups)
    for k, step in zip(places, steps.tolist(), strict=True):
        groups[k] = replace(groups[k], fixed=Fraction(groups[k].fixed or 0) + Fraction(step))
    return Kinks(kinks.on, kinks.at, tuple(groups), kinks.empty)


def _reached(program: Lagrangian, here: Pass, changes: np.ndarray) -> list[np.ndarray]:
    """Return for each hidden layer (changes, n, units) by how much the signals from above change with multipliers."""
    on, widths = program.kinks.on, [part.shape[1] for part in program.kinks.on]
    kink_signals = program.kinks.classes.carried(changes, [part.shape for part in on])
    out = [np.zeros_like(part) for part in kink_signals]
    for k in range(len(on) - 2, -1, -1):
        above = out[k + 1] * on[k + 1] + kink_signals[k + 1]
        out[k] = above @ here.matrices[k + 1][:, : widths[k]]
    return out


def _program(bounds: np.ndarray, changes: np.ndarray) -> np.ndarray:
    """Return the steps t with bounds (3, classes) + sum t_k changes_k as strict as can be, or zeros for no answer."""
    scale = np.maximum(bounds[2] - bounds[0], SPECK)
    count = len(changes)
    low = (bounds[1] - bounds[0]) / scale, (changes[:, 1] - changes[:, 0]).T / scale[:, None]
    high = (bounds[2] - bounds[1]) / scale, (changes[:, 2] - changes[:, 1]).T / scale[:, None]
    A = np.concatenate([np.c_[-low[1], np.ones(len(scale))], np.c_[-high[1], np.ones(len(scale))]])
    answer = linprog(np.append(np.zeros(count), -1.0), A_ub=A, b_ub=np.concatenate([low[0], high[0]]),
                     bounds=[(None, None)] * count + [(None, 1.0)], method="highs")  # fmt: skip
    return np.zeros(count) if answer.x is None else np.asarray(answer.x[:count])
