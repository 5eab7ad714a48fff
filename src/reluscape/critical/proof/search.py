"""The search beside trained weights: candidates near by first, then the end of the descent along the kinks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...numbers.tolerances import DEFAULT
from ...problem.networks import DeepNet
from .answers import distance, told_fall, told_minimum, undecided
from .descent import MOST_WORK, Descent, descended
from .exact_value import exact_objective, is_lower
from .fall import UNFINISHED, Fall
from .judge import Minimum, proved_minimum
from .newton import Candidate, candidates, fitted, relative_heights
from .objective import Objective
from .proof import Proof
from .saddles import proved_saddle
from .units import Roles, unit_roles

# how far a proved minimum, and a point that falls, may be from the given weights, relative to their length
FARTHEST, FALLS_FROM = 0.1, 0.05
# descents, each without the units that the one before has led to zero
ROUNDS = 3


@dataclass
class Search:
    """One search, with what it has found out so far.

    Attributes:
        objective: what is minimised.
        network, theta: the given weights.
        reasons: why candidates near by are not decided.
    """

    objective: Objective
    network: DeepNet
    theta: np.ndarray
    reasons: list[str] = field(default_factory=list)

    def judged(self, roles: Roles, candidate: Candidate) -> Proof | None:
        """Return the proof about a candidate that fits, None where there is none."""
        away = distance(roles.whole(candidate.theta), self.theta)
        if away > FARTHEST:
            return None
        fall = proved_saddle(self.objective, roles, candidate) if away <= FALLS_FROM else None
        if fall is not None:
            return told_fall(self.objective, self.theta, fall, candidate.equations.kinks.count)
        minimum = proved_minimum(roles, candidate)
        if isinstance(minimum, Minimum):
            return told_minimum(self.objective, self.theta, minimum)
        self.reasons.append(minimum)
        return None

    def unfinished(self, roles: Roles, descent: Descent, kinks: int) -> Proof | None:
        """Return that the given weights still fall, where they do."""
        here = exact_objective(self.objective, self.theta)
        end = roles.whole(descent.well_below().theta)
        there = exact_objective(self.objective, end)
        if not is_lower(there, here) or (self.reasons and float(here - there) < DEFAULT.clear_fall * abs(float(here))):
            return None
        return told_fall(self.objective, self.theta, Fall(self.theta, end, UNFINISHED, (here, there)), kinks)


def search(objective: Objective, network: DeepNet, theta: np.ndarray) -> Proof:
    """Return the proof for weights theta, or why there is none."""
    it = Search(objective, network, theta)
    every = list(unit_roles(objective, theta))
    for roles in every:
        for candidate in candidates(roles.objective, theta[roles.stays]):
            proof = it.judged(roles, candidate) if candidate.fits else None
            if proof is not None:
                return proof
    if not it.reasons:
        for roles in every:
            proof = _from_descent(it, roles)
            if proof is not None:
                return proof
    reason = it.reasons[0] if it.reasons else "no critical point was reached near the weights: train on, then ask again"
    return undecided(objective, network, theta, reason)


def _from_descent(it: Search, roles: Roles) -> Proof | None:
    """Return the proof at the end of the descent, or that the weights still fall.

    Units that the descent has led to zero are left out, and it goes on without them.
    """
    first: tuple[Descent, int] | None = None
    now, theta, spare = roles, it.theta, MOST_WORK
    for _ in range(ROUNDS):
        start = theta[now.stays]
        descent = descended(now.objective, start, relative_heights(now.objective, start), spare)
        if descent is None:
            break
        spare -= descent.work
        end = descent.places[-1]
        first = first or (descent, sum(int(a.sum()) for a in end.at))
        candidate = fitted(now.objective, end.theta, end.on, end.at)
        if candidate is not None:
            proof = it.judged(now, candidate)
            if proof is not None:
                return proof
            if it.reasons:
                break
        theta = now.whole(end.theta)
        fewer = (r for r in unit_roles(it.objective, theta) if r.stays.sum() < now.stays.sum())
        left = next(fewer, None)
        if left is None:
            break
        now = left
    return None if first is None else it.unfinished(roles, *first)
