"""Proofs of the interval kind as plain JSON."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ...certificates import fraction_texts, new
from .arithmetic import BALLS
from .fall import Fall
from .krawczyk import Box
from .newton import Candidate
from .objective import Objective
from .units import ACTIVE, Roles

MINIMUM, NOT_MINIMUM = "deep-local-minimum", "deep-not-minimum"
MARKS = {(0, False): "0", (1, False): "1", (0, True): "k"}


def minimum_certificate(objective: Objective, roles: Roles, candidate: Candidate, box: Box) -> dict[str, Any]:
    """Return the certificate of a local minimum: the point, the patterns with kinks, and the multipliers."""
    equations = candidate.equations
    kinks = equations.kinks
    middle = [_fraction(v) for v in (box.middle.mid if box.using.kind == BALLS else box.middle)]
    whole = [Fraction(v) for v in roles.theta.tolist()]
    for place, value in zip(np.flatnonzero(roles.stays).tolist(), middle, strict=False):
        whole[place] = value
    marks = [
        ["".join(MARKS[int(o), bool(a)] for o, a in zip(on[:, j], at[:, j], strict=True)) for j in range(on.shape[1])]
        for on, at in zip(kinks.on, kinks.at, strict=True)
    ]
    units = [
        [next(texts) if role == ACTIVE else str(role) for role in part]
        for part, texts in ((p, iter(m)) for p, m in zip(roles.of, marks, strict=True))
    ]
    numbers = [np.flatnonzero(part == ACTIVE).tolist() for part in roles.of]
    multipliers = []
    unknown = iter(middle[objective_size(roles) :])
    for group in kinks.groups:
        mu = next(unknown) if group.fixed is None else group.fixed
        for row, part in zip(group.rows, group.parts, strict=True):
            number = str(mu * part)
            multipliers.append([group.layer, numbers[group.layer][group.unit], row, number])
    claim = {
        **_network(objective, np.array(whole, dtype=object)),
        "radius": fraction_texts(_up(box.radius)),
        "local_minimum": True,
    }
    return new(MINIMUM, objective.X, objective.Y, claim, {"units": units, "multipliers": multipliers})


def objective_size(roles: Roles) -> int:
    """Return the number of parameters of the active units."""
    return roles.objective.size


def fall_certificate(objective: Objective, fall: Fall, verdict: str) -> dict[str, Any]:
    """Return the certificate that a network is no minimum: another one nearby whose objective is lower."""
    claim = {**_network(objective, fall.start), "local_minimum": False, "verdict": verdict}
    witness = {"lower": _matrices(objective, fall.end)}
    return new(NOT_MINIMUM, objective.X, objective.Y, claim, witness)


def _network(objective: Objective, theta: np.ndarray) -> dict[str, Any]:
    """Return the objective and its point as fields."""
    return {
        "layers": _matrices(objective, theta),
        "has_bias": list(objective.has_bias),
        "loss": objective.loss,
        "decay": fraction_texts(objective.decay),
        "penalised": [["".join("01"[int(v)] for v in row) for row in part] for part in objective.penalised],
    }


def _matrices(objective: Objective, theta: np.ndarray) -> list[Any]:
    """Return the layers' matrices, biases last, as exact text."""
    return [fraction_texts(M) for M in objective.matrices(np.asarray(theta, dtype=object))]


def _fraction(value: Any) -> Fraction:
    """Return a double or a `flint.arb` without width exactly."""
    if hasattr(value, "man_exp"):
        mantissa, exponent = value.man_exp()
        return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return Fraction(float(value))


def _up(radius: float) -> Fraction:
    """Return a somewhat larger radius, in few digits."""
    return Fraction(f"{radius * 1.01 + 1e-300:.3e}") * Fraction(101, 100)
