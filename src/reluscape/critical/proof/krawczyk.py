"""Krawczyk's operator: a box in which the equations have exactly one solution, and its derivative is regular."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import flint
import numpy as np

from ...numbers.tolerances import MACHINE_PRECISION, SPECK
from .arithmetic import ARB, BALLS, Arithmetic, as_matrix, from_matrix
from .balls import Balls

ROUNDS = 4
# the box is this many times as wide as the first step of Newton's method
WIDENED = 4.0


class Equations(Protocol):
    """As many equations as unknowns, with a symmetric derivative."""

    @property
    def counts(self) -> tuple[int, ...]:
        """Number of parameters, and of the unknowns that follow them."""

    def at(self, unknowns: Any, using: Arithmetic) -> tuple[Any, Any]:
        """Return residuals (N,) and their derivatives (N, N)."""


@dataclass(frozen=True, eq=False)
class Box:
    """A box around the only solution.

    Attributes:
        middle: (N,) numbers of the arithmetic without width.
        whole: (N,) the box in that arithmetic.
        radius: its largest radius among the parameters.
        using: the arithmetic.
    """

    middle: Any
    whole: Any
    radius: float
    using: Arithmetic


def balanced_inverse(M: np.ndarray) -> np.ndarray | None:
    """Return an approximate inverse of a symmetric matrix of doubles, rows and columns brought to one size first."""
    scale = np.ones(len(M))
    for _ in range(3):
        largest = np.abs(M * scale[:, None] * scale[None, :]).max(axis=1, initial=0.0)
        scale = scale / np.sqrt(np.where(largest > 0, largest, 1.0))
    try:
        inverse = np.linalg.inv(M * scale[:, None] * scale[None, :])
    except np.linalg.LinAlgError:
        return None
    inverse = inverse * scale[:, None] * scale[None, :]
    return inverse if np.isfinite(inverse).all() else None


def float_box(equations: Equations, unknowns: np.ndarray) -> Box | None:
    """Return a box around a solution near the given unknowns, by intervals in doubles, or None."""
    with np.errstate(over="ignore", invalid="ignore"):  # what leaves the range of doubles proves nothing
        return _float_box(equations, unknowns)


def _float_box(equations: Equations, unknowns: np.ndarray) -> Box | None:
    using = Arithmetic(BALLS)
    F, M = equations.at(Balls(unknowns), using)
    A = balanced_inverse(M.mid)
    if A is None:
        return None
    step = (Balls(A) @ F.reshape(len(F), 1)).reshape(len(F))
    radius = WIDENED * step.size() + MACHINE_PRECISION * np.abs(unknowns) + SPECK
    for _ in range(ROUNDS):
        whole = Balls(unknowns, radius)
        _, M = equations.at(whole, using)
        E = Balls(np.eye(len(F))) - Balls(A) @ M
        image = step + (E @ Balls(np.zeros(len(F)), radius).reshape(len(F), 1)).reshape(len(F))
        if not np.isfinite(image.rad).all():
            return None
        if (image.size() < radius).all():
            return Box(Balls(unknowns), whole, float(radius[: equations.counts[0]].max(initial=0.0)), using)
        radius = np.maximum(WIDENED * image.size(), radius)
    return None


def arb_box(equations: Equations, unknowns: np.ndarray, bits: int) -> Box | None:
    """Return the same with intervals of many digits; Newton's method goes on in them first."""
    try:
        with flint.ctx.workprec(bits):
            return _arb_box(equations, unknowns, bits, Arithmetic(ARB))
    except ZeroDivisionError:  # what flint raises for a matrix that may be singular
        return None


def _arb_box(equations: Equations, unknowns: np.ndarray, bits: int, using: Arithmetic) -> Box | None:
    middle = using.doubles(unknowns)
    for _ in range(ROUNDS):
        F, M = equations.at(middle, using)
        inverse = as_matrix(M).inv()
        step = from_matrix(inverse * as_matrix(F.reshape(len(F), 1))).reshape(len(F))
        middle = np.array([(x - s).mid() for x, s in zip(middle, step, strict=True)], dtype=object)
    F, M = equations.at(middle, using)
    A = np.array([v.mid() for v in from_matrix(as_matrix(M).inv()).reshape(-1)], dtype=object).reshape(M.shape)
    step = using.product(A, F.reshape(len(F), 1)).reshape(len(F))
    floor = flint.arb(2) ** (8 - bits)
    radius = np.array([_up(4 * abs(s) + floor * (1 + abs(x))) for s, x in zip(step, middle, strict=True)])
    for _ in range(ROUNDS):
        whole = np.array([x + flint.arb(0, r) for x, r in zip(middle, radius, strict=True)], dtype=object)
        _, M = equations.at(whole, using)
        E = using.doubles(np.eye(len(F))) - using.product(A, M)
        wide = np.array([flint.arb(0, r) for r in radius], dtype=object).reshape(len(F), 1)
        image = step + using.product(E, wide).reshape(len(F))
        if all(abs(v).upper() < r for v, r in zip(image, radius, strict=True)):
            largest = max((float(r) for r in radius[: equations.counts[0]]), default=0.0)
            return Box(middle, whole, largest, using)
        radius = np.array([_up(4 * abs(v) + r) for v, r in zip(image, radius, strict=True)])
    return None


def _up(value: Any) -> Any:
    """Return an upper bound without width."""
    return value.upper()
