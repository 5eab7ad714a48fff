"""A proof that a strict local minimum of the population loss lies beside given weights, and how high it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from ...certificates import fraction_text, fraction_texts, new
from ...critical.proof.arithmetic import ARB, Arithmetic
from ...critical.proof.balls import Balls
from ...critical.proof.definite import is_definite
from ...critical.proof.krawczyk import Box, float_box
from ...numbers.checks import readonly
from ...numbers.exact import fraction_matrix
from ...numbers.intervals import precise_intervals
from .angles import enclosed_angles
from .derivatives import first, kernel_sum, second
from .descent import polished
from .loss import hessian, layers, refuse_zero

# share of the least eigenvalue by floats that is claimed to be a lower bound of it
CLAIMED = 0.9
# the box of the certificate is this many times the distance of the minimum, and the distance this many times the bound
BOX, SLACK = 4, 2
SMALLEST = Fraction(1, 2**80)
BITS, FINE = 12, 2**60


@dataclass(frozen=True, eq=False)
class LocalMinimum:
    """A strict local minimum W* of the population loss, proved.

    Attributes:
        W: (n, d) doubles; W* is the only critical point within `radius` of each of them.
        teacher: (k, d).
        value: F(W*), to double precision.
        lower, upper: rational ends that hold F(W*).
        distance: a proved bound of |W* - W|, Euclidean.
        radius: half the edge of Krawczyk's box.
        curvature: a proved lower bound of the eigenvalues of the Hessian in the box.
        least_eigenvalue: of the Hessian, by floats.
        spurious: a student of this width can have F = 0, and F(W*) is proved to be above it: W* is no global minimum.
        certificate: plain JSON, of kind "population-minimum"; its data are the teacher's units.
    """

    W: np.ndarray
    teacher: np.ndarray
    value: float
    lower: Fraction
    upper: Fraction
    distance: float
    radius: float
    curvature: Fraction
    least_eigenvalue: float
    spurious: bool
    certificate: dict[str, Any]

    def __float__(self) -> float:
        """Return the value."""
        return self.value


@dataclass(frozen=True)
class _Stationary:
    """The equations gradient = 0 in the n d weights, with the Hessian as derivative."""

    shape: tuple[int, int]
    teacher: np.ndarray

    @property
    def counts(self) -> tuple[int, ...]:
        """All unknowns are weights."""
        return (self.shape[0] * self.shape[1],)

    def at(self, unknowns: Any, using: Arithmetic) -> tuple[Any, Any]:
        """Return the gradient and the Hessian."""
        W, V = unknowns.reshape(*self.shape), using.doubles(self.teacher)
        own, other = enclosed_angles(W, W, True, using), enclosed_angles(W, V, False, using)
        return first(own, other, using).reshape(*self.counts), second(own, other, using)


def prove(W: Any, teacher: Any = None) -> LocalMinimum | None:
    """Return the strict local minimum beside given weights, or None where intervals prove none.

    Newton's method moves the weights to where the gradient vanishes in doubles. Krawczyk's operator proves that one box
    around them holds exactly one critical point; the interval Hessian of the whole box less `curvature` is positive
    definite, so that the point is a strict minimum. F is convex in the box, and
    F(W) - |gradient|^2 / (2 curvature) <= F(W*) <= F(W).

    Args:
        W: (n, d) weights.
        teacher: (k, d) weights of the teacher's units, doubles taken as exact; None stands for the d unit vectors.

    Raises:
        InputError: a unit is zero.

    Source: Krawczyk 1969 and Moore 1977; Safran and Shamir 2018, section 4, prove the same minima by Lipschitz bounds.
    """
    W, V = layers(W, teacher)
    refuse_zero(W)
    W = polished(W, V)
    values = np.linalg.eigvalsh(hessian(W, V))
    if not (len(values) and values[0] > 0):
        return None
    equations = _Stationary((W.shape[0], W.shape[1]), V)
    curvature = _short(CLAIMED * float(values[0]))
    with np.errstate(all="ignore"):  # beside parallel units the intervals are not finite
        box = float_box(equations, W.reshape(-1))
        if box is None:
            return None
        H = equations.at(box.whole, box.using)[1]
        if not is_definite(H - Balls(np.eye(len(values))) * float(curvature), box.using):
            return None
    return _described(W, V, box, curvature, float(values[0]))


def _described(W: np.ndarray, V: np.ndarray, box: Box, curvature: Fraction, least: float) -> LocalMinimum:
    """Return the minimum with the ends of its value and its certificate."""
    with precise_intervals():
        using = Arithmetic(ARB)
        w, v = using.doubles(W), using.doubles(V)
        own, other = enclosed_angles(w, w, True, using), enclosed_angles(w, v, False, using)
        g = first(own, other, using)
        square = sum((a * a for a in g.reshape(-1)), flint.arb(0))
        bend = flint.arb(flint.fmpq(curvature.numerator, curvature.denominator))
        whole = kernel_sum(enclosed_angles(v, v, True, using), using)
        here = kernel_sum(own, using) / 2 - kernel_sum(other, using) + whole / 2
        away = (square.sqrt() / bend).upper()
        lower, upper = _rational(here - square / (2 * bend), False), _rational(here, True)
        distance = max(_rational(SLACK * away, True), SMALLEST)
    lower = max(lower, Fraction(0))
    spurious = lower > 0 and len(W) >= len(V)
    claim = {
        "W": fraction_texts(fraction_matrix(W)),
        "distance": fraction_text(distance),
        "lower": fraction_text(lower),
        "upper": fraction_text(upper),
        "curvature": fraction_text(curvature),
        "local_minimum": True,
        "spurious": spurious,
    }
    witness = {"radius": fraction_text(BOX * distance)}
    certificate = new("population-minimum", fraction_matrix(V), None, claim, witness)
    return LocalMinimum(
        readonly(W), readonly(V), float(upper), lower, upper, float(distance), box.radius, curvature, least, spurious,
        certificate,
    )  # fmt: skip


def _short(value: float) -> Fraction:
    """Return a number of a few bits, a double, not above a positive one."""
    mantissa, exponent = math.frexp(value)
    return Fraction(int(mantissa * 2**BITS), 2**BITS) * Fraction(2) ** exponent


def _rational(value: Any, above: bool) -> Fraction:
    """Return a fraction of few digits beside an interval, with room for another evaluation of it."""
    end = value.upper() if above else value.lower()
    multiple = end * FINE
    whole = int((multiple.ceil() if above else multiple.floor()).unique_fmpz())
    return Fraction(whole + (1 if above else -1), FINE)
