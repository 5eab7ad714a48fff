"""Descent from trained weights to the end of the valley, along the kinks: what training would reach with patience.

Each step is Newton's on the manifold of the kinks that are held, with negative curvatures turned around and lengths
bounded, accepted where J falls. A kink at which J would rise on the other side is taken up where the step meets it;
one whose multiplier lies outside its bounds is let go, the worst one first, when the rest is at rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...numbers.tolerances import DEFAULT, SPECK
from .arithmetic import FLOATS, Arithmetic
from .frame import Frame, build_frame
from .kinks import Kinks, group_kinks
from .lagrangian import Lagrangian, Pass
from .objective import Objective
from .slopes import float_losses

FLOAT = Arithmetic(FLOATS)
# first bound of a step, relative to 1 + |theta|, bound below which nothing moves, and the most steps
LONGEST, SHORTEST, STEPS = 0.03, 1e-10, 250
# steps times the cube of the number of parameters, and the fewest steps that are worth a try
MOST_WORK, FEWEST = 7.5e10, 10
# how far from its kinks, relative to 1 + |theta|, a place is led back to them though J rises, and how often at most
AWAY, RETURNS = 1e-8, 12
# steps of the secant method to a kink
SECANT = 4
# part of the whole fall after which a place shows it
GOOD_PART = 0.2


@dataclass
class Held:
    """Where the descent is: parameters, units that are on, and kinks that are held."""

    theta: np.ndarray
    on: list[np.ndarray]
    at: list[np.ndarray]
    value: float


@dataclass(frozen=True)
class Descent:
    """The places of a descent, the start first, and its work: steps times the cube of the number of parameters."""

    places: list[Held]
    work: float

    def well_below(self) -> Held:
        """Return the first place that has made a good part of the whole fall."""
        top, bottom = self.places[0].value, self.places[-1].value
        return next(p for p in self.places if top - p.value >= GOOD_PART * (top - bottom))


@dataclass(frozen=True, eq=False)
class Model:
    """What is known at one place.

    Attributes:
        kinks: the kinks that are held.
        program: their Lagrangian.
        here: both passes with the multipliers that fit best.
        mu: these multipliers.
        frame: of the gradients of the kink functions.
        slope: (p,) gradient of L.
    """

    kinks: Kinks
    program: Lagrangian
    here: Pass
    mu: np.ndarray
    frame: Frame
    slope: np.ndarray


def float_value(objective: Objective, theta: np.ndarray) -> float:
    """Return J in doubles."""
    H = objective.float_samples
    for k, (M, has) in enumerate(zip(objective.matrices(theta), objective.has_bias, strict=True)):
        H = H @ M[:, : H.shape[1]].T + (M[:, -1] if has else 0.0)
        if k + 1 < objective.depth:
            H = np.maximum(H, 0.0)
    penalty = float(objective.decay) / 2 * float(theta[objective.mask] @ theta[objective.mask])
    return float_losses(objective, H) / max(len(H), 1) + penalty


def descended(
    objective: Objective, theta: np.ndarray, heights: list[np.ndarray], most: float = MOST_WORK
) -> Descent | None:
    """Return the descent from theta, None where its steps are too large a work.

    Args:
        objective: what is minimised.
        theta: (p,) the start.
        heights: preactivations of each hidden layer relative to their terms.
        most: work that may be done.
    """
    each, count = (objective.size + 1) ** 3, 0
    steps = min(STEPS, int(most / each))
    if steps < FEWEST:
        return None
    at = [np.abs(h) < DEFAULT.near_kink for h in heights]
    state = Held(theta, [((h > 0) & ~a).astype(int) for h, a in zip(heights, at, strict=True)], at,
                float_value(objective, theta))  # fmt: skip
    bound, size = LONGEST, 1.0 + float(np.abs(theta).max(initial=0.0))
    places, returns, seen = [replace(state)], 0, dict[bytes, Kinks]()
    while count < steps:
        count += 1
        model = _model(objective, state, seen)
        step, gain = _newton_step(model, bound * size)
        if gain <= DEFAULT.objective_rounding * abs(state.value) or bound < SHORTEST:
            bound = LONGEST
            if returns < RETURNS and _is_away(model, state.theta, size):
                returns += 1
                end = _returned(model, state.theta)
                _moved(state, model, end, float_value(objective, end))
            elif not _let_go(state, model):
                break
            continue
        bound = _taken(objective, state, model, step, bound, size)
        places.append(replace(state))
    return Descent([*places, state], count * each)


def _model(objective: Objective, point: Held, seen: dict[bytes, Kinks]) -> Model:
    """Return the Lagrangian with the multipliers that fit best; kinks as at the last step are grouped already."""
    key = b"".join(np.ascontiguousarray(part).tobytes() for part in (*point.on, *point.at))
    if key not in seen:
        seen.clear()
        seen[key] = group_kinks(objective, [on.copy() for on in point.on], point.at)
    kinks = seen[key]
    point.at = [a.copy() for a in kinks.at]
    program = Lagrangian(objective, kinks, FLOAT)
    mu = np.zeros(len(kinks.free))
    here = program.passed(point.theta, mu)
    frame = build_frame(program.constraints(here))
    for _ in range(2 if len(mu) else 0):  # multipliers of upper layers change the signals below
        mu = mu + frame.multipliers(program.gradient(point.theta, here))
        here = program.passed(point.theta, mu)
    return Model(kinks, program, here, mu, frame, program.gradient(point.theta, here))


def _newton_step(model: Model, longest: float) -> tuple[np.ndarray, float]:
    """Return a step back to the kinks and down along them, and by how much J should fall."""
    H, tangent = model.program.hessian(model.here), model.frame.along
    back = model.frame.way_back(model.program.values(model.here))
    if not tangent.shape[1]:
        return back, 0.0
    bends, vectors = np.linalg.eigh(tangent.T @ H @ tangent)
    along = vectors.T @ (tangent.T @ model.slope)
    sizes = np.maximum(np.abs(bends), DEFAULT.flat_curvature * max(float(np.abs(bends).max()), SPECK))
    moves = -along / sizes
    length = float(np.linalg.norm(moves))
    if length > longest:  # a larger curvature for all, so that flat directions are shortened first
        low, high = 0.0, float(np.linalg.norm(along)) / longest
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if np.linalg.norm(along / (sizes + middle)) > longest else (low, middle)
        moves = -along / (sizes + high)
    gain = -float(along @ moves) - float(moves @ (bends * moves)) / 2
    return back + tangent @ (vectors @ moves), max(gain, float(np.abs(along @ moves)) / 2)


def _taken(objective: Objective, point: Held, model: Model, step: np.ndarray, bound: float, size: float) -> float:
    """Take a step or what of it lowers J, with the kinks that it meets; return the next bound."""
    end = _returned(model, point.theta + step)
    value = float_value(objective, end)
    if value < point.value:
        _moved(point, model, end, value)
        return min(2 * bound, LONGEST)
    kink = _first_kink(point, model, end)
    if kink is not None:
        share, layer, row, unit = kink
        there = _on_kink(model, point.theta, end, share, (layer, row, unit))
        value = float_value(objective, there)
        if value <= point.value * (1 + DEFAULT.objective_rounding):
            _moved(point, model, there, value)
            point.at[layer][row, unit], point.on[layer][row, unit] = True, 0
            return bound
    return min(bound, float(np.linalg.norm(step)) / size) / 4


def _returned(model: Model, theta: np.ndarray) -> np.ndarray:
    """Return a point nearer to the kinks."""
    for _ in range(2 if model.frame.count else 0):
        theta = theta + model.frame.way_back(model.program.values(model.program.passed(theta, model.mu)))
    return theta


def _is_away(model: Model, theta: np.ndarray, size: float) -> bool:
    """Return whether the kinks that are held are not reached."""
    back = model.frame.way_back(model.program.values(model.program.passed(theta, model.mu)))
    return bool(np.linalg.norm(back) > AWAY * size)


def _on_kink(model: Model, start: np.ndarray, end: np.ndarray, share: float, kink: tuple[int, int, int]) -> np.ndarray:
    """Return the point between two at which a further kink is met, by the secant method from a first share."""
    layer, row, unit = kink
    before, low = float(model.here.heights[layer][row, unit]), 0.0
    there = _returned(model, start + share * (end - start))
    for _ in range(SECANT):
        height = float(model.program.passed(there, model.mu).heights[layer][row, unit])
        if height == before or abs(height) <= DEFAULT.unmoved_height * abs(before):
            break
        low, share, before = share, share - height * (share - low) / (height - before), height
        there = _returned(model, start + min(max(share, 0.0), 1.0) * (end - start))
    return there


def _moved(point: Held, model: Model, theta: np.ndarray, value: float) -> None:
    """Note a new place and the units that are on there."""
    here = model.program.passed(theta, model.mu)
    point.theta, point.value = theta, value
    point.on = [_sides(height, on, a) for height, on, a in zip(here.heights, point.on, point.at, strict=False)]


def _sides(height: np.ndarray, on: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return where units are on; what was let go and has not moved yet keeps its side."""
    still = np.abs(height) <= DEFAULT.unmoved_height * np.abs(height).max(axis=0, initial=0.0)
    return (np.where(still, on > 0, height > 0) & ~at).astype(int)


def _first_kink(point: Held, model: Model, end: np.ndarray) -> tuple[float, int, int, int] | None:
    """Return the first kink on the way at which J has a convex bend: the share of the way, layer, row, unit."""
    there = model.program.passed(end, model.mu)
    best: tuple[float, int, int, int] | None = None
    for k, a in enumerate(point.at):
        before, after = model.here.heights[k], there.heights[k]
        # a height of rounding size at a kink just let go has the side of the pattern, whatever its sign
        crossing = ~a & ((point.on[k] > 0) != (after > 0)) & (model.here.arriving[k] > 0) & (before != after)
        for i, j in np.argwhere(crossing):
            share = min(max(float(before[i, j] / (before[i, j] - after[i, j])), 0.0), 1.0)
            if best is None or share < best[0]:
                best = share, k, int(i), int(j)
    return best


def _let_go(point: Held, model: Model) -> bool:
    """Let go the kinks with the multiplier that is farthest outside its bounds; return whether there is one."""
    kinks = model.kinks
    low, value, high = kinks.classes.bounds(kinks.float_multipliers(model.mu), model.here.arriving)
    gaps = np.stack([low - value, value - high])
    if not gaps.size or gaps.max() <= 0:
        return False
    side, place = np.unravel_index(int(np.argmax(gaps)), gaps.shape)
    group = kinks.groups[int(kinks.classes.group[place])]
    for row, factor in zip(group.rows, group.factors, strict=True):
        point.at[group.layer][row, group.unit] = False
        point.on[group.layer][row, group.unit] = int((side == 1) == (factor > 0))
    return True
