"""Checking an interval that holds the lowest objective of any width for several outputs with weight decay.

A direction u is pulled by |N^T max(0, X u)|, N the slopes. On a closed cell with rays r_i and u = sum_i a_i r_i, a >= 0
lam^2 |u|^2 - |pull|^2 is a quadratic form a^T A a: no direction of the cell is pulled by more than lam where A is
copositive. By Caratheodory at most as many rays as the rank are needed at once.

A symmetric matrix whose proper principal submatrices are copositive is not copositive only if its determinant is
negative and its adjugate has no negative entry (Cottle, Habetler and Lemke 1970).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import lcm

import numpy as np

from ..errors import CertificateError
from ..numbers import exact
from ..numbers.roots import root_above
from .effort import Effort
from .numerals import told
from .schema import Part
from .splitting import Cones

MOST_RANK = 3


def check_global_minimum(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check both ends: a network, and slopes by which no direction is pulled by more than the decay."""
    assert y is not None
    assert part.penalty is not None
    if not part.penalty["biases"]:
        raise CertificateError("biases that do not decay are not checked for several outputs")
    claim, witness, n = part.claim, part.witness, max(len(X), 1)
    lam, N, (W, V) = part.penalty["value"] * n, witness["slopes"], (witness["W"], witness["V"])
    effort.spend(len(X) * (len(W) + 1) * (X.shape[1] + y.shape[1]) + 1, "the network")
    if objective_above(X, y, W, V, lam) > claim["upper"] * n:
        raise CertificateError("the network has a larger objective than the upper end")
    if dual_value(N, y) < claim["lower"] * n:
        raise CertificateError("the slopes prove less than the lower end")
    count, pattern = bounded_pulls(X, N, lam, witness["order"], effort)
    if pattern is not None:
        raise CertificateError(f"the cell {pattern} (in the order) is pulled by more than the decay")
    return (
        f"the lowest mean squared error of {y.shape[1]} outputs plus weight decay of any width lies between "
        f"{told(claim['lower'])} and {told(claim['upper'])}, and a network of {len(W)} units has no more than the "
        f"latter: {count:,} cells"
    )


def dual_value(N: np.ndarray, y: np.ndarray) -> Fraction:
    """Return sum_i min_f (|f - y_i|^2 - <N_i, f>) = -sum_i (<N_i, y_i> + |N_i|^2 / 4)."""
    return -exact.dot(N.reshape(-1), y.reshape(-1)) - exact.dot(N.reshape(-1), N.reshape(-1)) / 4


def objective_above(X: np.ndarray, y: np.ndarray, W: np.ndarray, V: np.ndarray, lam: Fraction) -> Fraction:
    """Return a number that is at least the sum of squares plus lam sum_j |w_j| |v_j|."""
    total = Fraction(0)
    for x, target in zip(X, y, strict=True):
        heights = [max(exact.dot(w, x), Fraction(0)) for w in W]
        for o, goal in enumerate(target):
            total += (sum((h * v[o] for h, v in zip(heights, V, strict=True)), Fraction(0)) - goal) ** 2
    products = (exact.dot(w, w) * exact.dot(v, v) for w, v in zip(W, V, strict=True))
    return total + lam * sum((root_above(square) for square in products), Fraction(0))


def bounded_pulls(
    X: np.ndarray, N: np.ndarray, lam: Fraction, order: list[int], effort: Effort
) -> tuple[int, str | None]:
    """Return the number of cells, and the pattern of one that is pulled by more than lam, None where none is."""
    n = len(X)
    if not n or not X.shape[1]:
        return 0, None
    cones = Cones(X[order], effort)
    if cones.rank > MOST_RANK:
        raise CertificateError(f"the samples have rank {cones.rank}; at most {MOST_RANK} is checked")
    if not cones.rank:
        return 0, None
    cones.begin(n)
    first = X[order[: cones.rank]]
    gram, below = _integers(exact.fractions_of(exact.fmpq_matrix(first.dot(first.T)).inv()))
    slopes, unit = _integers(N[order])
    square = lam * lam
    scale_heights, scale_pulls = square.numerator * unit * unit, square.denominator * below
    cells = cones.inside(0, n)
    for cell in cells:
        rays = cones.rays(cell)
        q = len(rays)
        effort.spend(q * n * (N.shape[1] + 1) + q * q * N.shape[1] + 10 * q**cones.rank, "the pulls of the cells")
        pulls = cones.features(rays, n).dot(slopes)
        heights = np.array(
            [[sum(a * b for a, b in zip(row, ray, strict=True)) for row in cones.rows[: cones.rank]] for ray in rays],
            dtype=object,
        )
        A = (scale_heights * heights.dot(gram).dot(heights.T) - scale_pulls * pulls.dot(pulls.T)).tolist()
        sizes = range(1, min(q, cones.rank) + 1)
        if any(_falls(A, subset) for size in sizes for subset in combinations(range(q), size)):
            return len(cells), cones.pattern(cell)
    return len(cells), None


def _integers(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Return fractions times their common denominator as integers, and that denominator."""
    unit = lcm(1, *(v.denominator for v in values.flat))
    return np.array([[int(v * unit) for v in row] for row in values], dtype=object).reshape(values.shape), unit


def _falls(A: list[list[int]], picks: tuple[int, ...]) -> bool:
    """Return whether a principal submatrix of order 1 to 3 has a determinant below 0 and no entry of its adjugate."""
    if len(picks) == 1:
        return A[picks[0]][picks[0]] < 0
    if len(picks) == 2:
        i, j = picks
        return A[i][i] >= 0 and A[j][j] >= 0 and A[i][j] <= 0 and A[i][i] * A[j][j] < A[i][j] ** 2
    i, j, k = picks
    a, b, c, f, g, h = A[i][i], A[j][j], A[k][k], A[j][k], A[i][k], A[i][j]
    minors = (b * c - f * f, g * f - h * c, h * f - g * b)
    if min(minors) < 0 or a * minors[0] + h * minors[1] + g * minors[2] >= 0:
        return False
    return a * c >= g * g and a * b >= h * h and h * g >= a * f
