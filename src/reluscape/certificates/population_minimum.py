"""Checking that a strict local minimum of the Gaussian population loss lies beside given weights, with intervals.

No fixed point theorem is needed: where the Hessian exceeds curvature I in a ball around W of that radius, F on its rim
is at least F(W) - |g| radius + curvature radius^2 / 2, g the gradient at W. With |g| < curvature radius / 2 that is
above F(W), so that F is least in the inside; there it is strictly convex, so that this is its only critical point.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np

from ..errors import CertificateError
from .deep_box import ball, times
from .effort import Effort
from .schema import Part

BITS = 160
MOST_WEIGHTS = 1_300
MOST_SIZE = Fraction(10) ** 75
# share of the curvature that stands for the rounding of the Cholesky factor
SLACK = Fraction(1, 1000)


def check_minimum(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check that the population loss against the teacher X has a strict local minimum beside the claimed weights."""
    claim, radius = part.claim, part.witness["radius"]
    W, V, curvature = claim["W"], X, claim["curvature"]
    if not len(W) or not W.shape[1]:
        raise CertificateError("the student has no weights")
    if not (radius > 0 and curvature > 0 and claim["distance"] > 0):
        raise CertificateError("the radius, the distance and the curvature are not all positive")
    ends = [claim[name] for name in ("lower", "upper", "distance")]
    numbers = [*W.reshape(-1), *V.reshape(-1), radius, curvature, *ends]
    if not all(any(v != 0 for v in row) for row in W):
        raise CertificateError("a unit is zero, where the population loss has no gradient")
    if any(abs(v) > MOST_SIZE for v in numbers):
        raise CertificateError("a number is too large")
    if W.size > MOST_WEIGHTS:
        raise CertificateError(f"{W.size:,} weights are too many to check; at most {MOST_WEIGHTS:,}")
    effort.spend_integers(W.size**3 + 40 * W.size * (W.size + V.size), 3 * 64, "the intervals")
    try:
        with flint.ctx.workprec(BITS):
            return _checked(claim, radius, W, V)
    except ZeroDivisionError:
        raise CertificateError("two units may be parallel, or one zero, within the radius") from None


def _checked(claim: dict[str, Any], radius: Fraction, W: np.ndarray, V: np.ndarray) -> str:
    n, k = len(W), len(V)
    student, teacher = _balls(W), _balls(V)
    point = _Layer(student)
    length = sum((v * v for v in _gradient(point, _Layer(teacher)).reshape(-1)), flint.arb(0)).sqrt()
    curvature = ball(claim["curvature"])
    if not 2 * length < curvature * ball(radius):
        raise CertificateError("the gradient is too large for a minimum within the radius")
    if not length <= curvature * ball(claim["distance"]):
        raise CertificateError("the minimum is not proved to be so near the claimed weights")
    wide = student + flint.arb(0, ball(radius).upper())
    _check_curvature(_hessian(_Layer(wide), _Layer(teacher)), claim["curvature"])
    value = _value(point, _Layer(teacher))
    lowest = value - length * length / (2 * curvature)
    if not (ball(claim["lower"]) <= lowest or claim["lower"] <= 0) or not value <= ball(claim["upper"]):
        raise CertificateError("the loss of the minimum is not proved to lie between the claimed ends")
    if claim["spurious"] is not (claim["lower"] > 0 and n >= k):
        raise CertificateError(
            "whether it is spurious is not what follows: it is where the lower end is above 0 and the student has as "
            "many units as the teacher"
        )
    which = "that is no global minimum" if claim["spurious"] else "of unknown rank"
    return (
        f"the population loss of {n} unit{'s' if n > 1 else ''} against {k} has a strict local minimum {which} within "
        f"{float(claim['distance']):.2g} of the claimed weights, of a loss of about {float(claim['upper']):.9g} and "
        f"with Hessian eigenvalues of {float(claim['curvature']):.4g} or more"
    )


def _balls(values: np.ndarray) -> np.ndarray:
    out = np.empty(values.size, dtype=object)
    for i, value in enumerate(values.reshape(-1)):
        out[i] = ball(value)
    return out.reshape(values.shape)


class _Layer:
    """Units with their lengths and directions; units of length zero of a teacher are left out."""

    def __init__(self, rows: np.ndarray) -> None:
        # what may be zero without being it stays, and nothing is proved of it
        lengths = [sum((v * v for v in row), flint.arb(0)).sqrt() for row in rows]
        live = [i for i, row in enumerate(rows) if not all(v == 0 for v in row)]
        self.lengths = [lengths[i] for i in live]
        self.units = [rows[i] / lengths[i] for i in live]


def _angle(a: np.ndarray, b: np.ndarray, same: bool) -> tuple[Any, Any, Any]:
    """Return cosine, sine and pi minus the angle."""
    if same:
        return flint.arb(1), flint.arb(0), flint.arb.pi()
    c = sum((p * q for p, q in zip(a, b, strict=True)), flint.arb(0))
    # roots of 2 times the squared cosine and sine of half the angle: they stay in range beside parallel units
    near, far = (1 + c).nonnegative_part().sqrt(), (1 - c).nonnegative_part().sqrt()
    return c, near * far, 2 * flint.arb.atan2(near, far)


def _value(student: _Layer, teacher: _Layer) -> Any:
    """Return F."""
    total = flint.arb(0)
    for A, B, share in ((student, student, 1), (student, teacher, -2), (teacher, teacher, 1)):
        for i, (p, a) in enumerate(zip(A.lengths, A.units, strict=True)):
            for j, (q, b) in enumerate(zip(B.lengths, B.units, strict=True)):
                c, s, rest = _angle(a, b, A is B and i == j)
                total += share * p * q * (s + rest * c)
    return total / (4 * flint.arb.pi())


def _gradient(student: _Layer, teacher: _Layer) -> np.ndarray:
    """Return the gradient of F, (n, d)."""
    out = []
    for i, a in enumerate(student.units):
        total = 0 * a
        for B, share in ((student, 1), (teacher, -1)):
            for j, (q, b) in enumerate(zip(B.lengths, B.units, strict=True)):
                _, s, rest = _angle(a, b, B is student and i == j)
                total = total + (a * s + b * rest) * (q * share)
        out.append(total / (2 * flint.arb.pi()))
    return np.array(out, dtype=object)


def _hessian(student: _Layer, teacher: _Layer) -> np.ndarray:
    """Return the Hessian of F, (n d, n d), from outer products of directions.

    2 pi h2(w, v) = (pi - t) I + (a b^T + b a^T - cos t (a a^T + b b^T)) / sin t, and
    2 pi |w| h1(w, v) / |v| = sin t (I - a a^T) + (b - cos t a)(b - cos t a)^T / sin t, a and b the directions.
    """
    n, d = len(student.units), len(student.units[0])
    eye = _balls(np.array([[Fraction(int(i == j)) for j in range(d)] for i in range(d)], dtype=object))
    blocks: list[list[Any]] = [[eye * flint.arb.pi() if i == j else None for j in range(n)] for i in range(n)]
    squares = [np.outer(a, a) for a in student.units]
    for i, a in enumerate(student.units):
        for B, share in ((student, 1), (teacher, -1)):
            for j, (q, b) in enumerate(zip(B.lengths, B.units, strict=True)):
                if B is student and i == j:
                    continue
                c, s, rest = _angle(a, b, False)
                across = b - c * a
                bend = (eye - squares[i]) * s + np.outer(across, across / s)
                blocks[i][i] = blocks[i][i] + bend * (q * share / student.lengths[i])
                if B is student and i < j:
                    block = np.outer(a, b)
                    block = eye * rest + (block + block.T - (squares[i] + squares[j]) * c) / s
                    blocks[i][j] = blocks[j][i] = block
    return np.block(blocks) / (2 * flint.arb.pi())


def _check_curvature(H: np.ndarray, curvature: Fraction) -> None:
    """Check that H - curvature I is positive definite: with a little more taken off it is nearly L L^T."""
    size = len(H)
    middle = np.array([float(v.mid()) for v in H.reshape(-1)]).reshape(H.shape)
    more = curvature * (1 + SLACK)
    try:
        L = np.linalg.cholesky(middle - float(more) * np.eye(size))
    except np.linalg.LinAlgError:
        raise CertificateError("the Hessian has no eigenvalues as large as the claimed curvature") from None
    factor = np.array([flint.arb(v) for v in L.reshape(-1).tolist()], dtype=object).reshape(L.shape)
    rest = H - times(factor, factor.T)
    for i, row in enumerate(rest):
        off = sum((abs(v) for j, v in enumerate(row) if j != i), abs(row[i] - ball(more)))
        if not off < ball(curvature * SLACK):
            raise CertificateError("the Hessian within the radius is not proved to exceed the claimed curvature")
