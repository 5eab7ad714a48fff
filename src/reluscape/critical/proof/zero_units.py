"""The condition of the units at zero of every layer, on the box around the proved point."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...numbers.tolerances import DEFAULT
from .arithmetic import BALLS, Arithmetic
from .balls import Balls, from_arb
from .definite import is_definite
from .fall import bend_along
from .kinks import Kinks
from .lagrangian import Lagrangian, Pass
from .newton import FLOAT, Candidate
from .objective import Objective
from .units import ZERO, Roles
from .wake import Star, highest, stays_below

SEED = 20_230_611


def layers_with_zero_units(roles: Roles) -> list[int]:
    """Return the hidden layers that have units at zero."""
    return [k for k, part in enumerate(roles.of) if (part == ZERO).any()]


def waking_direction(roles: Roles, here: Pass, layer: int) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the largest f found, with the unit's weights (in) and (out) that fall steepest; all in doubles."""
    h, e = here.fed[layer], here.signals[layer + 1]
    rng = np.random.default_rng(SEED)
    value, w = highest(h, e, rng, here.matrices[layer])
    pull = np.maximum(h @ w, 0.0) @ e
    size = float(np.linalg.norm(pull))
    return value, w, -pull / size if size > 0 else pull


def woken(
    roles: Roles, candidate: Candidate, layer: int, w: np.ndarray, v: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the direction that wakes a unit at zero of a layer, and the bend that keeps the kinks above it.

    Both are in the parameters of the active units and that one.
    """
    larger, stays, place = roles.with_woken(layer)
    equations = candidate.equations
    theta, mu, _ = equations.split(candidate.unknowns)
    kinks = equations.kinks
    here = Lagrangian(roles.objective, kinks, FLOAT).passed(theta, mu)
    column = here.fed[layer] @ w > 0
    on, at = list(kinks.on), list(kinks.at)
    on[layer] = np.insert(on[layer], place, column, axis=1)
    at[layer] = np.insert(at[layer], place, False, axis=1)
    groups = tuple(replace(g, unit=g.unit + 1) if g.layer == layer and g.unit >= place else g for g in kinks.groups)
    program = Lagrangian(larger, Kinks(tuple(on), tuple(at), groups), FLOAT)
    start = roles.whole(theta)[stays]
    matrices = [np.zeros(shape) for shape in larger.matrix_shapes]
    matrices[layer][place], matrices[layer + 1][:, place] = w, v
    step = np.concatenate([part.reshape(-1) for part in matrices])
    C = program.constraints(program.passed(start, mu))
    return step, bend_along(program, start, mu, step, C)


def why_open(objective: Objective, kinks: Kinks, here: Pass, layer: int) -> str | None:
    """Return None where no unit at zero of a layer can wake, proved over the box, else why that is not proved."""
    h, e = _balls(here.fed[layer]), _balls(here.signals[layer + 1])
    length = np.linalg.norm(h.mid, axis=1)
    radii = np.linalg.norm(h.rad, axis=1)
    size, wide = np.linalg.norm(e.mid, axis=1), np.linalg.norm(e.rad, axis=1)
    error = float((radii * (size + wide) + length * wide).sum() + DEFAULT.sums_of_floats * (length * size).sum()) * (
        1 + DEFAULT.ball_radius
    )
    limit = float(objective.decay) * (1 - DEFAULT.outward)
    stars = _stars(objective, kinks, here, layer, h, e)
    return stays_below(h.mid, radii * (1 + DEFAULT.ball_radius), e.mid, error, limit, stars)


def _stars(objective: Objective, kinks: Kinks, here: Pass, layer: int, h: Balls, e: Balls) -> list[Star]:
    """Return the directions that active units of the layer answer for.

    Where the layer above has one unit they are those that agree with an active unit off its kinks. Else the unit must
    have no kinks, and the largest singular value of its signal matrix, the decay, must be simple.
    """
    out = []
    M, V = _balls(here.matrices[layer]), _balls(here.matrices[layer + 1])
    for unit in range(objective.shapes[layer][0]):
        on, kink = kinks.on[layer][:, unit] > 0, kinks.at[layer][:, unit]
        if e.shape[1] == 1:
            v = V[0, unit]
            if v.holds_zero():
                continue
            out.append(Star(on, kink, int(np.sign(v.mid))))
        elif not kink.any() and _simple(objective, h, e, on, M[unit]):
            out.append(Star(on, kink, 0))
    return out


def _simple(objective: Objective, h: Balls, e: Balls, on: np.ndarray, w: Balls) -> bool:
    """Return whether decay^2 I - G^T G is positive definite off the unit's own direction, in which it vanishes."""
    using = Arithmetic(BALLS)
    G = h[on].T @ e[on]
    d, decay = h.shape[1], using.number(objective.decay)
    length = float(np.linalg.norm(w.mid))
    if length == 0:
        return False
    along = (w * (1.0 / length)).reshape(d, 1)
    square = Balls(np.eye(d)) * (decay * decay) - G @ G.T + (along @ along.T) * (decay * decay)
    return is_definite(square, using)


def _balls(values: Any) -> Balls:
    """Return intervals in doubles."""
    if isinstance(values, Balls):
        return values
    return Balls(values) if np.asarray(values).dtype != object else from_arb(values)
