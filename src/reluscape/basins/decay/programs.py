"""The basin programs of a problem with weight decay: means translated to sums, once."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ...errors import InputError
from ...geometry.arrangement import Arrangement
from ...problem.penalties import NONE
from ...problem.problem import Problem
from ...solvers.decayed import Decay, DecayedPrograms


def decay_of(problem: Problem) -> Decay:
    """Return the decay of a problem beside the SUM of its losses: n times the strength, a `Fraction`.

    >>> decay_of(Problem([[1], [2]], [1, 1], weight_decay="1/2")).lam
    Fraction(1, 1)
    """
    if problem.penalty is NONE or problem.signs is not None or problem.outputs != 1:
        raise InputError(f"this needs one output and a weight decay above 0; the problem given is {problem!r}")
    in_penalty = np.ones(problem.data.d, dtype=bool)
    if not problem.penalty.biases:
        in_penalty[-1] = False
    constant = "none"
    if problem.output_bias:
        constant = "decayed" if problem.penalty.biases else "free"
    return Decay(Fraction(max(problem.n, 1)) * problem.penalty.strength, in_penalty, constant)


def programs_of(problem: Problem) -> DecayedPrograms:
    """Return the basin programs of a problem with weight decay."""
    arrangement = Arrangement.of(problem.data)
    return DecayedPrograms(
        np.asarray(problem.data.X, dtype=float),
        np.asarray(problem.y, dtype=float),
        np.asarray(arrangement.normals, dtype=float).reshape(-1, problem.data.d),
        np.asarray(arrangement.row_class),
        np.asarray(arrangement.row_sign, dtype=float),
        problem.loss,
        decay_of(problem),
        problem.tolerances,
    )
