"""Whether every symmetric matrix in a matrix of intervals is positive definite.

With any matrix R: if every row of R Q R^T - I has absolute values that add up to less than 1, then R Q R^T is positive
definite (Gershgorin) and so is Q. The inverse of a Cholesky factor of the middle makes that matrix nearly I.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ...numbers.tolerances import MACHINE_PRECISION
from .arithmetic import ARB, Arithmetic
from .balls import Balls

# the weights of the constraints that are tried, beside a Hessian with a diagonal of about 1
WEIGHTS = (1e1, 1e3, 1e5)


def is_definite(Q: Any, using: Arithmetic) -> bool:
    """Return whether positive definiteness is proved."""
    size = Q.shape[0]
    if size == 0:
        return True
    middle = Q.mid if isinstance(Q, Balls) else np.array([[float(v.mid()) for v in row] for row in Q], dtype=float)
    scale = 1.0 / np.sqrt(np.where(np.diag(middle) > 0, np.diag(middle), 1.0))
    try:
        factor = np.linalg.cholesky(middle * scale[:, None] * scale[None, :])
        R = np.linalg.solve(factor, np.diag(scale))
    except np.linalg.LinAlgError:
        return False
    if not np.isfinite(R).all():
        return False
    exact = using.doubles(R)
    rest = using.product(using.product(exact, Q), exact.T) - using.doubles(np.eye(size))
    if using.kind == ARB:
        return all(bool(sum((abs(v) for v in row), using.number(Fraction(0))) < 1) for row in rest)
    sums = rest.size().sum(axis=1)
    return bool((sums * (1 + 4 * size * MACHINE_PRECISION) < 1).all())


def is_definite_on_tangent(H: Any, C: Any, using: Arithmetic) -> bool:
    """Return whether v^T H v > 0 is proved for every v that is not 0 with C v = 0, by H + rho C^T C.

    Variables and constraints are brought to one size first.
    """
    if not C.shape[0]:
        return is_definite(H, using)
    bends = np.abs(np.diag(_middle(H)))
    largest = float(bends.max(initial=0.0)) or 1.0
    unit = using.doubles(1.0 / np.sqrt(np.maximum(bends, MACHINE_PRECISION * largest)))
    H, C = H * unit[:, None] * unit[None, :], C * unit[None, :]
    sizes = np.linalg.norm(_middle(C), axis=1)
    if not (np.isfinite(sizes) & (sizes > 0)).all():
        return False
    C = C * using.doubles(1.0 / sizes)[:, None]
    square = using.product(C.T, C)
    return any(is_definite(H + square * using.doubles(np.array([weight]))[0], using) for weight in WEIGHTS)


def _middle(A: Any) -> np.ndarray:
    """Return middles as doubles."""
    if isinstance(A, Balls):
        return A.mid
    return np.array([float(v.mid()) for v in np.asarray(A).reshape(-1)], dtype=float).reshape(A.shape)
