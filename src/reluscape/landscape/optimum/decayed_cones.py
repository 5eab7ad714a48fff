"""How hard slopes pull at units of a whole simplicial cone with weight decay: bounds in floats, then in fractions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd

import numpy as np
from scipy.optimize import nnls

from ...basins.decay.programs import decay_of
from ...basins.decay.pulls import independent_first
from ...certificates.decayed_fan import MOST_RANK, Fan, Slopes
from ...certificates.decayed_terms import DecayTerms
from ...errors import TooLarge
from ...numbers.roots import rounded
from ...numbers.tolerances import DEFAULT
from ...problem.problem import Problem

# rounds in which shares come to an end of [0, 1], and steps in which a bound is pushed up until fractions agree
ROUNDS, PUSHES, PUSH = 12, 8, 30
# bits of the numbers of a proof, and of the weights of a cut that would need more
BITS, CUT_BITS = 56, 40


@dataclass(frozen=True, eq=False)
class Bound:
    """An upper bound of the pull at all units of a cone.

    Attributes:
        value: the bound, for directions u with |P u| = 1.
        reached: the pull at the direction at which the bound is best, never more than `value`.
        products: (n,) what the samples have with that direction.
        z: (r,) the linear function that bounds, by products with the first samples.
        shares: theta by sample, for those that cut the cone and pull less where they are active.
        place: (sample, ray, ray) whose cut lowers the bound most, None where nothing is left to lower.
    """

    value: float
    reached: float
    products: np.ndarray
    z: np.ndarray
    shares: dict[int, float]
    place: tuple[int, int, int] | None


class Cones:
    """The cones of a fan with the floats that belong to them.

    Args:
        problem: what is minimised, with weight decay.

    Raises:
        TooLarge: samples of more rank than is followed.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem, decay = problem, decay_of(problem)
        self.terms = DecayTerms(Fraction(decay.lam), decay.penalised, Fraction(decay.kappa), decay.has_constant)
        self.lam, self.free = float(decay.lam), not decay.penalised.all()
        data = problem.data
        self.order = independent_first(data)
        rank = int(np.linalg.matrix_rank(data.X)) if data.X.size else 0
        if rank > MOST_RANK:
            raise TooLarge(
                f"the samples have rank {rank}; with weight decay cones are cut up to rank {MOST_RANK}; take fewer "
                "inputs",
                MOST_RANK,
            )
        self.fan = Fan(data.fractions, self.order, self.free)
        self.basis = np.array(self.fan.basis, dtype=float).reshape(self.fan.rank, data.d)
        self.in_penalty = self.basis[:, decay.penalised]
        self.rows = np.array([[v / self.fan.unit for v in row] for row in self.fan.rows]).reshape(data.n, self.fan.rank)
        bias = np.full((self.fan.rank, int(self.free)), DEFAULT.decayed_free)
        back = np.linalg.pinv(np.concatenate([self.in_penalty, bias], axis=1))
        self._weights = back[: self.in_penalty.shape[1]]  # P u for the u of least |P u| with given products
        self._last: dict[int, int] = {}  # by cone the sample whose hyperplane made it
        self._rays: list[np.ndarray] = []
        self._heights: list[np.ndarray] = []
        self._inverse: dict[int, np.ndarray] = {}

    def bound(self, e: np.ndarray, cone: int, sign: int) -> Bound:
        """Return the least bound found of the pull of slopes e (n,) at units of a cone with one sign.

        |P q| is made small over the linear functions <q, .> that lie above the pull at every ray, over the slacks there
        and over the shares theta: least squares with bounds.
        """
        E, H, W = self._floats(cone)
        r, a = len(E), -sign * e
        up = a > 0
        low, high = H.min(axis=1, initial=0.0), H.max(axis=1, initial=0.0)
        is_cut = (low < 0) & (high > 0)
        loose = np.flatnonzero(~up & is_cut)
        sure = up | ~is_cut
        b = (a[sure, None] * np.maximum(H[sure], 0.0)).sum(axis=0)
        columns = np.concatenate([a[loose, None] * self.rows[loose], W.T]).T  # (r, k + r), what each unknown adds to z
        z0, k = W @ b, len(loose)
        A, base = self.in_penalty.T @ columns, self.in_penalty.T @ z0
        if self.free:
            A = np.concatenate([A, DEFAULT.decayed_free * columns.sum(axis=0)[None]])
            base = np.append(base, DEFAULT.decayed_free * z0.sum())
        size = np.linalg.norm(A, axis=0)
        x = _least(A / np.where(size > 0, size, 1.0), base, np.concatenate([size[:k], np.full(r, np.inf)]))
        x = x / np.where(size > 0, size, 1.0)
        q = base + A @ x
        value, z = float(np.linalg.norm(q)), z0 + columns @ x
        eta = self.in_penalty @ q[: self.in_penalty.shape[1]]
        if self.free:
            eta = eta + DEFAULT.decayed_free * q[-1]
        weights = np.maximum(W.T @ eta, 0.0)
        eta = E.T @ weights
        products = self.rows @ eta
        theta = np.zeros(len(e))
        theta[loose] = x[:k]
        over = np.where(up, a * (np.maximum(H, 0.0) @ weights - np.maximum(products, 0.0)), 0.0)
        over[loose] = (a * (theta * products - np.maximum(products, 0.0)))[loose]
        length = float(np.linalg.norm(self._weights @ eta))
        reached = float(a @ np.maximum(products, 0.0)) / length if length > 0 else -np.inf
        shares = {int(i): float(t) for i, t in zip(loose, x[:k], strict=True)}
        return Bound(value, reached, products, z, shares, self._place(cone, H, weights, np.where(is_cut, over, 0.0)))

    def middle(self, cone: int) -> np.ndarray:
        """Return the products (n,) of the samples with the sum of a cone's rays."""
        return np.asarray(self._floats(cone)[1].sum(axis=1))

    def crossing(self, cone: int) -> tuple[int, int, int] | None:
        """Return the (sample, ray, ray) of a hyperplane through the inside of a cone, None where there is none."""
        H = self._floats(cone)[1]
        depth = np.minimum(H.max(axis=1, initial=0.0), -H.min(axis=1, initial=0.0))
        if not depth.size or depth.max() <= 0.0:
            return None
        i = int(np.argmax(depth))
        return i, int(np.argmax(H[i])), int(np.argmin(H[i]))

    def cut(self, cone: int, place: tuple[int, int, int]) -> tuple[int, int]:
        """Return the parts of a cone cut where a sample vanishes, or close by where that takes long numbers."""
        i, first, second = place
        heights = [self.fan.heights[self.fan.cones[cone][k]][i] for k in (first, second)]
        s, t = abs(heights[1]), abs(heights[0])
        common = gcd(s, t)
        s, t = s // common, t // common
        excess = max(s.bit_length(), t.bit_length()) - CUT_BITS
        if excess > 0:
            s, t = max(s >> excess, 1), max(t >> excess, 1)
        parts = self.fan.cut(cone, first, second, s, t)
        self._last.update(dict.fromkeys(parts, i))
        return parts

    def proved(
        self, slopes: Slopes, e: np.ndarray, cone: int, sign: int
    ) -> tuple[Fraction, list[Fraction], dict[int, Fraction]] | None:
        """Return (square of a proved bound, z, shares) of exact slopes, e in floats; None where rounding spoils it."""
        found = self.bound(e, cone, sign)
        E, H, W = self._floats(cone)
        bias = (np.ptp(E, axis=1) == 0) & self.free if len(E) else np.zeros(0, dtype=bool)
        shares = {i: rounded(Fraction(t), BITS) for i, t in found.shares.items() if t > DEFAULT.split_end}
        if bias.any():  # a bias alone is pulled by nothing, up to the last digit
            shares = {i: Fraction(1) for i in found.shares if E[bias][0, 0] > 0}
        needed = slopes.needed(cone, sign, shares)
        lengths = [max(map(abs, self.fan.rays[q])) for q in self.fan.cones[cone]]
        own = np.array([float(v / length) for v, length in zip(needed, lengths, strict=True)])
        slack = np.where(bias, 0.0, np.maximum(E @ found.z - own, 0.0))
        size = np.where(bias, 0.0, np.abs(e) @ np.abs(H))
        push = 2.0**-42
        for _ in range(PUSHES):
            values = own + slack + push * size
            z = _rounded(W @ (self._without_bias(values, W.sum(axis=0)) if self.free else values))
            if self.free and z:
                z[-1] -= sum(z, Fraction(0))
            rays = (self.fan.rays[q] for q in self.fan.cones[cone])
            above = (sum((a * b for a, b in zip(z, ray, strict=True)), Fraction(0)) for ray in rays)
            if all(v >= least for v, least in zip(above, needed, strict=True)):
                return self.terms.square(slopes.direction(z)), z, shares
            push *= PUSH
        return None

    def _floats(self, cone: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return rays (r, r) of a cone, products with them (n, r) and the inverse of the rays."""
        for q in range(len(self._rays), len(self.fan.rays)):
            ray, heights = self.fan.rays[q], self.fan.heights[q]
            top = max(map(abs, ray))
            self._rays.append(np.array([v / top for v in ray]))
            h = np.array([v / (top * self.fan.unit) for v in heights])
            self._heights.append(np.where(np.abs(h) <= 2.0 ** (4 - CUT_BITS) * np.abs(h).max(initial=0.0), 0.0, h))
        own = list(self.fan.cones[cone])
        r, n = len(own), len(self.rows)
        E = np.array([self._rays[q] for q in own]).reshape(r, r)
        H = np.array([self._heights[q] for q in own]).reshape(r, n).T
        if cone not in self._inverse:
            self._inverse[cone] = np.linalg.inv(E)
        return E, H, self._inverse[cone]

    @staticmethod
    def _without_bias(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return values at the rays of a cone, one of them raised so that a bias alone has none.

        A bias alone is sum_j weights_j ray_j.
        """
        total = float(weights @ values)
        j = int(np.argmax(-np.sign(total) * weights)) if len(weights) else 0
        if total == 0.0 or total * weights[j] >= 0.0:
            return values
        out = values.copy()
        out[j] -= total / weights[j]
        return out

    def _place(self, cone: int, H: np.ndarray, weights: np.ndarray, over: np.ndarray) -> tuple[int, int, int] | None:
        """Return the sample that the bound overshoots most for, and the two rays between which to cut.

        The sample that the cone comes from is cut to the end first: samples in turns might never come to one.
        """
        if not over.size or over.max() <= 0.0:
            return None
        i = int(np.argmax(over))
        last = self._last.get(cone, i)
        if H[last].min() < 0 < H[last].max():
            i = last
        pulls = H[i] * (weights + DEFAULT.decayed_tight * weights.max(initial=0.0))
        return i, int(np.argmax(pulls)), int(np.argmin(pulls))


def _least(A: np.ndarray, base: np.ndarray, top: np.ndarray) -> np.ndarray:
    """Return x, 0 <= x <= top, that makes |base + A x| small: what passes its top is held there."""
    held = np.zeros(A.shape[1], dtype=bool)
    x = np.zeros(A.shape[1])
    for k in range(ROUNDS):
        x[held] = top[held]
        if not held.all() and len(base):  # SciPy's routine writes past the end of an array without columns
            x[~held] = nnls(A[:, ~held], -base - A[:, held] @ x[held], maxiter=50 * len(x) + 100)[0]
        passed = ~held & (x > top)
        if passed.any():
            held |= passed
            continue
        back = held & (A.T @ (base + A @ x) > DEFAULT.decayed_tight * np.linalg.norm(base + A @ x))
        if not back.any() or k > ROUNDS // 2:
            break
        held &= ~back
    return np.minimum(x, top)


def _rounded(z: np.ndarray) -> list[Fraction]:
    """Return numbers near some floats, all with one denominator."""
    top = float(np.abs(z).max(initial=0.0))
    shift = BITS - int(np.frexp(top)[1]) if top > 0 else 0
    unit = Fraction(2) ** shift
    return [round(Fraction(float(v)) * unit) / unit for v in z]
