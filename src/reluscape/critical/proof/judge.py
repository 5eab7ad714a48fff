"""Whether a candidate is a local minimum: the box, strict multipliers, the curvature, and the units at zero."""

from __future__ import annotations

from dataclasses import dataclass

import flint
import numpy as np
import scipy.linalg

from ...numbers.tolerances import DEFAULT, SPECK
from .arithmetic import ARB
from .balls import join
from .definite import is_definite_on_tangent
from .dependence import is_dependent
from .krawczyk import Box, arb_box, float_box
from .lagrangian import Lagrangian
from .newton import FLOAT, Candidate
from .strict import unstrict
from .symmetries import is_across
from .units import Roles
from .zero_units import layers_with_zero_units, waking_direction, why_open

# unknowns up to which intervals of many digits are tried, and up to which anything is
MOST_DIGITS, MOST_UNKNOWNS = 150, 1_200
BITS = 128
FEWER = "an interval proof takes up to {:,}: a network with fewer units would be decided"
MORE_DECAY = "a weight decay on all weights, or a larger one, would decide"


@dataclass(frozen=True, eq=False)
class Minimum:
    """A candidate with its proof.

    Attributes:
        candidate, roles, box: what is proved.
        sampled: "", or why directions in which units at zero could wake were only sampled.
    """

    candidate: Candidate
    roles: Roles
    box: Box
    sampled: str = ""


def proved_minimum(roles: Roles, candidate: Candidate) -> Minimum | str:
    """Return the proof that a candidate is a local minimum, or why there is none."""
    size = sum(candidate.equations.counts)
    if size > MOST_UNKNOWNS:
        return f"too large: {size:,} parameters and kinks; {FEWER.format(MOST_UNKNOWNS)}"
    kinks = candidate.equations.kinks
    if not is_dependent(candidate.equations.objective, kinks.on, kinks.at):
        return "dependent kinks: the search found one by a prime that does not follow over the rationals"
    box = float_box(candidate.equations, candidate.unknowns)
    reason = _why_not(roles, candidate, box) if box is not None else _why_no_box(candidate)
    if reason is not None and size <= MOST_DIGITS:
        more = arb_box(candidate.equations, candidate.unknowns, BITS)
        if more is not None:
            box, reason = more, _why_not(roles, candidate, more)
    if box is None or reason is not None:
        return str(reason)
    asleep = _why_awake(roles, candidate, box)
    return Minimum(candidate, roles, box) if asleep is None else _sampled(roles, candidate, box, asleep)


def _sampled(roles: Roles, candidate: Candidate, box: Box, reason: str) -> Minimum | str:
    """Return the minimum where no direction that was sampled wakes a unit at zero, else the reason."""
    equations = candidate.equations
    theta, mu, _ = equations.split(candidate.unknowns)
    here = Lagrangian(equations.objective, equations.kinks, FLOAT).passed(theta, mu)
    most = max(waking_direction(roles, here, layer)[0] for layer in layers_with_zero_units(roles))
    if most > float(roles.objective.decay) * (1 + DEFAULT.waking_excess):
        return reason
    return Minimum(candidate, roles, box, reason)


def _why_no_box(candidate: Candidate) -> str:
    """Say why Newton's equations have no isolated solution."""
    equations = candidate.equations
    theta, mu, _ = equations.split(candidate.unknowns)
    lagrangian = Lagrangian(equations.objective, equations.kinks, FLOAT)
    C = lagrangian.constraints(lagrangian.passed(theta, mu))
    sizes = np.linalg.norm(C, axis=1)
    if len(C):
        least = scipy.linalg.svdvals(C / np.maximum(sizes, SPECK)[:, None])
        if len(C) > C.shape[1] or least[-1] < DEFAULT.dependent_kinks:
            return (
                "dependent kinks: their gradients depend here, though not by the shape of the network; that is hard in "
                "general, another start or data moved a little would end on kinks that are independent"
            )
    return f"a flat direction: the point is not isolated to second order; {MORE_DECAY}"


def _why_not(roles: Roles, candidate: Candidate, box: Box) -> str | None:
    """Return what fails over the box, None where the local minimum is proved."""
    with flint.ctx.workprec(BITS if box.using.kind == ARB else flint.ctx.prec):
        equations = candidate.equations
        theta, mu, _ = equations.split(box.whole)
        lagrangian = Lagrangian(equations.objective, equations.kinks, box.using)
        here = lagrangian.passed(theta, mu)
        wrong = unstrict(roles.objective, equations.kinks, here, mu, box.using)
        if wrong is not None:
            return wrong
        if not is_across(roles.objective, equations.kinks, theta, equations.slices, box.using):
            return (
                "a flat direction: the slice across the network's symmetries is not proved to be one; a weight decay "
                "on all weights would decide"
            )
        rows = join([lagrangian.constraints(here), box.using.doubles(equations.slices)])
        if not is_definite_on_tangent(lagrangian.hessian(here), rows, box.using):
            return f"a flat direction: the curvature along the kinks is not proved to be positive; {MORE_DECAY}"
        return None


def _why_awake(roles: Roles, candidate: Candidate, box: Box) -> str | None:
    """Return why a unit at zero may wake, None where it is proved that none can."""
    equations = candidate.equations
    theta, mu, _ = equations.split(box.whole)
    here = Lagrangian(equations.objective, equations.kinks, box.using).passed(theta, mu)
    reasons = (why_open(roles.objective, equations.kinks, here, k) for k in layers_with_zero_units(roles))
    return next((reason for reason in reasons if reason is not None), None)
