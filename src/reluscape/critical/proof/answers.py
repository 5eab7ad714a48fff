"""The answers in words: a proved minimum, a point that is none, or what is missing."""

from __future__ import annotations

import numpy as np

from ...problem.networks import DeepNet
from .certificate import fall_certificate, minimum_certificate
from .exact_value import exact_objective
from .fall import SECOND, SPLITTING, UNFINISHED, WAKING, Fall
from .judge import Minimum
from .objective import Objective
from .proof import Proof
from .units import SILENT, ZERO


def network_of(objective: Objective, theta: np.ndarray) -> DeepNet:
    """Return the network with these parameters."""
    weights, biases = [], []
    for M, has, (_, inputs) in zip(objective.matrices(theta), objective.has_bias, objective.shapes, strict=True):
        weights.append(M[:, :inputs])
        biases.append(M[:, inputs] if has else None)
    return DeepNet(weights, biases)


def told_minimum(objective: Objective, theta: np.ndarray, minimum: Minimum) -> Proof:
    """Return the answer for a proved minimum."""
    roles, kinks = minimum.roles, minimum.candidate.equations.kinks
    there = roles.whole(minimum.candidate.theta)
    zero, silent = roles.count(ZERO), roles.count(SILENT)
    strict = zero + silent == 0
    words = [f"{kinks.count} of the samples' preactivations lie on kinks" if kinks.count else "no sample is on a kink"]
    if zero:
        units = f"{zero} unit{'s' if zero > 1 else ''} at zero"
        words.append(f"{units} cannot wake" if not minimum.sampled else f"that {units} cannot wake is sampled only")
    if silent:
        words.append(f"{silent} unit{'s are' if silent > 1 else ' is'} off on every row")
    if minimum.sampled:
        words.append(minimum.sampled)
    reason = f"an interval proof of a {'strict ' if strict else ''}local minimum: {', '.join(words)}"
    return Proof(
        verdict="local minimum", reason=reason, method="sampled" if minimum.sampled else "certified", kinks=kinks.count,
        distance=distance(there, theta), radius=minimum.box.radius, loss=float_objective(objective, there),
        net=network_of(objective, there), zero_units=zero, silent_units=silent, strict=strict,
        build_certificate=None if minimum.sampled else lambda: minimum_certificate(
            objective, roles, minimum.candidate, minimum.box
        ),
    )  # fmt: skip


def told_fall(objective: Objective, theta: np.ndarray, fall: Fall, kinks: int) -> Proof:
    """Return the answer for a point that is no minimum."""
    verdict = "not stationary" if fall.order == UNFINISHED else "saddle"
    how = {
        UNFINISHED: "the weights are not at rest, training goes on downwards",
        SECOND: "the curvature along the kinks is negative",
        WAKING: "a unit at zero lowers the objective when it wakes",
        SPLITTING: "two units with one pattern lower the objective when they part",
    }[fall.order]
    before, after = (float(v if not hasattr(v, "mid") else v.mid()) for v in fall.values)
    return Proof(
        verdict=verdict, reason=f"{how}: from {before:.9g} to {after:.9g} at a distance of "
        f"{float(np.linalg.norm(fall.end - fall.start)):.2g}", method="certified",
        kinks=kinks, distance=distance(fall.start, theta), radius=0.0, loss=before,
        net=network_of(objective, fall.start), lower=network_of(objective, fall.end), lower_loss=after,
        build_certificate=lambda: fall_certificate(objective, fall, verdict),
    )  # fmt: skip


def undecided(objective: Objective, network: DeepNet, theta: np.ndarray, reason: str) -> Proof:
    """Return that nothing is proved."""
    loss = float_objective(objective, theta) if len(objective.X) else 0.0
    return Proof("undecided", reason, "none", 0, 0.0, 0.0, loss, network)


def float_objective(objective: Objective, theta: np.ndarray) -> float:
    """Return J in doubles."""
    value = exact_objective(objective, theta)
    return float(value.mid()) if hasattr(value, "mid") else float(value)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Return how far a is from b, relative to the length of b."""
    size = float(np.linalg.norm(b))
    return float(np.linalg.norm(a - b)) / size if size > 0 else float(np.linalg.norm(a))
