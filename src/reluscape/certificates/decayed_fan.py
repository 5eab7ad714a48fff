"""Weight space cut into simplicial cones, and what one vector of slopes proves on a whole cone with weight decay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from ..errors import CertificateError
from ..numbers import exact
from .decayed_terms import DecayTerms
from .effort import Effort

MOST_RANK, MOST_CONES = 12, 400_000

Ray = tuple[int, ...]


class Fan:
    """Simplicial cones that cover weight space, each of which may be cut in two.

    Weights are told by their products with the first r samples of an order, r the rank, which are independent: what is
    left of weight space changes no product. The cones 0 to 2^r - 1 are those of the r unit vectors, each turned where
    that bit of the cone's number is set; where biases are free the first of them is replaced by (1, ..., 1), what a
    bias alone has. Cutting a cone puts a new ray, in whole numbers without a common divisor, between two of its rays;
    its parts are the next two numbers.

    Args:
        X: (n, d) fractions.
        order: all samples, as many independent ones first as there are.
        free: whether the last coordinate, a column of ones, is not in the penalty.
        effort: what the cutting may still cost.

    Raises:
        CertificateError: the first samples are dependent, or of more rank than is followed.
    """

    def __init__(self, X: np.ndarray, order: Sequence[int], free: bool, effort: Effort | None = None) -> None:
        self.effort = effort or Effort()
        self.effort.spend(X.size * (min(X.shape) + 1), "the rank of the samples")
        pivots = list(exact.pivot_columns(X)) if X.size else []
        r = self.rank = len(pivots)
        if r > MOST_RANK:
            raise CertificateError(f"the samples have rank {r}, cones are followed up to rank {MOST_RANK}")
        self.basis = X[list(order[:r])]
        square = self.basis[:, pivots]
        if r and exact.rank(square) < r:
            raise CertificateError(f"the first {r} samples of the order are dependent")
        inverse = exact.fmpq_matrix(square).inv() if r else None
        G = exact.fractions_of(exact.fmpq_matrix(X[:, pivots]) * inverse) if r else X[:, :0]
        self.unit = lcm(1, *(v.denominator for v in G.flat))
        self.rows = [[int(v * self.unit) for v in row] for row in G]
        self.bits = max((abs(v).bit_length() for row in self.rows for v in row), default=0)
        self.rays: list[Ray] = []
        self.heights: list[list[int]] = []
        self._place: dict[Ray, int] = {}
        unit_rays = [tuple(int(j == k) for j in range(r)) for k in range(r)]
        if free and r:
            unit_rays[0] = (1,) * r
        turned = [[self._number(ray), self._number(tuple(-v for v in ray))] for ray in unit_rays]
        self.cones = [tuple(turned[k][b >> k & 1] for k in range(r)) for b in range(2**r)]
        self.parents = [-1] * len(self.cones)
        self.parts: dict[int, tuple[int, int]] = {}
        self.how: dict[int, tuple[tuple[int, int], int, int]] = {}

    def cut(self, cone: int, first: int, second: int, s: int, t: int) -> tuple[int, int]:
        """Cut a cone by s times its ray at place `first` plus t times that at place `second`; return its parts.

        The first part has the new ray in place of the first one, the other part in place of the second.
        """
        r = self.rank
        if not cone < len(self.cones) or cone in self.parts:
            raise CertificateError(f"the cone {cone} is not there, or cut already")
        if not (first < r and second < r) or first == second or min(s, t) < 1:
            raise CertificateError(f"the cut of the cone {cone} is not between two of its rays")
        if len(self.cones) > MOST_CONES:
            raise CertificateError(f"more than {MOST_CONES:,} cones")
        own = self.cones[cone]
        new = self._number(
            tuple(s * a + t * b for a, b in zip(self.rays[own[first]], self.rays[own[second]], strict=True))
        )
        for place in (first, second):
            self.cones.append(tuple(new if k == place else q for k, q in enumerate(own)))
            self.parents.append(cone)
        self.parts[cone] = len(self.cones) - 2, len(self.cones) - 1
        self.how[cone] = (first, second), s, t
        return self.parts[cone]

    def inherited(self, own: Mapping[int, int]) -> set[int]:
        """Return the sets, as bits, that the cones that are not cut have, with those of the cones around them."""
        bits: list[int] = []
        for cone, parent in enumerate(self.parents):
            bits.append(own.get(cone, 0) | (bits[parent] if parent >= 0 else 0))
        return {bits[cone] for cone in self.leaves()}

    def leaves(self) -> list[int]:
        """Return the cones that are not cut; they cover weight space."""
        return [k for k in range(len(self.cones)) if k not in self.parts]

    def _number(self, ray: Ray) -> int:
        """Return the number of a ray, new or known."""
        divisor = gcd(*ray) or 1
        ray = tuple(v // divisor for v in ray)
        if ray not in self._place:
            bits = self.bits + max(abs(v).bit_length() for v in ray)
            self.effort.spend_integers(len(self.rows) * self.rank + 10, bits, "the rays of the cones")
            self._place[ray] = len(self.rays)
            self.rays.append(ray)
            self.heights.append([sum(a * b for a, b in zip(row, ray, strict=True)) for row in self.rows])
        return self._place[ray]


class Slopes:
    """One vector of slopes nu with the cones of a fan: how much a unit of each sign is pulled.

    A unit at u with sign s is pulled by h(u) = sum_i a_i max(0, <x_i, u>), a = -s nu. On a cone, h is at most the
    function that is linear in between the values of its rays where a_i > 0, and a_i theta_i <x_i, u> with any theta_i
    from 0 to 1 where a_i < 0.
    """

    def __init__(self, fan: Fan, nu: Sequence[Fraction]) -> None:
        self.fan = fan
        self.unit = lcm(1, *(v.denominator for v in nu))
        self.whole = [int(v * self.unit) for v in nu]
        self.scale = self.unit * fan.unit
        self._plain: dict[tuple[int, int], int] = {}

    def needed(self, cone: int, sign: int, shares: Mapping[int, Fraction]) -> list[Fraction]:
        """Return what a linear function needs at each ray of a cone so as not to lie below the pull.

        Args:
            cone: its number.
            sign: output sign of the unit.
            shares: theta_i of samples with a_i < 0; of others 1 where no ray has a negative product, else 0.
        """
        fan = self.fan
        rays = fan.cones[cone]
        fan.effort.spend_integers(len(fan.rows) * len(rays) + 10, fan.bits, "the pulls of the cones")
        values = [Fraction(self._at(q, sign)) for q in rays]
        columns = [fan.heights[q] for q in rays]
        for i, v in enumerate(self.whole):
            if sign * v <= 0:
                continue
            own = [h[i] for h in columns]
            if i not in shares and (min(own, default=0) >= 0 or max(own, default=0) <= 0):
                continue
            share = shares.get(i, Fraction(0))
            for j, h in enumerate(own):
                values[j] -= sign * v * (share * h - max(h, 0))
        return [v / self.scale for v in values]

    def bears(
        self, terms: DecayTerms, cone: int, sign: int, z: Sequence[Fraction], shares: Mapping[int, Fraction]
    ) -> bool:
        """Return whether <z, products with the first samples> shows a cone to be pulled by at most the decay."""
        self.fan.effort.spend(len(z) * (len(z) + self.fan.basis.shape[1] + 1), "the bounds of the cones")
        if any(not 0 <= v <= 1 for v in shares.values()) or not terms.weak(self.direction(z)):
            return False
        needed = self.needed(cone, sign, shares)
        rays = (self.fan.rays[q] for q in self.fan.cones[cone])
        return all(
            sum((a * b for a, b in zip(z, ray, strict=True)), Fraction(0)) >= least
            for ray, least in zip(rays, needed, strict=True)
        )

    def direction(self, z: Sequence[Fraction]) -> np.ndarray:
        """Return the vector q with <q, u> = sum_k z_k <x_k, u>, x_k the first samples."""
        return (
            np.asarray(np.array(list(z), dtype=object).dot(self.fan.basis))
            if len(z)
            else self.fan.basis[:0].sum(axis=0)
        )

    def _at(self, ray: int, sign: int) -> int:
        """Return the pull at a ray, times the scale."""
        if (ray, sign) not in self._plain:
            heights = self.fan.heights[ray]
            self._plain[ray, sign] = sum(-sign * v * h for v, h in zip(self.whole, heights, strict=True) if h > 0)
        return self._plain[ray, sign]
