"""Falls from a candidate that is no minimum: units that part, negative curvature along the kinks, units that wake."""

from __future__ import annotations

import numpy as np

from ...numbers.tolerances import DEFAULT
from .fall import SECOND, SPLITTING, WAKING, Fall, curved_fall, fall_along
from .lagrangian import Lagrangian
from .newton import FLOAT, Candidate
from .objective import Objective
from .splitting import splitting_direction
from .units import Roles
from .zero_units import layers_with_zero_units, waking_direction, woken

# steps along a direction that falls, relative to 1 + |theta|
LONGEST = 0.1


def longest_step(theta: np.ndarray) -> float:
    """Return the longest step that is tried from a point."""
    return LONGEST * (1.0 + float(np.abs(theta).max(initial=0.0)))


def proved_saddle(objective: Objective, roles: Roles, candidate: Candidate) -> Fall | None:
    """Return a fall from a candidate that is no minimum, or None."""
    start = roles.whole(candidate.theta)
    split = splitting_direction(candidate)
    if split is not None:
        fall = _fall(objective, roles, start, split[0], None, 4 * (float(objective.decay) - split[1]), SPLITTING)
        if fall is not None:
            return fall
    curve = curved_fall(candidate)
    if curve is not None:
        fall = _fall(objective, roles, start, curve[0], curve[1], curve[2], SECOND)
        if fall is not None:
            return fall
    layers = layers_with_zero_units(roles)
    if layers:
        equations = candidate.equations
        theta, mu, _ = equations.split(candidate.unknowns)
        here = Lagrangian(roles.objective, equations.kinks, FLOAT).passed(theta, mu)
        for layer in layers:
            value, w, v = waking_direction(roles, here, layer)
            if value > float(objective.decay) * (1 + DEFAULT.waking_excess):
                step, bend = woken(roles, candidate, layer, w, v)
                curvature = 2 * (float(objective.decay) - value)
                fall = _fall_of_all(objective, roles, layer, start, step, bend, curvature)
                if fall is not None:
                    return fall
    return None


def _fall(
    objective: Objective,
    roles: Roles,
    start: np.ndarray,
    step: np.ndarray,
    bend: np.ndarray | None,
    curvature: float,
    order: str,
) -> Fall | None:
    """Return a fall along a direction of the active units."""
    whole, whole_bend = np.zeros_like(start), np.zeros_like(start)
    whole[roles.stays] = step
    if bend is not None:
        whole_bend[roles.stays] = bend
    return fall_along(objective, start, whole, whole_bend, curvature, order, longest_step(start))


def _fall_of_all(
    objective: Objective,
    roles: Roles,
    layer: int,
    start: np.ndarray,
    step: np.ndarray,
    bend: np.ndarray,
    curvature: float,
) -> Fall | None:
    """Return a fall along a direction of the active units and the first unit at zero of a layer."""
    stays = roles.with_woken(layer)[1]
    whole, whole_bend = np.zeros_like(start), np.zeros_like(start)
    whole[stays], whole_bend[stays] = step, bend
    return fall_along(objective, start, whole, whole_bend, curvature, WAKING, longest_step(start))
