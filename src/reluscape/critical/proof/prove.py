"""From a trained network of any depth to a proof: find the candidate, prove it a minimum, or prove that it is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np
import scipy.linalg

from ...errors import ModelError
from ...problem.networks import DeepNet
from .arithmetic import ARB
from .balls import join
from .certificate import fall_certificate, minimum_certificate
from .definite import is_definite_on_tangent
from .exact_value import exact_objective, is_lower
from .fall import FIRST, SECOND, SPLITTING, WAKING, Fall, curved_fall, fall_along, leaving_fall
from .krawczyk import Box, arb_box, float_box
from .lagrangian import Lagrangian
from .newton import FLOAT, Candidate, candidates
from .objective import Objective, build_objective
from .proof import Proof
from .splitting import splitting_direction
from .strict import unstrict
from .units import SILENT, ZERO, Roles, unit_roles
from .zero_units import layers_with_zero_units, waking_direction, why_open, woken

# unknowns up to which intervals of many digits are tried, and up to which anything is
MOST_DIGITS, MOST_UNKNOWNS = 150, 1_200
BITS = 128
# steps along a direction that falls, relative to 1 + |theta|
LONGEST = 0.1
# how far a proved minimum, and a point that falls, may be from the given weights, relative to their length
FARTHEST, FALLS_FROM = 0.1, 0.05
# least excess of a signal over the decay that is worth a try
EXCESS = 1e-6


@dataclass(frozen=True, eq=False)
class Minimum:
    """A candidate with its proof."""

    candidate: Candidate
    roles: Roles
    box: Box


def prove(
    network: DeepNet,
    X: Any,
    y: Any,
    loss: str = "squared",
    decay: Any = 0,
    *,
    biases: bool = True,
    trained_biases: Sequence[bool] | None = None,
    ones_last: bool = False,
) -> Proof:
    """Return whether a local minimum of J is proved beside a network, or that it is none.

    J = (1/n) sum_i l(f(x_i), y_i) + decay / 2 |penalised parameters|^2; the loss of a sample is the sum over its
    outputs. The point theta solves grad J_off + sum mu grad c = 0, c = 0 (J_off with all kinked units off, c their
    preactivations): Krawczyk's operator gives a box with one exact solution. It is a local minimum where every
    multiplier lies strictly between 0 and the jump of the slope at its kink, and the Hessian of the Lagrangian is
    positive definite along the kinks, across the directions in which nothing changes.

    Args:
        network: the weights.
        X: (n, d) samples as the first layer takes them; floats are taken exactly, fractions stay.
        y: (n,) or (n, k) targets; classes 0, ..., k - 1 for "cross_entropy".
        loss: "squared", "logistic", "bce" or "cross_entropy".
        decay: the decay, 0 for none.
        biases: whether it counts the biases too.
        trained_biases: for each layer whether its bias is trained; None takes the network's.
        ones_last: the last column of X is the column of ones.

    Raises:
        ModelError: LeakyReLU units.
        InputError, ShapeError: data that do not fit.

    Example:
        >>> net = DeepNet([[[1.0]], [[1.0]]], [None, None])
        >>> prove(net, [[1.0], [2.0]], [1.0, 2.0], decay=0.1).verdict
        'local minimum'
    """
    if not network.relu:
        raise ModelError(f"the network has LeakyReLU units of slopes {network.slopes}; the proof is for ReLU")
    has = tuple(network.has_bias if trained_biases is None else trained_biases)
    shapes = [np.shape(w) for w in network.weights]
    objective = build_objective(shapes, has, X, y, loss, decay, biases, ones_last)
    theta = parameters_of(network, has)
    if _fixed(network, has):
        return _undecided(objective, network, theta, "a layer has a bias that is not trained")
    if not len(objective.X):
        return _undecided(objective, network, theta, "there are no samples")
    if objective.size > MOST_UNKNOWNS:
        return _undecided(
            objective, network, theta,
            f"too large: {objective.size:,} parameters, an interval proof takes up to {MOST_UNKNOWNS:,}",
        )  # fmt: skip
    return _search(objective, network, theta)


def parameters_of(network: DeepNet, has_bias: Sequence[bool]) -> np.ndarray:
    """Return theta of a network."""
    parts = [
        (np.concatenate([w, b[:, None]], axis=1) if has else np.asarray(w)).reshape(-1)
        for w, b, has in zip(network.weights, network.biases, has_bias, strict=True)
    ]
    return np.concatenate(parts)


def network_of(objective: Objective, theta: np.ndarray) -> DeepNet:
    """Return the network with these parameters."""
    weights, biases = [], []
    for M, has, (_, fed) in zip(objective.matrices(theta), objective.has_bias, objective.shapes, strict=True):
        weights.append(M[:, :fed])
        biases.append(M[:, fed] if has else None)
    return DeepNet(weights, biases)


def _fixed(network: DeepNet, has_bias: Sequence[bool]) -> bool:
    """Return whether a bias that is not zero stays out of theta."""
    return any(not has and np.any(b) for b, has in zip(network.biases, has_bias, strict=True))


def _search(objective: Objective, network: DeepNet, theta: np.ndarray) -> Proof:
    """Try the candidates in turn."""
    reasons: list[str] = []
    falls: list[tuple[Roles, Candidate, np.ndarray]] = []
    for roles in unit_roles(objective, theta):
        for candidate in candidates(roles.objective, theta[roles.stays]):
            if not candidate.fits:
                step = leaving_fall(candidate) if not falls else None
                if step is not None:
                    falls.append((roles, candidate, step))
                continue
            away = _distance(roles.whole(candidate.theta), theta)
            if away > FARTHEST:
                reasons.append(
                    f"the nearest critical point that fits is {away:.2g} times the weights away: train on, ask again"
                )
                continue
            fall = _saddle(objective, roles, candidate) if away <= FALLS_FROM else None
            if fall is not None:
                return _told_fall(objective, theta, fall, candidate)
            minimum = _proved(roles, candidate)
            if isinstance(minimum, Minimum):
                return _told_minimum(objective, theta, minimum)
            reasons.append(minimum)
    for roles, candidate, step in falls:
        if reasons:
            break
        start = roles.whole(candidate.theta)
        whole = np.zeros_like(start)
        whole[roles.stays] = step
        fall = fall_along(objective, start, whole, None, 0.0, FIRST, LONGEST * _size(start))
        if fall is not None and _distance(start, theta) <= FALLS_FROM:
            here = exact_objective(objective, theta)
            if is_lower(fall.values[1], here):
                return _told_fall(objective, theta, Fall(theta, fall.end, FIRST, (here, fall.values[1])), candidate)
    reason = reasons[0] if reasons else (
        "no critical point was reached near the weights: train on, then ask again"
    )  # fmt: skip
    return _undecided(objective, network, theta, reason)


def _size(theta: np.ndarray) -> float:
    return 1.0 + float(np.abs(theta).max(initial=0.0))


def _saddle(objective: Objective, roles: Roles, candidate: Candidate) -> Fall | None:
    """Return a fall from a candidate that is no minimum, or None."""
    start = roles.whole(candidate.theta)
    split = splitting_direction(candidate)
    if split is not None:
        fall = _fall(objective, roles, start, split[0], None, 4 * (float(objective.decay) - split[1]), SPLITTING)
        if fall is not None:
            return fall
    curved = curved_fall(candidate)
    if curved is not None:
        fall = _fall(objective, roles, start, curved[0], curved[1], curved[2], SECOND)
        if fall is not None:
            return fall
    layers = layers_with_zero_units(roles)
    if layers:
        equations = candidate.equations
        theta, mu, _ = equations.split(candidate.unknowns)
        here = Lagrangian(roles.objective, equations.kinks, FLOAT).passed(theta, mu)
        for layer in layers:
            value, w, v = waking_direction(roles, here, layer)
            if value > float(objective.decay) * (1 + EXCESS):
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
    whole, bent = np.zeros_like(start), np.zeros_like(start)
    whole[roles.stays] = step
    if bend is not None:
        bent[roles.stays] = bend
    return fall_along(objective, start, whole, bent, curvature, order, LONGEST * _size(start))


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
    whole, bent = np.zeros_like(start), np.zeros_like(start)
    whole[stays], bent[stays] = step, bend
    return fall_along(objective, start, whole, bent, curvature, WAKING, LONGEST * _size(start))


def _proved(roles: Roles, candidate: Candidate) -> Minimum | str:
    """Return the proof that a candidate is a local minimum, or why there is none."""
    size = sum(candidate.equations.counts)
    if size > MOST_UNKNOWNS:
        return f"too large: {size:,} parameters and kinks, an interval proof takes up to {MOST_UNKNOWNS:,}"
    box = float_box(candidate.equations, candidate.unknowns)
    reason = _why_not(roles, candidate, box) if box is not None else _why_no_box(candidate)
    if reason is not None and size <= MOST_DIGITS:
        more = arb_box(candidate.equations, candidate.unknowns, BITS)
        if more is not None:
            box, reason = more, _why_not(roles, candidate, more)
    return Minimum(candidate, roles, box) if box is not None and reason is None else str(reason)


def _why_no_box(candidate: Candidate) -> str:
    """Say why Newton's equations have no isolated solution."""
    equations = candidate.equations
    theta, mu, _ = equations.split(candidate.unknowns)
    lagrangian = Lagrangian(equations.objective, equations.kinks, FLOAT)
    C = lagrangian.constraints(lagrangian.passed(theta, mu))
    sizes = np.linalg.norm(C, axis=1)
    if len(C):
        least = scipy.linalg.svdvals(C / np.maximum(sizes, 1e-300)[:, None])
        if len(C) > C.shape[1] or least[-1] < 1e-9:
            return "dependent kinks: the gradients of the preactivations on kinks are linearly dependent"
    return "a flat direction: the point is not isolated to second order; a weight decay would decide"


def _why_not(roles: Roles, candidate: Candidate, box: Box) -> str | None:
    """Return what fails over the box, None where the local minimum is proved."""
    old = flint.ctx.prec
    flint.ctx.prec = BITS if box.using.kind == ARB else old
    try:
        equations = candidate.equations
        theta, mu, _ = equations.split(box.whole)
        lagrangian = Lagrangian(equations.objective, equations.kinks, box.using)
        here = lagrangian.passed(theta, mu)
        wrong = unstrict(roles.objective, equations.kinks, here, mu, box.using)
        if wrong is not None:
            return wrong
        rows = join([lagrangian.constraints(here), box.using.doubles(equations.slices)])
        if not is_definite_on_tangent(lagrangian.hessian(here), rows, box.using):
            return "a flat direction: the curvature along the kinks is not proved to be positive"
        for layer in layers_with_zero_units(roles):
            open_still = why_open(roles.objective, equations.kinks, here, layer)
            if open_still is not None:
                return open_still
        return None
    finally:
        flint.ctx.prec = old


def _told_minimum(objective: Objective, theta: np.ndarray, minimum: Minimum) -> Proof:
    """Return the answer for a proved minimum."""
    roles, kinks = minimum.roles, minimum.candidate.equations.kinks
    there = roles.whole(minimum.candidate.theta)
    zero, silent = roles.count(ZERO), roles.count(SILENT)
    strict = zero + silent == 0
    words = [f"{kinks.count} of the samples' preactivations lie on kinks" if kinks.count else "no sample is on a kink"]
    if zero:
        words.append(f"{zero} unit{'s' if zero > 1 else ''} at zero cannot wake")
    if silent:
        words.append(f"{silent} unit{'s are' if silent > 1 else ' is'} off on every row")
    reason = f"an interval proof of a {'strict ' if strict else ''}local minimum: {', '.join(words)}"
    return Proof(
        verdict="local minimum", reason=reason, method="certified", kinks=kinks.count,
        distance=_distance(there, theta), radius=minimum.box.radius, loss=float_objective(objective, there),
        net=network_of(objective, there), zero_units=zero, silent_units=silent, strict=strict,
        build_certificate=lambda: minimum_certificate(objective, roles, minimum.candidate, minimum.box),
    )  # fmt: skip


def _told_fall(objective: Objective, theta: np.ndarray, fall: Fall, candidate: Candidate) -> Proof:
    """Return the answer for a point that is no minimum."""
    verdict = "not stationary" if fall.order == FIRST else "saddle"
    how = {
        FIRST: "leaving a kink lowers the objective to first order",
        SECOND: "the curvature along the kinks is negative",
        WAKING: "a unit at zero lowers the objective when it wakes",
        SPLITTING: "two units with one pattern lower the objective when they part",
    }[fall.order]
    before, after = (float(v if not hasattr(v, "mid") else v.mid()) for v in fall.values)
    return Proof(
        verdict=verdict, reason=f"{how}: from {before:.9g} to {after:.9g} at a distance of "
        f"{float(np.linalg.norm(fall.end - fall.start)):.2g}", method="certified",
        kinks=candidate.equations.kinks.count, distance=_distance(fall.start, theta), radius=0.0, loss=before,
        net=network_of(objective, fall.start), lower=network_of(objective, fall.end), lower_loss=after,
        build_certificate=lambda: fall_certificate(objective, fall, verdict),
    )  # fmt: skip


def float_objective(objective: Objective, theta: np.ndarray) -> float:
    """Return J in doubles."""
    value = exact_objective(objective, theta)
    return float(value.mid()) if hasattr(value, "mid") else float(value)


def _distance(a: np.ndarray, b: np.ndarray) -> float:
    size = float(np.linalg.norm(b))
    return float(np.linalg.norm(a - b)) / size if size > 0 else float(np.linalg.norm(a))


def _undecided(objective: Objective, network: DeepNet, theta: np.ndarray, reason: str) -> Proof:
    """Return that nothing is proved."""
    loss = float_objective(objective, theta) if len(objective.X) else 0.0
    return Proof("undecided", reason, "none", 0, 0.0, 0.0, loss, network)
