"""The kernel, gradient and Hessian of the population loss from angles: one program for doubles and for intervals."""

from __future__ import annotations

from typing import Any

import flint
import numpy as np

from ...critical.proof.arithmetic import FLOATS, Arithmetic
from .angles import Angles


def kernel_sum(pairs: Angles, using: Arithmetic) -> Any:
    """Return the sum of f(w_i, u_j) over all pairs."""
    pi, share = _circle(using)
    kernel = pairs.sine + (pi - pairs.angle) * pairs.cosine
    n, m = pairs.sine.shape
    total = using.product(using.product(pairs.lengths.reshape(1, n), kernel), pairs.others.reshape(m, 1))[0, 0] * share
    return float(total) if using.kind == FLOATS else total


def first(student: Angles, teacher: Angles, using: Arithmetic) -> Any:
    """Return the gradient (n, d).

    Args:
        student: the student's units beside themselves.
        teacher: the student's units beside the teacher's.
        using: the arithmetic.
    """
    return (_pull(student, using) - _pull(teacher, using)) * _circle(using)[1]


def second(student: Angles, teacher: Angles, using: Arithmetic) -> Any:
    """Return the Hessian (n d, n d), unit by unit.

    Args:
        student: the student's units beside themselves.
        teacher: the student's units beside the teacher's.
        using: the arithmetic.
    """
    n, d = student.units.shape
    pi, share = _circle(using)
    eye = using.doubles(np.eye(d))
    # H[i, j] is the derivative in w_i and w_j of f(w_i, w_j)
    along = student.units[:, None, :, None] * student.other_units[None, :, None, :]
    across = student.across()
    transpose = across.transpose(1, 0, 2)
    H = along * student.sine[:, :, None, None]
    H = H + (across * student.share[:, :, None])[:, :, :, None] * transpose[:, :, None, :]
    H = H + (pi - student.angle)[:, :, None, None] * eye[None, None, :, :]
    for i in range(n):
        H[i, i] = H[i, i] + _bend(student, i, eye, using) - _bend(teacher, i, eye, using)
    return H.transpose(0, 2, 1, 3).reshape(n * d, n * d) * share


def _pull(pairs: Angles, using: Arithmetic) -> Any:
    """Return 2 pi sum_j g(w_i, u_j), (n, d)."""
    _n, m = pairs.sine.shape
    along = using.product(pairs.sine, pairs.others.reshape(m, 1))
    pi = _circle(using)[0]
    return along * pairs.units + using.product(pi - pairs.angle, pairs.others.reshape(m, 1) * pairs.other_units)


def _bend(pairs: Angles, i: int, eye: Any, using: Arithmetic) -> Any:
    """Return 2 pi sum_j h1(w_i, u_j), (d, d)."""
    m = pairs.sine.shape[1]
    w = pairs.units[i]
    across = pairs.other_units - pairs.cosine[i][:, None] * w[None, :]
    turning = using.product(pairs.sine[i].reshape(1, m), pairs.others.reshape(m, 1))
    part = using.product(across.T, across * (pairs.others * pairs.share[i])[:, None])
    return (turning * (eye - w[:, None] * w[None, :]) + part) * pairs.inverses[i]


def _circle(using: Arithmetic) -> tuple[Any, Any]:
    """Return pi and 1 / (2 pi) in an arithmetic."""
    if using.kind == FLOATS:
        return np.pi, 1 / (2 * np.pi)
    pi = flint.arb.pi()
    both = using.back(np.array([pi, 1 / (2 * pi)], dtype=object))
    return both[0], both[1]
