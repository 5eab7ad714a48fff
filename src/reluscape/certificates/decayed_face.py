"""The objective with weight decay on one face, in intervals: a box that is proved to hold its only critical point.

On a face every unit keeps its activations, its sign and its kinks, and no unit is at zero. There
J(t) = sum_i l(f_i) + lam sum_j |P u_j| + (kappa / 2) c^2 with u_j = sum_q t_jq b_jq and f linear in t is smooth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import flint
import numpy as np

from ..numbers.exact import fmpq

# the box is so many times the length of the last Newton step, and this much
WIDER, LEAST_RADIUS = 4, Fraction(1, 2**160)
# a step of Newton's method, relative to 1 + the largest variable, after which its error is below all digits
SETTLED = 2.0**-120


@dataclass(frozen=True, eq=False)
class DecayedFace:
    """A face of a product of cells.

    Attributes:
        X: (n, d) exact samples.
        y: (n,) exact targets.
        loss: "squared", "logistic" (y = -1, 1) or "bce" (y = 0, 1).
        active: (m, n) bool, samples that a unit is active on; False on its kinks.
        signs: (m,) output signs.
        bases: for each unit (q, d) exact rows that span the subspace of its kinks.
        lam, kappa: exact weights of the norms and of c^2 / 2.
        penalised: (d,) bool.
        has_constant: whether c is the last variable.
        offsets: for each unit a number added to its last coordinate that counts as part of the constant: where a unit
            is active on all samples, its free bias and a free constant are one variable.
    """

    X: np.ndarray
    y: np.ndarray
    loss: str
    active: np.ndarray
    signs: Sequence[int]
    bases: Sequence[np.ndarray]
    lam: Fraction
    kappa: Fraction
    penalised: np.ndarray
    has_constant: bool
    offsets: Sequence[Fraction] = ()

    @property
    def size(self) -> int:
        """Number of variables."""
        return sum(len(B) for B in self.bases) + int(self.has_constant)

    @cached_property
    def features(self) -> Any:
        """(n, size) matrix of f in the variables, as intervals."""
        n = len(self.X)
        X = flint.fmpq_mat([[fmpq(v) for v in x] for x in self.X]) if self.X.size else None
        columns: list[list[Any]] = []
        for a, s, B in zip(self.active, self.signs, self.bases, strict=True):
            heights = (
                (X * flint.fmpq_mat([[fmpq(v) for v in row] for row in np.transpose(B)])).tolist() if len(B) else []
            )
            for q in range(len(B)):
                columns.append([flint.arb(s * heights[i][q]) if a[i] else flint.arb(0) for i in range(n)])
        if self.has_constant:
            columns.append([flint.arb(1)] * n)
        return flint.arb_mat([[column[i] for column in columns] for i in range(n)])

    @cached_property
    def _grams(self) -> list[tuple[Any, Any]]:
        """The bases in the penalised coordinates and their products, as intervals."""
        out = []
        for B in self.bases:
            block = np.array(B, dtype=object).reshape(len(B), -1)[:, self.penalised]
            rows = flint.arb_mat([[ball(v) for v in row] for row in block]) if block.size else flint.arb_mat(len(B), 0)
            products = [
                [ball(sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))) for b in block] for a in block
            ]
            out.append((rows, flint.arb_mat(products) if products else flint.arb_mat(0, 0)))
        return out

    def weights(self, t: Sequence[Any]) -> list[list[Any]]:
        """Return the weights u_j of the variables, as intervals."""
        out, start = [], 0
        for B in self.bases:
            part = t[start : start + len(B)]
            start += len(B)
            out.append(
                [
                    sum((x * ball(b[a]) for x, b in zip(part, B, strict=True)), flint.arb(0))
                    for a in range(self.X.shape[1])
                ]
            )
        for u, offset in zip(out, self.offsets, strict=False):
            if offset:
                u[-1] += ball(offset)
        return out

    def predictions(self, t: Sequence[Any]) -> list[Any]:
        """Return the predictions as intervals."""
        return list((self.features * flint.arb_mat([[x] for x in t])).entries())

    def slopes(self, f: Sequence[Any]) -> list[Any]:
        """Return the derivatives of the losses."""
        if self.loss == "squared":
            return [2 * (v - ball(y)) for v, y in zip(f, self.y, strict=True)]
        labels = [ball(y if self.loss == "logistic" else 2 * y - 1) for y in self.y]
        return [-s / (1 + (s * v).exp()) for v, s in zip(f, labels, strict=True)]

    def losses(self, f: Sequence[Any]) -> Any:
        """Return the sum of the losses."""
        if self.loss == "squared":
            errors = [v - ball(y) for v, y in zip(f, self.y, strict=True)]
            return sum((r * r for r in errors), flint.arb(0))
        labels = [ball(y if self.loss == "logistic" else 2 * y - 1) for y in self.y]
        return sum(((1 + (-s * v).exp()).log() for v, s in zip(f, labels, strict=True)), flint.arb(0))

    def value(self, t: Sequence[Any]) -> Any:
        """Return J as an interval."""
        total = self.losses(self.predictions(t))
        for u in self.weights(t):
            total += ball(self.lam) * _norm(u, self.penalised)
        return total + (ball(self.kappa) * t[-1] * t[-1] / 2 if self.has_constant else 0)

    def derivatives(self, t: Sequence[Any]) -> tuple[Any, Any]:
        """Return gradient (size, 1) and second derivatives (size, size) as matrices of intervals."""
        f = self.predictions(t)
        e = self.slopes(f)
        h = [flint.arb(2)] * len(e) if self.loss == "squared" else [abs(v) * (1 - abs(v)) for v in e]
        F = self.features
        g = F.transpose() * flint.arb_mat([[v] for v in e])
        rows = F.tolist()
        H = F.transpose() * flint.arb_mat([[v * x for x in row] for v, row in zip(h, rows, strict=True)])
        start, lam = 0, ball(self.lam)
        for B, grams, u in zip(self.bases, self._grams, self.weights(t), strict=True):
            r = _norm(u, self.penalised)
            columns = np.flatnonzero(self.penalised)
            along = list((grams[0] * flint.arb_mat([[u[a] / r] for a in columns])).entries()) if len(B) else []
            for q in range(len(B)):
                g[start + q, 0] += lam * along[q]
                for p in range(q + 1):
                    bend = lam / r * (grams[1][q, p] - along[q] * along[p])
                    H[start + q, start + p] += bend
                    if p < q:
                        H[start + p, start + q] += bend
            start += len(B)
        if self.has_constant:
            g[self.size - 1, 0] += ball(self.kappa) * t[-1]
            H[self.size - 1, self.size - 1] += ball(self.kappa)
        return g, H

    def newton(self, t: Sequence[Any], rounds: int = 8) -> list[Any] | None:
        """Return points without radius nearer to the critical point, or None where the second derivatives do not do."""
        here = [flint.arb(v.mid()) for v in t]
        try:
            for _ in range(rounds if self.size else 0):
                g, H = self.derivatives(here)
                step = H.solve(g)
                here = [flint.arb((v - step[q, 0]).mid()) for q, v in enumerate(here)]
                move = max(float(abs(step[q, 0]).mid()) for q in range(self.size))
                if move <= SETTLED * (1.0 + max(float(abs(v)) for v in here)):
                    break
        except ZeroDivisionError:
            return None
        return here if all(v.is_finite() for v in here) else None

    def only_minimum(self, t: Sequence[Any]) -> list[Any] | None:
        """Return a box around t that is proved to hold exactly one critical point, a strict minimum on the face.

        Krawczyk: with A near the inverse of H(t), K = t - A g(t) + (1 - A H(box)) (box - t) inside the box proves one
        critical point in K; an interval Cholesky factor of H(box) proves that it is a minimum.
        """
        n = self.size
        if not n:
            return []
        try:
            g, H = self.derivatives(t)
            near = H.inv()
        except ZeroDivisionError:
            return None
        A = flint.arb_mat([[flint.arb(near[i, j].mid()) for j in range(n)] for i in range(n)])
        step = A * g
        radii = [abs(step[q, 0]).upper() * WIDER for q in range(n)]
        top = max(radii, key=float)
        least = ball(LEAST_RADIUS)
        spread = [flint.arb(0, (top + least * (1 + abs(t[q]))).upper()) for q in range(n)]
        box = [t[q] + spread[q] for q in range(n)]
        _, wide = self.derivatives(box)
        rest = A * wide
        inside = []
        for q in range(n):
            value = t[q] - step[q, 0]
            for p in range(n):
                value += ((1 if p == q else 0) - rest[q, p]) * spread[p]
            if not box[q].contains_interior(value):
                return None
            inside.append(value)
        return inside if _definite(wide, n) else None


def ball(value: Any) -> Any:
    """Return a rational number as an interval around exactly itself."""
    return flint.arb(fmpq(value))


def _norm(u: Any, in_penalty: np.ndarray) -> Any:
    """Return |P u| as an interval."""
    square: Any = sum((u[a] * u[a] for a in np.flatnonzero(in_penalty)), flint.arb(0))
    return square.sqrt()


def _definite(H: Any, n: int) -> bool:
    """Return whether every symmetric matrix inside an interval matrix is positive definite: its Cholesky factor."""
    L = [[flint.arb(0)] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            total = H[i, j]
            for k in range(j):
                total -= L[i][k] * L[j][k]
            if i > j:
                L[i][j] = total / L[j][j]
            elif total > 0:
                L[i][i] = total.sqrt()
            else:
                return False
    return True
